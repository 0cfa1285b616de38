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
import { absent, answered, holds, stored, transaction } from '../common/redis-steps.ts';
import {
  adoptedCall,
  answeredCall,
  orphanedCall,
  parties,
  ringingCall,
  signOfLife,
  sipCallRecord,
  states,
  thirdNode,
} from '../common/sip-call.ts';
import { assumed, documented, type Interaction, inferred, type Step, source } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { integer, type Json, regex } from '../matchers.ts';
import { command, hset, type RedisContent, type RedisFields } from '../messages/redis.ts';
import { world } from '../world.ts';

const keys = dialect.redis.sipCluster;
const tenant = world.tenant.uuid;
const { call, sipNode, otherSipNode } = world;
const { key } = sipCallRecord(ringingCall);
const own = keys.callsOf(tenant, sipNode.id);
const others = keys.callsOf(tenant, otherSipNode.id);
const adoption = keys.adoption(tenant, call.connId);
const ownSign = keys.node(sipNode.id);
const ttl = ttlUpTo(keys.callTtlMs);

const renews = answered(pexpire(key, keys.callTtlMs), 1);
const holdsCalls = (index: string): Step<RedisContent> =>
  holds({ key: index, type: 'set', ttlMs: -1, value: [call.connId] });
const neverWritten = source<RedisContent>(hset(key, {}));

const create: Interaction<RedisContent> = {
  description: 'a new call is cached for six hours and enters the list of its node',
  basis: inferred(
    'SIP nodes are the same for every tenant and one more than needed: another one must find the calls of one that fails',
  ),
  given: [states.noCalls],
  steps: [
    ...answered(hset(key, sipCallRecord(ringingCall).fields), integer(8)),
    ...renews,
    ...answered(command('SADD', own, call.connId), 1),
    holdsRecord(sipCallRecord(ringingCall), ttl),
    holdsCalls(own),
    ...transaction,
  ],
};

const partyChange: Interaction<RedisContent> = {
  description: 'the parties of a call and its revision change in one write',
  basis: assumed('who takes over a call must not find the parties of one moment with the revision of another'),
  given: [states.ringing],
  steps: [
    ...answered(
      hset(key, { parties: parties(answeredCall) as RedisFields[string], rev: String(answeredCall.revision) }),
      integer(0),
    ),
    ...renews,
    holdsRecord(sipCallRecord(answeredCall), ttl),
    ...transaction,
  ],
};

const alive: Interaction<RedisContent> = {
  description: 'a node gives a sign of life that lasts for fifteen seconds',
  basis: assumed('a node that does not say for fifteen seconds where it is reached is taken for lost'),
  given: [states.noSigns],
  steps: [
    ...answered({ command: 'SET', key: ownSign, value: signOfLife, px: keys.nodeTtlMs, nx: false }, 'OK'),
    holdsText(ownSign, stored(signOfLife), ttlUpTo(keys.nodeTtlMs)),
  ],
};

/** Looks whether the other node is there, and which calls it has. */
const readsSign = (reply: Json): Step<RedisContent>[] => answered(get(keys.node(otherSipNode.id)), reply);
const findsCalls = answered({ command: 'SMEMBERS', key: others }, [call.connId]);
const adopts = (reply: 'OK' | null): Step<RedisContent>[] =>
  answered(setIfFree(adoption, sipNode.id, keys.adoptionMs), reply);

const nodeLoss: Interaction<RedisContent> = {
  description: 'the calls of a node that is lost are found and adopted by another one',
  basis: assumed('who sets the lock of a call adopts it: the call gets the new node, and changes over to its list'),
  given: [states.orphaned, states.noSigns],
  steps: [
    ...readsSign(null),
    ...findsCalls,
    ...adopts('OK'),
    ...reads(sipCallRecord(orphanedCall)),
    ...answered(hset(key, { node: adoptedCall.node, rev: String(adoptedCall.revision) }), integer(0)),
    ...renews,
    ...answered(command('SMOVE', others, own, call.connId), 1),
    holdsText(adoption, sipNode.id, ttlUpTo(keys.adoptionMs)),
    holdsRecord(sipCallRecord(adoptedCall), ttl),
    absent(others),
    holdsCalls(own),
    ...transaction,
  ],
};

const adoptedOnce: Interaction<RedisContent> = {
  description: 'a call that another node adopts is left to it',
  basis: documented('Redis, SET: with NX a key that exists is left as it is, and the reply is nil'),
  given: [states.beingAdopted, states.noSigns],
  steps: [
    ...readsSign(null),
    ...findsCalls,
    ...adopts(null),
    holdsText(adoption, thirdNode, ttlUpTo(keys.adoptionMs)),
    holdsRecord(sipCallRecord(orphanedCall), ttl),
  ],
  forbidden: [neverWritten],
  negative: true,
};

const notLost: Interaction<RedisContent> = {
  description: 'a node that gives signs of life keeps its calls',
  basis: assumed('only the calls of a node whose sign of life has run out may be adopted'),
  given: [states.orphaned, states.alive],
  steps: [...readsSign(stored(signOfLife) as Json), absent(adoption), holdsRecord(sipCallRecord(orphanedCall), ttl)],
  forbidden: [neverWritten, source({ command: 'SET', key: adoption })],
  negative: true,
};

const tooMuch = 'x'.repeat(keys.userDataLimitBytes + 1);
const userDataLimit: Interaction<RedisContent> = {
  description: 'user data of more than 64 KiB never reach the cache, the next change of the call does',
  basis: assumed('the writer refuses what is over the limit, and the call goes on without it'),
  given: [states.ringing],
  steps: [
    ...answered(
      hset(key, { parties: parties(answeredCall) as RedisFields[string], rev: String(answeredCall.revision) }),
      integer(0),
    ),
    ...renews,
    ...transaction,
  ],
  forbidden: [source<RedisContent>(hset(key, { userData: regex(`(?m).{${tooMuch.length},}`, tooMuch) }))],
  negative: true,
  only: { side: 'source', reason: 'Redis stores any text: only the writer can keep it out' },
};

export default defineContract<RedisContent>({
  connection: 41,
  interactions: [
    create,
    partyChange,
    alive,
    nodeLoss,
    adoptedOnce,
    notLost,
    userDataLimit,
    outOfBounds(
      'the SIP Cluster as the owner of its cache',
      'new calls are streamed with a login of their own, and the sessions of ORS are an endpoint of their own',
      command('XRANGE', dialect.redis.newCalls.stream(tenant), '-', '+'),
      hset(dialect.redis.orsCache.session(tenant, world.orsSession.id), { ownerPod: sipNode.id }),
    ),
    withoutLogin(get(ownSign), ownSign),
  ],
});
