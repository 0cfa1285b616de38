import { answered, holds, refused } from '../common/redis-steps.ts';
import { entryId } from '../common/stream-entry.ts';
import {
  callEntry,
  tenantStream as stream,
  type TenantEntryName,
  tenantEntries,
  tenantEntry,
  tenantStates,
} from '../common/tenant-stream.ts';
import { assumed, destination, type FreePart, type Interaction, inferred, type Step, source } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { bind, bound, fromState, integer, type Json, regex, type Template, text } from '../matchers.ts';
import { command, type RedisCommand, type RedisContent, redisProfile, xadd } from '../messages/redis.ts';
import { entriesRead, xread } from '../messages/redis-streams.ts';
import { world } from '../world.ts';

/**
 * The table prints Redis as the source; on the wire the Tenant Service dials, so it is the source here. Several pods serve
 * the clients of one tenant and each needs every event: each reads the bus by itself and keeps a cursor of its own.
 */
const { tenantEvents } = dialect.redis;
const tenant = world.tenant.uuid;
const pod = world.tenantNode.id;
const cursor = tenantEvents.cursor(tenant, pod);
/** Any wait keeps the contract: where nothing is to come, the harness does not wait for long. */
const SHORT_WAIT_MS = 20;
type Case = Interaction<RedisContent>;

const everyPod = inferred(
  'each pod of a tenant has clients of its own that need every event, so the events are not shared out as by a group',
);
const passes = assumed('what cannot be delivered is counted and passed over: the cursor moves on, the entry stays');

/** Where the state has put the cursor; a pod that runs already goes by the last entry that it has had. */
const lastRead = fromState('cursor', '1-0', entryId('1-0'));
const readFrom = (id: Template<string>, waitMs: number | null = tenantEvents.blockMs): Template<RedisCommand> =>
  xread(stream, { id, count: integer(tenantEvents.batch), blockMs: waitMs === null ? null : integer(waitMs) });

const entryRead = (name: TenantEntryName) => ({ id: bind(name, entryId('1-0')), fields: tenantEntries[name] });
const inReadsLane = ([sent, ...replies]: readonly Step<RedisContent>[]): Step<RedisContent>[] => [
  { ...(sent as Step<RedisContent>), lane: 'reads', repeat: true },
  ...replies,
];
/** A pod reads on for ever, whatever else it does: its reads have a lane of their own, and may come again. */
const reads = (names: readonly TenantEntryName[], from: Template<RedisCommand> = readFrom(lastRead)) =>
  inReadsLane(answered(from, entriesRead(...names.map(entryRead))));
/** Of a read whose place is told exactly, that the next ones go on from elsewhere. */
const readsOn = source<RedisContent>(readFrom(entryId('1-0')), { optional: true, repeat: true, lane: 'further reads' });

const setsCursor = (value: Template<string>): Template<RedisCommand> => ({
  command: 'SET',
  key: cursor,
  value,
  px: null,
  nx: false,
});
const holdsCursor = (value: Template<Json>) => holds({ key: cursor, type: 'string', ttlMs: -1, value });
/** The cursor moves once for a batch (assumed), to what was delivered last. */
const movesCursorTo = (name: TenantEntryName): Step<RedisContent>[] => [
  ...answered(setsCursor(bound(name, '1-0')), 'OK'),
  holdsCursor(bound(name, '1-0')),
];

const getsCursor = (reply: Template<Json>) => answered({ command: 'GET', key: cursor }, reply);

const delivered = (
  description: string,
  basis: Case['basis'],
  ...entries: [TenantEntryName, ...TenantEntryName[]]
): Case => ({
  description,
  basis,
  given: [tenantStates.unread(pod, ...entries)],
  steps: [...reads(entries), ...movesCursorTo(entries.at(-1) ?? entries[0])],
});

const deliveries: readonly Case[] = [
  {
    description: 'an event that comes while a pod waits ends the wait',
    basis: everyPod,
    given: [tenantStates.coming(pod, 'ringing')],
    steps: [...reads(['ringing']), ...movesCursorTo('ringing')],
  },
  delivered(
    'the life of a call is read in its order',
    everyPod,
    'ringing',
    'established',
    'held',
    'retrieved',
    'released',
  ),
  delivered('a consultation call names the call that it grew from', everyPod, 'consultation'),
  delivered(
    'requests for user data are read with their ReferenceIDs',
    everyPod,
    'userDataAttach',
    'userDataUpdate',
    'userDataDelete',
  ),
  delivered(
    'a used route is read after its request, with its target, and treatments as they are applied and end',
    everyPod,
    'routeRequest',
    'routeUsed',
    'treatmentApplied',
    'treatmentEnd',
  ),
  delivered('a DN that goes is read after it came', everyPod, 'backInService', 'outOfService'),
  delivered(
    'the shift of an agent is read in its order, after-call work as a work mode with its reason',
    everyPod,
    'agentLogin',
    'agentReady',
    'agentNotReady',
    'afterCallWork',
    'agentLogout',
  ),
  delivered(
    'events of calls, routing, registrations and agents come on one bus, and one that nobody knows does no harm',
    assumed('what an entry is about is told by its id; an id that is not known is counted and passed over'),
    'queued',
    'routeRequest',
    'backInService',
    'agentReady',
    'unknownEvent',
  ),
  delivered(
    'an event that comes after a later one of its call is read as it comes',
    assumed('the order of the bus is that of the tenant; within a call the order is that of seq'),
    'establishedEarly',
    'ringingLate',
  ),
  delivered(
    'an event that was sent twice is read twice',
    assumed('a repeat of src and seq is taken for delivered; the cursor passes it like any other'),
    'firstOfTwo',
    'secondOfTwo',
  ),
  {
    description: 'a read that waits in vain leaves the cursor where it is',
    basis: assumed('the wait is bounded, so that a lost connection is noticed'),
    given: [tenantStates.unread(pod)],
    steps: [...inReadsLane(answered(readFrom(lastRead, SHORT_WAIT_MS), null)), holdsCursor(lastRead)],
    forbidden: [source({ command: 'SET', key: cursor })],
  },
];

const start: readonly Case[] = [
  {
    description: 'a pod that comes back goes on behind the last event that it delivered, without waiting',
    basis: assumed('the cursor outlives the pod: there is no gap and no repeat'),
    given: [tenantStates.unread(pod, 'ringing', 'established')],
    steps: [
      ...getsCursor(bind('cursor', entryId('1-0'))),
      ...reads(['ringing', 'established'], readFrom(bound('cursor', '1-0'), null)),
      ...movesCursorTo('established'),
      readsOn,
    ],
  },
  {
    description: 'a pod that has never read begins with what comes from now on',
    basis: assumed('what happened before stands in the caches; delivered as events it would happen twice'),
    given: [tenantStates.firstTime(pod, 'ringing')],
    steps: [
      ...getsCursor(null),
      ...reads(['ringing'], readFrom(text(regex('^(\\$|[1-9][0-9]*-[0-9]+)$', '$')))),
      ...movesCursorTo('ringing'),
    ],
  },
];

const unread = 'the first entry alone tells whether there is a gap';
const described: readonly FreePart[] = [
  'length',
  'radix-tree-keys',
  'radix-tree-nodes',
  'last-generated-id',
  'max-deleted-entry-id',
  'entries-added',
  'recorded-first-entry-id',
  'groups',
  'last-entry',
].map((name) => ({ path: `$.reply.${name}`, reason: unread }));

const trouble: readonly Case[] = [
  {
    description: 'a pod whose cursor is older than the first entry finds the gap and goes on with what is left',
    basis: assumed(
      'MAXLEN takes the oldest; XINFO shows the first entry, and what is missing is fetched from the caches',
    ),
    given: [tenantStates.trimmed(pod, 'ringing')],
    steps: [
      ...answered(command('XINFO', 'STREAM', stream), { 'first-entry': entryRead('ringing') } as Template<Json>),
      ...inReadsLane(
        answered(readFrom(lastRead), entriesRead({ id: bound('ringing', '1-0'), fields: tenantEntries.ringing })),
      ),
      ...movesCursorTo('ringing'),
    ],
    free: described,
    negative: true,
  },
  { ...delivered('an entry of another tenant is passed over', passes, 'ofOtherTenant'), negative: true },
  { ...delivered('an entry without a body is passed over', passes, 'withoutBody'), negative: true },
  {
    ...delivered('an event of a call without CallThreadID is passed over', passes, 'withoutCallThread'),
    negative: true,
  },
  { ...delivered('a used route without its request is passed over', passes, 'routeUsedAlone'), negative: true },
  {
    description: 'a pod that loses its connection while it waits goes on where it was',
    basis: assumed('what is written in the meantime must arrive: the pod reads from the last entry, not from now on'),
    given: [tenantStates.cutOff(pod, 'ringing')],
    steps: [
      ...inReadsLane([
        source<RedisContent>(readFrom(lastRead)),
        destination<RedisContent>(
          { to: redisProfile.title({ command: 'XREAD', key: stream }), fault: 'closed' },
          { lane: 'losses' },
        ),
        ...answered(readFrom(lastRead), entriesRead(entryRead('ringing'))).slice(1),
      ]),
      ...movesCursorTo('ringing'),
    ],
    forbidden: [source({ command: 'XREAD', key: stream, id: '$' })],
    negative: true,
    only: { side: 'source', reason: 'a server that goes away promises nothing' },
  },
  {
    description: 'a pod may neither write, trim nor share out the bus, nor read that of another tenant',
    basis: inferred('the row delivers events to the tenant; Redis answers NOPERM to what an ACL user may not do'),
    given: [tenantStates.unread(pod)],
    steps: [
      ...refused(xadd(stream, tenantEvents.maxLength, tenantEntry(callEntry('EventRinging', 1))), 'NOPERM'),
      ...refused(command('XTRIM', stream, 'MAXLEN', '0'), 'NOPERM'),
      ...refused(command('XGROUP', 'CREATE', stream, pod, '0'), 'NOPERM'),
      ...refused(xread(tenantEvents.stream(world.otherTenant.uuid), { id: '0', count: null, blockMs: null }), 'NOPERM'),
    ],
    negative: true,
    only: { side: 'destination', reason: 'the service never tries it; the harness does, to prove the refusal' },
  },
];

export default defineContract<RedisContent>({
  connection: 14,
  interactions: [...deliveries, ...start, ...trouble],
});
