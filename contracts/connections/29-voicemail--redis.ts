import {
  brokenCounter,
  type Counters,
  counters,
  mailboxRecord,
  states,
  type WaitingEvent,
  waitingEntry,
} from '../common/mailbox-cache.ts';
import {
  atomically,
  get,
  holdsRecord,
  holdsText,
  outOfBounds,
  pexpire,
  reads,
  readsNothing,
  setIfFree,
  ttlUpTo,
  withoutLogin,
} from '../common/redis-cache.ts';
import { absent, answered, holds, optionally, refused, stored } from '../common/redis-steps.ts';
import { entryId, pod } from '../common/stream-entry.ts';
import { tenantStates } from '../common/tenant-stream.ts';
import { assumed, documented, type Interaction, inferred, type Step, source } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { bind, bound, integer, type Json } from '../matchers.ts';
import { command, hset, type RedisContent, type RedisFields, xadd } from '../messages/redis.ts';
import { world } from '../world.ts';

const keys = dialect.redis.voicemail;
const { stream: streamOf, maxLength } = dialect.redis.tenantEvents;
const tenant = world.tenant.uuid;
const events = streamOf(tenant);
const { key } = mailboxRecord(counters);
const lock = keys.lock(tenant, world.mailbox.number);
const { voicemailNode, otherVoicemailNode } = world;
const ttl = ttlUpTo(keys.mailboxTtlMs);

const counts = (field: keyof Counters, by: number, reply: Json): Step<RedisContent>[] =>
  answered(command('HINCRBY', key, field, String(by)), reply);
const renews = answered(pexpire(key, keys.mailboxTtlMs), 1);
/** A pod may count its writes in the same breath. */
const revision = optionally(answered(command('HINCRBY', key, 'rev', '1'), integer(4)), 'revision');
const neverTold = source({ command: 'XADD', key: events });

const readsCounters: Interaction<RedisContent> = {
  description: 'the counters of a mailbox are decimal text, and no more is unread than there is',
  basis: inferred('message waiting is shown for each mailbox, so its counters are what callers of the cache need'),
  given: [states.cached(counters.unread, counters.total)],
  steps: [...reads(mailboxRecord(counters)), holdsRecord(mailboxRecord(counters), ttl)],
};

const newMessage: Interaction<RedisContent> = {
  description: 'a new message counts up both counters in one transaction',
  basis: assumed('both counters change together or not at all; the mailbox is kept for another hour'),
  given: [states.cached(2, 5), tenantStates.empty],
  steps: [
    ...atomically(...counts('unread', 1, 3), ...counts('total', 1, 6), ...renews),
    holdsRecord(mailboxRecord({ unread: 3, total: 6 }), ttl),
    ...revision,
  ],
  forbidden: [neverTold],
};

const rebuilds: Step<RedisContent>[] = [
  ...answered(setIfFree(lock, pod(voicemailNode.id), keys.lockMs), 'OK'),
  ...answered(hset(key, mailboxRecord(counters).fields), integer(7)),
  ...renews,
];
const rebuilt: Step<RedisContent>[] = [
  holdsRecord(mailboxRecord(counters), ttl),
  holdsText(lock, voicemailNode.id, ttlUpTo(keys.lockMs)),
];
const coldCache: Interaction<RedisContent> = {
  description: 'a mailbox whose cache has run out is built again from object storage, under a lock of five seconds',
  basis: inferred(
    'messages and settings lie in object storage, so the cache is never the only copy; one pod builds it, and the lock goes by itself',
  ),
  given: [states.ranOut],
  steps: [...readsNothing(key), ...rebuilds, ...rebuilt],
};

const secondBuilder: Interaction<RedisContent> = {
  description: 'a pod that finds the lock taken builds nothing and waits',
  basis: documented('Redis, SET: with NX a key that exists is left as it is, and the reply is nil'),
  given: [states.rebuilt],
  steps: [
    ...readsNothing(key),
    ...answered(setIfFree(lock, pod(voicemailNode.id), keys.lockMs), null),
    absent(key),
    holdsText(lock, otherVoicemailNode.id, ttlUpTo(keys.lockMs)),
  ],
  forbidden: [source<RedisContent>(hset(key, {}))],
  negative: true,
};

const tells = (name: WaitingEvent): Step<RedisContent>[] =>
  answered(xadd(events, maxLength, waitingEntry(name)), bind('entry', entryId('1-0')));
const holdsTold = (name: WaitingEvent): Step<RedisContent> =>
  holds({
    key: events,
    type: 'stream',
    ttlMs: -1,
    value: [{ id: bound('entry', '1-0'), fields: stored<RedisFields>(waitingEntry(name)) }],
  });
const assumedRoute = assumed(
  'EventMessageWaitingOn and EventMessageWaitingOff are public events of agent state; that they take the stream of the tenant is our choice',
);

const firstMessage: Interaction<RedisContent> = {
  description: 'the first unread message is told once, after it was counted',
  basis: assumedRoute,
  given: [states.cached(0, 5), tenantStates.empty],
  steps: [
    ...atomically(...counts('unread', 1, 1), ...counts('total', 1, 6), ...renews),
    ...tells('EventMessageWaitingOn'),
    holdsTold('EventMessageWaitingOn'),
    ...revision,
  ],
};

const lastHeard: Interaction<RedisContent> = {
  description: 'when the last unread message was heard, that is told once',
  basis: assumedRoute,
  given: [states.cached(1, 5), tenantStates.empty],
  steps: [
    ...atomically(...counts('unread', -1, 0), ...renews),
    ...tells('EventMessageWaitingOff'),
    holdsTold('EventMessageWaitingOff'),
    ...revision,
  ],
};

const brokenCount: Interaction<RedisContent> = {
  description: 'a counter that is no number cannot be counted, and the mailbox is built again',
  basis: documented(
    'Redis, HINCRBY: a field that holds no integer is answered with an error; a transaction goes on after it',
  ),
  given: [states.broken],
  steps: [
    ...atomically(
      ...refused(command('HINCRBY', key, 'unread', '1'), 'ERR'),
      ...counts('total', 1, counters.total + 1),
      ...renews,
    ),
    ...answered(setIfFree(lock, pod(voicemailNode.id), keys.lockMs), 'OK'),
    ...answered(hset(key, mailboxRecord(counters).fields), integer(0)),
    ...renews,
    ...rebuilt,
  ],
  forbidden: [source<RedisContent>(hset(key, { unread: brokenCounter }))],
  negative: true,
};

const noCluster: Interaction<RedisContent> = {
  description: 'a client that takes a single node for a cluster is told so at once',
  basis: inferred(
    'the vendor sets isCluster for Voicemail; a node that is no cluster refuses the first question of a cluster client',
  ),
  given: [states.singleNode],
  steps: refused(command('CLUSTER', 'SLOTS'), 'ERR'),
  negative: true,
  only: { side: 'destination', reason: 'what a client does to open its connection is in no record' },
};

export default defineContract<RedisContent>({
  connection: 29,
  interactions: [
    readsCounters,
    newMessage,
    coldCache,
    secondBuilder,
    firstMessage,
    lastHeard,
    brokenCount,
    noCluster,
    outOfBounds(
      'Voicemail',
      'the endpoint is shared with the stream of events, of which Voicemail only writes',
      command('XRANGE', events, '-', '+'),
      hset(dialect.redis.agentState.agent(tenant, world.persons[0].employeeId), { state: 'ready' }),
    ),
    withoutLogin(get(lock), lock),
  ],
});
