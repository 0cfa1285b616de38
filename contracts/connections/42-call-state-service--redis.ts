import { eventFields, states, threadRecord, threads, threadTimes } from '../common/call-thread.ts';
import {
  get,
  holdsRecord,
  holdsText,
  outOfBounds,
  pexpire,
  reads,
  readsNothing,
  timeText,
  ttlUpTo,
  withoutLogin,
} from '../common/redis-cache.ts';
import { refusedForNow, serverStates } from '../common/redis-fail-over.ts';
import { absent, answered, holds, transaction } from '../common/redis-steps.ts';
import { assumed, type Interaction, inferred, type Step, source } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { integer } from '../matchers.ts';
import { command, hset, type RedisContent } from '../messages/redis.ts';
import { world } from '../world.ts';

const keys = dialect.redis.callState;
const tenant = world.tenant.uuid;
const { call } = world;
const { key } = threadRecord(threads.begun);
const active = keys.active(tenant);
const firstConnection = keys.connection(tenant, call.connId);
const consultation = keys.connection(tenant, call.consultConnId);
const endedTtl = ttlUpTo(keys.endedTtlMs);

/** A call that lives runs out of no cache, however long it lasts. */
const forever = -1;
const namesThread = (connection: string): Step<RedisContent>[] =>
  answered({ command: 'SET', key: connection, value: call.threadId, px: null, nx: false }, 'OK');
const holdsActive = holds({ key: active, type: 'set', ttlMs: forever, value: [call.threadId] });
const neverWritten = source<RedisContent>(hset(key, {}));

const firstEvent: Interaction<RedisContent> = {
  description: 'the first event of a call makes a thread, which is active and has no time to live',
  basis: inferred(
    'the public metrics of the service count the call threads that it monitors, and consume Kafka: the cache is what the events come to',
  ),
  given: [states.none],
  steps: [
    ...readsNothing(key),
    ...answered(hset(key, threadRecord(threads.begun).fields), integer(6)),
    ...namesThread(firstConnection),
    ...answered(command('SADD', active, call.threadId), 1),
    holdsRecord(threadRecord(threads.begun), forever),
    holdsText(firstConnection, call.threadId, forever),
    holdsActive,
    ...transaction,
  ],
};

const consult: Interaction<RedisContent> = {
  description: 'a consultation call joins the thread of the call that it grew from',
  basis: inferred('PreviousConnID is mandatory on the events of a consultation call; it leads to the thread'),
  given: [states.begun],
  steps: [
    ...answered(get(firstConnection), call.threadId),
    ...reads(threadRecord(threads.begun)),
    ...answered(hset(key, eventFields(threads.consulting)), integer(0)),
    ...namesThread(consultation),
    holdsRecord(threadRecord(threads.consulting), forever),
    holdsText(consultation, call.threadId, forever),
    holdsActive,
    ...transaction,
  ],
};

const replay: Interaction<RedisContent> = {
  description: 'an event that comes again changes nothing',
  basis: assumed(
    'Kafka delivers at least once: an event of the stored partition whose offset is not above the stored one is skipped',
  ),
  given: [states.begun],
  steps: [...reads(threadRecord(threads.begun)), holdsRecord(threadRecord(threads.begun), forever), holdsActive],
  forbidden: [neverWritten],
  negative: true,
};

const end: Interaction<RedisContent> = {
  description: 'a thread that all have left is active no longer and is kept for a day',
  basis: assumed('the day begins with the end of the call, for the record and for the connections that lead to it'),
  given: [states.begun],
  steps: [
    ...reads(threadRecord(threads.begun)),
    ...answered(hset(key, { ...eventFields(threads.ended), endedAt: timeText(threadTimes.endedAt) }), integer(1)),
    ...answered(command('SREM', active, call.threadId), 1),
    ...answered(pexpire(key, keys.endedTtlMs), 1),
    ...answered(pexpire(firstConnection, keys.endedTtlMs), 1),
    holds({
      key,
      type: 'hash',
      value: { ...threadRecord(threads.ended).fields, endedAt: timeText(threadTimes.endedAt) },
      ttlMs: endedTtl,
    }),
    holdsText(firstConnection, call.threadId, endedTtl),
    absent(active),
    ...transaction,
  ],
};

const orphan: Interaction<RedisContent> = {
  description: 'the end of a call that no thread is known of leaves no key',
  basis: assumed('such an event is counted as an orphan: a thread that begins with its end would never run out'),
  given: [states.none],
  steps: [...readsNothing(key), absent(key), absent(firstConnection), absent(active)],
  forbidden: [neverWritten, source({ command: 'SET', key: firstConnection })],
  negative: true,
};

const failOver: Interaction<RedisContent> = {
  description: 'while the server takes no writes the event stays undone, and is tried again',
  basis: inferred(
    'the metrics of the service tell the state of Redis; an offset that is only committed after the write lets Kafka deliver the event again',
  ),
  given: [states.none, serverStates.replica],
  steps: [
    ...readsNothing(key),
    ...refusedForNow(hset(key, threadRecord(threads.begun).fields), 'READONLY'),
    absent(key),
    absent(active),
  ],
  negative: true,
};

export default defineContract<RedisContent>({
  connection: 42,
  interactions: [
    firstEvent,
    consult,
    replay,
    end,
    orphan,
    failOver,
    outOfBounds(
      'the Call State Service',
      'call threads are an endpoint of their own',
      hset(dialect.redis.sipCluster.call(tenant, call.connId), { node: world.sipNode.id }),
    ),
    withoutLogin(get(firstConnection), firstConnection),
  ],
});
