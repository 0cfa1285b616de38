import { type ActivityName, activities, agentRecord, states } from '../../../../contracts/common/agent-record.ts';
import { dialect } from '../../../../contracts/dialect.ts';
import { world } from '../../../../contracts/world.ts';
import { type Handler, keysInstead, putRecord } from './keys.ts';

const keys = dialect.redis.agentState;
const [agent] = world.persons;

/** The provider states of connection 37. */
export const handlers: Readonly<Record<string, Handler>> = {
  [states.nobody.name]: keysInstead(keys.prefix, async () => {}),
  [states.active('ready').name]: keysInstead(keys.prefix, async (admin, params, tenant) => {
    const activity = activities[params.activity as ActivityName];
    await putRecord(admin, agentRecord(activity), keys.ttlMs);
    if (activity.state === 'loggedOut') return;
    await admin.set(keys.byDn(tenant, agent.dn), agent.employeeId, 'PX', keys.ttlMs);
    await admin.sadd(keys.loggedIn(tenant), agent.employeeId);
  }),
  [states.dnTaken.name]: keysInstead(keys.prefix, async (admin, { number, agentId }, tenant) => {
    await admin.set(keys.byDn(tenant, String(number)), String(agentId), 'PX', keys.ttlMs);
  }),
};
