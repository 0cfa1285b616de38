import {
  atomically,
  get,
  holdsRecord,
  holdsText,
  outOfBounds,
  pexpire,
  setIfFree,
  ttlUpTo,
  withoutLogin,
} from '../common/redis-cache.ts';
import { absent, answered, holds, refused, transaction } from '../common/redis-steps.ts';
import {
  callRecord,
  eventFields,
  eventTimes,
  otherCall,
  queuedCall,
  type RqCall,
  routingCall,
  score,
  states,
} from '../common/rq-cache.ts';
import { assumed, documented, type Interaction, inferred, type Step, source } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { integer, string, type Template } from '../matchers.ts';
import { command, del, hset, type RedisContent } from '../messages/redis.ts';
import { world } from '../world.ts';

const keys = dialect.redis.rq;
const tenant = world.tenant.uuid;
const index = keys.calls(tenant);
const lease = keys.lease(tenant);
const { rqNode, otherRqNode } = world;

const ttl = ttlUpTo(keys.callTtlMs);
const recordOf = ({ connId }: RqCall): string => keys.call(tenant, connId);

/** What follows the fields of a call: it lives on for four hours, and the index knows its last event. */
const renew = (call: RqCall, added: number): Step<RedisContent>[] => [
  ...answered(pexpire(recordOf(call), keys.callTtlMs), 1),
  ...answered(command('ZADD', index, score(call.updatedAtMs), call.connId), added),
];
const readRevision = (revision: string | null): Step<RedisContent>[] =>
  answered(command('HGET', recordOf(queuedCall), 'rev'), revision);
const holdsIndex = (...calls: readonly RqCall[]): Step<RedisContent> =>
  holds({
    key: index,
    type: 'zset',
    ttlMs: -1,
    value: Object.fromEntries(calls.map(({ connId, updatedAtMs }) => [connId, String(updatedAtMs)])),
  });

const newCall: Interaction<RedisContent> = {
  description: 'a new call is cached for four hours and enters the index of calls',
  basis: assumed(
    'one hash for each call with all that a standby pod needs; a sorted set by the time of the last event finds them',
  ),
  given: [states.empty],
  steps: [
    ...answered(hset(recordOf(queuedCall), callRecord(queuedCall).fields), integer(11)),
    ...renew(queuedCall, 1),
    holdsRecord(callRecord(queuedCall), ttl),
    holdsIndex(queuedCall),
    ...transaction,
  ],
};

const routed: RqCall = {
  ...routingCall(4),
  progress: 'distributed',
  lastEvent: 'EventRouteUsed',
  updatedAtMs: eventTimes.latest,
};
const update: Interaction<RedisContent> = {
  description: 'a later event changes the call, and the four hours begin again',
  basis: assumed(
    'the stored revision is read first; an event that is newer changes state and time and renews the expiry',
  ),
  given: [states.calls(3)],
  steps: [
    ...readRevision('3'),
    ...answered(hset(recordOf(routed), eventFields(routed)), integer(0)),
    ...renew(routed, 0),
    holdsRecord(callRecord(routed), ttl),
    holdsIndex(otherCall, routed),
    ...transaction,
  ],
};

const staleRevision: Interaction<RedisContent> = {
  description: 'an event that is older than the cached one changes nothing',
  basis: assumed('an event whose revision is not greater than the stored one is dropped, so a repetition does no harm'),
  given: [states.calls(4)],
  steps: [...readRevision('4'), holdsRecord(callRecord(routingCall(4)), ttl), holdsIndex(queuedCall, otherCall)],
  forbidden: [source<RedisContent>(hset(recordOf(queuedCall), {}))],
  negative: true,
};

const everyCall = (reply: Template<string[]>): Step<RedisContent>[] =>
  answered(command('ZRANGEBYSCORE', index, '-inf', '+inf'), reply);
const takeover: Interaction<RedisContent> = {
  description: 'a standby takes the lease that has run out and finds every live call',
  basis: inferred(
    "the vendor's sample runs two RQ pods without autoscaling, so the cache is what one pod hands over to the other",
  ),
  given: [states.leaseFree],
  steps: [
    ...answered(setIfFree(lease, string(otherRqNode.id), keys.leaseMs), 'OK'),
    ...everyCall([queuedCall.connId, otherCall.connId]),
    holdsText(lease, otherRqNode.id, ttlUpTo(keys.leaseMs)),
  ],
};

const leaseHeld: Interaction<RedisContent> = {
  description: 'a standby gets no lease while another pod has it, and takes over nothing',
  basis: documented('Redis, SET: with NX a key that exists is left as it is, and the reply is nil'),
  given: [states.leaseHeld],
  steps: [
    ...answered(setIfFree(lease, string(otherRqNode.id), keys.leaseMs), null),
    holdsText(lease, rqNode.id, ttlUpTo(keys.leaseMs)),
  ],
  forbidden: [source<RedisContent>(del(lease))],
  negative: true,
};

const clear: Interaction<RedisContent> = {
  description: 'a cleared call leaves the cache and the index in one transaction',
  basis: assumed(
    'both keys carry the tenant as hash tag, so that a cluster has them in one slot and takes the transaction',
  ),
  given: [states.calls(4)],
  steps: [
    ...atomically(...answered(del(recordOf(queuedCall)), 1), ...answered(command('ZREM', index, queuedCall.connId), 1)),
    absent(recordOf(queuedCall)),
    holdsIndex(otherCall),
  ],
};

const wrongType: Interaction<RedisContent> = {
  description: 'a key that holds something else is refused and left as it is, and the next call is served',
  basis: documented('Redis, Data types: a command on a key that holds another type is answered with WRONGTYPE'),
  given: [states.noHash],
  steps: [
    ...refused(hset(recordOf(queuedCall), callRecord(queuedCall).fields), 'WRONGTYPE'),
    ...answered(hset(recordOf(otherCall), callRecord(otherCall).fields), integer(11)),
    ...renew(otherCall, 1),
    holdsText(recordOf(queuedCall), 'no hash', -1),
    holdsRecord(callRecord(otherCall), ttl),
    ...transaction,
  ],
  negative: true,
};

export default defineContract<RedisContent>({
  connection: 6,
  interactions: [
    newCall,
    update,
    staleRevision,
    takeover,
    leaseHeld,
    clear,
    wrongType,
    outOfBounds(
      'the RQ service',
      'the cache of calls in queues is an endpoint of its own',
      hset(dialect.redis.sipCluster.call(tenant, world.call.connId), { state: 'cleared' }),
    ),
    withoutLogin(get(lease), lease),
  ],
});
