import { type CallEventName, callEvent, connId } from '../common/call-event.ts';
import { closedGroup, foreignGroup, foreignTopic, strangerInGroup, wrongPassword } from '../common/kafka-access.ts';
import { inEveryCompression, readersDecompress } from '../common/kafka-batches.ts';
import {
  type Attributes,
  committed,
  delivered,
  type KafkaContent,
  type KafkaInteraction,
  missingTopicToRead,
  neverRead,
  newKey,
  type RecordTemplate,
  type Subject,
  sameKey,
  takenOver,
  upToDate,
  waits,
} from '../common/kafka-steps.ts';
import { assumed, documented, inferred, type Step } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { bind, bound, type Json, notEmpty, type Template } from '../matchers.ts';
import type { KafkaKey } from '../messages/kafka.ts';
import { world } from '../world.ts';

/**
 * The text of the row says that the service provides data for reporting; its public metrics are those of a reader. So it
 * reads the call events of row 50, as group `callthread`. What it makes of them is in its cache, row 42.
 */
const { call, now } = world;
const { topics, groups } = dialect.kafka;
const reading = { group: groups.callState, topic: topics.callThread };
const thread: Subject = { name: 'call thread', like: notEmpty<string>(call.threadId), example: call.threadId };

const newCall: Attributes = { ConnID: bind('call', connId(call.connId)) };
const sameCall: Attributes = { ConnID: bound('call', call.connId) };
const first = (name: CallEventName): RecordTemplate => ({
  topic: reading.topic,
  key: newKey(thread),
  value: callEvent(name, newCall),
});
const next = (name: CallEventName): RecordTemplate => ({
  topic: reading.topic,
  key: sameKey(thread),
  value: callEvent(name, sameCall),
});

const handled = (record: RecordTemplate, commits: string | null, key = sameKey(thread)) => [
  delivered(reading.group, record),
  committed(reading, { key, commits }),
];
type Named = readonly [record: RecordTemplate, commits: string | null];
const inOrder = (records: readonly Named[]): Step<KafkaContent>[] =>
  records.flatMap(([record, commits]) => handled(record, commits));
const waiting = (records: readonly Named[]) => records.map(([record]) => waits(record));

const metrics = 'Voice Call State Service metrics: messages received, errors, latency and rebalances of a Kafka reader';
const reads = inferred(
  `${metrics}; Voice Microservices, Events and models, Topics: nobody else may use the group callthread`,
);

const strangersKeepOut = documented(
  'Voice Microservices, Events and models, Topics: nobody else may use the group callthread',
);

const ringing: readonly Named[] = [[first('EventRinging'), 'EventRinging']];
const newThread: KafkaInteraction = {
  description: 'the first event of a call thread is read and done with',
  basis: reads,
  given: [...upToDate(reading), ...waiting(ringing)],
  steps: inOrder(ringing),
};

const life: readonly Named[] = [
  [first('EventRinging'), 'EventRinging'],
  [next('EventEstablished'), 'EventEstablished'],
  [next('EventReleased'), 'EventReleased'],
];
const oneThread: KafkaInteraction = {
  description: 'the events of one call thread are done with in their order',
  basis: documented('Apache Kafka, introduction: records of one key are read in the order in which they were written'),
  given: [...upToDate(reading), ...waiting(life)],
  steps: inOrder(life),
};

const longLife: readonly Named[] = [
  [first('EventRinging'), 'EventRinging'],
  [next('EventEstablished'), 'EventEstablished'],
  [next('EventHeld'), 'EventHeld'],
  [next('EventRetrieved'), 'EventRetrieved'],
  [next('EventReleased'), 'EventReleased'],
];
const compressed: KafkaInteraction = {
  description: 'events are read whatever the compression of their batches',
  basis: readersDecompress,
  given: [...upToDate(reading), ...inEveryCompression(longLife.map(([record]) => record))],
  steps: inOrder(longLife),
};

const writtenAtMs = now.sec * 1_000 + 125;
const stamped: RecordTemplate = { ...first('EventRinging'), timestampMs: writtenAtMs };
const latency: KafkaInteraction = {
  description: 'an event carries the time at which it was written, from which the latency is counted',
  basis: inferred(`${metrics}; the latency is the time from writing to reading, and only the record has the first`),
  given: [...upToDate(reading), waits(stamped)],
  steps: handled(stamped, 'EventRinging'),
};

const replay: KafkaInteraction = {
  description: 'a group that has committed nothing reads the topic from its oldest event',
  basis: assumed('the cache can be built anew from the topic, so the service begins with the oldest event there is'),
  given: [...neverRead(reading), ...waiting(life)],
  steps: inOrder(life),
};

const twice: readonly Named[] = [
  [first('EventRinging'), 'EventRinging'],
  [next('EventRinging'), 'EventRinging'],
];
const duplicate: KafkaInteraction = {
  description: 'an event that comes twice is done with twice',
  basis: inferred('Kafka delivers at least once; what a copy changes in the cache is up to row 42, which is nothing'),
  given: [...upToDate(reading), ...waiting(twice)],
  steps: inOrder(twice),
};

const rebalanced = takenOver('an event that was not done with goes to the member that takes over', reading, [
  { ...first('EventRinging'), commits: 'EventRinging' },
  { ...next('EventEstablished'), commits: 'EventEstablished' },
]);

/** A record that cannot be used. */
const passedOver = (
  description: string,
  basis: KafkaInteraction['basis'],
  record: RecordTemplate,
  commits: string | null,
  key: Template<KafkaKey> = sameKey(thread),
): KafkaInteraction => ({
  description,
  basis,
  given: [...upToDate(reading), waits(record)],
  steps: handled(record, commits, key),
  negative: true,
});
const counted =
  'the metrics of the service count errors of its reader; that the offset is committed is assumed, lest one record stop all that follow';

const { CallThreadID: _, ...threadless } = callEvent('EventRinging', newCall) as Record<string, Template<Json>>;
const noThread = passedOver(
  'an event without CallThreadID is passed over and done with',
  inferred(`Voice Microservices, Events and models: CallThreadID is mandatory; ${counted}`),
  { ...first('EventRinging'), value: threadless },
  'EventRinging',
);
const broken = passedOver(
  'an event that is no JSON is passed over and done with',
  inferred(`Voice Microservices, Events and models, Topics: values are JSON; ${counted}`),
  { ...first('EventRinging'), value: { $text: '<EventRinging/>' } },
  null,
);
const tombstone = passedOver(
  'an event without a value is passed over and done with',
  assumed('nobody writes records without a value on purpose, and a reader passes them over'),
  { ...first('EventRinging'), value: null },
  null,
);

const bytes = { $bytes: Buffer.from([0xff, 0x00, 0x80]).toString('base64') };
const noText = passedOver(
  'an event that is no text is passed over and done with',
  inferred(
    `Voice Microservices, Events and models, Topics: the key is {tenant_id}:{callthread_id}, of JSON; ${counted}`,
  ),
  { topic: reading.topic, key: bytes, value: bytes },
  null,
  bytes,
);

export default defineContract<KafkaContent>({
  connection: 56,
  interactions: [
    newThread,
    oneThread,
    compressed,
    latency,
    replay,
    duplicate,
    rebalanced,
    noThread,
    broken,
    tombstone,
    noText,
    closedGroup(reading),
    strangerInGroup(reading, strangersKeepOut),
    foreignGroup({ group: groups.agentState, topic: reading.topic }),
    foreignTopic(first('EventRinging'), reading.topic),
    missingTopicToRead(reading),
    wrongPassword,
  ],
});
