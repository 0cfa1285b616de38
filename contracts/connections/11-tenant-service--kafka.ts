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
  topicExists,
  written,
  wrong,
} from '../common/kafka-steps.ts';
import { assumed, documented } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { bound, equal, integer, type Json, notEmpty, regex, string, type Template, text } from '../matchers.ts';
import { world } from '../world.ts';

const { attempt, callingList, campaign, customer, now } = world;
const names = dialect.kafka.outbound;
const topic = dialect.kafka.topics.outbound;

/** The fields that an outbound contact server attaches to a call have public names and types. */
const reference = 'Outbound Contact Reference Manual, communication protocols; HTCC API, outbound events';
/** Digits and capitals, 32 of them. */
const guid = (example: string) => text(regex('^[0-9A-Z]{32}$', example));
const time = { sec: integer(now.sec), usec: integer(now.usec) };

const ofAttempt: Subject = { name: 'attempt', like: guid(attempt.guid), example: attempt.guid };
const ofLaterAttempt: Subject = { name: 'later attempt', like: guid(attempt.laterGuid), example: attempt.laterGuid };
const ofGroup: Subject = {
  name: 'campaign group',
  like: text(regex('^[0-9]+$', String(campaign.groupDbid))),
  example: String(campaign.groupDbid),
};

const callResult = (subject: Subject, more: Attributes = {}): Template<Json> => ({
  id: names.callResult,
  time,
  GSW_CAMPAIGN_NAME: text(notEmpty(campaign.name)),
  GSW_CAMPAIGN_GROUP_DBID: integer(campaign.groupDbid),
  GSW_CALLING_LIST: text(notEmpty(callingList.name)),
  GSW_CALLING_LIST_DBID: integer(callingList.dbid),
  GSW_CALL_RESULT: integer(33),
  GSW_ATTEMPTS: integer(1),
  GSW_CALL_ATTEMPT_GUID: bound(subject.name, subject.example),
  GSW_PHONE: text(notEmpty(customer.phone)),
  GSW_TZ_NAME: string('PST'),
  GSW_TZ_OFFSET: integer(-28_800),
  ...more,
});
const result = (subject: Subject, more?: Attributes): RecordTemplate => ({
  topic,
  key: newKey(subject),
  value: callResult(subject, more),
});

const oneCall: KafkaInteraction = {
  description: 'the result of an outbound call, keyed by its attempt',
  basis: documented(`${reference}: names, numbers and the 32 characters of the attempt; topic, key and id are assumed`),
  given: [topicExists(topic)],
  steps: [written(result(ofAttempt))],
};

const campaignStatus = (description: string, status: string): KafkaInteraction => ({
  description,
  basis: assumed('a campaign has no attempt, so the key has the DBID of the campaign group in its place'),
  given: [topicExists(topic)],
  steps: [
    written({
      topic,
      key: newKey(ofGroup),
      value: {
        id: names.campaignStatus,
        time,
        GSW_CAMPAIGN_NAME: text(notEmpty(campaign.name)),
        GSW_CAMPAIGN_GROUP_DBID: integer(campaign.groupDbid),
        [names.statusAttribute]: status,
      },
    }),
  ],
});

const again: KafkaInteraction = {
  description: 'a second attempt has an id of its own and is counted up',
  basis: documented(`${reference}: GSW_CALL_ATTEMPT_GUID names one attempt, GSW_ATTEMPTS counts them`),
  given: [topicExists(topic)],
  // Two keys: nobody may rely on the order of the two.
  steps: [
    written(result(ofAttempt, { GSW_ATTEMPTS: 1 })),
    written(result(ofLaterAttempt, { GSW_ATTEMPTS: 2 }), { lane: 'later attempt' }),
  ],
  forbidden: [wrong({ topic, value: { GSW_CALL_ATTEMPT_GUID: bound('attempt', attempt.guid), GSW_ATTEMPTS: 2 } })],
};

const textResult: KafkaInteraction = {
  description: 'a call result that is no number is never written',
  basis: documented(`${reference}: GSW_CALL_RESULT is an integer`),
  given: [topicExists(topic)],
  steps: [written(result(ofAttempt))],
  forbidden: [wrong({ topic, value: { GSW_CALL_RESULT: string('33') } })],
  negative: true,
  only: onlyWritersCan,
};

const foreignKey: KafkaInteraction = {
  description: 'a record without a value, or whose key names no attempt, is never written',
  basis: assumed('reporting finds the attempt by the key, and a record without a value tells it nothing'),
  given: [topicExists(topic)],
  steps: [written(result(ofAttempt))],
  forbidden: [
    ...neverWithoutKeyOrValue(topic),
    wrong({ topic, value: { id: names.callResult, GSW_CALL_ATTEMPT_GUID: equal('') } }),
  ],
  negative: true,
  only: onlyWritersCan,
};

export default defineContract<KafkaContent>({
  connection: 11,
  interactions: [
    oneCall,
    campaignStatus('a campaign group is started', names.statuses.started),
    campaignStatus('a campaign group is stopped', names.statuses.stopped),
    again,
    textResult,
    foreignKey,
    anyCompression(result(ofAttempt)),
    damagedBatch(result(ofAttempt)),
    missingTopic('a record for a topic that does not exist is refused', result(ofAttempt)),
    foreignTopic(result(ofAttempt), dialect.kafka.topics.callThread),
    wrongPassword,
  ],
});
