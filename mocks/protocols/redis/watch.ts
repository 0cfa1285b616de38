import type { Address } from '../../adapter.ts';
import { Journal } from '../../journal.ts';
import { toAnswer } from './answers.ts';
import { inWords } from './client.ts';
import { ErrorCounts } from './error-counts.ts';
import { redisLimits } from './limits.ts';
import { Monitor, type SeenCommand } from './monitor.ts';
import type { Nodes, RedisNode } from './nodes.ts';
import { Refusals } from './refusals.ts';
import { Undos } from './undos.ts';

/**
 * Watches a running server, each node of it, and keeps one record. Commands of one node stand there in the order in which it
 * did them; those of several nodes in the order of the times that the nodes print, each by its own clock.
 */
export class Watch {
  readonly journal = new Journal(redisLimits.journalExchanges);
  readonly #nodes: NodeWatch[] = [];
  readonly #isCluster: boolean;
  #markers = 0;

  private constructor(isCluster: boolean) {
    this.#isCluster = isCluster;
  }

  /** @throws Error when a node refuses to be watched */
  static async start(nodes: Nodes): Promise<Watch> {
    const watch = new Watch(nodes.isCluster);
    try {
      for (const node of nodes.all) watch.#nodes.push(await NodeWatch.start(node));
      return watch;
    } catch (error) {
      watch.close();
      throw error;
    }
  }

  /**
   * Waits until all that sources have had the server do is in the record.
   * @throws {LostConnectionError} when a node is not watched any more, or was not for a while; what it did show is recorded
   * @throws {UnattainableStateError} when a node refused what a contract may want refused, and does not show it
   */
  async settled(): Promise<void> {
    this.#markers += 1;
    const marker = `voxpact-marker-${this.#markers}`;
    const failures: Error[] = [];
    const ofEach = (act: (node: NodeWatch) => Promise<void>) =>
      this.#nodes.map((node) => act(node).catch((error) => failures.push(inWords(error, node.at))));
    await Promise.all(ofEach((node) => node.settled(marker)));
    const seen = this.#nodes.flatMap((node) => node.take());
    for (const { command, atUs } of seen.toSorted((a, b) => a.atUs - b.atUs)) {
      this.journal.add({ messages: [{ from: 'source', content: command, atMs: Math.round(atUs / 1000) }] });
    }
    await Promise.all(ofEach((node) => this.#recordRefused(node)));
    if (failures[0] !== undefined) throw failures[0];
    for (const { errors } of this.#nodes) errors.assertNothingHidden();
  }

  async #recordRefused({ refusals, errors }: NodeWatch): Promise<void> {
    const atMs = Date.now();
    for (const { command } of await refusals.take()) {
      const answer = toAnswer(command, { error: { message: 'NOPERM' } });
      this.journal.add({
        messages: [
          { from: 'source', content: command, atMs },
          { from: 'destination', content: answer, atMs },
        ],
      });
    }
    await errors.update();
    if (!this.#isCluster) return;
    for (const failure of errors.ofSlots()) this.journal.add({ messages: [], failure });
  }

  /** Forgets the record, and what has been seen and is not in it yet. */
  clear(): void {
    for (const node of this.#nodes) node.take();
    this.journal.clear();
  }

  /** Stops watching. Closing twice is allowed. */
  close(): void {
    for (const node of this.#nodes) node.close();
  }
}

/** All that can be seen of one node. */
class NodeWatch {
  readonly refusals: Refusals;
  readonly errors: ErrorCounts;
  readonly #node: RedisNode;
  #monitor: Monitor;
  /** Seen by a monitor that is lost. */
  readonly #seenBefore: SeenCommand[] = [];

  private constructor(node: RedisNode, monitor: Monitor, refusals: Refusals, errors: ErrorCounts) {
    this.#node = node;
    this.#monitor = monitor;
    this.refusals = refusals;
    this.errors = errors;
  }

  static async start(node: RedisNode): Promise<NodeWatch> {
    const undos = new Undos();
    try {
      const monitor = await Monitor.start(node.at);
      undos.add(() => monitor.close());
      monitor.ignoreHarness(String(await node.client.client('LIST')));
      return new NodeWatch(node, monitor, await Refusals.start(node.client), await ErrorCounts.start(node));
    } catch (error) {
      await undos.all();
      throw error;
    }
  }

  get at(): Address {
    return this.#node.at;
  }

  /**
   * Waits until the node has shown all that it did.
   * @throws {LostConnectionError} once for each time that it was not watched; from then on it is watched again
   */
  async settled(marker: string): Promise<void> {
    try {
      await this.#shown(marker);
    } catch (error) {
      if (!this.#monitor.isLost) throw error;
      await this.#watchAgain();
    }
  }

  async #watchAgain(): Promise<never> {
    this.#seenBefore.push(...this.#monitor.take());
    const { monitor, gap } = await this.#monitor.again();
    try {
      monitor.ignoreHarness(String(await this.#node.client.client('LIST')));
    } catch (error) {
      monitor.close();
      throw error;
    }
    this.#monitor = monitor;
    throw gap;
  }

  async #shown(marker: string): Promise<void> {
    const { client } = this.#node;
    let departed: string[] = [];
    await this.#monitor.seen(marker, async () => {
      departed = this.#monitor.departed(String(await client.client('LIST')));
      await client.call('PING', marker);
    });
    // Only now has all been shown that they did.
    this.#monitor.forget(departed);
  }

  take(): SeenCommand[] {
    return [...this.#seenBefore.splice(0), ...this.#monitor.take()];
  }

  close(): void {
    this.#monitor.close();
  }
}
