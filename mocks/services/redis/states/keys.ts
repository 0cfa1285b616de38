import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { CachedRecord } from '../../../../contracts/common/redis-cache.ts';
import { stored } from '../../../../contracts/common/redis-steps.ts';
import type { ProviderState } from '../../../../contracts/contract.ts';
import type { RedisFields } from '../../../../contracts/messages/redis.ts';
import type { StateHandler, StateSet } from '../../../adapter.ts';
import type { RedisWorld } from '../../../protocols/redis/service.ts';
import { replacing } from '../../../protocols/redis/snapshot.ts';
import { fromFields } from '../../../protocols/redis/text.ts';

export type Handler = StateHandler<RedisWorld>;

/** How long a key with the shortest time to live may take to go. */
const EXPIRY_TIMEOUT_MS = 1_000;

/**
 * A state that is made of keys: they stand in the place of all that begin like them, until it is undone.
 * @param prefixOf what they begin with; it has the hash tag that they share, if there is one
 * @param fill puts the keys of the state, on the node that has them
 */
export function keysInstead(
  prefixOf: (tenant: string) => string,
  fill: (admin: Redis, params: ProviderState['params'], tenant: string) => Promise<unknown>,
  values: () => StateSet['values'] = () => ({}),
): Handler {
  return async ({ nodes }, params) => {
    const tenant = String(params.tenant);
    const { client } = await nodes.of(prefixOf(tenant));
    const { undo } = await replacing(nodes, prefixOf(tenant), async () => {
      await fill(client, params, tenant);
    });
    return { values: values(), undo };
  };
}

/** Stores a record. @param ttlMs for ever when absent */
export async function putRecord(admin: Redis, { key, fields }: CachedRecord, ttlMs?: number): Promise<void> {
  await admin.hset(key, ...fromFields(stored<RedisFields>(fields)));
  if (ttlMs !== undefined) await admin.pexpire(key, ttlMs);
}

/** Stores a record and sees it run out. @throws Error when the server keeps it */
export async function putExpired(admin: Redis, record: CachedRecord): Promise<void> {
  await putRecord(admin, record, 1);
  await seenGone(admin, record.key);
}

/** Sees a key run out that has the shortest time to live. @throws Error when the server keeps it */
export async function seenGone(admin: Redis, key: string): Promise<void> {
  const deadline = Date.now() + EXPIRY_TIMEOUT_MS;
  while ((await admin.exists(key)) > 0) {
    if (Date.now() > deadline) throw new Error(`Redis keeps ${key}, which has run out.`);
    await sleep(1);
  }
}
