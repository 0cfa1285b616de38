import { callEvent, callTypes, connId } from '../common/call-event.ts';
import { absent, answered, holds, refused, stored } from '../common/redis-steps.ts';
import { decimalText, entryId, streamEntry } from '../common/stream-entry.ts';
import { assumed, documented, type Interaction, inferred, type Step, source, state } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { bind, bound, type Json, like, string, type Template } from '../matchers.ts';
import { command, type RedisContent, type RedisFields, xadd } from '../messages/redis.ts';
import { world } from '../world.ts';

const { newCalls } = dialect.redis;
const tenant = world.tenant.uuid;
const stream = newCalls.stream(tenant);
const noCalls = state('no new call waits', { tenant });
const { call, sipNode } = world;
const routeRequest = 'EventRouteRequest';

const inbound = callEvent(routeRequest, {
  CallThreadID: bind('call thread', string(call.threadId)),
  CallType: callTypes.inbound,
  ConnID: bind('connection id', connId(call.connId)),
  ANI: string(call.ani),
  DNIS: string(call.dnis),
});

interface Entry {
  event?: string;
  sequence?: Template<string>;
  producer?: Template<string>;
  body: Template<Json>;
}
const entryFields = ({ event = routeRequest, sequence, producer, body }: Entry): Template<RedisFields> =>
  streamEntry({
    event,
    tenant,
    source: producer ?? string(sipNode.id),
    sequence: sequence ?? decimalText(1),
    atMs: 1_760_000_000_125,
    body,
  });
const append = (entry: Entry, bindsId: string): Step<RedisContent>[] =>
  answered(xadd(stream, newCalls.maxLength, entryFields(entry)), bind(bindsId, entryId('1-0')));

/** What row 46 reads: the entries in the order of their coming, to the letter. */
const holdsEntries = (...entries: readonly (readonly [id: string, entry: Entry])[]): Step<RedisContent> =>
  holds({
    key: stream,
    type: 'stream',
    ttlMs: -1,
    value: entries.map(([id, entry]) => ({ id: bound(id, '1-0'), fields: stored<RedisFields>(entryFields(entry)) })),
  });

const newInbound: Interaction<RedisContent> = {
  description: 'a new inbound call at a routing point is streamed with ANI and DNIS',
  basis: inferred(
    'the public event of a call that waits for routing is EventRouteRequest, in which ThisDN is ThisQueue',
  ),
  given: [noCalls],
  steps: [...append({ body: inbound }, 'entry'), holdsEntries(['entry', { body: inbound }])],
};

const consultBody = callEvent(routeRequest, {
  CallThreadID: string(call.threadId),
  CallType: callTypes.consult,
  ConnID: connId(call.consultConnId),
  PreviousConnID: connId(call.connId),
});
const consult: Interaction<RedisContent> = {
  description: 'a consultation call to a routing point names the call that it grew from',
  basis: documented(
    'Voice Microservices, Call routing events: PreviousConnID is mandatory when the call is a consultation',
  ),
  given: [noCalls],
  steps: [...append({ body: consultBody }, 'entry'), holdsEntries(['entry', { body: consultBody }])],
};

const abandoned: Entry = {
  event: 'EventAbandoned',
  sequence: decimalText(2),
  body: callEvent('EventAbandoned', {
    ThisQueue: bound('queue', world.dns.routePoint.number),
    CallType: callTypes.inbound,
    ConnID: bound('connection id', call.connId),
  }),
};
const clearedBeforePickup: Interaction<RedisContent> = {
  description: 'a call that is abandoned before it is picked up is followed by EventAbandoned of the same ConnID',
  basis: assumed('the end of the call takes the same stream, so that ORS sees it after the start and drops the start'),
  given: [noCalls],
  steps: [
    ...append({ body: inbound }, 'started'),
    ...append(abandoned, 'ended'),
    holdsEntries(['started', { body: inbound }], ['ended', abandoned]),
  ],
};

const first: Entry = {
  body: inbound,
  producer: bind('producer', string(sipNode.id)),
  sequence: bind('sequence', decimalText(1)),
};
const again: Entry = {
  body: callEvent(routeRequest, {
    CallType: callTypes.inbound,
    ConnID: bound('connection id', call.connId),
    ANI: string(call.ani),
    DNIS: string(call.dnis),
  }),
  producer: bound('producer', sipNode.id),
  sequence: bound('sequence', '1'),
};
const duplicate: Interaction<RedisContent> = {
  description:
    'an entry that is sent again after a reconnect keeps its producer and sequence, and both copies are stored',
  basis: assumed('a producer that missed the answer repeats the entry; readers take the same src and seq for one call'),
  given: [noCalls],
  steps: [...append(first, 'first'), ...append(again, 'second'), holdsEntries(['first', first], ['second', again])],
};

const notJson: Interaction<RedisContent> = {
  description: 'an entry whose body is not a JSON object is never written, the next call is',
  basis: assumed('the body is JSON text of one object; a reader would move anything else to the dead letters'),
  given: [noCalls],
  steps: append({ body: inbound }, 'entry'),
  forbidden: [
    source<RedisContent>(xadd(stream, newCalls.maxLength, { body: string('not JSON') })),
    source<RedisContent>(xadd(stream, newCalls.maxLength, { body: like<Json[]>([]) })),
  ],
  negative: true,
  only: { side: 'source', reason: 'Redis stores any text: only the producer can keep it out' },
};

const writeOnly: Interaction<RedisContent> = {
  description: 'the producer may neither read the stream nor write beside it',
  basis: inferred('row 49 only streams new calls; Redis answers NOPERM to what an ACL user may not do'),
  given: [noCalls],
  steps: [
    ...refused(command('XRANGE', stream, '-', '+'), 'NOPERM'),
    ...refused(
      command('XREADGROUP', 'GROUP', newCalls.readers, sipNode.id, 'COUNT', '1', 'STREAMS', stream, '>'),
      'NOPERM',
    ),
    ...refused(xadd(newCalls.deadLetters(tenant), newCalls.maxLength, entryFields({ body: inbound })), 'NOPERM'),
    absent(newCalls.deadLetters(tenant)),
  ],
  negative: true,
  only: { side: 'destination', reason: 'a SIP node never tries it; the harness does, to prove the refusal' },
};

export default defineContract<RedisContent>({
  connection: 49,
  interactions: [newInbound, consult, clearedBeforePickup, duplicate, notJson, writeOnly],
});
