import { expect, test } from '@jest/globals';
import type { KafkaRecord } from '../../../contracts/messages/kafka.ts';
import { kafkaProfile } from '../../../contracts/messages/kafka.ts';
import { type Acknowledged, misdeliveries } from './delivery.ts';
import type { LoggedRecord } from './reader.ts';

const record: KafkaRecord = {
  topic: 'voice-callthread',
  key: { tenant: 't', subject: 'ct-1' },
  headers: { 'event-id': 'e-1' },
  value: { id: 'EventHeld', ConnID: '006a0301b2c3d001' },
};
const acknowledged = (offset: bigint, partition = 0): Acknowledged => ({ record, partition, offset });
const logged = (offset: bigint, changes: Partial<LoggedRecord> = {}): LoggedRecord => ({
  topic: record.topic,
  partition: 0,
  offset,
  key: Buffer.from('t:ct-1'),
  headers: [[Buffer.from('event-id'), Buffer.from('e-1')]],
  value: Buffer.from('{"id":"EventHeld","ConnID":"006a0301b2c3d001"}'),
  timestampMs: 1,
  ...changes,
});
const differences = (given: readonly Acknowledged[], log: readonly LoggedRecord[]) =>
  misdeliveries(given, log).map(({ difference }) => difference);

test('records that readers get as they were acknowledged are no news', () => {
  expect(misdeliveries([acknowledged(4n), acknowledged(6n)], [logged(4n), logged(5n), logged(6n)])).toEqual([]);
});

test.each<[string, Partial<LoggedRecord>, string]>([
  ['another key', { key: Buffer.from('t:ct-2') }, '$.key.subject: expected "ct-1", got "ct-2"'],
  ['no key', { key: null }, '$.key: expected an object, got null'],
  ['another field', { value: Buffer.from('{"id":"EventHeld","ConnID":"0"}') }, '$.value.ConnID: expected '],
  ['a further field', { value: Buffer.from('{"id":"EventHeld","ConnID":"006a0301b2c3d001","x":1}') }, '$.value.x: '],
  ['a header lost', { headers: [] }, '$.headers'],
])('%s is a misdelivery', (_, changes, difference) => {
  expect(differences([acknowledged(4n)], [logged(4n, changes)])[0]).toContain(difference);
});

test('a record that readers do not get is a misdelivery, and the title says so', () => {
  const [lost] = misdeliveries([acknowledged(4n)], [logged(5n)]);
  expect(lost?.readersGet).toBeNull();
  expect(kafkaProfile.title(lost)).toBe(
    'other content for readers than was acknowledged: readers of topic voice-callthread get nothing at its offset',
  );
});

test.each([
  ['an earlier offset', [acknowledged(4n), acknowledged(3n)]],
  ['another partition', [acknowledged(4n), acknowledged(9n, 1)]],
])('two records of one key, the second at %s, are turned round', (_, given) => {
  const log = [logged(3n), logged(4n), logged(9n, { partition: 1 })];
  expect(differences(given, log)).toEqual([
    'readers of topic voice-callthread get it before the record of the same key that was written before it',
  ]);
});
