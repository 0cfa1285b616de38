import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Consumer } from '@platformatic/kafka';
import type { KafkaCommit, KafkaDelivery, KafkaRefusal } from '../../../contracts/messages/kafka.ts';
import type { Address } from '../../adapter.ts';
import { brokerAnswer, clientFailure, memberClient, onceCoordinated } from './client.ts';
import { type LoggedRecord, LogReader } from './reader.ts';
import { commitOf, fromWire } from './records.ts';

const LOOK_EVERY_MS = 10;

/** What a member reads, and for whom. */
export interface Membership {
  group: string;
  topic: string;
}

/**
 * A member of a consumer group, as a service that consumes is one on the wire: it joins, reads its partitions from where the
 * group has committed (from the oldest record where it has not), and commits when it is told to.
 */
export class Member {
  readonly #at: Address;
  readonly #membership: Membership;
  readonly #timeoutMs: number;
  readonly #consumer: Consumer;
  readonly #reader: LogReader;
  /** The next offset to be read, by partition. */
  #positions = new Map<number, bigint>();
  #joined = false;
  /** Read, and not asked for yet. */
  #waiting: LoggedRecord[] = [];
  /** Given out, and not committed. */
  #taken: LoggedRecord[] = [];

  constructor(at: Address, membership: Membership, timeoutMs: number) {
    this.#at = at;
    this.#membership = membership;
    this.#timeoutMs = timeoutMs;
    this.#consumer = memberClient(at, membership.group, timeoutMs);
    this.#reader = new LogReader(at);
  }

  /** The next record, or the broker's refusal. @throws Error when nothing comes in time, or the broker is lost */
  async next(signal: AbortSignal): Promise<KafkaDelivery | KafkaRefusal> {
    return await this.#answered(async () => {
      if (!this.#joined) await this.#join();
      const record = await this.#read(signal);
      this.#taken.push(record);
      return this.#delivery(record);
    });
  }

  /** Commits the offset behind a record that was given out; the broker's refusal, if it has one. */
  async commit(commit: KafkaCommit): Promise<KafkaRefusal | undefined> {
    const { group, topic } = this.#membership;
    const record = this.#taken.find((each) => isDeepStrictEqual(commitOf(group, fromWire(each)), { ...commit }));
    if (record === undefined) {
      throw new Error(
        `group ${group} was given no record like ${JSON.stringify(commit)}, so it cannot be done with it`,
      );
    }
    const { partition, offset } = record;
    const offsets = [{ topic, partition, offset: offset + 1n, leaderEpoch: -1 }];
    return await this.#answered(async () => {
      await this.#ask(`a commit of group ${group}`, () => this.#consumer.commit({ offsets }));
      this.#taken = this.#taken.filter((each) => each.partition !== partition || each.offset > offset);
      return undefined;
    });
  }

  /** What the broker has given besides what was asked for. */
  unasked(): KafkaDelivery[] {
    return this.#waiting.map((record) => this.#delivery(record));
  }

  /** Leaves the group. Leaving twice is allowed. */
  async leave(): Promise<void> {
    await Promise.all([this.#consumer.close(true), this.#reader.close()]);
  }

  async #join(): Promise<void> {
    const { group, topic } = this.#membership;
    this.#consumer.topics.trackAll(topic);
    await this.#ask(`group ${group} a new member`, () =>
      onceCoordinated(() => this.#consumer.joinGroup(), this.#timeoutMs),
    );
    this.#joined = true;
    const partitions = (this.#consumer.assignments ?? []).flatMap((each) =>
      each.topic === topic ? each.partitions : [],
    );
    const starts = await this.#reader.starts(topic);
    const committed = await this.#ask(`the offsets of group ${group}`, () =>
      this.#consumer.listCommittedOffsets({ topics: [{ topic, partitions }] }),
    );
    for (const partition of partitions) {
      const start = starts[partition] ?? 0n;
      const position = committed.get(topic)?.[partition] ?? -1n;
      this.#positions.set(partition, position < start ? start : position);
    }
  }

  async #read(signal: AbortSignal): Promise<LoggedRecord> {
    const deadline = performance.now() + this.#timeoutMs;
    for (;;) {
      if (this.#waiting.length === 0) await this.#fetch();
      const record = this.#waiting.shift();
      if (record !== undefined) return record;
      const { group, topic } = this.#membership;
      if (performance.now() > deadline) {
        throw new Error(
          `the Kafka broker at ${this.#at.host}:${this.#at.port} gave group ${group} no further record of topic ${topic} within ${this.#timeoutMs} ms`,
        );
      }
      await sleep(LOOK_EVERY_MS, undefined, { signal });
    }
  }

  async #fetch(): Promise<void> {
    const { topic } = this.#membership;
    const [end] = await this.#reader.ends([topic]);
    const stretches = [...this.#positions].map(([partition, from]) => {
      const to = end?.offsets[partition] ?? from;
      return { topic, partition, from, to };
    });
    this.#waiting.push(...(await this.#reader.read(stretches)));
    this.#positions = new Map(stretches.map(({ partition, to }) => [partition, to]));
  }

  #delivery(record: LoggedRecord): KafkaDelivery {
    return { group: this.#membership.group, ...fromWire(record) };
  }

  async #answered<T>(request: () => Promise<T>): Promise<T | KafkaRefusal> {
    try {
      return await request();
    } catch (error) {
      const answer = brokerAnswer(error);
      if (answer === undefined) throw error;
      return { ...answer, ...this.#membership };
    }
  }

  async #ask<T>(doing: string, request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      throw clientFailure(error, this.#at, doing, this.#timeoutMs);
    }
  }
}
