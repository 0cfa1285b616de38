import { dnEvent } from '../common/agent-event.ts';
import { foreignTopic, wrongPassword } from '../common/kafka-access.ts';
import { anyCompression, damagedBatch } from '../common/kafka-batches.ts';
import {
  type Attributes,
  type KafkaContent,
  type KafkaInteraction,
  missingTopic,
  neverWithoutKeyOrValue,
  newKey,
  onlyWritersCan,
  type RecordTemplate,
  type Subject,
  sameKey,
  topicExists,
  written,
  wrong,
} from '../common/kafka-steps.ts';
import { assumed, documented, inferred } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { equal, notEmpty, nullValue, text } from '../matchers.ts';
import { world } from '../world.ts';

const { number } = world.dns.agent;
const topic = dialect.kafka.topics.agentState;
/** At a DN there need not be an agent, whom the key should name: the DN's number stands in the agent's place. */
const dn: Subject = { name: 'DN', like: text(notEmpty(number)), example: number };

const guide = 'Voice Microservices, Events and models';
const published = inferred(
  `${guide}, Topics: both events and their topic are public; the registrar is the service that knows when a phone comes and goes; the DN in the agent's place of the key is assumed`,
);

const inService = (more?: Attributes): RecordTemplate => ({
  topic,
  key: newKey(dn),
  value: dnEvent('EventDNBackInService', more),
});
const outOfService: RecordTemplate = { topic, key: sameKey(dn), value: dnEvent('EventDNOutOfService') };

const registered: KafkaInteraction = {
  description: 'a DN is back in service after its first REGISTER',
  basis: published,
  given: [topicExists(topic)],
  steps: [written(inService())],
};

const expired: KafkaInteraction = {
  description: 'a DN whose registration expires is out of service, after it was in service on the same key',
  basis: published,
  given: [topicExists(topic)],
  steps: [written(inService()), written(outOfService)],
};

const refreshed: KafkaInteraction = {
  description: 'a registration that is refreshed writes nothing: one record for however many REGISTERs',
  basis: inferred('RFC 3261, section 10.2.4: a refresh renews a binding that is there; the DN stays in service'),
  given: [topicExists(topic)],
  steps: [written(inService())],
};

const nameless: KafkaInteraction = {
  description: 'an event without ThisDN is never written',
  basis: documented(`${guide}, Agent state and DN events: ThisDN is mandatory`),
  given: [topicExists(topic)],
  // An event that lacks the attribute altogether breaks this step; the two others are forbidden by their values.
  steps: [written(inService())],
  forbidden: [wrong({ topic, value: { ThisDN: nullValue() } }), wrong({ topic, value: { ThisDN: equal('') } })],
  negative: true,
  only: onlyWritersCan,
};

const blankKey: KafkaInteraction = {
  description: 'a key that names the tenant alone, no key, and a record without a value are never written',
  basis: assumed('with nothing in the place of the agent all DNs of a tenant would be one key'),
  given: [topicExists(topic)],
  steps: [written(inService())],
  forbidden: neverWithoutKeyOrValue(topic),
  negative: true,
  only: onlyWritersCan,
};

export default defineContract<KafkaContent>({
  connection: 53,
  interactions: [
    registered,
    expired,
    refreshed,
    nameless,
    blankKey,
    anyCompression(inService()),
    damagedBatch(inService()),
    missingTopic('an event for a topic that does not exist is refused', inService()),
    foreignTopic(inService(), dialect.kafka.topics.callThread),
    wrongPassword,
  ],
});
