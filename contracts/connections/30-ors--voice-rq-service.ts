import { callEvent, callTypes, connId } from '../common/call-event.ts';
import { noStream, redisDown } from '../common/rq-producer.ts';
import { rqSamples, sessions, sessionWith } from '../common/rq-session.ts';
import { active, closeStream, entries, entry, firstEntryId, open, read, refused } from '../common/rq-steps.ts';
import { entryId } from '../common/stream-entry.ts';
import { assumed, type FreePart, type Interaction, inferred, type ProviderState, state } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { bind, bound, eachLike, fromState, string } from '../matchers.ts';
import type { TcpMessage, TcpValue } from '../messages/tcp.ts';
import { world } from '../world.ts';

const { clients, streams, errors } = dialect.tcp.rq;
const { call, orsNode, orsSession, callback } = world;

const identity = { client: clients.ors, instance: string(orsNode.id) };
const stream = streams.session(orsNode.id, orsSession.id);
const otherStream = streams.session(orsNode.id, callback.sessionId);

/** The events of one call are there: at the routing point, a treatment begun, the treatment over. */
const callIsIn = (name: string): ProviderState => state('the stream holds the events of a call', { stream: name });
const holds = (name: string, event: string, count: number): ProviderState =>
  state('the stream holds events', { stream: name, event, count });
/** They come while somebody waits for them. */
const comeTo = (name: string, event: string, count: number): ProviderState =>
  state('events are added while the stream is read', { stream: name, event, count });

const ids = {
  CallThreadID: bind('call thread', string(call.threadId)),
  ConnID: bind('connection id', connId(call.connId)),
};
/** As row 25 has sent it, by the rules of that row. */
const routeRequest = entry(
  'EventRouteRequest',
  callEvent('EventRouteRequest', { ...ids, CallType: callTypes.inbound }),
);
const treatmentEnd = entry('EventTreatmentEnd', {
  id: 'EventTreatmentEnd',
  ConnID: bound('connection id', call.connId),
});
const isData = 'EventAttachedDataChanged';
const dataChanged = entry(isData, {
  id: isData,
  ConnID: connId(call.connId),
  UserData: {},
});

const callersNumbers: readonly FreePart[] = ['ANI', 'DNIS'].map((name) => ({
  path: `$.attributes.entries[*].body.${name}`,
  reason: 'the page of the event calls it optional',
}));
const userData: readonly FreePart[] = [
  { path: '$.attributes.entries[*].body.UserData', reason: 'what is attached to a call is up to whoever attaches it' },
];

const reads: Interaction<TcpMessage>[] = [
  {
    description: 'reading a name that nobody has used creates the stream, and its entries come as they are added',
    basis: assumed(
      `a read creates its stream, and one read is answered as often as something comes; that a node counts streams, adds and reads is documented (${rqSamples})`,
    ),
    given: [active(), state('the node has no stream'), comeTo(stream, isData, 3)],
    free: userData,
    steps: [read(1, stream, { wait: true }), entries(1, stream, eachLike<TcpValue>(dataChanged), { repeat: true })],
  },
  {
    description: 'what was added before is read in the order of its coming, from behind the entry that is named',
    basis: inferred('a stream lies on a Redis stream, of which a read returns what follows an id'),
    given: [active(), callIsIn(stream)],
    steps: [
      read(1, stream, { from: fromState('firstEntry', firstEntryId, entryId(firstEntryId)) }),
      entries(1, stream, [entry('EventTreatmentApplied', callEvent('EventTreatmentApplied', ids)), treatmentEnd]),
    ],
  },
  {
    description: 'two streams are read side by side, each under the id of its own command',
    basis: inferred('streams are independent, so their entries have no order among each other'),
    given: [active(), holds(stream, isData, 2), holds(otherStream, isData, 2)],
    free: userData,
    steps: [
      read(1, stream, {}, { lane: 'session' }),
      entries(1, stream, eachLike<TcpValue>(dataChanged), { lane: 'session' }),
      read(2, otherStream, {}, { lane: 'other session' }),
      entries(2, otherStream, eachLike<TcpValue>(dataChanged), { lane: 'other session' }),
    ],
  },
  {
    description: 'a call that waits at a routing point reaches the session that reads its stream',
    basis: inferred('what the SIP cluster adds over its own connection is what ORS reads, with the same body'),
    given: [active(), open(stream), comeTo(stream, 'EventRouteRequest', 1)],
    free: callersNumbers,
    steps: [read(1, stream, { wait: true }), entries(1, stream, [routeRequest])],
  },
  {
    description: 'a session that is over closes its stream',
    basis: inferred(
      `streams are counted, and health-check streams that nobody clears raise an alarm at 10 (${rqSamples}), so a reader gives them up`,
    ),
    given: [active(), open(stream)],
    steps: closeStream(1, stream),
  },
];

const refusals: Interaction<TcpMessage>[] = [
  {
    description: 'a read without an answer holds up none after it, and the session stays',
    basis: inferred(
      `ORS counts timeouts for each node and command and keeps the connection (${rqSamples}); how long it waits is not published`,
    ),
    given: [active(), holds(stream, isData, 1), state('the node leaves commands unanswered', { commands: 1 })],
    negative: true,
    free: userData,
    steps: [read(1, stream), read(2, stream), entries(2, stream, [dataChanged])],
  },
  {
    description: 'a read is refused while the node has lost Redis',
    basis: assumed('the code NOT_READY; that a node depends on Redis is documented by its gauge rqnode_redis_state'),
    given: [active(), open(stream), redisDown],
    negative: true,
    steps: [read(1, stream), refused(1, errors.notReady, 'Redis is not available')],
  },
  {
    description: 'a stream more than the node can hold is refused',
    basis: assumed(
      `the code OVERLOADED; that more than 100000 streams raise an alarm is documented (${rqSamples}), a refusal is not`,
    ),
    given: [active(), noStream(stream), state('the node holds as many streams as it can')],
    negative: true,
    steps: [read(1, stream), refused(1, errors.overloaded, 'the node holds as many streams as it can')],
  },
  {
    description: 'a read from something that is no entry is refused',
    only: { side: 'destination', reason: 'a source that keeps the contract reads from an entry that it was given' },
    basis: assumed('the code BAD_REQUEST'),
    given: [active(), open(stream)],
    negative: true,
    steps: [read(1, stream, { from: 'yesterday' }), refused(1, errors.badRequest, 'from is not the id of an entry')],
  },
];

/** How ORS fetches what the producers have added for its sessions. */
export default defineContract<TcpMessage>({
  connection: 30,
  interactions: [
    ...sessions(identity),
    sessionWith('open a session with the active node of another pair', identity, [2, 1]),
    ...reads,
    ...refusals,
  ],
});
