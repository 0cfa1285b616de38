import { isDeepStrictEqual } from 'node:util';
import type { Redis } from 'ioredis';
import type { Address } from '../../adapter.ts';
import { type ConnectOptions, connect, inWords, isReplyError, place } from './client.ts';

/** A server, or one master of a cluster, with the harness's connection to it. */
export interface RedisNode {
  at: Address;
  client: Redis;
}

/** One entry of `CLUSTER SLOTS`: a range of hash slots, then its master, then the replicas of that. */
type SlotRange = [first: number, last: number, ...nodes: [host: string | null, port: number, ...unknown[]][]];

/**
 * A server as a whole: all masters of a cluster, or the one node that a server without cluster mode is. What a cluster's
 * replicas are asked is not looked at.
 */
export class Nodes {
  readonly all: readonly [RedisNode, ...RedisNode[]];
  readonly isCluster: boolean;

  private constructor(all: readonly [RedisNode, ...RedisNode[]], isCluster: boolean) {
    this.all = all;
    this.isCluster = isCluster;
  }

  /**
   * Connects to the server, and if it is a node of a cluster, to each master in its place.
   * @throws as `connect` does, and Error when it is a node of a cluster that serves no slots
   */
  static async connect(options: ConnectOptions): Promise<Nodes> {
    const { at } = options;
    const first: RedisNode = { at, client: await connect(options) };
    const nodes: RedisNode[] = [];
    try {
      const ranges = await slotRanges(first);
      if (ranges === undefined) return new Nodes([first], false);
      for (const master of mastersOf(ranges, at)) {
        const node = { ...at, ...master };
        nodes.push(isDeepStrictEqual(node, at) ? first : { at: node, client: await connect({ ...options, at: node }) });
      }
      const [head, ...others] = nodes;
      if (head === undefined) throw new Error(`${place(at)} is a node of a cluster that serves no slots yet.`);
      // It was a replica, or is known to the others by another name.
      if (!nodes.includes(first)) first.client.disconnect();
      return new Nodes([head, ...others], true);
    } catch (error) {
      for (const { client } of [first, ...nodes]) client.disconnect();
      throw error;
    }
  }

  /**
   * The node that has a key, as the cluster says now.
   * @throws Error when that is none of those that were masters when this connected
   */
  async of(key: string): Promise<RedisNode> {
    const [first] = this.all;
    if (!this.isCluster) return first;
    const [slot, ranges = []] = await Promise.all([first.client.cluster('KEYSLOT', key), slotRanges(first)]);
    const range = ranges.find(([from, to]) => from <= Number(slot) && Number(slot) <= to);
    const [master] = mastersOf(range === undefined ? [] : [range], first.at);
    const node = this.all.find(({ at }) => at.host === master?.host && at.port === master.port);
    if (node !== undefined) return node;
    const holder = master === undefined ? 'no node' : `${master.host}:${master.port}, a master that is new,`;
    throw new Error(`${place(first.at)}: slot ${slot} of ${key} is served by ${holder} since the cluster was changed.`);
  }

  disconnect(): void {
    for (const { client } of this.all) client.disconnect();
  }
}

/** @returns undefined on a server that is no cluster, or that says nothing of it */
async function slotRanges({ at, client }: RedisNode): Promise<SlotRange[] | undefined> {
  try {
    return (await client.cluster('SLOTS')) as SlotRange[];
  } catch (error) {
    if (isReplyError(error)) return undefined;
    throw inWords(error, at);
  }
}

/** The masters in the order of their slots. One without a host is reached where the cluster was asked. */
function mastersOf(ranges: readonly SlotRange[], asked: Address): Pick<Address, 'host' | 'port'>[] {
  const masters = ranges
    .toSorted(([a], [b]) => a - b)
    .flatMap(([, , ...nodes]) => nodes.slice(0, 1))
    .map(([host, port]) => ({ host: host === null || host === '' ? asked.host : host, port }));
  return masters.filter((each, at) => masters.findIndex((other) => isDeepStrictEqual(each, other)) === at);
}
