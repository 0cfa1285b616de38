import type { Redis } from 'ioredis';
import type { StateSet } from '../../adapter.ts';
import { persistently } from './client.ts';
import type { Nodes } from './nodes.ts';
import { literal } from './pattern.ts';

/**
 * Takes away all keys that begin so, on whichever node, and puts others in their place, until it is undone: then what was
 * there is there again, to the byte and with its time to live.
 * @param fill puts the keys of the state
 */
export async function replacing(nodes: Nodes, prefix: string, fill: () => Promise<void>): Promise<StateSet> {
  const saved: Dump[] = [];
  for (const { client } of nodes.all) saved.push(...(await dumps(client, await keysBelow(client, prefix))));
  const remove = async () => {
    for (const { client } of nodes.all) {
      // One by one: keys of one node need not share a slot.
      for (const key of await keysBelow(client, prefix)) await client.del(key);
    }
  };
  // What was there is nobody's to lose, least of all with a connection of ours.
  const undo = () =>
    persistently(async () => {
      await remove();
      for (const { key, ttlMs, dump } of saved) {
        const { client } = await nodes.of(key);
        await client.restore(key, ttlMs, dump, 'REPLACE');
      }
    });
  try {
    await remove();
    await fill();
  } catch (error) {
    await undo();
    throw error;
  }
  return { values: {}, undo };
}

interface Dump {
  key: string;
  /** Milliseconds; 0 for none, as RESTORE wants it. */
  ttlMs: number;
  dump: Buffer;
}

async function keysBelow(admin: Redis, prefix: string): Promise<string[]> {
  const pattern = `${literal(prefix)}*`;
  const keys = new Set<string>();
  let cursor = '0';
  do {
    const [next, found] = await admin.scan(cursor, 'MATCH', pattern, 'COUNT', 1000);
    for (const key of found) keys.add(key);
    cursor = next;
  } while (cursor !== '0');
  return [...keys];
}

async function dumps(admin: Redis, keys: readonly string[]): Promise<Dump[]> {
  const saved: Dump[] = [];
  for (const key of keys) {
    const [ttlMs, dump] = [await admin.pttl(key), await admin.dumpBuffer(key)];
    if (dump !== null) saved.push({ key, ttlMs: Math.max(ttlMs, 0), dump });
  }
  return saved;
}
