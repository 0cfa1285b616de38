import { callEvent, callEvents, callTypes, connId } from '../common/call-event.ts';
import { delivery, healthAnswer, noStream, refusedEvents } from '../common/rq-producer.ts';
import { rqSamples, sessions } from '../common/rq-session.ts';
import { type Addition, active, add, refused } from '../common/rq-steps.ts';
import { assumed, documented, type Interaction, inferred, source } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { bind, bound, string } from '../matchers.ts';
import type { TcpMessage, TcpValue } from '../messages/tcp.ts';
import { world } from '../world.ts';

const { clients, commands, streams, events } = dialect.tcp.rq;
const { call, tenant, sipNode, orsNode, orsSession } = world;

const identity = { client: clients.sipCluster, instance: string(sipNode.id) };
const ofSession = { stream: streams.session(orsNode.id, orsSession.id), tenantId: tenant.uuid };
const callPages = 'Voice Microservices, Events and models';

type Attributes = Parameters<typeof callEvent>[1];

/** The call as the first event of an interaction tells it; the others have to repeat its ids. */
const first = {
  CallThreadID: bind('call thread', string(call.threadId)),
  ConnID: bind('connection id', connId(call.connId)),
};
const again = { ConnID: bound('connection id', call.connId) };

/** An event whose page lists its attributes. */
const listed = (event: Parameters<typeof callEvent>[0], more: Attributes): Addition => ({
  ...ofSession,
  event,
  body: callEvent(event, more),
});
/** An event of which no page lists the attributes: that it names itself and the call. */
const unlisted = (event: string, more: Attributes): Addition => ({ ...ofSession, event, body: { id: event, ...more } });

const dataChanged = (ids: Attributes, UserData: TcpValue): Addition =>
  unlisted('EventAttachedDataChanged', { ...ids, UserData });
const released = listed('EventReleased', first);
const routeRequest = listed('EventRouteRequest', { ...first, CallType: callTypes.inbound });
const treatmentEnd = 'EventTreatmentEnd';

const routing: Interaction<TcpMessage>[] = [
  delivery(
    'a call that waits at a routing point is told to its session',
    documented(
      `${callPages}, Call routing events: the mandatory attributes of EventRouteRequest, in which ThisQueue is ThisDN; the command that carries it is assumed`,
    ),
    routeRequest,
  ),
  delivery(
    'the route request of a consultation call names the call that it grew from',
    documented(`${callPages}, Call routing events: PreviousConnID is mandatory when the call is a consultation`),
    listed('EventRouteRequest', {
      ...first,
      ConnID: connId(call.consultConnId),
      CallType: callTypes.consult,
      PreviousConnID: connId(call.connId),
    }),
  ),
  delivery(
    'a treatment is told when it begins and when it ends, in this order',
    documented(`${callPages}, Call treatment events: EventTreatmentApplied and EventTreatmentEnd`),
    listed('EventTreatmentApplied', first),
    unlisted(treatmentEnd, again),
  ),
  {
    ...delivery(
      'a treatment that cannot be given is told instead, and has no end',
      documented(`${callPages}, Call treatment events: EventTreatmentNotApplied`),
      unlisted('EventTreatmentNotApplied', { ConnID: connId(call.connId) }),
    ),
    negative: true,
    forbidden: [source<TcpMessage>({ name: commands.add, attributes: { event: treatmentEnd } })],
  },
  delivery(
    'changes of the user data follow each other as they happened, each with the call that it is about',
    inferred('a session keeps the user data of its call by these events, so the last one has to be the newest'),
    dataChanged({ ConnID: first.ConnID }, call.userData.first),
    dataChanged(again, call.userData.later),
  ),
];

const endings: Interaction<TcpMessage>[] = [
  delivery(
    'a call that was routed leaves its routing point',
    callEvents.EventRouteUsed.basis,
    listed('EventRouteUsed', first),
  ),
  delivery('a caller who gives up ends the call', callEvents.EventAbandoned.basis, listed('EventAbandoned', first)),
  delivery('a call that is over is released', callEvents.EventReleased.basis, released),
  {
    description: 'an event after the last one of its call is refused, since the session has closed its stream',
    basis: assumed('ORS closes the stream with the last event of the call; the code NO_STREAM'),
    given: [active(), noStream(released.stream)],
    negative: true,
    steps: [
      add(1, dataChanged({ ConnID: connId(call.connId) }, call.userData.later)),
      refused(1, dialect.tcp.rq.errors.noStream, 'there is no such stream'),
    ],
  },
];

const health = delivery(
  'a probe of ORS is answered on the stream that ORS has named',
  assumed(
    `the event sip_ping; that both sides count this probe is documented (sipnode_ors_health_check, orsnode_sip_health_check, ${rqSamples})`,
  ),
  healthAnswer(events.sipPing, streams.health(orsNode.id, clients.sipCluster), tenant.uuid),
);

/** What the SIP cluster tells ORS of a call, from the routing point to its end. */
export default defineContract<TcpMessage>({
  connection: 25,
  interactions: [...sessions(identity), ...routing, ...endings, health, ...refusedEvents(routeRequest)],
});
