import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Json } from '../../../contracts/matchers.ts';
import type { KafkaRecord } from '../../../contracts/messages/kafka.ts';
import { fromWire, type StoredRecord, toWire } from './records.ts';

const stored = (parts: Partial<StoredRecord>): StoredRecord => ({
  topic: 'calls',
  key: null,
  headers: [],
  value: null,
  timestampMs: 0,
  ...parts,
});

function roundTrip(record: KafkaRecord): KafkaRecord {
  const { topic, key, headers, value, timestamp } = toWire(record);
  return fromWire({
    topic,
    key: key ?? null,
    headers: [...(headers as Map<Buffer, Buffer>)],
    value: value ?? null,
    timestampMs: Number(timestamp),
  });
}

describe('a key', () => {
  test.each([
    ['tenant:thread', { tenant: 'tenant', subject: 'thread' }],
    ['tenant:sip:call@host', { tenant: 'tenant', subject: 'sip:call@host' }],
    ['tenant:', { tenant: 'tenant', subject: '' }],
    ['no colon', 'no colon'],
  ])('%s is read in its parts', (text, key) => {
    expect(fromWire(stored({ key: Buffer.from(text) })).key).toEqual(key);
  });

  test('of bytes that are no text is base64', () => {
    expect(fromWire(stored({ key: Buffer.from([0xff, 0x00]) })).key).toEqual({ $bytes: '/wA=' });
  });
});

describe('a value', () => {
  test.each<[string, Json]>([
    ['{"id":"EventHeld"}', { id: 'EventHeld' }],
    ['{"id":', { $text: '{"id":' }],
    ['', { $text: '' }],
  ])('of %j is read as %j', (text, value) => {
    expect(fromWire(stored({ value: Buffer.from(text) })).value).toEqual(value);
  });

  test('of bytes that are no text is base64, and no value is null', () => {
    expect(fromWire(stored({ value: Buffer.from([0xc3]) })).value).toEqual({ $bytes: 'ww==' });
    expect(fromWire(stored({})).value).toBeNull();
  });
});

test('headers of one name are a list in their order', () => {
  const record: KafkaRecord = {
    topic: 'calls',
    key: null,
    headers: { a: ['1', '2'], b: '3' },
    value: 1,
    timestampMs: 5,
  };
  expect(roundTrip(record)).toEqual(record);
});

test('a header called __proto__ is only a header', () => {
  const { headers } = fromWire(stored({ headers: [[Buffer.from('__proto__'), Buffer.from('x')]] }));
  expect(Object.keys(headers ?? {})).toEqual(['__proto__']);
});

test('a record without a topic is refused in one sentence', () => {
  expect(() => toWire({ key: null, value: null } as unknown as KafkaRecord)).toThrow(
    'a Kafka record needs the name of a topic, got undefined',
  );
});

test('every record comes back from its bytes', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'ü', '€', '😀', ' ', '"', '\\'), minLength: 1 });
  const key = fc.oneof(fc.record({ tenant: word, subject: word }), word, fc.constant(null));
  const event = fc.dictionary(word, fc.jsonValue({ noUnicodeString: false }));
  fc.assert(
    fc.property(key, event, fc.dictionary(word, word), fc.nat(), (anyKey, value, headers, timestampMs) => {
      const record = { topic: 'calls', key: anyKey, headers, value: value as Json, timestampMs };
      expect(roundTrip(record)).toEqual(JSON.parse(JSON.stringify(record)));
    }),
  );
});
