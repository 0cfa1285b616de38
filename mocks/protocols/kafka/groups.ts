import type { Admin } from '@platformatic/kafka';
import type { Address } from '../../adapter.ts';
import { adminClient, brokerAnswer, CLIENT_ID, clientFailure, onceCoordinated } from './client.ts';

const REQUEST_TIMEOUT_MS = 5_000;
const GROUP_ID_NOT_FOUND = 69;
/** UNKNOWN_MEMBER_ID, GROUP_SUBSCRIBED_TO_TOPIC: offsets of a group with members are for these to set. */
const HAS_MEMBERS = [25, 86];

/** The offset that a group reads next, by partition; undefined where it has committed none. */
export type Positions = readonly (bigint | undefined)[];

/** What one group has committed in one topic. */
export interface Committed {
  group: string;
  topic: string;
  positions: Positions;
}

/** The consumer groups of a broker: how far each one is in each topic. */
export class Groups {
  readonly #at: Address;
  readonly #admin: Admin;

  constructor(at: Address) {
    this.#at = at;
    this.#admin = adminClient(at, REQUEST_TIMEOUT_MS);
  }

  /** What groups have committed. @param chosen the groups to be looked at; all when absent */
  async committed(chosen?: ReadonlySet<string>): Promise<Committed[]> {
    if (chosen?.size === 0) return [];
    const listed = await this.#ask('the list of groups', () => this.#admin.listGroups());
    const groups = [...listed.keys()].filter((group) => chosen?.has(group) ?? true);
    if (groups.length === 0) return [];
    const offsets = await this.#ask('the committed offsets', () => this.#admin.listConsumerGroupOffsets({ groups }));
    return offsets.flatMap(({ groupId, topics }) =>
      topics.map(({ name, partitions }) => {
        const positions: (bigint | undefined)[] = [];
        for (const { partitionIndex, committedOffset } of partitions) {
          positions[partitionIndex] = committedOffset < 0n ? undefined : committedOffset;
        }
        return { group: groupId, topic: name, positions };
      }),
    );
  }

  /** What one group has committed in a topic. */
  async positions(group: string, topic: string): Promise<Positions> {
    const committed = await this.committed(new Set([group]));
    return committed.find((each) => each.topic === topic)?.positions ?? [];
  }

  /**
   * Puts a group elsewhere in a topic; where it gets no position it reads as a group that is new there.
   * @throws Error when it has members of others: the broker takes offsets from nobody else then
   */
  async move(moved: Committed): Promise<void> {
    try {
      await this.#move(moved);
    } catch (error) {
      const code = brokerAnswer(error)?.code;
      if (code === undefined || !HAS_MEMBERS.includes(code)) throw error;
      await this.#removeOwnMembers(moved.group);
      await this.#move(moved);
    }
  }

  async close(): Promise<void> {
    await this.#admin.close();
  }

  async #move({ group, topic, positions }: Committed): Promise<void> {
    const partitions = [...positions.entries()];
    const kept = partitions.flatMap(([partition, offset]) => (offset === undefined ? [] : [{ partition, offset }]));
    const dropped = partitions.flatMap(([partition, offset]) => (offset === undefined ? [partition] : []));
    if (dropped.length > 0) await this.#forget(group, topic, dropped);
    if (kept.length === 0) return;
    await this.#ask(`the offsets of group ${group}`, () =>
      this.#admin.alterConsumerGroupOffsets({ groupId: group, topics: [{ name: topic, partitionOffsets: kept }] }),
    );
  }

  /** A member of the harness that lost its connection could not leave; the broker would wait for it until its session ends. */
  async #removeOwnMembers(groupId: string): Promise<void> {
    const groups = await this.#ask(`the members of group ${groupId}`, () =>
      this.#admin.describeGroups({ groups: [groupId] }),
    );
    const own = [...(groups.get(groupId)?.members.values() ?? [])].filter(({ clientId }) => clientId === CLIENT_ID);
    if (own.length === 0) return;
    const members = own.map(({ id }) => ({ memberId: id }));
    await this.#ask(`the end of members of group ${groupId}`, () =>
      this.#admin.removeMembersFromConsumerGroup({ groupId, members }),
    );
  }

  async #forget(group: string, topic: string, partitionIndexes: number[]): Promise<void> {
    try {
      await onceCoordinated(
        () => this.#admin.deleteConsumerGroupOffsets({ groupId: group, topics: [{ name: topic, partitionIndexes }] }),
        REQUEST_TIMEOUT_MS,
      );
    } catch (error) {
      if (brokerAnswer(error)?.code === GROUP_ID_NOT_FOUND) return;
      throw clientFailure(error, this.#at, `forgetting the offsets of group ${group}`, REQUEST_TIMEOUT_MS);
    }
  }

  async #ask<T>(doing: string, request: () => Promise<T>): Promise<T> {
    try {
      return await onceCoordinated(request, REQUEST_TIMEOUT_MS);
    } catch (error) {
      throw clientFailure(error, this.#at, doing, REQUEST_TIMEOUT_MS);
    }
  }
}
