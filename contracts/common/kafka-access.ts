import { assumed, destination, documented, inferred, type Step, state } from '../contract.ts';
import {
  type KafkaContent,
  type KafkaInteraction,
  protocolGuide,
  type Reading,
  type RecordTemplate,
  refusalLeavesNothing,
  topicExists,
  written,
} from './kafka-steps.ts';

/** Pieces that the contracts of records share: what a broker refuses to one user and grants to another. */

const neverTried = {
  side: 'destination',
  reason: 'a source that keeps the contract never tries; whatever one does that tries fails by the refusal',
} as const;

const groupRefused = ({ group, topic }: Reading): Step<KafkaContent> =>
  destination<KafkaContent>({ error: 'GROUP_AUTHORIZATION_FAILED', code: 30, topic, group });

/** A group that is closed to a reader by a rule of the broker's. */
export const closedGroup = ({ group, topic }: Reading): KafkaInteraction => ({
  description: `a reader that may not join group ${group} is refused`,
  basis: documented(`${protocolGuide}: 30 GROUP_AUTHORIZATION_FAILED; without the right to read, nobody joins a group`),
  given: [topicExists(topic), state('group is closed to readers', { group })],
  steps: [groupRefused({ group, topic })],
  negative: true,
  only: refusalLeavesNothing,
});

const authorization = 'Apache Kafka, authorization and ACLs: what no rule allows is refused';
const ownLogins = state('every service has a login of its own');

/** A record for a topic that the row does not write to. */
export const foreignTopic = (record: RecordTemplate, topic: string): KafkaInteraction => ({
  description: `a record for topic ${topic}, which is for others to write, is refused`,
  basis: inferred(`the row has no business there; ${authorization}, here with 29 TOPIC_AUTHORIZATION_FAILED`),
  given: [topicExists(topic), ownLogins],
  steps: [
    written({ ...record, topic }),
    destination<KafkaContent>({ error: 'TOPIC_AUTHORIZATION_FAILED', code: 29, topic }),
  ],
  negative: true,
  only: neverTried,
});

/** A group that belongs to another service. */
export const foreignGroup = (reading: Reading): KafkaInteraction => ({
  description: `group ${reading.group}, which is another service's, is closed to this one`,
  basis: inferred(
    `every service reads as a group of its own; ${authorization}, here with 30 GROUP_AUTHORIZATION_FAILED`,
  ),
  given: [topicExists(reading.topic), ownLogins],
  steps: [groupRefused(reading)],
  negative: true,
  only: neverTried,
});

/** Somebody who may read the topic and takes the service's own group for it. */
export const strangerInGroup = (reading: Reading, basis: KafkaInteraction['basis']): KafkaInteraction => ({
  description: `somebody else who joins group ${reading.group} is refused and takes no partition from it`,
  basis,
  given: [topicExists(reading.topic), state('a stranger may read topic', { topic: reading.topic })],
  steps: [groupRefused(reading)],
  negative: true,
  only: { side: 'destination', reason: 'it is about other clients than the source of the row' },
});

/** A service that does not know its password. */
export const wrongPassword: KafkaInteraction = {
  description: 'a login with another password is refused',
  basis: assumed(
    `every service logs in by SCRAM, though the sample of the Kafka secret names no login; ${protocolGuide}: 58 SASL_AUTHENTICATION_FAILED`,
  ),
  given: [state('the password is another one')],
  steps: [destination<KafkaContent>({ error: 'SASL_AUTHENTICATION_FAILED', code: 58 })],
  negative: true,
  only: { side: 'destination', reason: 'a source that keeps the contract has the password that it was given' },
};
