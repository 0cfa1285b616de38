import type { Redis } from 'ioredis';
import type { Held } from '../../../contracts/messages/redis.ts';
import type { PendingEntry } from '../../../contracts/messages/redis-streams.ts';
import { redisLimits } from './limits.ts';
import type { Nodes } from './nodes.ts';
import { toFields, toText } from './text.ts';

/** The last entry of each stream at some moment, by key. */
export type StreamEnds = ReadonlyMap<string, string>;

/** Remembers where the streams among the keys end now. */
export async function streamEnds(nodes: Nodes, keys: readonly string[]): Promise<StreamEnds> {
  const ends = new Map<string, string>();
  for (const key of keys) {
    const { client: observer } = await nodes.of(key);
    if ((await observer.type(key)) !== 'stream') continue;
    const [last] = await observer.xrevrange(key, '+', '-', 'COUNT', 1);
    if (last !== undefined) ends.set(key, last[0]);
  }
  return ends;
}

/**
 * What the server holds under a key; of a stream the entries that came after `ends`.
 * @param asked what the contract says of it: groups and length are read only where it speaks of them
 */
export async function held(nodes: Nodes, asked: Held, ends: StreamEnds): Promise<Held> {
  const { key } = asked;
  const { client: observer } = await nodes.of(key);
  const type = (await observer.type(key)) as Held['type'];
  const ttlMs = await observer.pttl(key);
  const value = await contentOf(observer, key, type, ends.get(key));
  return {
    key,
    type,
    ttlMs,
    value,
    ...(asked.groups === undefined || type !== 'stream' ? {} : { groups: await groupsOf(observer, key) }),
    ...(asked.length === undefined || type !== 'stream' ? {} : { length: await observer.xlen(key) }),
  };
}

async function groupsOf(observer: Redis, key: string): Promise<NonNullable<Held['groups']>> {
  const described = (await observer.call('XINFO', 'GROUPS', key)) as unknown[][];
  const names = described.map((group) => String(group[group.indexOf('name') + 1]));
  const groups = names.map(async (name) => {
    const pending = await observer.xpending(key, name, '-', '+', redisLimits.streamEntries);
    return [name, (pending as [string, string, number, number][]).map(pendingEntry)] as const;
  });
  return Object.fromEntries(await Promise.all(groups));
}

function pendingEntry([id, consumer, , deliveries]: readonly [string, string, number, number]): PendingEntry {
  return { id, consumer, deliveries };
}

async function contentOf(
  observer: Redis,
  key: string,
  type: Held['type'],
  after: string | undefined,
): Promise<Held['value']> {
  if (type === 'string') return toText((await observer.get(key)) ?? '');
  if (type === 'hash') return toFields(Object.entries(await observer.hgetall(key)).flat());
  if (type === 'set') return (await observer.smembers(key)).toSorted();
  if (type === 'zset') return toFields(await observer.zrangebyscore(key, '-inf', '+inf', 'WITHSCORES'));
  if (type !== 'stream') return null;
  const entries = await observer.xrange(key, after ?? '-', '+', 'COUNT', redisLimits.streamEntries);
  return entries.filter(([id]) => id !== after).map(([id, flat]) => ({ id, fields: toFields(flat) }));
}
