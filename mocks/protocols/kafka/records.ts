import type { MessageToProduce } from '@platformatic/kafka';
import type { Json } from '../../../contracts/matchers.ts';
import type { KafkaCommit, KafkaKey, KafkaRecord } from '../../../contracts/messages/kafka.ts';

/** What a broker stores of a record, as far as contracts speak of it. */
export interface StoredRecord {
  topic: string;
  key: Buffer | null;
  headers: readonly (readonly [name: Buffer | null, value: Buffer | null])[];
  value: Buffer | null;
  /** Milliseconds since the epoch. */
  timestampMs: number;
}

/** The bytes of a record in logical form. @throws TypeError when it has no topic */
export function toWire(record: KafkaRecord): MessageToProduce<Buffer, Buffer, Buffer, Buffer> {
  if (typeof record.topic !== 'string' || record.topic === '') {
    throw new TypeError(`a Kafka record needs the name of a topic, got ${JSON.stringify(record.topic)}`);
  }
  const key = keyBytes(record.key);
  const value = valueBytes(record.value);
  return {
    topic: record.topic,
    ...(key === null ? {} : { key }),
    ...(value === null ? {} : { value }),
    // A map of buffers keeps two headers of one name apart.
    headers: new Map(headerPairs(record.headers)),
    ...(record.timestampMs === undefined ? {} : { timestamp: BigInt(record.timestampMs) }),
  };
}

/** The logical form of what a broker gave. It never throws: bytes that cannot be read are given as bytes. */
export function fromWire({ topic, key, headers, value, timestampMs }: StoredRecord): KafkaRecord {
  const named: Record<string, string | string[]> = Object.create(null);
  for (const [name, content] of headers) {
    const title = name?.toString() ?? '';
    const text = content?.toString() ?? '';
    const known = named[title];
    named[title] = known === undefined ? text : [known, text].flat();
  }
  return { topic, key: readKey(key), headers: { ...named }, value: readValue(value), timestampMs };
}

/** That a group is done with a record, as contracts say it. */
export function commitOf(group: string, { topic, key, value }: KafkaRecord): KafkaCommit {
  const named = typeof value === 'object' && value !== null && 'id' in value;
  return { group, topic, key, commits: named ? (value.id ?? null) : null };
}

function keyBytes(key: KafkaKey | undefined): Buffer | null {
  if (key === null || key === undefined) return null;
  if (typeof key === 'string') return Buffer.from(key);
  return '$bytes' in key ? Buffer.from(key.$bytes, 'base64') : Buffer.from(`${key.tenant}:${key.subject}`);
}

function readKey(bytes: Buffer | null): KafkaKey {
  if (bytes === null) return null;
  const text = utf8(bytes);
  if (text === undefined) return { $bytes: bytes.toString('base64') };
  const colon = text.indexOf(':');
  return colon < 0 ? text : { tenant: text.slice(0, colon), subject: text.slice(colon + 1) };
}

function valueBytes(value: Json | undefined): Buffer | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'object' && '$text' in value) return Buffer.from(String(value.$text));
  if (typeof value === 'object' && '$bytes' in value) return Buffer.from(String(value.$bytes), 'base64');
  return Buffer.from(JSON.stringify(value));
}

function readValue(bytes: Buffer | null): Json {
  if (bytes === null) return null;
  const text = utf8(bytes);
  if (text === undefined) return { $bytes: bytes.toString('base64') };
  try {
    return JSON.parse(text) as Json;
  } catch {
    return { $text: text };
  }
}

function headerPairs(headers: KafkaRecord['headers'] = {}): [Buffer, Buffer][] {
  return Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((value): [Buffer, Buffer] => [Buffer.from(name), Buffer.from(value)]),
  );
}

function utf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
