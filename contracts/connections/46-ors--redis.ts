import {
  acknowledges,
  buries,
  claimsByList,
  entryRead,
  makesGroup,
  noAcknowledgement,
  nothingPending,
  pods,
  readRefused,
  reads,
  readsLane,
  readsOn,
  readsOwnPending,
  takesOver,
} from '../common/ors-reader.ts';
import { type OrsEntryName, orsDeadLetters, orsStates, orsStream } from '../common/ors-stream.ts';
import { absent, answered, holds, refused } from '../common/redis-steps.ts';
import { entryId } from '../common/stream-entry.ts';
import { assumed, type Interaction, inferred, type Step, source } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { bind } from '../matchers.ts';
import { command, del, type RedisContent, xadd } from '../messages/redis.ts';
import { world } from '../world.ts';

const { newCalls, tenantEvents } = dialect.redis;
const tenant = world.tenant.uuid;
const group = newCalls.readers;
const dead = pods.dead;
const lying = { idleMs: newCalls.idleMs + 1_000 };
type Case = Interaction<RedisContent>;

const once = inferred('each new call must start one strategy, so the pods of ORS share one group of readers');

/**
 * An entry is acknowledged by itself and only when its effect is durable, which is when the session is stored; that is
 * connection 47 and cannot be seen here.
 */
const takesUp = (...entries: OrsEntryName[]): Step<RedisContent>[] => [
  ...reads(...entries),
  ...acknowledges(...entries),
  nothingPending(),
  absent(orsDeadLetters),
];

const takingUp: readonly Case[] = [
  {
    description: 'a new call goes to one pod, which acknowledges it',
    basis: once,
    given: [orsStates.waiting('inboundCall')],
    steps: takesUp('inboundCall'),
  },
  {
    description: 'a consultation call names the call that it grew from',
    basis: once,
    given: [orsStates.waiting('consultCall')],
    steps: takesUp('consultCall'),
  },
  {
    description: 'a digital interaction is taken up with its media type',
    basis: once,
    given: [orsStates.waiting('interaction')],
    steps: takesUp('interaction'),
  },
  {
    description: 'a callback of the Genesys Engagement Service is taken up by its session key',
    basis: inferred(
      'by the guide that service stores an entry in Redis that starts a session, and ORS alone reads there',
    ),
    given: [orsStates.waiting('callbackStart')],
    steps: takesUp('callbackStart'),
  },
  {
    description: 'a read that waits gets the call at the moment at which it comes',
    basis: assumed('a reader waits on the server for up to a second, and the entry ends the wait'),
    given: [orsStates.coming('inboundCall')],
    steps: [...reads('inboundCall'), ...acknowledges('inboundCall'), nothingPending('inboundCall')],
  },
  {
    description: 'a read that waits in vain is answered with nothing',
    basis: assumed('the wait is bounded, so that a pod looks after what others left lying from time to time'),
    given: [orsStates.waiting()],
    steps: [...readsOn, nothingPending()],
    forbidden: [noAcknowledgement],
  },
  {
    description: 'a call that was abandoned before it was picked up is acknowledged with its start',
    basis: assumed('both entries are of one ConnID; the start is dropped, and nothing goes to the dead letters'),
    given: [orsStates.waiting('inboundCall', 'abandonedCall')],
    steps: takesUp('inboundCall', 'abandonedCall'),
  },
  {
    description: 'the end of a call that comes before its start is no poison',
    basis: assumed('producers run side by side, so an entry may be late; ConnID and seq tell what belongs together'),
    given: [orsStates.waiting('abandonedCall', 'inboundCall')],
    steps: takesUp('abandonedCall', 'inboundCall'),
  },
  {
    description: 'an entry that was sent twice is acknowledged twice',
    basis: assumed('a repeat of src and seq is taken for done: it starts no second session, and must not stay pending'),
    given: [orsStates.waiting('firstOfTwo', 'secondOfTwo')],
    steps: takesUp('firstOfTwo', 'secondOfTwo'),
  },
];

const recovery: readonly Case[] = [
  {
    description: 'a pod that comes back first takes up what it had not acknowledged',
    basis: assumed('the pending entries of its own name come before new ones; such a read is answered at once'),
    given: [orsStates.pending('inboundCall', pods.reader)],
    steps: [...readsOwnPending(entryRead('inboundCall')), ...acknowledges('inboundCall'), ...readsOn, nothingPending()],
  },
  {
    description: 'what a pod took and never acknowledged before it died is taken over by another',
    basis: assumed('an entry that lay for 30 seconds belongs to whoever claims it (XAUTOCLAIM, Redis 6.2 or later)'),
    given: [orsStates.pending('inboundCall', dead, lying)],
    steps: [...readsOn, ...takesOver('inboundCall'), ...acknowledges('inboundCall'), nothingPending()],
  },
  {
    description: 'what a dead pod left is listed and claimed by its id',
    basis: assumed('Redis 6.0 has no XAUTOCLAIM: there XPENDING and XCLAIM do the same'),
    given: [orsStates.pending('inboundCall', dead, lying)],
    steps: [...claimsByList('inboundCall', 1), ...acknowledges('inboundCall'), nothingPending()],
    only: { side: 'destination', reason: 'a pod needs one of the two ways; it is held to XAUTOCLAIM' },
  },
  {
    description: 'what another pod is at work on is left to it',
    basis: once,
    given: [orsStates.pending('inboundCall', dead, { idleMs: 1_000 })],
    steps: [
      ...readsOn,
      ...takesOver(),
      holds({
        key: orsStream,
        type: 'stream',
        ttlMs: -1,
        value: [],
        groups: { [group]: [{ id: entryId('1-0'), consumer: dead, deliveries: 1 }] },
      }),
    ],
    forbidden: [noAcknowledgement],
    negative: true,
  },
  {
    description: 'an entry that was given out five times goes to the dead letters',
    basis: assumed('five deliveries at most: what no pod survives must not go round for ever'),
    given: [orsStates.pending('inboundCall', dead, { ...lying, deliveries: newCalls.maxDeliveries })],
    steps: [
      ...readsOn,
      ...claimsByList('inboundCall', newCalls.maxDeliveries),
      ...buries('inboundCall', 'too many deliveries'),
    ],
    free: [
      {
        path: '$.idleMs',
        reason: 'from Redis 6.2 on a reader may have the server leave out what lies for a short time',
      },
    ],
    negative: true,
  },
  {
    description: 'an entry that was trimmed away while it was pending is acknowledged',
    basis: assumed('MAXLEN takes the oldest entries, pending or not; what is left of one is its id'),
    given: [orsStates.trimmed('inboundCall', pods.reader)],
    steps: [
      ...readsOwnPending({ id: bind('inboundCall', entryId('1-0')), fields: null }),
      ...acknowledges('inboundCall'),
      ...readsOn,
      nothingPending(),
    ],
    negative: true,
  },
];

const groups: readonly Case[] = [
  {
    description: 'the first pod makes the group, and with it the stream',
    basis: inferred('a group reads from the very first entry (0), since calls may come before the first pod does'),
    given: [orsStates.empty],
    steps: [...answered(makesGroup, 'OK'), ...readsOn, nothingPending()],
  },
  {
    description: 'a pod that finds the group there reads on',
    basis: inferred('Redis answers BUSYGROUP to a second XGROUP CREATE; that is as good as success'),
    given: [orsStates.waiting('inboundCall')],
    steps: [...refused(makesGroup, 'BUSYGROUP'), ...takesUp('inboundCall')],
    negative: true,
  },
  {
    description: 'a group that is gone is made again from the first entry on, and work resumes',
    basis: inferred('Redis answers NOGROUP when the stream was deleted or lost; what has come since must be read'),
    given: [orsStates.withoutGroup('inboundCall')],
    steps: [
      ...readRefused('NOGROUP'),
      ...answered(makesGroup, 'OK').map((each) => (each.from === 'source' ? { ...each, lane: readsLane } : each)),
      ...takesUp('inboundCall'),
    ],
    negative: true,
  },
  {
    description: 'a key that is no stream is left as it is',
    basis: inferred(
      'Redis answers WRONGTYPE; a reader that made room for a stream would destroy what it does not know',
    ),
    given: [orsStates.noStream],
    steps: [...readRefused('WRONGTYPE'), holds({ key: orsStream, type: 'string', ttlMs: -1, value: 'no stream' })],
    forbidden: [source<RedisContent>(del(orsStream)) as Step],
    negative: true,
  },
];

const poison = (description: string, entry: OrsEntryName, reason: string): Case => ({
  description,
  basis: assumed(
    'what lacks v, id, tid or body, or what its kind cannot do without, goes to the dead letters, is acknowledged after that, and starts nothing',
  ),
  given: [orsStates.waiting(entry)],
  steps: [...reads(entry), ...buries(entry, reason)],
  negative: true,
});

const deadLetters: readonly Case[] = [
  poison('an entry without a schema version goes to the dead letters', 'withoutVersion', 'no v'),
  poison('an entry without a tenant goes to the dead letters', 'withoutTenant', 'no tid'),
  poison('an entry without a body goes to the dead letters', 'withoutBody', 'no body'),
  poison('an entry whose body is no JSON goes to the dead letters', 'notJson', 'body is no JSON'),
  poison('an interaction without its id goes to the dead letters', 'withoutInteractionId', 'no InteractionId'),
  poison('a callback without an application goes to the dead letters', 'withoutApplicationUrl', 'no ApplicationUrl'),
];

const readOnly: Case = {
  description: 'the reader may neither delete, trim nor regroup, nor write to the bus of the tenant',
  basis: inferred('the row reads new calls and interactions; Redis answers NOPERM to what an ACL user may not do'),
  given: [orsStates.waiting('inboundCall')],
  steps: [
    ...refused(command('XTRIM', orsStream, 'MAXLEN', '0'), 'NOPERM'),
    ...refused(del(orsStream), 'NOPERM'),
    ...refused(command('XGROUP', 'DESTROY', orsStream, group), 'NOPERM'),
    ...refused(xadd(tenantEvents.stream(tenant), tenantEvents.maxLength, { v: '1' }), 'NOPERM'),
    nothingPending(),
  ],
  negative: true,
  only: { side: 'destination', reason: 'ORS never tries it; the harness does, to prove the refusal' },
};

export default defineContract<RedisContent>({
  connection: 46,
  interactions: [...takingUp, ...recovery, ...groups, ...deadLetters, readOnly],
});
