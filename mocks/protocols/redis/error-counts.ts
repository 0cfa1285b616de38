import { UnattainableStateError } from '../../adapter.ts';
import { place } from './client.ts';
import type { RedisNode } from './nodes.ts';

/** Errors by which a node of a cluster refuses keys of several hash slots, and what they mean. */
const slotErrors: Readonly<Record<string, string>> = {
  CROSSSLOT: 'all keys of a command or a transaction must share a hash slot, as keys with the same {tag} do',
  EXECABORT: 'a transaction had a key of a hash slot that another node has, or a command that was refused',
};

/** Errors by which a server refuses a command for the state that it is in itself. */
const stateErrors = ['OOM', 'READONLY'];

/**
 * The errors that one node has answered with since it was asked last. Only their number is known: MONITOR does not show what
 * was refused, and the ACL log not why. Before Redis 6.2 not even that.
 */
export class ErrorCounts {
  readonly #node: RedisNode;
  #known: ReadonlyMap<string, number> = new Map();
  #new: ReadonlyMap<string, number> = new Map();

  private constructor(node: RedisNode) {
    this.#node = node;
  }

  /** What has been refused already does not count. */
  static async start(node: RedisNode): Promise<ErrorCounts> {
    const counts = new ErrorCounts(node);
    await counts.update();
    return counts;
  }

  async update(): Promise<void> {
    const statistics = await this.#node.client.info('errorstats');
    const counts = [...statistics.matchAll(/^errorstat_(\w+):count=(\d+)/gm)];
    const known = this.#known;
    this.#known = new Map(counts.map(([, code = '', count]) => [code, Number(count)]));
    this.#new = new Map([...this.#known].map(([code, count]) => [code, count - (known.get(code) ?? 0)]));
  }

  /** What sources did wrong about hash slots, a sentence for each kind. */
  ofSlots(): Error[] {
    return Object.entries(slotErrors).flatMap(([code, meaning]) => {
      const times = this.#new.get(code) ?? 0;
      return times > 0 ? [new Error(`${this.#refused(times)} with ${code}: ${meaning}.`)] : [];
    });
  }

  /** @throws {UnattainableStateError} when something was refused that a contract may want refused, and is not seen here */
  assertNothingHidden(): void {
    for (const code of stateErrors) {
      const times = this.#new.get(code) ?? 0;
      if (times > 0)
        throw new UnattainableStateError(`${this.#refused(times)} with ${code}, which MONITOR does not show.`);
    }
  }

  #refused(times: number): string {
    return `${place(this.#node.at)} refused ${times === 1 ? 'a command' : `${times} commands`}`;
  }
}
