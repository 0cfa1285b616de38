import type { Redis } from 'ioredis';
import { orsEntries, orsStates } from '../../../../contracts/common/ors-stream.ts';
import type { ProviderState } from '../../../../contracts/contract.ts';
import { dialect } from '../../../../contracts/dialect.ts';
import { replacing } from '../../../protocols/redis/snapshot.ts';
import { type Handler, keysInstead } from './keys.ts';
import { appendNamed, onceSomebodyWaits, withWatch } from './streams.ts';

const { stream: streamOf, readers: group } = dialect.redis.newCalls;
const { interactions } = dialect.redis;

const putEntries = (admin: Redis, tenant: string, { entries }: ProviderState['params']) =>
  appendNamed(admin, streamOf(tenant), orsEntries, entries);
const makeGroup = (admin: Redis, tenant: string) => admin.xgroup('CREATE', streamOf(tenant), group, '0', 'MKSTREAM');

async function putPending(admin: Redis, params: ProviderState['params'], tenant: string): Promise<string[]> {
  const { consumer, idleMs = 0, deliveries = 1 } = params;
  await makeGroup(admin, tenant);
  const ids = await putEntries(admin, tenant, params);
  const key = streamOf(tenant);
  await admin.xreadgroup('GROUP', group, String(consumer), 'COUNT', ids.length, 'STREAMS', key, '>');
  const lain = ['IDLE', String(idleMs), 'RETRYCOUNT', String(deliveries), 'JUSTID'];
  await admin.call('XCLAIM', key, group, String(consumer), '0', ...ids, ...lain);
  return ids;
}

/** The provider states of connections 7, 46 and 49. */
export const handlers: Readonly<Record<string, Handler>> = {
  [orsStates.empty.name]: keysInstead(streamOf, async () => {}),
  [orsStates.waiting().name]: keysInstead(streamOf, async (admin, params, tenant) => {
    await makeGroup(admin, tenant);
    await putEntries(admin, tenant, params);
  }),
  [orsStates.coming().name]: async ({ nodes }, params) => {
    const tenant = String(params.tenant);
    const { client } = await nodes.of(streamOf(tenant));
    const set = await replacing(nodes, streamOf(tenant), async () => {
      await makeGroup(client, tenant);
    });
    return withWatch(
      set,
      onceSomebodyWaits(client, () => putEntries(client, tenant, params)),
    );
  },
  [orsStates.withoutGroup().name]: keysInstead(streamOf, (admin, params, tenant) => putEntries(admin, tenant, params)),
  [orsStates.pending('inboundCall', '').name]: keysInstead(streamOf, putPending),
  [orsStates.trimmed('inboundCall', '').name]: keysInstead(streamOf, async (admin, params, tenant) => {
    const ids = await putPending(admin, params, tenant);
    await admin.xdel(streamOf(tenant), ...ids);
  }),
  [orsStates.foreignCertificate.name]: async ({ showForeignCertificate }) => {
    const { ca, end } = await showForeignCertificate();
    return { values: { ca }, undo: async () => end() };
  },
  [orsStates.sessionKnown.name]: async ({ nodes }, { tenant, interactionId, sessionId }) => {
    const key = interactions.session(String(tenant), String(interactionId));
    const { client } = await nodes.of(key);
    return replacing(nodes, key, async () => {
      await client.set(key, String(sessionId), 'PX', interactions.sessionTtlMs);
    });
  },
  [orsStates.sessionUnknown.name]: ({ nodes }, { tenant, interactionId }) =>
    replacing(nodes, interactions.session(String(tenant), String(interactionId)), async () => {}),
  [orsStates.noStream.name]: keysInstead(streamOf, (admin, _, tenant) => admin.set(streamOf(tenant), 'no stream')),
};
