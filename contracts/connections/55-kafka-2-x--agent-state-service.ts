import { type AgentEventName, agentEvent, workModes } from '../common/agent-event.ts';
import {
  type AgentRequestName,
  agentRequest,
  firstRequest,
  laterRequest,
  referenceIdExample,
  requester,
} from '../common/agent-request.ts';
import { foreignGroup, foreignTopic, wrongPassword } from '../common/kafka-access.ts';
import { inEveryCompression, readersDecompress } from '../common/kafka-batches.ts';
import {
  type Attributes,
  boundLike,
  committed,
  delivered,
  eventId,
  type KafkaContent,
  type KafkaInteraction,
  missingTopicToRead,
  neverWithoutKeyOrValue,
  newKey,
  onlyWritersCan,
  type RecordTemplate,
  sameKey,
  takenOver,
  topicExists,
  upToDate,
  waits,
  written,
  writtenThen,
  wrong,
} from '../common/kafka-steps.ts';
import { assumed, documented, inferred, type Step } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { bind, bound, equal, integer, string, type Template, uuid } from '../matchers.ts';
import type { KafkaKey } from '../messages/kafka.ts';
import { world } from '../world.ts';

/**
 * The table prints Kafka as the source; on the wire the Agent State Service dials. It writes what agents do, and reads, as
 * group `agentstate`, what they ask for (row 48 writes it). An offset is committed when a request is done with; whether the
 * event was written before that cannot be seen, so events have a lane of their own.
 */
const { topics, groups, agentRequests: asks } = dialect.kafka;
const reading = { group: groups.agentState, topic: topics.agentRequest };
const [agent, otherAgent] = world.persons;

const event = (key: Template<KafkaKey>, name: AgentEventName, more: Attributes = {}): RecordTemplate => ({
  topic: topics.agentState,
  key,
  value: agentEvent(name, more),
});
type EventArguments = [name: AgentEventName, more?: Attributes];
const first = (...[name, more]: EventArguments) => written(event(newKey(requester), name, more));
const next = (...[name, more]: EventArguments) => written(event(sameKey(requester), name, more));

const guide = 'Voice Microservices, Events and models';
const states = inferred(
  `${guide}, Topics: topic, key and events are public; that the Agent State Service writes them follows from its name in the table`,
);

const login: KafkaInteraction = {
  description: 'an agent logs in',
  basis: documented(`${guide}, Agent state and DN events: AgentID, ThisDN and time of EventAgentLogin`),
  given: [topicExists(topics.agentState)],
  steps: [first('EventAgentLogin')],
};

const reasons = { Reasons: { ReasonCode: string('ACW') } };
const shift: KafkaInteraction = {
  description: 'ready, not ready and ready again are in order, each with its work mode',
  basis: inferred(
    `${guide}, Attributes: AgentWorkMode and Reasons; T-Library: after-call work is the work mode 3 of EventAgentNotReady`,
  ),
  given: [topicExists(topics.agentState)],
  steps: [
    first('EventAgentReady'),
    next('EventAgentNotReady', { AgentWorkMode: workModes.afterCall, ...reasons }),
    next('EventAgentReady'),
  ],
};

const features: KafkaInteraction = {
  description: 'do not disturb and forwarding are switched on and off, in order',
  basis: states,
  given: [topicExists(topics.agentState)],
  steps: [first('EventDNDOn'), next('EventDNDOff'), next('EventForwardSet'), next('EventForwardCancel')],
};

const logout: KafkaInteraction = {
  description: 'an agent leaves the queue before the logout',
  basis: states,
  given: [topicExists(topics.agentState)],
  steps: [first('EventQueueLogout'), next('EventAgentLogout')],
};

const badWorkMode: KafkaInteraction = {
  description:
    'a work mode that T-Library does not know, a key without an agent and a record without a value are never written',
  basis: documented('T-Library, TAgentWorkMode: the numbers 0 to 7'),
  given: [topicExists(topics.agentState)],
  steps: [first('EventAgentReady')],
  forbidden: [
    wrong({ topic: topics.agentState, value: { AgentWorkMode: equal(8) } }),
    wrong({ topic: topics.agentState, value: { AgentWorkMode: string('ready') } }),
    ...neverWithoutKeyOrValue(topics.agentState),
  ],
  negative: true,
  only: onlyWritersCan,
};

/** The request is done with, and what it led to has the same agent and reference id. */
const done = (key: Template<KafkaKey>, commits: string | null, of?: string): Step<KafkaContent> =>
  committed(reading, { key, commits }, of);
const withReference = { ReferenceID: bind('reference', integer(referenceIdExample)) };
const answer = (name: EventArguments[0]): Step<KafkaContent> =>
  writtenThen(event(sameKey(requester), name, { ReferenceID: boundLike('reference', integer(referenceIdExample)) }));

const goReady = firstRequest(asks.ready, withReference);
/** Requests are read, and what they lead to can be written. */
const ready = [...upToDate(reading), topicExists(topics.agentState)];
const request: KafkaInteraction = {
  description: 'a request leads to one event with its reference id, and is done with',
  basis: assumed('one state event answers one request; its offset is committed when the new state is stored'),
  given: [...ready, waits(goReady)],
  steps: [delivered(reading.group, goReady), answer('EventAgentReady'), done(sameKey(requester), asks.ready)],
};

const requestId = '5d0f6f0c-6b1e-4b3a-9a55-0a4f1c2d3e77';
const copy = (record: RecordTemplate, id: Template<string>): RecordTemplate => ({
  ...record,
  headers: { [eventId]: id },
});
const original = copy(goReady, bind('event id', uuid(requestId)));
const repeated = copy(
  laterRequest(asks.ready, { ReferenceID: boundLike('reference', integer(referenceIdExample)) }),
  bound('event id', requestId),
);
const duplicate: KafkaInteraction = {
  description: 'a request that comes twice, with one event id, leads to one event; both copies are done with',
  basis: inferred('Kafka delivers at least once, so a reader has to know the copy; the header event-id is assumed'),
  given: [...ready, waits(original), waits(repeated)],
  steps: [
    delivered(reading.group, original),
    answer('EventAgentReady'),
    done(sameKey(requester), asks.ready),
    delivered(reading.group, repeated),
    done(sameKey(requester), asks.ready),
  ],
};

const doubled: RecordTemplate = { ...goReady, headers: { source: ['voice-front-0', 'voice-front-1'] } };
const doubledHeader: KafkaInteraction = {
  description: 'a header that comes twice keeps its order and changes nothing',
  basis: documented('Apache Kafka, Headers: a name may come more than once and the order is kept'),
  given: [...ready, waits(doubled)],
  steps: [delivered(reading.group, doubled), answer('EventAgentReady'), done(sameKey(requester), asks.ready)],
};

/** Every request and the event that it leads to, in the order of a shift, with what goes from one to the other. */
const requestsAndEvents: readonly (readonly [AgentRequestName, AgentEventName, Attributes])[] = [
  [asks.login, 'EventAgentLogin', {}],
  [asks.ready, 'EventAgentReady', {}],
  [asks.notReady, 'EventAgentNotReady', { Reasons: { ReasonCode: 'Lunch' } }],
  [asks.logout, 'EventAgentLogout', {}],
];
/** Who asks is known beforehand, so that two agents are never mistaken for each other. */
const asksAndGets = ({ employeeId, dn }: { employeeId: string; dn: string }) => {
  const key = { tenant: world.tenant.uuid, subject: employeeId };
  const who = { AgentID: employeeId, ThisDN: dn };
  const requests = requestsAndEvents.map(([name, , more]) => ({ ...firstRequest(name, { ...who, ...more }), key }));
  const steps = [
    ...requests.map((each) => delivered(reading.group, each, employeeId)),
    ...requestsAndEvents.map(([, name, more]) => writtenThen(event(key, name, { ...who, ...more }), employeeId)),
    ...requestsAndEvents.map(([name]) => done(key, name, employeeId)),
  ];
  return { requests, steps };
};
const [one, two] = [asksAndGets(agent), asksAndGets(otherAgent)];
const twoAgents: KafkaInteraction = {
  description:
    'the requests of each of two agents, login to logout, are done with in their order, and so are the events',
  basis: documented('Apache Kafka, introduction: records of one key are read in the order in which they were written'),
  given: [...ready, ...[...one.requests, ...two.requests].map(waits)],
  steps: [...one.steps, ...two.steps],
};

const compressed: KafkaInteraction = {
  description: 'requests are read whatever the compression of their batches',
  basis: readersDecompress,
  given: [...ready, ...inEveryCompression(one.requests)],
  steps: one.steps,
};

const rebalanced = takenOver('a request that was not done with goes to the member that takes over', reading, [
  { ...firstRequest(asks.login), key: newKey(requester), commits: asks.login },
  { ...laterRequest(asks.ready), key: sameKey(requester), commits: asks.ready },
]);

const noEvent = wrong({ topic: topics.agentState });
const unheardOf: RecordTemplate = {
  ...goReady,
  value: { ...(agentRequest(asks.ready) as Attributes), id: 'RequestUnheardOf' },
};
const unknown: KafkaInteraction = {
  description: 'a request of an unknown name is passed over and done with',
  basis: assumed('a reader skips what it does not know, lest one record stop all that follow'),
  given: [...upToDate(reading), waits(unheardOf)],
  steps: [delivered(reading.group, unheardOf), done(sameKey(requester), 'RequestUnheardOf')],
  forbidden: [noEvent],
  negative: true,
};

const broken: RecordTemplate = {
  topic: reading.topic,
  key: newKey(requester),
  value: { $text: '{"id":"RequestAgent' },
};
const invalid: KafkaInteraction = {
  description: 'a request that is no JSON goes to the dead letters as it came, and is done with',
  basis: assumed('the dead letters have a topic of their own, where a record keeps its key and its bytes'),
  given: [...upToDate(reading), topicExists(topics.agentRequestDead), waits(broken)],
  steps: [
    delivered(reading.group, broken),
    writtenThen({ ...broken, topic: topics.agentRequestDead, key: sameKey(requester) }),
    done(sameKey(requester), null),
  ],
  forbidden: [noEvent],
  negative: true,
};

const tombstone: RecordTemplate = { topic: reading.topic, key: newKey(requester), value: null };
const noValue: KafkaInteraction = {
  description: 'a request without a value is passed over and done with',
  basis: assumed('nobody writes records without a value on purpose; there is nothing in it to be kept'),
  given: [...upToDate(reading), waits(tombstone)],
  steps: [delivered(reading.group, tombstone), done(sameKey(requester), null)],
  forbidden: [noEvent, wrong({ topic: topics.agentRequestDead })],
  negative: true,
};

export default defineContract<KafkaContent>({
  connection: 55,
  interactions: [
    login,
    shift,
    features,
    logout,
    badWorkMode,
    request,
    duplicate,
    doubledHeader,
    twoAgents,
    compressed,
    rebalanced,
    unknown,
    invalid,
    noValue,
    missingTopicToRead(reading),
    foreignTopic(goReady, reading.topic),
    foreignGroup({ group: groups.callState, topic: reading.topic }),
    wrongPassword,
  ],
});
