import { delivery, healthAnswer, refusedEvents } from '../common/rq-producer.ts';
import { rqSamples, sessions, sessionWith } from '../common/rq-session.ts';
import { type Addition, active, add, delivered, open } from '../common/rq-steps.ts';
import { closeDetails, connectionClosed } from '../common/tcp-session.ts';
import { assumed, type Interaction, inferred, source, state } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { integer, notEmpty, string, text } from '../matchers.ts';
import type { TcpMessage } from '../messages/tcp.ts';
import { world } from '../world.ts';

const { clients, commands, streams, events } = dialect.tcp.rq;
const { tenant, tenantNode, orsNode, orsSession } = world;
const [agent] = world.persons;

const identity = { client: clients.tenant, tenantId: tenant.uuid, instance: string(tenantNode.id) };
const ofSession = { stream: streams.session(orsNode.id, orsSession.id), tenantId: tenant.uuid };

/** The target that the strategy has selected, under the keys that the Universal Routing Server gives to its clients. */
const target: Addition = {
  ...ofSession,
  event: events.target,
  body: {
    DN: text(notEmpty(agent.dn)),
    TARGET: text(notEmpty(`${agent.employeeId}@StatServer1.A`)),
    SWITCH: text(notEmpty(world.switch.name)),
    ACCESS: text(notEmpty(agent.dn)),
    PLACE: string(agent.dn),
    AGENT: string(agent.employeeId),
    VQ: string('VQ_Sales'),
    NVQ: integer(1),
    CUSTOMER_ID: tenant.name,
  },
};

const failure: Addition = {
  ...ofSession,
  event: events.routingError,
  body: { code: integer(13), text: string('no agent is logged in'), requestId: text(notEmpty('r-1')) },
};

const routing: Interaction<TcpMessage>[] = [
  {
    ...delivery(
      'the target that was selected for a call reaches its session, as the one result of the request',
      inferred(
        "the body is what URS gives to other clients (Platform SDK 9.0 Java API Reference, RoutingServer protocol: the keys of a routing result); the event's name is assumed",
      ),
      target,
    ),
    forbidden: [source<TcpMessage>({ name: commands.add, attributes: { event: events.routingError } })],
  },
  {
    ...delivery(
      'a routing request that fails ends with its error instead of a target',
      assumed('the event carries a code, a text and the id of the request; no document gives its form'),
      failure,
    ),
    negative: true,
    forbidden: [source<TcpMessage>({ name: commands.add, attributes: { event: events.target } })],
  },
  delivery(
    'a probe of ORS is answered on the stream that ORS has named',
    inferred(
      `ORS publishes the state of each tenant's URS (orsnode_urs_rlib_state, ${rqSamples}), and the Interaction Server's probe, which is published, has this form`,
    ),
    healthAnswer(events.ursPing, streams.health(orsNode.id, clients.tenant), tenant.uuid),
  ),
];

const takenOver = state('the node has taken over its pair', { node: 1, pair: 0 });

const failover: Interaction<TcpMessage>[] = [
  {
    description: 'a node that stops leaves a result without an answer',
    basis: inferred(`clients watch each node and turn to the other one of its pair (${rqSamples})`),
    given: [active(), open(target.stream), state('the node stops before it answers')],
    free: closeDetails,
    negative: true,
    steps: [add(1, target), connectionClosed],
  },
  sessionWith('the other node of the pair opens a session once it has taken over', identity, [1, 0], takenOver),
  {
    description: 'the node that has taken over takes the result that had no answer',
    basis: assumed(
      'delivery is at least once: a client repeats to the other node what had no answer, and a reader may see it twice',
    ),
    given: [takenOver, open(target.stream)],
    steps: delivered(1, target),
  },
];

/** What the tenant's routing tells ORS of a voice call: a target or a failure for each request. */
export default defineContract<TcpMessage>({
  connection: 16,
  interactions: [...sessions(identity), ...routing, ...failover, ...refusedEvents(target)],
});
