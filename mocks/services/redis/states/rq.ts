import type { Redis } from 'ioredis';
import {
  callRecord,
  otherCall,
  queuedCall,
  type RqCall,
  routingCall,
  states,
} from '../../../../contracts/common/rq-cache.ts';
import { dialect } from '../../../../contracts/dialect.ts';
import { type Handler, keysInstead, putRecord } from './keys.ts';

const keys = dialect.redis.rq;

async function putCalls(admin: Redis, tenant: string, calls: readonly RqCall[]): Promise<void> {
  for (const call of calls) {
    await putRecord(admin, callRecord(call), keys.callTtlMs);
    await admin.zadd(keys.calls(tenant), call.updatedAtMs, call.connId);
  }
}

/** The provider states of connection 6. */
export const handlers: Readonly<Record<string, Handler>> = {
  [states.empty.name]: keysInstead(keys.prefix, async () => {}),
  [states.calls(0).name]: keysInstead(keys.prefix, (admin, { revision }, tenant) =>
    putCalls(admin, tenant, [routingCall(Number(revision)), otherCall]),
  ),
  [states.leaseFree.name]: keysInstead(keys.prefix, (admin, _, tenant) =>
    putCalls(admin, tenant, [queuedCall, otherCall]),
  ),
  [states.leaseHeld.name]: keysInstead(keys.prefix, (admin, { pod }, tenant) =>
    admin.set(keys.lease(tenant), String(pod), 'PX', keys.leaseMs),
  ),
  [states.noHash.name]: keysInstead(keys.prefix, (admin, { connId }, tenant) =>
    admin.set(keys.call(tenant, String(connId)), 'no hash'),
  ),
};
