import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connectionByNumber } from '../../../contracts/architecture.ts';
import { loadContracts } from '../../../contracts/catalogue.ts';
import type { ProviderState } from '../../../contracts/contract.ts';
import type { KafkaRecord } from '../../../contracts/messages/kafka.ts';
import { LogReader } from '../../protocols/kafka/reader.ts';
import { Recorder } from '../../protocols/kafka/recorder.ts';
import { fromWire } from '../../protocols/kafka/records.ts';
import { type KafkaBroker, startKafka } from '../../protocols/kafka/server.ts';
import { Stage } from '../../protocols/kafka/stage.ts';
import mock from './mock.ts';

const topic = 'held';
const group = 'readers';

let broker: KafkaBroker;
let recorder: Recorder;
let stage: Stage;
let reader: LogReader;

beforeAll(async () => {
  broker = await startKafka({ listen: { host: '127.0.0.1', port: 0 } });
  recorder = await Recorder.start(broker.address);
  stage = new Stage(broker.address, recorder);
  reader = new LogReader(broker.address);
  await stage.topics.ensure(topic);
}, 90_000);

afterAll(async () => {
  await Promise.all([recorder?.close(), stage?.close(), reader?.close()]);
  await broker?.close();
});

async function set(name: string, params: ProviderState['params']): Promise<() => Promise<void>> {
  const { undo = async () => {} } = (await mock.states[name]?.(stage, params)) ?? {};
  return undo;
}

const record = (id: string): KafkaRecord => ({ topic, key: { tenant: 't', subject: 's' }, headers: {}, value: { id } });
const holds = (id: string) => set('topic holds record', { record: JSON.stringify(record(id)) });

async function held(): Promise<unknown[]> {
  const [starts, ends] = await Promise.all([reader.starts(topic), stage.topics.ends(topic)]);
  const stretches = ends.map((to, partition) => ({ topic, partition, from: starts[partition] ?? to, to }));
  return (await reader.read(stretches)).map((each) => fromWire(each).value);
}

const positions = async () => [...(await stage.groups.positions(group, topic))];

test('every state that a contract names has a handler, and none is left over', async () => {
  const contracts = await loadContracts();
  const given = contracts
    .filter(({ connection }) => connectionByNumber(connection)?.listens === 'Kafka')
    .flatMap(({ interactions }) => interactions.flatMap((each) => each.given));
  expect(new Set(given.map(({ name }) => name))).toEqual(new Set(Object.keys(mock.states)));
});

test('records are there until the state is undone, and none of it is a doing of a source', async () => {
  const undoFirst = await holds('first');
  const undoSecond = await holds('second');
  expect(await held()).toEqual([{ id: 'first' }, { id: 'second' }]);
  await undoSecond();
  await undoFirst();
  expect(await held()).toEqual([]);
  await recorder.settled();
  expect(recorder.exchanges()).toEqual([]);
});

test('a record keeps its bytes and its time', async () => {
  const bytes = { topic, key: { $bytes: '/wA=' }, headers: { twice: ['b', 'a'] }, value: null, timestampMs: 1_000 };
  const undo = await set('topic holds record', { record: JSON.stringify(bytes) });
  const [starts, ends] = await Promise.all([reader.starts(topic), stage.topics.ends(topic)]);
  const stretches = ends.map((to, partition) => ({ topic, partition, from: starts[partition] ?? to, to }));
  expect((await reader.read(stretches)).map(fromWire)).toEqual([bytes]);
  await undo();
});

test('a topic that holds nothing has lost what it held', async () => {
  await holds('gone');
  await set('topic holds nothing', { topic });
  expect(await held()).toEqual([]);
});

test('a group is put at the end, taken away, and put back where it was', async () => {
  await holds('read');
  const undoRead = await set('group has read everything', { group, topic });
  expect(await positions()).toEqual(await stage.topics.ends(topic));
  const undoNew = await set('group has read nothing', { group, topic });
  expect(await positions()).toEqual([]);
  await undoNew();
  expect(await positions()).toEqual(await stage.topics.ends(topic));
  await undoRead();
  expect(await positions()).toEqual([]);
  await recorder.settled();
  expect(recorder.exchanges()).toEqual([]);
});

test('a group is closed and open again, and its offsets can be seen all the while', async () => {
  await set('group has read everything', { group, topic });
  const before = await positions();
  const undo = await set('group is closed to readers', { group });
  expect(await positions()).toEqual(before);
  await expect(set('group has read nothing', { group, topic })).rejects.toThrow(/GROUP_AUTHORIZATION_FAILED \(30\)/);
  await undo();
  await set('group has read nothing', { group, topic });
  expect(await positions()).toEqual([]);
});

test('a record that the broker refuses is said, with the code', async () => {
  const missing = { ...record('nowhere'), topic: 'nowhere' };
  await expect(set('topic holds record', { record: JSON.stringify(missing) })).rejects.toThrow(
    'the broker refused the record: UNKNOWN_TOPIC_OR_PARTITION (3)',
  );
});

test('a state without its parameter says which one', async () => {
  await expect(set('group has read everything', { group })).rejects.toThrow('needs the parameter topic as text');
});
