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
import { numberOf } from '../common/number-of.ts';
import { assumed, documented, inferred } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { bound, integer, like, notEmpty, regex, string, text } from '../matchers.ts';
import { world } from '../world.ts';

const { call, dns, now, registration, sipProxyNode, tenant } = world;
const topic = dialect.kafka.topics.sipTransaction;
const sipUri = (example: string) => text(regex('^sips?:.+$', example));

const callIdOf = (example: string): Subject => ({ name: 'SIP call', like: notEmpty<string>(example), example });
const ofCall = callIdOf('f81d4fae@sbc.voice.example');
const ofRegistration = callIdOf(registration.callId);
const ofProbe = callIdOf('ping-1@sbc.voice.example');

const agentUri = `sip:${dns.agent.number}@${tenant.sipDomain}`;
const transaction = (subject: Subject, more: Attributes) => ({
  id: dialect.kafka.sip.transaction,
  time: { sec: integer(now.sec), usec: integer(now.usec) },
  sipCallId: bound(subject.name, subject.example),
  cseq: integer(1),
  fromUri: sipUri(`sip:${call.ani}@sbc.voice.example`),
  toUri: sipUri(`sip:${dns.routePoint.number}@${tenant.sipDomain}`),
  direction: text(regex('^(in|out)$', 'in')),
  peer: text(notEmpty('sbc')),
  node: text(notEmpty(sipProxyNode.id)),
  durationMs: numberOf('^[0-9]+$', 38),
  ...more,
});
/** RFC 3261, section 21: the first digit of a status code is 1 to 6. */
const first = (subject: Subject, more: Attributes): RecordTemplate => ({
  topic,
  key: newKey(subject),
  value: transaction(subject, more),
});
const next = (subject: Subject, more: Attributes): RecordTemplate => ({
  ...first(subject, more),
  key: sameKey(subject),
});

const shape = assumed(
  'no document names a topic or its fields: one record a SIP transaction, keyed by tenant and Call-ID, with what reporting may count',
);
const invited = first(ofCall, { method: 'INVITE', statusCode: 200 });

const invite: KafkaInteraction = {
  description: 'an INVITE that is answered with 200',
  basis: shape,
  given: [topicExists(topic)],
  steps: [written(invited)],
};

const fromPhone = {
  method: 'REGISTER',
  fromUri: sipUri(agentUri),
  toUri: sipUri(agentUri),
  peer: text(notEmpty('phone')),
};
const challenged: KafkaInteraction = {
  description: 'a REGISTER that is challenged is two records: 401, then 200, in order on one key',
  basis: inferred(
    'RFC 3261, section 22.2: who is challenged sends the request again in a new transaction, with the same Call-ID; one record a transaction is assumed',
  ),
  given: [topicExists(topic)],
  steps: [
    written(first(ofRegistration, { ...fromPhone, statusCode: 401, cseq: 1 })),
    written(next(ofRegistration, { ...fromPhone, statusCode: 200, cseq: 2 })),
  ],
};

const unanswered: KafkaInteraction = {
  description: 'an OPTIONS that nobody answers in time is 408',
  basis: documented('RFC 3261, section 8.1.3.1: a transaction that times out counts as 408 Request Timeout'),
  given: [topicExists(topic)],
  steps: [written(first(ofProbe, { method: 'OPTIONS', statusCode: 408, direction: 'out' }))],
};

const noSuchStatus: KafkaInteraction = {
  description: 'a status code below 100 or above 699 is never written',
  basis: documented('RFC 3261, section 7.2: status codes have three digits, the first of them 1 to 6'),
  given: [topicExists(topic)],
  steps: [written(first(ofCall, { method: 'INVITE', statusCode: numberOf('^[1-6][0-9]{2}$', 200) }))],
  forbidden: [
    wrong({ topic, value: { statusCode: numberOf('^[0-9]{1,2}$', 99) } }),
    wrong({ topic, value: { statusCode: numberOf('^([7-9][0-9]{2}|[0-9]{4,})$', 700) } }),
  ],
  negative: true,
  only: onlyWritersCan,
};

const secrets: KafkaInteraction = {
  description: 'credentials and session descriptions are never written',
  basis: assumed('reporting counts transactions; digest credentials and SDP would only be there to leak'),
  given: [topicExists(topic)],
  steps: [written(invited)],
  forbidden: [
    ...['authorization', 'proxyAuthorization', 'Authorization', 'Proxy-Authorization'].map((name) =>
      wrong({ topic, value: { [name]: string('Digest username="7001"') } }),
    ),
    ...['headers', 'sipHeaders'].map((name) =>
      wrong({ topic, value: { [name]: { authorization: string('Digest') } } }),
    ),
    wrong({ topic, headers: { authorization: string('Digest username="7001"') } }),
    wrong({ topic, value: { sdp: like('v=0') } }),
  ],
  negative: true,
  only: onlyWritersCan,
};

const blankKey: KafkaInteraction = {
  description: 'a record without a value, or whose key names no SIP call, is never written',
  basis: assumed('without the Call-ID nobody can tell whose transaction it was'),
  given: [topicExists(topic)],
  steps: [written(invited)],
  forbidden: neverWithoutKeyOrValue(topic),
  negative: true,
  only: onlyWritersCan,
};

export default defineContract<KafkaContent>({
  connection: 60,
  interactions: [
    invite,
    challenged,
    unanswered,
    noSuchStatus,
    secrets,
    blankKey,
    anyCompression(invited),
    damagedBatch(invited),
    missingTopic('a record for a topic that does not exist is refused', invited),
    foreignTopic(invited, dialect.kafka.topics.callThread),
    wrongPassword,
  ],
});
