import { delivery, healthAnswer, noStream, refusedEvents } from '../common/rq-producer.ts';
import { rqSamples, sessions, sessionWith } from '../common/rq-session.ts';
import { type Addition, active, add, added, delivered, open, refused } from '../common/rq-steps.ts';
import { assumed, documented, type Interaction, state } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { notEmpty, text } from '../matchers.ts';
import type { TcpMessage } from '../messages/tcp.ts';
import { world } from '../world.ts';

const { clients, streams, events, errors } = dialect.tcp.rq;
const { tenant, interaction, orsNode, otherOrsNode, orsSession } = world;

const identity = { client: clients.interactionServer, tenantId: tenant.name };
const ofSession = { stream: streams.session(orsNode.id, orsSession.id), tenantId: tenant.name };
const interactionId = text(notEmpty(interaction.id));

const notification: Addition = {
  ...ofSession,
  event: events.notification,
  body: { interactionId, name: text(notEmpty('InteractionStopped')), userData: {} },
};
const instructionDone: Addition = {
  ...ofSession,
  event: events.instructionDone,
  body: { refId: text(notEmpty('i-1')), interactionId, result: 'ok' },
};

/** @param node of ORS that waits for the answer */
const pingOf = (node: string): Addition =>
  healthAnswer(events.ixnPing, streams.health(node, clients.interactionServer), tenant.name);

const health: Interaction<TcpMessage>[] = [
  delivery(
    'a ping that ORS has answered goes on to the stream that the answer names',
    documented(
      'Genesys multicloud-services on GitHub, Interaction Server alerts: every 15 s the event ixn_ping with a timeStamp goes to the RQ stream that ORS gives; the command that carries it is assumed',
    ),
    pingOf(orsNode.id),
  ),
  delivery(
    'a ping that ORS sends of its own accord is answered as well',
    documented(
      'Genesys multicloud-services on GitHub, Interaction Server alerts: ORS may send a ping with refId 0 that nobody asked for; the command that carries the answer is assumed',
    ),
    pingOf(otherOrsNode.id),
  ),
];

const digital: Interaction<TcpMessage>[] = [
  delivery(
    'a change of an interaction that routing did not ask for is told to its session',
    assumed(
      'the fields interactionId, name and userData; that notifications are sent and counted is documented (Genesys multicloud-services, dashboards of the Interaction Server)',
    ),
    notification,
  ),
  delivery(
    'the result of an instruction repeats the refId that the instruction had',
    assumed(
      'the event and its fields; that instructions are terminal or not is documented (Genesys multicloud-services, dashboards of the Interaction Server)',
    ),
    instructionDone,
  ),
  {
    description: 'a notification that cannot be delivered does not end the session: the next event goes through',
    basis: documented(
      'Genesys multicloud-services on GitHub, dashboards of the Interaction Server: failed sends are counted; the code is assumed',
    ),
    given: [active(), noStream(notification.stream), open(pingOf(orsNode.id).stream)],
    negative: true,
    steps: [
      add(1, notification),
      refused(1, errors.noStream, 'there is no such stream'),
      ...delivered(2, pingOf(orsNode.id)),
    ],
  },
  {
    description: 'an event that is refused while the pair elects its node is repeated, and taken then',
    basis: assumed(
      `the code NOT_READY; that clients keep a queue for each pair, with an alarm at 200, is documented (${rqSamples})`,
    ),
    given: [active(), open(notification.stream), state('the pair elects its node anew', { pair: 0, refusals: 1 })],
    negative: true,
    steps: [
      add(1, notification, { lane: 'refused' }),
      refused(1, errors.notReady, 'pair 0 elects its node', { lane: 'refused' }),
      add(2, notification, { lane: 'repeated' }),
      added(2, { lane: 'repeated' }),
    ],
  },
];

/** What the Interaction Server tells ORS of digital work, and its part in the health check between the two. */
export default defineContract<TcpMessage>({
  connection: 20,
  interactions: [
    ...sessions(identity),
    sessionWith('open a session with the active node of another pair', identity, [2, 1]),
    ...health,
    ...digital,
    ...refusedEvents(instructionDone),
  ],
});
