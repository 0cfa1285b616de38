import type { Redis } from 'ioredis';
import {
  bindingRecord,
  bindings,
  expiryExampleMs,
  grantedMs,
  states,
} from '../../../../contracts/common/registration.ts';
import type { ProviderState } from '../../../../contracts/contract.ts';
import { dialect } from '../../../../contracts/dialect.ts';
import { type Handler, keysInstead, putExpired, putRecord } from './keys.ts';

const keys = dialect.redis.registrar;

const index = (admin: Redis, { number }: ProviderState['params'], tenant: string) =>
  admin.zadd(keys.expiring(tenant), expiryExampleMs, String(number));
const times = () => ({ expiresAt: String(Date.now() + grantedMs) });

/** The provider states of connection 36. */
export const handlers: Readonly<Record<string, Handler>> = {
  [states.unregistered.name]: keysInstead(keys.prefix, async () => {}, times),
  [states.registered.name]: keysInstead(
    keys.prefix,
    async (admin, params, tenant) => {
      await putRecord(admin, bindingRecord(bindings.stored), grantedMs);
      await index(admin, params, tenant);
    },
    times,
  ),
  [states.ranOut.name]: keysInstead(
    keys.prefix,
    async (admin, params, tenant) => {
      await putExpired(admin, bindingRecord(bindings.stored));
      await index(admin, params, tenant);
    },
    times,
  ),
};
