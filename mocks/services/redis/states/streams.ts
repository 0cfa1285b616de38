import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { stored } from '../../../../contracts/common/redis-steps.ts';
import type { Template } from '../../../../contracts/matchers.ts';
import type { RedisFields } from '../../../../contracts/messages/redis.ts';
import type { StateSet } from '../../../adapter.ts';
import { observerName } from '../../../protocols/redis/client.ts';
import { fromFields } from '../../../protocols/redis/text.ts';

/** How often the server is asked whether somebody waits. */
const WATCH_INTERVAL_MS = 5;

/** Appends an entry. @returns its id */
export async function append(admin: Redis, stream: string, entry: Template<RedisFields>): Promise<string> {
  return String(await admin.call('XADD', stream, '*', ...fromFields(stored(entry))));
}

/**
 * Appends the entries that a state names.
 * @param names as a parameter of the state has them, with blanks between; there may be none
 * @returns their ids
 */
export async function appendNamed(
  admin: Redis,
  stream: string,
  entries: Readonly<Record<string, Template<RedisFields>>>,
  names: unknown,
): Promise<string[]> {
  const ids: string[] = [];
  for (const [name] of String(names).matchAll(/\w+/g)) {
    const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
    if (entry === undefined) throw new Error(`there is no entry "${name}" for ${stream}.`);
    ids.push(await append(admin, stream, entry));
  }
  return ids;
}

/**
 * Acts on the first client that waits in a read of a stream, as soon as there is one.
 * @param act gets the client's number
 * @returns ends the watch; rejects when the watch failed
 */
export function onceSomebodyWaits(admin: Redis, act: (client: string) => Promise<unknown>): () => Promise<void> {
  const over = new AbortController();
  const watching = watch(admin, over.signal, act).then(
    () => undefined,
    (error: unknown) => error,
  );
  return async () => {
    over.abort();
    const error = await watching;
    if (error !== undefined) throw error;
  };
}

async function watch(admin: Redis, over: AbortSignal, act: (client: string) => Promise<unknown>): Promise<void> {
  while (!over.aborted) {
    const clients = String(await admin.client('LIST')).split('\n');
    const waiting = clients.find((line) => /\bflags=\w*b/.test(line) && / cmd=xread(group)? /.test(line));
    if (waiting !== undefined && !waiting.includes(`name=${observerName} `)) {
      await act(/\bid=(\d+)/.exec(waiting)?.[1] ?? '');
      return;
    }
    await sleep(WATCH_INTERVAL_MS);
  }
}

/** A state with a watch that ends before the state is undone. */
export function withWatch({ values, undo }: StateSet, end: () => Promise<void>): StateSet {
  return {
    values,
    async undo() {
      try {
        await end();
      } finally {
        await undo();
      }
    },
  };
}
