import {
  get,
  holdsRecord,
  outOfBounds,
  reads,
  readsNothing,
  timeText,
  ttlUpTo,
  withoutLogin,
} from '../common/redis-cache.ts';
import { absent, answered, holds, lane, transaction } from '../common/redis-steps.ts';
import {
  type Binding,
  bindingRecord,
  bindings,
  expiry,
  expiryExampleMs,
  expiryScore,
  grantedMs,
  states,
} from '../common/registration.ts';
import { assumed, destination, documented, type Interaction, type Step, source } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { bound, fromState, includes, integer, type Json, type Template } from '../matchers.ts';
import { command, del, hset, type RedisContent } from '../messages/redis.ts';
import { world } from '../world.ts';

const keys = dialect.redis.registrar;
const tenant = world.tenant.uuid;
const { number } = world.dns.agent;
const { key } = bindingRecord(bindings.first);
const index = keys.expiring(tenant);

/** A command with the time of this very play in its title. */
const answeredAtTime = (name: string, timed: string, sent: Template<string>[], reply: Json): Step<RedisContent>[] => [
  source<RedisContent>(command(name, timed, ...sent)),
  destination<RedisContent>(
    { to: includes(`${name} ${timed} `, `${name} ${timed} ${expiryExampleMs}`), reply, error: null },
    { lane },
  ),
];

const expiresAt = bound('expiry', String(expiryExampleMs));
/** The record in one write, then when its key goes, then the index of what runs out. */
const writes = (binding: Binding, added: number): Step<RedisContent>[] => [
  ...answered(hset(key, bindingRecord(binding, expiry).fields), integer(added)),
  ...answeredAtTime('PEXPIREAT', key, [fromState('expiresAt', String(expiryExampleMs), timeText(expiryExampleMs))], 1),
  ...answeredAtTime('ZADD', index, [expiresAt, number], added === 0 ? 0 : 1),
];
const holdsBinding = (binding: Binding): Step<RedisContent>[] => [
  holds({
    key,
    type: 'hash',
    value: { ...bindingRecord(binding).fields, expiresAt } as Template<Json>,
    ttlMs: ttlUpTo(grantedMs),
  }),
  holds({ key: index, type: 'zset', value: { [number]: expiresAt }, ttlMs: -1 }),
];
const neverStored = (fields: { [name: string]: string }) => source<RedisContent>(hset(key, fields));

const register: Interaction<RedisContent> = {
  description: 'a first REGISTER stores the binding, which goes by itself when it runs out',
  basis: assumed(
    'one hash for each DN, read before it is written; its key goes when the registration runs out, or a little later',
  ),
  given: [states.unregistered],
  steps: [...readsNothing(key), ...writes(bindings.first, 11), ...holdsBinding(bindings.first), ...transaction],
};

const refresh: Interaction<RedisContent> = {
  description: 'a REGISTER with the same Call-ID and a higher CSeq extends the binding',
  basis: documented('RFC 3261, section 10.3: a binding with the same Call-ID is updated by a higher CSeq'),
  given: [states.registered],
  steps: [
    ...reads(bindingRecord(bindings.stored)),
    ...writes(bindings.refreshed, 0),
    ...holdsBinding(bindings.refreshed),
    ...transaction,
  ],
};

const move: Interaction<RedisContent> = {
  description: 'a phone that registers from another place replaces its binding in one write',
  basis: assumed('a DN has one binding: contact, Call-ID and CSeq change together, and the revision counts up'),
  given: [states.registered],
  steps: [
    ...reads(bindingRecord(bindings.stored)),
    ...writes(bindings.moved, 0),
    ...holdsBinding(bindings.moved),
    ...transaction,
  ],
};

const unregister: Interaction<RedisContent> = {
  description: 'a REGISTER that expires at once removes the binding',
  basis: documented('RFC 3261, section 10.3: a binding that expires in 0 seconds is removed'),
  given: [states.registered],
  steps: [
    ...reads(bindingRecord(bindings.stored)),
    ...answered(del(key), 1),
    ...answered(command('ZREM', index, number), 1),
    absent(key),
    absent(index),
    ...transaction,
  ],
};

const sweep: Interaction<RedisContent> = {
  description: 'a binding that ran out is found by the sweeper and taken out of the index',
  basis: assumed('the key goes by its time to live; the index tells which DN is to be reported out of service'),
  given: [states.ranOut],
  steps: [
    ...answered(command('ZRANGEBYSCORE', index, '-inf', expiryScore), [number]),
    ...answered(command('ZREM', index, number), 1),
    absent(key),
    absent(index),
  ],
};

const lateSweep: Interaction<RedisContent> = {
  description: 'a pod that sweeps second takes nothing out of the index, and has nothing to tell',
  basis: assumed('the pod whose ZREM gives 1 reports the DN, so that it is reported once however many pods sweep'),
  given: [states.unregistered],
  steps: [...answered(command('ZREM', index, number), 0), absent(index)],
  negative: true,
  only: { side: 'destination', reason: 'two pods would have to sweep within the same moment' },
};

const staleSequence: Interaction<RedisContent> = {
  description: 'a REGISTER with the same Call-ID and no higher CSeq changes nothing',
  basis: documented('RFC 3261, section 10.3: a CSeq that is not higher than the stored one of the same Call-ID fails'),
  given: [states.registered],
  steps: [...reads(bindingRecord(bindings.stored)), holdsRecord(bindingRecord(bindings.stored), ttlUpTo(grantedMs))],
  forbidden: [neverStored({}), source<RedisContent>(del(key))],
  negative: true,
};

const starContact: Interaction<RedisContent> = {
  description: 'a star as contact with a time to live is stored nowhere',
  basis: documented('RFC 3261, section 10.2.2: the contact "*" is legal only with an expiry of 0'),
  given: [states.unregistered],
  steps: [...readsNothing(key), absent(key), absent(index)],
  forbidden: [neverStored({ contact: '*' })],
  negative: true,
};

export default defineContract<RedisContent>({
  connection: 36,
  interactions: [
    register,
    refresh,
    move,
    unregister,
    sweep,
    lateSweep,
    staleSequence,
    starContact,
    outOfBounds(
      'the Registrar',
      'registrations are an endpoint of their own',
      hset(dialect.redis.config.dn(tenant, number), { state: '1' }),
    ),
    withoutLogin(get(key), key),
  ],
});
