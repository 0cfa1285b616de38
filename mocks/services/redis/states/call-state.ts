import { states, threadRecord, threads } from '../../../../contracts/common/call-thread.ts';
import { dialect } from '../../../../contracts/dialect.ts';
import { type Handler, keysInstead, putRecord } from './keys.ts';

const keys = dialect.redis.callState;

/** The provider states of connection 42. */
export const handlers: Readonly<Record<string, Handler>> = {
  [states.none.name]: keysInstead(keys.prefix, async () => {}),
  [states.begun.name]: keysInstead(keys.prefix, async (admin, params, tenant) => {
    const callThreadId = String(params.callThreadId);
    await putRecord(admin, threadRecord(threads.begun));
    for (const connId of threads.begun.connIds) await admin.set(keys.connection(tenant, connId), callThreadId);
    await admin.sadd(keys.active(tenant), callThreadId);
  }),
};
