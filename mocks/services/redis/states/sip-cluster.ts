import type { Redis } from 'ioredis';
import { stored } from '../../../../contracts/common/redis-steps.ts';
import { ringingCall, signOfLife, sipCallRecord, states } from '../../../../contracts/common/sip-call.ts';
import type { ProviderState } from '../../../../contracts/contract.ts';
import { dialect } from '../../../../contracts/dialect.ts';
import { replacing } from '../../../protocols/redis/snapshot.ts';
import { type Handler, keysInstead, putRecord } from './keys.ts';

const keys = dialect.redis.sipCluster;
/** What the signs of life of all nodes begin with. */
const signs = () => keys.node('');

async function putCall(admin: Redis, { connId, node }: ProviderState['params'], tenant: string): Promise<void> {
  await putRecord(admin, sipCallRecord({ ...ringingCall, node: String(node) }), keys.callTtlMs);
  await admin.sadd(keys.callsOf(tenant, String(node)), String(connId));
}

/** The provider states of connection 41. */
export const handlers: Readonly<Record<string, Handler>> = {
  [states.noCalls.name]: keysInstead(keys.prefix, async () => {}),
  [states.ringing.name]: keysInstead(keys.prefix, putCall),
  [states.orphaned.name]: keysInstead(keys.prefix, putCall),
  [states.beingAdopted.name]: keysInstead(keys.prefix, async (admin, params, tenant) => {
    await putCall(admin, params, tenant);
    await admin.set(keys.adoption(tenant, String(params.connId)), String(params.adopter), 'PX', keys.adoptionMs);
  }),
  [states.noSigns.name]: keysInstead(signs, async () => {}),
  [states.alive.name]: ({ nodes }, { node }) =>
    replacing(nodes, signs(), async () => {
      const key = keys.node(String(node));
      const { client } = await nodes.of(key);
      await client.set(key, JSON.stringify(stored(signOfLife)), 'PX', keys.nodeTtlMs);
    }),
};
