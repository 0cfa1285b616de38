import type { Json } from '../matchers.ts';
import type { MessageProfile } from './profile.ts';

/**
 * A record's key. Every public key template is a tenant and something of that tenant, joined by a colon, so the two parts
 * stand apart and a contract can bind them to fields of the value. The text is split at its first colon.
 * Text without a colon stays text, bytes that are not UTF-8 are base64, no key at all is null.
 */
export type KafkaKey =
  | { readonly tenant: string; readonly subject: string }
  | string
  | { readonly $bytes: string }
  | null;

/**
 * A record as a producer writes it and as readers get it. The partition is left out on purpose: client libraries choose it
 * differently, and all that readers may rely on is the order within one key.
 */
export interface KafkaRecord {
  topic: string;
  key: KafkaKey;
  /** By name; a name that comes more than once has a list, in the order of the record. */
  headers?: Readonly<Record<string, string | readonly string[]>>;
  /** The parsed JSON; `{ $text }` where it does not parse, `{ $bytes }` in base64 where it is no text; null for no value. */
  value: Json;
  /** Milliseconds since the epoch, as the producer or, if the topic says so, the broker set it. */
  timestampMs?: number;
}

/** How the batch that carries a record may be compressed (Apache Kafka, "Record Batch", attributes). */
export const kafkaCompressions = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
export type KafkaCompression = (typeof kafkaCompressions)[number];

/** A record that is to be written, with what becomes of the batch that carries it. Readers get the record, and see nothing of it. */
export interface KafkaWriting extends KafkaRecord {
  /** As the writer likes when absent. */
  compression?: KafkaCompression;
  /** One bit of the batch is turned round after its checksum has been made, as a bad memory or network does. */
  damaged?: true;
}

/** The broker has taken a record. */
export interface KafkaAcknowledgement {
  acknowledged: true;
}

/** The broker has refused a record, a reader or a login; names and numbers as in the error table of the Apache Kafka protocol guide. */
export interface KafkaRefusal {
  error: string;
  code: number;
  /** What was not to be written or read; absent where a login was refused. */
  topic?: string;
  /** The consumer group, where a reader was refused. */
  group?: string;
  /** Who was refused, where a broker's own log tells it. */
  user?: string;
}

/** A record as the broker gives it to a consumer group, to whichever of its members has the partition. */
export interface KafkaDelivery extends KafkaRecord {
  group: string;
}

/**
 * A consumer group is done with a record: it has committed the offset behind it. Clients choose how many records one commit
 * covers, so there is one of these for each record covered, in the order of its partition.
 */
export interface KafkaCommit {
  group: string;
  topic: string;
  key: KafkaKey;
  /** The name of the event, `id` of the record's value; null where the value has none. */
  commits: Json;
}

/** A member leaves its group. What it has not committed goes to whoever takes over. */
export interface KafkaLeave {
  group: string;
  leaves: string;
}

/** The broker has acknowledged a record and gives its readers something else, or nothing (null). */
export interface KafkaMisdelivery {
  readersGet: KafkaRecord | null;
  acknowledged: KafkaRecord;
  /** What differs, in one sentence. */
  difference: string;
}

const timestamp = { path: '$.timestampMs', reason: 'the producer or, if the topic says so, the broker sets it' };

/**
 * How records are compared: fields, headers and attributes that a contract does not name are allowed, since events carry
 * many conditional attributes and readers have to ignore what they do not know.
 */
export const kafkaProfile: MessageProfile = {
  strict: { source: [], destination: [] },
  identity: {
    source: ['$.topic', '$.value.id', '$.key.tenant', '$.key.subject', '$.group', '$.commits'],
    destination: ['$.error', '$.acknowledged', '$.group', '$.topic', '$.value.id', '$.key.tenant', '$.key.subject'],
  },
  free: { source: [timestamp], destination: [timestamp] },
  title(content) {
    const { topic, key, value, error, code, difference, acknowledged, group, commits, leaves } = fields(content);
    if (difference !== undefined) return `other content for readers than was acknowledged: ${text(difference)}`;
    if (acknowledged !== undefined) return 'an acknowledgement';
    const reader = group === undefined ? '' : ` to group ${text(group)}`;
    if (error !== undefined) {
      const where = topic === undefined ? '' : ` for topic ${text(topic)}`;
      return `${text(error)}${code === undefined ? '' : ` (${text(code)})`}${where}${reader}`;
    }
    if (leaves !== undefined) return `a member of group ${text(group)} leaves ${text(leaves)}`;
    if (topic === undefined) return 'not a Kafka message';
    if (commits !== undefined) return `group ${text(group)} is done with ${recordText(commits, topic, key)}`;
    return `${recordText(fields(value).id, topic, key)}${reader}`;
  },
};

function fields(content: unknown): Record<string, unknown> {
  return typeof content === 'object' && content !== null ? (content as Record<string, unknown>) : {};
}

/** A value or, where a template has a matcher in its place, the matcher's example. */
function text(value: unknown): string {
  const { value: example } = fields(value);
  return example === undefined ? String(value) : text(example);
}

function recordText(id: unknown, topic: unknown, key: unknown): string {
  return `${id === undefined || id === null ? 'a record without id' : text(id)} on ${text(topic)} with key ${keyText(key)}`;
}

function keyText(key: unknown): string {
  const { tenant, subject, $bytes } = fields(key);
  if (tenant !== undefined || subject !== undefined) return `${text(tenant)}:${text(subject)}`;
  if ($bytes !== undefined) return `${text($bytes)} (base64)`;
  return key === null ? 'null' : text(key);
}
