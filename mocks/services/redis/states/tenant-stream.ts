import type { Redis } from 'ioredis';
import { tenantEntries, tenantStates } from '../../../../contracts/common/tenant-stream.ts';
import type { ProviderState } from '../../../../contracts/contract.ts';
import { dialect } from '../../../../contracts/dialect.ts';
import type { StateSet } from '../../../adapter.ts';
import { replacing } from '../../../protocols/redis/snapshot.ts';
import { type Handler, keysInstead } from './keys.ts';
import { append, appendNamed, onceSomebodyWaits, withWatch } from './streams.ts';

const { stream: streamOf, cursor: cursorOf, prefix: prefixOf, maxLength } = dialect.redis.tenantEvents;

type Params = ProviderState['params'];
/** Puts what was there before the pod reads. @returns the values of the state */
type Put = (admin: Redis, tenant: string, params: Params) => Promise<StateSet['values']>;

const putNew = (admin: Redis, { tenant, entries }: Params) =>
  appendNamed(admin, streamOf(String(tenant)), tenantEntries, entries);
const putOld = (admin: Redis, tenant: string) => append(admin, streamOf(tenant), tenantEntries.queued);

/** Something that the pod has had: its cursor stands there. */
const putRead: Put = async (admin, tenant, { reader }) => {
  const cursor = await putOld(admin, tenant);
  await admin.set(cursorOf(tenant, String(reader)), cursor);
  return { cursor };
};

/** A state of the whole bus. */
const bus = (put: Put): Handler => {
  return async ({ nodes }, params) => {
    const tenant = String(params.tenant);
    const { client } = await nodes.of(prefixOf(tenant));
    let values: StateSet['values'] = {};
    const { undo } = await replacing(nodes, prefixOf(tenant), async () => {
      values = await put(client, tenant, params);
    });
    return { values, undo };
  };
};

/** A state of the bus in which entries come as soon as a pod waits. @param first what happens to that pod before */
const coming = (put: Put, first: (admin: Redis, client: string) => Promise<unknown> = async () => {}): Handler => {
  return async (world, params) => {
    const { client: admin } = await world.nodes.of(streamOf(String(params.tenant)));
    const set = (await bus(put)(world, params)) as StateSet;
    return withWatch(
      set,
      onceSomebodyWaits(admin, async (waiting) => {
        await first(admin, waiting);
        await putNew(admin, params);
      }),
    );
  };
};

/** The provider states of connections 14, 40, 45, 52 and 54. */
export const handlers: Readonly<Record<string, Handler>> = {
  [tenantStates.empty.name]: keysInstead(prefixOf, async () => {}),
  [tenantStates.full.name]: keysInstead(prefixOf, (admin, _, tenant) =>
    // Within the server: one by one over the wire they would take seconds.
    admin.eval(
      "for entry = 1, tonumber(ARGV[1]) do redis.call('XADD', KEYS[1], '*', 'v', '1') end",
      1,
      streamOf(tenant),
      maxLength + 1_000,
    ),
  ),
  [tenantStates.unread('').name]: bus(async (admin, tenant, params) => {
    const values = await putRead(admin, tenant, params);
    await putNew(admin, params);
    return values;
  }),
  [tenantStates.coming('').name]: coming(putRead),
  [tenantStates.firstTime('').name]: coming(async (admin, tenant) => {
    await putOld(admin, tenant);
    return {};
  }),
  [tenantStates.cutOff('').name]: coming(putRead, (admin, client) => admin.client('KILL', 'ID', client)),
  [tenantStates.trimmed('').name]: bus(async (admin, tenant, params) => {
    const values = await putRead(admin, tenant, params);
    await putOld(admin, tenant);
    await admin.xtrim(streamOf(tenant), 'MAXLEN', '=', 0);
    await putNew(admin, params);
    return values;
  }),
};
