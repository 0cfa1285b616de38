import { loginRecord, states } from '../common/agent-login.ts';
import { dnObject, dnTypes } from '../common/config-object.ts';
import {
  get,
  hgetall,
  holdsRecord,
  holdsText,
  outOfBounds,
  pexpire,
  reads,
  readsNothing,
  ttlUpTo,
  withoutLogin,
} from '../common/redis-cache.ts';
import { absent, answered, holds, stored, transaction } from '../common/redis-steps.ts';
import { assumed, documented, type Interaction, inferred, type Step, source, state } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { eachLike, integer, regex, string, text } from '../matchers.ts';
import { hset, type RedisContent, type RedisFields } from '../messages/redis.ts';
import { world } from '../world.ts';

const keys = dialect.redis.configService;
const tenant = world.tenant.uuid;
const cached = state('the tenant configuration is cached', { tenant, revision: 42 });
const dn = dnObject(world.dns.agent, dnTypes.extension);
const unknownDn = dialect.redis.config.dn(tenant, world.dns.unknown.number);
const missing = keys.missing(tenant, 'dn', world.dns.unknown.number);
const loginTtl = ttlUpTo(keys.loginTtlMs);

const hit: Interaction<RedisContent> = {
  description: 'a DN is read as the Tenant Service wrote it',
  basis: inferred(
    'the Config Service and the Tenant Service share the secret of this endpoint: what one answers with is what the other wrote',
  ),
  given: [cached],
  steps: [...reads(dn), holdsRecord(dn, -1)],
};

const miss: Interaction<RedisContent> = {
  description: 'a DN that is not provisioned is remembered as missing for five seconds',
  basis: assumed(
    'the absence of an object is cached for a short time, so that a wrong number does not cost a search each',
  ),
  given: [cached],
  steps: [
    ...readsNothing(unknownDn),
    ...answered({ command: 'SET', key: missing, value: string('1'), px: keys.missingTtlMs, nx: false }, 'OK'),
    holdsText(missing, '1', ttlUpTo(keys.missingTtlMs)),
    absent(unknownDn),
  ],
  forbidden: [source<RedisContent>(hset(unknownDn, {}))],
  negative: true,
};

/** RFC 9562, section 5.4: a random UUID has the version 4. */
const uuid4 = (example: string) =>
  text(regex('^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$', example));
const listTenants: Interaction<RedisContent> = {
  description: 'the tenants are listed by their UUIDs, which are of version 4',
  basis: inferred("the vendor's samples call the version-4 UUID the tenant id, and the short number the tenant sid"),
  given: [states.tenants],
  steps: [
    ...answered({ command: 'SMEMBERS', key: keys.tenants }, eachLike(uuid4(tenant), { min: 2, max: 2 })),
    holds({ key: keys.tenants, type: 'set', ttlMs: -1, value: [world.otherTenant.uuid, tenant].toSorted() }),
  ],
};

const storesLogin = (added: number): Step<RedisContent>[] => [
  ...answered(hset(loginRecord.key, loginRecord.fields), integer(added)),
  ...answered(pexpire(loginRecord.key, keys.loginTtlMs), 1),
];
const login: Interaction<RedisContent> = {
  description: 'the login of an agent is stored for twelve hours and can be read back',
  basis: documented(
    'Voice Microservices Private Edition Guide, connections table: the Config Service is told where agents log in, and keeps it in Redis',
  ),
  given: [states.loggedOut],
  steps: [...storesLogin(4), ...reads(loginRecord), holdsRecord(loginRecord, loginTtl), ...transaction],
};

const renewal: Interaction<RedisContent> = {
  description: 'a login that is told again is good for another twelve hours',
  basis: assumed('each message about a login renews it, so that only an agent whom nobody speaks of any more runs out'),
  given: [states.loggedIn],
  steps: [...storesLogin(0), holdsRecord(loginRecord, loginTtl), ...transaction],
};

const ranOut: Interaction<RedisContent> = {
  description: 'an agent whose login has run out is logged out',
  basis: assumed('a login that is not renewed goes by its time to live; without a key the agent is logged out'),
  given: [states.ranOut],
  steps: [...readsNothing(loginRecord.key), absent(loginRecord.key)],
  forbidden: [source<RedisContent>(hset(loginRecord.key, {}))],
  negative: true,
};

const { state: _state, ...withoutState } = dn.fields;
const partial: Interaction<RedisContent> = {
  description: 'a DN whose record lacks the state is corrupt: neither enabled nor missing',
  basis: documented('Configuration Layer object fields: state is mandatory'),
  given: [states.partial],
  steps: [
    ...answered(hgetall(dn.key), stored<RedisFields>(withoutState)),
    holdsRecord({ key: dn.key, fields: withoutState }, -1),
    absent(keys.missing(tenant, 'dn', world.dns.agent.number)),
  ],
  forbidden: [
    source<RedisContent>(hset(dn.key, {})),
    source({ command: 'SET', key: keys.missing(tenant, 'dn', world.dns.agent.number) }),
  ],
  negative: true,
};

export default defineContract<RedisContent>({
  connection: 17,
  interactions: [
    hit,
    miss,
    listTenants,
    login,
    renewal,
    ranOut,
    partial,
    outOfBounds(
      'the Config Service',
      'the configuration is an endpoint of its own, and so is the state of agents',
      hset(dialect.redis.agentState.agent(tenant, world.persons[0].employeeId), { state: 'ready' }),
    ),
    withoutLogin(get(missing), missing),
  ],
});
