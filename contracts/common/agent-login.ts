import { state } from '../contract.ts';
import { dialect } from '../dialect.ts';
import { string } from '../matchers.ts';
import { world } from '../world.ts';
import { type CachedRecord, timeText } from './redis-cache.ts';

const { persons, agentSession, configNode, dns, tenant } = world;
const [agent] = persons;
const loginAtMs = 1_760_000_000_125;

/** Where an agent has logged in, as the Config Service keeps it. */
export const loginRecord: CachedRecord = {
  key: dialect.redis.configService.login(tenant.uuid, agent.employeeId),
  fields: {
    dn: agent.dn,
    sessionId: string(agentSession.id),
    loginAt: timeText(loginAtMs),
    pod: string(configNode.id),
  },
};

const ofTenant = { tenant: tenant.uuid };
/** The provider states of the keys that the Config Service has beside the configuration. */
export const states = {
  tenants: state('two tenants are listed', { first: tenant.uuid, second: world.otherTenant.uuid }),
  loggedIn: state('the login of an agent is stored', { ...ofTenant, employeeId: agent.employeeId }),
  loggedOut: state('no login of an agent is stored', { ...ofTenant, employeeId: agent.employeeId }),
  ranOut: state('the stored login of an agent has run out', { ...ofTenant, employeeId: agent.employeeId }),
  partial: state('the record of a DN lacks its state', { ...ofTenant, number: dns.agent.number }),
};
