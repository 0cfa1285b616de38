import { type Activity, activities, activityFields, agentRecord, loginFields, states } from '../common/agent-record.ts';
import {
  get,
  holdsRecord,
  holdsText,
  outOfBounds,
  pexpire,
  reads,
  setIfFree,
  ttlUpTo,
  withoutLogin,
} from '../common/redis-cache.ts';
import { absent, answered, holds, transaction } from '../common/redis-steps.ts';
import { assumed, documented, type Interaction, inferred, type Step, source } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { integer } from '../matchers.ts';
import { command, del, hset, type RedisContent, xadd } from '../messages/redis.ts';
import { world } from '../world.ts';

const keys = dialect.redis.agentState;
const tenant = world.tenant.uuid;
const [agent, secondAgent] = world.persons;
const { key } = agentRecord(activities.loggedIn);
const dnKey = keys.byDn(tenant, agent.dn);
const loggedIn = keys.loggedIn(tenant);
const ttl = ttlUpTo(keys.ttlMs);

/** Puts the agent at the DN, unless somebody is there. */
const takesDn = (reply: 'OK' | null): Step<RedisContent>[] =>
  answered(setIfFree(dnKey, agent.employeeId, keys.ttlMs), reply);
const renews = answered(pexpire(key, keys.ttlMs), 1);
const changes = (from: Activity, to: Activity): Step<RedisContent>[] => [
  ...reads(agentRecord(from)),
  ...answered(hset(key, activityFields(to)), integer(0)),
  ...renews,
  holdsRecord(agentRecord(to), ttl),
  ...transaction,
];
const neverWritten = source<RedisContent>(hset(key, {}));
const eventPages = 'Voice Microservices, Agent state and DN events';

const login: Interaction<RedisContent> = {
  description: 'an agent who logs in at a free DN is found by agent and by DN',
  basis: assumed(
    'a DN has one agent: its key is only set if nobody has it; whether the agent is ready at once follows from the work mode',
  ),
  given: [states.nobody],
  steps: [
    ...takesDn('OK'),
    ...answered(hset(key, loginFields), integer(9)),
    ...renews,
    ...answered(command('SADD', loggedIn, agent.employeeId), 1),
    holdsText(dnKey, agent.employeeId, ttl),
    holdsRecord(agentRecord(activities.loggedIn), ttl),
    holds({ key: loggedIn, type: 'set', ttlMs: -1, value: [agent.employeeId] }),
    ...transaction,
  ],
};

const ready: Interaction<RedisContent> = {
  description: 'an agent who becomes ready has a new state, a new time and the next revision',
  basis: inferred(`${eventPages}: EventAgentReady and EventAgentNotReady are what changes the state of an agent`),
  given: [states.active('loggedIn')],
  steps: changes(activities.loggedIn, activities.ready),
};

const notReady: Interaction<RedisContent> = {
  description: 'an agent who becomes not ready keeps the reasons given',
  basis: inferred('the attribute Reasons of the agent events is public; a code for not being ready travels in it'),
  given: [states.active('ready')],
  steps: changes(activities.ready, activities.atLunch),
};

const afterCall: Interaction<RedisContent> = {
  description: 'after-call work is not ready with work mode 3',
  basis: inferred('the event of its own is obsolete: after-call work is EventAgentNotReady with AgentWorkMode 3'),
  given: [states.active('ready')],
  steps: changes(activities.ready, activities.afterCall),
};

const readyAgain: Interaction<RedisContent> = {
  description: 'an agent who is ready after after-call work has no reasons any more',
  basis: assumed('reasons belong to the time of not being ready'),
  given: [states.active('afterCall')],
  steps: changes(activities.afterCall, activities.readyAgain),
};

const logout: Interaction<RedisContent> = {
  description: 'an agent who logs out is found nowhere',
  basis: assumed('record, DN and membership carry the tenant as hash tag, so a cluster takes them away in one slot'),
  given: [states.active('ready')],
  steps: [
    ...answered(del(key, dnKey), 2),
    ...answered(command('SREM', loggedIn, agent.employeeId), 1),
    absent(key),
    absent(dnKey),
    absent(loggedIn),
    ...transaction,
  ],
};

const dnTaken: Interaction<RedisContent> = {
  description: 'an agent is not logged in at a DN that another one has',
  basis: documented('Redis, SET: with NX a key that exists is left as it is, and the reply is nil'),
  given: [states.dnTaken],
  steps: [...takesDn(null), holdsText(dnKey, secondAgent.employeeId, ttl), absent(key)],
  forbidden: [neverWritten, source<RedisContent>(del(dnKey))],
  negative: true,
};

const notLoggedIn: Interaction<RedisContent> = {
  description: 'an agent who is logged out cannot become ready',
  basis: assumed('ready and not ready follow a login; the stored state is read first, and the record is left as it is'),
  given: [states.active('loggedOut')],
  steps: [...reads(agentRecord(activities.loggedOut)), holdsRecord(agentRecord(activities.loggedOut), ttl)],
  forbidden: [neverWritten],
  negative: true,
};

export default defineContract<RedisContent>({
  connection: 37,
  interactions: [
    login,
    ready,
    notReady,
    afterCall,
    readyAgain,
    logout,
    dnTaken,
    notLoggedIn,
    outOfBounds(
      'the Agent State Service',
      'events take an endpoint and a login of their own, and registrations belong to the Registrar',
      xadd(dialect.redis.tenantEvents.stream(tenant), dialect.redis.tenantEvents.maxLength, { id: 'EventAgentReady' }),
      hset(dialect.redis.registrar.dn(tenant, agent.dn), { contact: 'sip:elsewhere.example' }),
    ),
    withoutLogin(get(dnKey), dnKey),
  ],
});
