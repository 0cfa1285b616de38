import { ownerFields, sessionRecord, sessions, states } from '../common/ors-session.ts';
import {
  atomically,
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
import { refusedForNow, serverStates } from '../common/redis-fail-over.ts';
import { absent, answered, optionally } from '../common/redis-steps.ts';
import { assumed, documented, type Interaction, inferred, type Step, source } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { integer } from '../matchers.ts';
import { command, del, hset, type RedisContent } from '../messages/redis.ts';
import { world } from '../world.ts';

const keys = dialect.redis.orsCache;
const tenant = world.tenant.uuid;
const { orsSession, orsNode, otherOrsNode } = world;
const { key } = sessionRecord(sessions.started);
const owner = keys.owner(tenant, orsSession.id);
const ttl = ttlUpTo(keys.sessionTtlMs);
const ownerTtl = ttlUpTo(keys.ownerMs);

const takes = (reply: 'OK' | null): Step<RedisContent>[] => answered(setIfFree(owner, orsNode.id, keys.ownerMs), reply);
const renews = answered(pexpire(key, keys.sessionTtlMs), 1);
const neverWritten = source<RedisContent>(hset(key, {}));
const counted =
  'the public metrics orsnode_ha_writes and orsnode_ha_reads count what is written to and read from Redis';

const persist: Interaction<RedisContent> = {
  description: 'a session is cached for a day, and its pod owns it for thirty seconds at a time',
  basis: inferred(`${counted}; the premise product gives every record a time to live as well`),
  given: [states.noSession, states.noOwner],
  steps: [
    ...takes('OK'),
    ...answered(hset(key, sessionRecord(sessions.started).fields), integer(8)),
    ...renews,
    holdsText(owner, orsNode.id, ownerTtl),
    holdsRecord(sessionRecord(sessions.started), ttl),
  ],
};

const resume: Interaction<RedisContent> = {
  description: 'a session whose owner is gone is resumed by another pod exactly where it stopped',
  basis: inferred(`${counted}; a peer that takes a session over can only know of it from there`),
  given: [states.cached('left'), states.noOwner],
  steps: [
    ...takes('OK'),
    ...reads(sessionRecord(sessions.left)),
    ...answered(hset(key, ownerFields(sessions.resumed)), integer(0)),
    ...renews,
    holdsText(owner, orsNode.id, ownerTtl),
    holdsRecord(sessionRecord(sessions.resumed), ttl),
  ],
};

const owned: Interaction<RedisContent> = {
  description: 'a session that another pod owns is left to it',
  basis: documented('Redis, SET: with NX a key that exists is left as it is, and the reply is nil'),
  given: [states.cached('left'), states.ownedBy(otherOrsNode.id)],
  steps: [...takes(null), holdsText(owner, otherOrsNode.id, ownerTtl), holdsRecord(sessionRecord(sessions.left), ttl)],
  forbidden: [neverWritten, source<RedisContent>(del(owner))],
  negative: true,
};

const finish: Interaction<RedisContent> = {
  description: 'a session that is over leaves neither record nor owner',
  basis: inferred('the premise product deletes what is no longer needed; both keys have one hash tag, hence one slot'),
  given: [states.cached('started'), states.ownedBy(orsNode.id)],
  steps: [...answered(del(key, owner), 2), absent(key), absent(owner)],
};

/** Compares before it renews: between the two nobody else can have become the owner. */
const asksWhoOwns = (pod: string): Step<RedisContent>[] => [
  ...answered(command('WATCH', owner), 'OK'),
  ...answered(get(owner), pod),
];
const renewal: Interaction<RedisContent> = {
  description: 'an owner renews its ownership if it still has it',
  basis: assumed('the owner is watched and compared, and its time to live is renewed in a transaction'),
  given: [states.cached('started'), states.ownedBy(orsNode.id)],
  steps: [
    ...asksWhoOwns(orsNode.id),
    ...atomically(...answered(pexpire(owner, keys.ownerMs), 1)),
    holdsText(owner, orsNode.id, ownerTtl),
  ],
};

const lostOwnership: Interaction<RedisContent> = {
  description: 'a pod that owns a session no longer renews nothing',
  basis: assumed(
    'a pod that was cut off for longer than thirty seconds finds another owner, and lets go of the session',
  ),
  given: [states.cached('left'), states.ownedBy(otherOrsNode.id)],
  steps: [
    ...asksWhoOwns(otherOrsNode.id),
    ...optionally(answered(command('UNWATCH'), 'OK'), 'unwatch'),
    holdsText(owner, otherOrsNode.id, ownerTtl),
  ],
  forbidden: [source<RedisContent>(pexpire(owner, keys.ownerMs)), neverWritten],
  negative: true,
};

const incompatible: Interaction<RedisContent> = {
  description: 'a session whose state has a layout that the pod does not know is not resumed',
  basis: assumed(
    'the version of the layout stands beside the state; a call whose state nobody can read takes the default route',
  ),
  given: [states.cached('incompatible'), states.noOwner],
  steps: [
    ...takes('OK'),
    ...reads(sessionRecord(sessions.incompatible)),
    holdsRecord(sessionRecord(sessions.incompatible), ttl),
  ],
  forbidden: [neverWritten],
  negative: true,
};

const cannotWrite = 'the strategy goes on without its copy, and the write is tried again';
const outOfMemory: Interaction<RedisContent> = {
  description: 'a server that is out of memory refuses the session, which goes on and is written later',
  basis: inferred(`Redis answers OOM to what needs memory, once it has no more and may evict nothing; ${cannotWrite}`),
  given: [states.noSession, states.noOwner, serverStates.full],
  steps: [...refusedForNow(setIfFree(owner, orsNode.id, keys.ownerMs), 'OOM'), absent(owner), absent(key)],
  negative: true,
};

const readOnly: Interaction<RedisContent> = {
  description: 'a server that became a replica refuses the session, which goes on and is written later',
  basis: inferred(`Redis answers READONLY to writes on a replica, as clients meet it in a fail-over; ${cannotWrite}`),
  given: [states.noSession, states.noOwner, serverStates.replica],
  steps: [...refusedForNow(setIfFree(owner, orsNode.id, keys.ownerMs), 'READONLY'), absent(owner), absent(key)],
  negative: true,
};

export default defineContract<RedisContent>({
  connection: 47,
  interactions: [
    persist,
    resume,
    owned,
    finish,
    renewal,
    lostOwnership,
    incompatible,
    outOfMemory,
    readOnly,
    outOfBounds(
      'ORS as the owner of its cache',
      'new calls are read with a login of their own, and the cache of the SIP Cluster is read only',
      command('XADD', dialect.redis.newCalls.stream(tenant), '*', 'v', '1'),
      hset(dialect.redis.sipCluster.call(tenant, world.call.connId), { node: orsNode.id }),
    ),
    withoutLogin(get(owner), owner),
  ],
});
