import { dnObject, dnTypes } from '../common/config-object.ts';
import { brokenRule, dialled, dialPlanRule, revisions, states as rules } from '../common/dial-plan-rule.ts';
import { get, holdsText, outOfBounds, reads, readsNothing, ttlUpTo, withoutLogin } from '../common/redis-cache.ts';
import { absent, answered, refused, stored } from '../common/redis-steps.ts';
import { bindingRecord, bindings, states as registrations } from '../common/registration.ts';
import { assumed, type Interaction, inferred, type Step, source, state } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import type { Json } from '../matchers.ts';
import { del, hset, type RedisContent } from '../messages/redis.ts';
import { world } from '../world.ts';

const tenant = world.tenant.uuid;
const { number } = world.dns.agent;
const { rule, ruleTtlMs } = dialect.redis.dialPlan;
const ruleKey = rule(tenant, dialled);
const registrationKey = dialect.redis.registrar.dn(tenant, number);

const cached = state('the tenant configuration is cached', { tenant, revision: revisions.current });
const agentDn = dnObject(world.dns.agent, dnTypes.extension);
const routePoint = dnObject(world.dns.routePoint, dnTypes.routingPoint);
const currentRule = dialPlanRule(revisions.current);

const readsRule = (reply: Json): Step<RedisContent>[] => answered(get(ruleKey), reply);
const readsRevision = answered(get(dialect.redis.config.revision(tenant)), String(revisions.current));
/** Computes the rule from the configuration and caches it for a minute. */
const computesRule: Step<RedisContent>[] = [
  ...reads(routePoint),
  ...answered({ command: 'SET', key: ruleKey, value: currentRule, px: ruleTtlMs, nx: false }, 'OK'),
];
const holdsRule = holdsText(ruleKey, stored(currentRule), ttlUpTo(ruleTtlMs));
/** Whatever a rule is, it is the Dial Plan's own: the configuration is read only. */
const neverCached = source<RedisContent>({ command: 'SET', key: ruleKey, value: currentRule, px: null, nx: false });

const registeredDn: Interaction<RedisContent> = {
  description: 'a DN that is provisioned and registered is resolved to its contact',
  basis: inferred(
    'the row reads configuration and registration details, and no Redis secret of its own is known: both are the caches of other services',
  ),
  given: [cached, registrations.registered],
  steps: [...reads(agentDn), ...reads(bindingRecord(bindings.stored))],
};

const unregisteredDn: Interaction<RedisContent> = {
  description: 'a DN without a registration has no contact',
  basis: assumed('a DN that is not registered has no key; the answer is "not registered", and no contact of before'),
  given: [cached, registrations.unregistered],
  steps: [...reads(agentDn), ...readsNothing(registrationKey), absent(registrationKey)],
  negative: true,
};

const ranOutDn: Interaction<RedisContent> = {
  description: 'a registration that has run out is as good as none',
  basis: assumed('the key of a registration goes by its own time to live, so that nobody can read a stale contact'),
  given: [cached, registrations.ranOut],
  steps: [...reads(agentDn), ...readsNothing(registrationKey), absent(registrationKey)],
  negative: true,
};

const cachedRule: Interaction<RedisContent> = {
  description: 'a rule that was computed at the current revision is used',
  basis: assumed('a cached rule carries the revision of the configuration that it was computed from'),
  given: [cached, rules.cached(revisions.current)],
  steps: [...readsRule(stored(currentRule)), ...readsRevision],
  forbidden: [neverCached],
};

const staleRule: Interaction<RedisContent> = {
  description: 'a rule of an older revision is computed again and overwritten',
  basis: assumed('once the revision of the configuration has moved on, a rule of before is worth nothing'),
  given: [cached, rules.cached(revisions.previous)],
  steps: [...readsRule(stored(dialPlanRule(revisions.previous))), ...readsRevision, ...computesRule, holdsRule],
  forbidden: [neverCached],
};

const ranOutRule: Interaction<RedisContent> = {
  description: 'a rule that has run out is computed again',
  basis: assumed('a rule lives for a minute, whether the configuration changes or not'),
  given: [cached, rules.ranOut],
  steps: [...readsRule(null), ...computesRule, holdsRule],
  forbidden: [neverCached],
};

const brokenJson: Interaction<RedisContent> = {
  description: 'a cached rule that is no JSON is deleted and computed again',
  basis: assumed('what cannot be parsed is no reason to fail the call: it is as good as absent'),
  given: [cached, rules.broken],
  steps: [...readsRule(brokenRule), ...answered(del(ruleKey), 1), ...computesRule, holdsRule],
  forbidden: [neverCached],
  negative: true,
};

const readOnly: Interaction<RedisContent> = {
  description: 'a registration and a DN can be read but not changed',
  basis: inferred('the caches of other services are read only; Redis answers NOPERM to what an ACL user may not do'),
  given: [cached, registrations.registered],
  steps: [
    ...refused(hset(registrationKey, { contact: 'sip:elsewhere.example' }), 'NOPERM'),
    ...refused(hset(agentDn.key, { state: '2' }), 'NOPERM'),
    ...reads(bindingRecord(bindings.stored)),
    ...reads(agentDn),
  ],
  negative: true,
  only: { side: 'destination', reason: 'a Dial Plan Service never tries it; the harness does, to prove the refusal' },
};

export default defineContract<RedisContent>({
  connection: 12,
  interactions: [
    registeredDn,
    unregisteredDn,
    ranOutDn,
    cachedRule,
    staleRule,
    ranOutRule,
    brokenJson,
    readOnly,
    outOfBounds(
      'the Dial Plan Service',
      'it reads configuration and registrations, and nothing else',
      get(dialect.redis.rq.lease(tenant)),
    ),
    withoutLogin(get(ruleKey), ruleKey),
  ],
});
