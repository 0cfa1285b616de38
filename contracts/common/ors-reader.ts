import { type Step, source } from '../contract.ts';
import { dialect } from '../dialect.ts';
import { bind, bound, integer, type Json, notEmpty, type Template, text } from '../matchers.ts';
import { command, type RedisCommand, type RedisContent, type RedisFields, xadd } from '../messages/redis.ts';
import {
  entriesRead,
  type StreamEntryRead,
  xack,
  xautoclaim,
  xclaim,
  xpending,
  xreadgroup,
} from '../messages/redis-streams.ts';
import { world } from '../world.ts';
import { type OrsEntryName, orsDeadLetters, orsEntries, orsStream } from './ors-stream.ts';
import { answered, holds, refused, stored } from './redis-steps.ts';
import { entryId, pod } from './stream-entry.ts';

/** Pieces of what ORS does with the stream of new calls and interactions. */
const { newCalls } = dialect.redis;
const group = newCalls.readers;
/** The lane of all that a pod does to read. */
export const readsLane = 'reads';
/** Any wait keeps the contract: where nothing is to come, the harness does not wait for long. */
const SHORT_WAIT_MS = 20;

/** The pod that reads, and one that died. */
export const pods = { reader: world.orsNode.id, dead: 'voice-ors-9' } as const;

/** How a read begins: with what nobody has had, or with what this pod has had and not acknowledged. */
export const readFrom = { new: '>', ownPending: '0' } as const;

/** A read for the group. @param waitMs an example of how long it waits for an entry; null for a read that is answered at once */
export const read = (id: string, waitMs: number | null): Template<RedisCommand> =>
  xreadgroup(orsStream, {
    id,
    group,
    consumer: pod(pods.reader),
    count: integer(newCalls.batch),
    blockMs: waitMs === null ? null : integer(waitMs),
    noack: false,
  });

/** An entry that is read; its id is remembered under its name. */
export const entryRead = (name: OrsEntryName): Template<StreamEntryRead> => ({
  id: bind(name, entryId('1-0')),
  fields: orsEntries[name],
});

/** A pod reads on for ever, whatever else it does: its reads have a lane of their own, and may come again. */
const inReadsLane = ([sent, ...replies]: readonly Step<RedisContent>[]): Step<RedisContent>[] => [
  { ...(sent as Step<RedisContent>), lane: readsLane, repeat: true },
  ...replies,
];

/** A read that brings these entries. */
export const reads = (...names: readonly OrsEntryName[]): Step<RedisContent>[] =>
  inReadsLane(answered(read(readFrom.new, newCalls.blockMs), entriesRead(...names.map(entryRead))));

/** A read of what the pod has not acknowledged, without waiting. */
export const readsOwnPending = (...entries: readonly Template<StreamEntryRead>[]): Step<RedisContent>[] =>
  inReadsLane(answered(read(readFrom.ownPending, null), entriesRead(...entries)));

/** A read that brings nothing, since there is nothing new. */
export const readsOn: readonly Step<RedisContent>[] = inReadsLane(answered(read(readFrom.new, SHORT_WAIT_MS), null));

/** A read that the server refuses. */
export const readRefused = (code: string): Step<RedisContent>[] =>
  inReadsLane(refused(read(readFrom.new, newCalls.blockMs), code));

/** Makes the group, and with it the stream, to read from the very first entry. */
export const makesGroup = command('XGROUP', 'CREATE', orsStream, group, '0', 'MKSTREAM');

/** Each entry is acknowledged by itself, in the order of the stream. */
export const acknowledges = (...names: OrsEntryName[]): Step<RedisContent>[] =>
  names.flatMap((name) => answered(xack(orsStream, { group, ids: [bound(name, '1-0')] }), 1));

/** In the end nothing is pending. @param added what came onto the stream in the meantime */
export const nothingPending = (...added: OrsEntryName[]): Step<RedisContent> =>
  holds({
    key: orsStream,
    type: 'stream',
    ttlMs: -1,
    value: entriesRead(
      ...added.map((name) => ({ id: bound(name, '1-0'), fields: stored<RedisFields>(orsEntries[name]) })),
    ),
    groups: { [group]: [] },
  });

/** Takes over what lay for so long that its pod must be dead (Redis 6.2). */
export const takesOver = (...found: OrsEntryName[]): Step<RedisContent>[] =>
  answered(
    xautoclaim(orsStream, {
      group,
      consumer: pod(pods.reader),
      minIdleMs: newCalls.idleMs,
      start: '0-0',
      count: integer(newCalls.batch),
    }),
    { next: '0-0', entries: entriesRead(...found.map(entryRead)) },
  );

/** The same by list and by id (Redis 6.0). @param deliveries how often the entry was given out */
export const claimsByList = (entry: OrsEntryName, deliveries: number): Step<RedisContent>[] => [
  ...answered(xpending(orsStream, { group, start: '-', end: '+', count: integer(newCalls.batch), consumer: null }), [
    { id: bind('lying', entryId('1-0')), consumer: pods.dead, deliveries, idleMs: integer(newCalls.idleMs) },
  ] as Json[]),
  ...answered(
    xclaim(orsStream, { group, consumer: pod(pods.reader), minIdleMs: newCalls.idleMs, ids: [bound('lying', '1-0')] }),
    entriesRead(entryRead(entry)),
  ),
];

/** An entry goes to the dead letters as it is, with the reason. */
const deadLetter = (name: OrsEntryName, reason: string): Template<RedisFields> => ({
  ...stored<RedisFields>(orsEntries[name]),
  reason: text(notEmpty(reason)),
});

/** Moves an entry to the dead letters, and only then acknowledges it. */
export const buries = (name: OrsEntryName, reason: string): Step<RedisContent>[] => {
  const dead = deadLetter(name, reason);
  return [
    ...answered(xadd(orsDeadLetters, newCalls.deadMaxLength, dead), bind('dead letter', entryId('2-0'))),
    ...acknowledges(name),
    nothingPending(),
    holds({
      key: orsDeadLetters,
      type: 'stream',
      ttlMs: -1,
      value: entriesRead({ id: bound('dead letter', '2-0'), fields: stored<RedisFields>(dead) }),
    }),
  ];
};

/** No entry is acknowledged while this interaction runs. */
export const noAcknowledgement: Step = source<RedisContent>(xack(orsStream, { group, ids: [entryId('1-0')] })) as Step;
