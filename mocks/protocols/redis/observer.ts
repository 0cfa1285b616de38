import type { Redis } from 'ioredis';
import type { Held } from '../../../contracts/messages/redis.ts';
import { redisLimits } from './limits.ts';
import { toFields, toText } from './text.ts';

/** The last entry of each stream at some moment, by key. */
export type StreamEnds = ReadonlyMap<string, string>;

/** Remembers where the streams among the keys end now. */
export async function streamEnds(observer: Redis, keys: readonly string[]): Promise<StreamEnds> {
  const ends = new Map<string, string>();
  for (const key of keys) {
    if ((await observer.type(key)) !== 'stream') continue;
    const [last] = await observer.xrevrange(key, '+', '-', 'COUNT', 1);
    if (last !== undefined) ends.set(key, last[0]);
  }
  return ends;
}

/** What the server holds under a key; of a stream the entries that came after `ends`. */
export async function held(observer: Redis, key: string, ends: StreamEnds): Promise<Held> {
  const type = (await observer.type(key)) as Held['type'];
  const ttlMs = await observer.pttl(key);
  return { key, type, ttlMs, value: await contentOf(observer, key, type, ends.get(key)) };
}

async function contentOf(
  observer: Redis,
  key: string,
  type: Held['type'],
  after: string | undefined,
): Promise<Held['value']> {
  if (type === 'string') return toText((await observer.get(key)) ?? '');
  if (type === 'hash') return toFields(Object.entries(await observer.hgetall(key)).flat());
  if (type !== 'stream') return null;
  const entries = await observer.xrange(key, after ?? '-', '+', 'COUNT', redisLimits.streamEntries);
  return entries.filter(([id]) => id !== after).map(([id, flat]) => ({ id, fields: toFields(flat) }));
}
