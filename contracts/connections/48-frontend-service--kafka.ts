import { workModes } from '../common/agent-event.ts';
import { firstRequest, laterRequest, referenceIdExample } from '../common/agent-request.ts';
import { foreignTopic, wrongPassword } from '../common/kafka-access.ts';
import { anyCompression, damagedBatch } from '../common/kafka-batches.ts';
import {
  boundLike,
  eventId,
  type KafkaContent,
  type KafkaInteraction,
  missingTopic,
  neverWithoutKeyOrValue,
  onlyWritersCan,
  topicExists,
  written,
  wrong,
} from '../common/kafka-steps.ts';
import { numberOf } from '../common/number-of.ts';
import { assumed, inferred } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { bind, bound, equal, integer, nullValue, string, uuid } from '../matchers.ts';
import { world } from '../world.ts';

/**
 * What agents ask for. No row of the table connects the FrontEnd Service with the Agent State Service, and both are at Kafka;
 * so requests go from one to the other here, and row 55 reads them.
 */
const { login, ready, notReady, logout } = dialect.kafka.agentRequests;
const topic = dialect.kafka.topics.agentRequest;
const requestId = '5d0f6f0c-6b1e-4b3a-9a55-0a4f1c2d3e77';

const guide = 'Voice Microservices, Events and models, Topics';
const path = inferred(
  `no row connects FrontEnd Service and Agent State Service, and Kafka feeds the latter; ${guide}: data of agents is keyed {tenant_id}:{agent_id}; topic and names are assumed`,
);
const order = inferred(`${guide}: data of agents is keyed {tenant_id}:{agent_id}, and one key is one order`);

const loginRequest: KafkaInteraction = {
  description: 'a login is one request, keyed by tenant and agent',
  basis: path,
  given: [topicExists(topic)],
  steps: [written(firstRequest(login))],
};

const reasons = { Reasons: { ReasonCode: string('Lunch') } };
const away: KafkaInteraction = {
  description: 'not ready carries the reasons and the work mode, after-call work or another one',
  basis: inferred(
    'Voice Microservices, Events and models, Attributes: Reasons and AgentWorkMode; T-Library: 3 is after-call work and 4 is auxiliary work, and after-call work has no event of its own',
  ),
  given: [topicExists(topic)],
  steps: [
    written(firstRequest(notReady, { ...reasons, AgentWorkMode: numberOf('^[34]$', workModes.auxiliary) })),
    written(laterRequest(notReady, { ...reasons, AgentWorkMode: numberOf('^[34]$', workModes.afterCall) })),
  ],
};

const retry: KafkaInteraction = {
  description: 'a request that is written again keeps its reference id and its event id',
  basis: assumed('readers take records with one event id in the header for one; a producer writes at least once'),
  given: [topicExists(topic)],
  steps: [
    written({
      ...firstRequest(ready, { ReferenceID: bind('reference', integer(referenceIdExample)) }),
      headers: { [eventId]: bind('event id', uuid(requestId)) },
    }),
    written({
      ...laterRequest(ready, { ReferenceID: boundLike('reference', integer(referenceIdExample)) }),
      headers: { [eventId]: bound('event id', requestId) },
    }),
  ],
};

const shift: KafkaInteraction = {
  description: 'login, ready and logout of one agent are in order on one key',
  basis: order,
  given: [topicExists(topic)],
  steps: [written(firstRequest(login)), written(laterRequest(ready)), written(laterRequest(logout))],
};

const { employeeId } = world.persons[0];
const nobody: KafkaInteraction = {
  description: 'a request without an agent is never written',
  basis: assumed('FrontEnd Service refuses such a request with 400, so that nothing of it gets to Kafka'),
  given: [topicExists(topic)],
  // A request that lacks the attribute altogether breaks this step; the others are forbidden by their values.
  steps: [written(firstRequest(login))],
  forbidden: [
    wrong({ topic, value: { AgentID: nullValue() } }),
    wrong({ topic, value: { AgentID: equal('') } }),
    wrong({ topic, key: employeeId }),
    ...neverWithoutKeyOrValue(topic),
  ],
  negative: true,
  only: onlyWritersCan,
};

export default defineContract<KafkaContent>({
  connection: 48,
  interactions: [
    loginRequest,
    away,
    shift,
    retry,
    nobody,
    anyCompression(firstRequest(login)),
    damagedBatch(firstRequest(login)),
    missingTopic('a request for a topic that does not exist is refused, not lost in silence', firstRequest(login)),
    foreignTopic(firstRequest(login), dialect.kafka.topics.agentState),
    wrongPassword,
  ],
});
