import {
  destination,
  documented,
  type Interaction,
  type ProviderState,
  type Step,
  source,
  state,
} from '../contract.ts';
import { dialect } from '../dialect.ts';
import { bind, type Json, type Matcher, nullValue, regex, type Template } from '../matchers.ts';
import { compile } from '../matching.ts';
import type {
  KafkaAcknowledgement,
  KafkaCommit,
  KafkaDelivery,
  KafkaKey,
  KafkaLeave,
  KafkaRecord,
  KafkaRefusal,
  KafkaWriting,
} from '../messages/kafka.ts';
import { world } from '../world.ts';

/** Pieces that the contracts of records share: keys, what is never written, what a group is given, and what it commits. */

/** What is forbidden is described by the parts that make it wrong. */
export type AnyRecordOf = Pick<KafkaRecord, 'topic'> & Partial<KafkaRecord>;
export type KafkaContent =
  | KafkaWriting
  | AnyRecordOf
  | KafkaDelivery
  | KafkaCommit
  | KafkaLeave
  | KafkaAcknowledgement
  | KafkaRefusal;
export type KafkaInteraction = Interaction<KafkaContent>;

export type Attributes = { readonly [name: string]: Template<Json> };

/** A record as a contract describes it. */
export interface RecordTemplate {
  topic: string;
  key: Template<KafkaKey>;
  value: Template<Json>;
  headers?: Template<KafkaRecord['headers']>;
  timestampMs?: Template<number>;
}

const { tenant } = world;
const uuidVersion4 = '^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$';
const tenantUuid = regex(uuidVersion4, tenant.uuid);

/** The name that the second part of a key has in an interaction, and what it is like. */
export interface Subject {
  name: string;
  like: Matcher<string>;
  example: string;
}

/** The first key of an interaction: all that follow have to carry it again. */
export const newKey = ({ name, like }: Subject): Template<KafkaKey> => ({
  tenant: bind('tenant', tenantUuid),
  subject: bind(name, like),
});
/** The key that was first. It keeps its form where the first one was lost or broken, so that its fault stays with that. */
export const sameKey = ({ name, like }: Subject): Template<KafkaKey> => ({
  tenant: boundLike('tenant', tenantUuid),
  subject: boundLike(name, like),
});

/** Equal to what was remembered; like the matcher's own value where nothing was. */
export function boundLike<T>(name: string, { value, ...own }: Matcher<T>): Matcher<T> {
  const type = own['pact:matcher:type'];
  const rules = typeof type === 'string' ? [own as { [option: string]: Json }] : type;
  return {
    'pact:matcher:type': [{ 'pact:matcher:type': 'bound', name }, ...rules],
    ...(value === undefined ? {} : { value }),
  };
}

/** A record that is written, and what becomes of its batch where that matters. */
export type WritingTemplate = RecordTemplate & Pick<KafkaWriting, 'compression' | 'damaged'>;

/** A record that the source writes. */
export const written = (record: WritingTemplate, options: Omit<Step, 'from' | 'content'> = {}): Step<KafkaContent> =>
  source<KafkaContent>(record as Template<KafkaWriting>, options);
/** A record that is never to be written. */
export const wrong = (part: Template<AnyRecordOf>): Step<KafkaContent> => source<KafkaContent>(part);

/** A key that names nobody, and a record without a value, are never written. */
export const neverWithoutKeyOrValue = (topic: string): Step<KafkaContent>[] => [
  wrong({ topic, key: { tenant: regex('.*', tenant.uuid), subject: '' } }),
  wrong({ topic, key: nullValue() }),
  wrong({ topic, value: nullValue() }),
];

export const topicExists = (topic: string): ProviderState => state('topic exists', { topic });
const topicIsMissing = (topic: string): ProviderState => state('topic is missing', { topic });

/** Why only a source can be judged by what it must not write. */
export const onlyWritersCan = {
  side: 'source',
  reason: 'a broker takes any key and any value; what is forbidden here, only a source can do',
} as const;
/** Why only a broker can be judged by what it refuses. */
export const refusalLeavesNothing = {
  side: 'destination',
  reason: 'what a broker refuses leaves nothing behind by which a source could be judged',
} as const;
const cannotBeSeen = {
  side: 'destination',
  reason: 'a broker does not tell when a member leaves; what comes of it for the source is in the other interactions',
} as const;

export const protocolGuide = 'Apache Kafka protocol guide, error codes';

/** A topic that is not there takes no record. */
export const missingTopic = (description: string, record: RecordTemplate): KafkaInteraction => ({
  description,
  basis: documented(`${protocolGuide}: 3 UNKNOWN_TOPIC_OR_PARTITION; topics have to exist before they are used`),
  given: [topicIsMissing(record.topic)],
  steps: [
    written(record),
    destination<KafkaContent>({ error: 'UNKNOWN_TOPIC_OR_PARTITION', code: 3, topic: record.topic }),
  ],
  negative: true,
  only: refusalLeavesNothing,
});

/** What a contract says of one group and the topic that it reads. */
export interface Reading {
  group: string;
  topic: string;
}

/** The record is there when the group comes. */
export const waits = (record: WritingTemplate): ProviderState =>
  state('topic holds record', { record: JSON.stringify(compile(record).example) });
/** The topic is there and the group is done with all that it holds. */
export const upToDate = ({ group, topic }: Reading): ProviderState[] => [
  topicExists(topic),
  state('group has read everything', { group, topic }),
];
/** The topic is there and empty, and the group has never read it. */
export const neverRead = ({ group, topic }: Reading): ProviderState[] => [
  topicExists(topic),
  state('topic holds nothing', { topic }),
  state('group has read nothing', { group, topic }),
];

/**
 * What a group is given, what the source writes because of it, and what it commits can only be seen each by itself, so they
 * have lanes of their own. `of` sets one key's lanes apart from another's.
 */
const lane = (name: string, of: string) => ({ lane: of === '' ? name : `${name} of ${of}` });

/** The group is given a record. */
export const delivered = (group: string, record: RecordTemplate, of = ''): Step<KafkaContent> =>
  destination<KafkaContent>({ group, ...record } as Template<KafkaDelivery>, lane('deliveries', of));
/** The group is done with a record; `key` and `commits` tell which. */
export const committed = (
  { group, topic }: Reading,
  { key, commits }: Pick<RecordTemplate, 'key'> & { commits: string | null },
  of = '',
): Step<KafkaContent> =>
  source<KafkaContent>({ group, topic, key, commits } as Template<KafkaCommit>, lane('commits', of));
/** What the source writes because of what it was given. */
export const writtenThen = (record: RecordTemplate, of = ''): Step<KafkaContent> =>
  written(record, lane('records', of));

/** A group that reads a topic which is not there is told so. */
export const missingTopicToRead = ({ group, topic }: Reading): KafkaInteraction => ({
  description: 'a reader of a topic that does not exist is told so',
  basis: documented(`${protocolGuide}: 3 UNKNOWN_TOPIC_OR_PARTITION; topics have to exist before they are used`),
  given: [topicIsMissing(topic)],
  steps: [destination<KafkaContent>({ error: 'UNKNOWN_TOPIC_OR_PARTITION', code: 3, topic, group })],
  negative: true,
  only: refusalLeavesNothing,
});

/** A record that its reader did not commit is given to the member that takes over, and none that it did. */
export const takenOver = (
  description: string,
  { group, topic }: Reading,
  [done, open]: readonly [RecordTemplate & { commits: string }, RecordTemplate & { commits: string }],
): KafkaInteraction => {
  const [{ commits: first, ...firstRecord }, { commits: second, ...secondRecord }] = [done, open];
  return {
    description,
    basis: documented(
      'Apache Kafka, KafkaConsumer: a partition that goes to another member is read from the last committed offset',
    ),
    given: [...upToDate({ group, topic }), waits(firstRecord), waits(secondRecord)],
    steps: [
      delivered(group, firstRecord),
      delivered(group, secondRecord),
      committed({ group, topic }, { key: firstRecord.key, commits: first }),
      source<KafkaContent>({ group, leaves: topic }, lane('commits', '')),
      delivered(group, secondRecord),
      committed({ group, topic }, { key: secondRecord.key, commits: second }),
    ],
    only: cannotBeSeen,
  };
};

/** The header by which readers tell the copies of one event apart from other events. */
export const eventId = dialect.kafka.headers.eventId;
