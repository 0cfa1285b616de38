import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connectionByNumber } from '../../../contracts/architecture.ts';
import { loadContracts } from '../../../contracts/catalogue.ts';
import type { ProviderState } from '../../../contracts/contract.ts';
import type { KafkaRecord } from '../../../contracts/messages/kafka.ts';
import { type Address, UnattainableStateError } from '../../adapter.ts';
import { probe } from '../../protocols/kafka/client.ts';
import { Logins } from '../../protocols/kafka/logins.ts';
import { Member } from '../../protocols/kafka/member.ts';
import { LogReader } from '../../protocols/kafka/reader.ts';
import { Recorder } from '../../protocols/kafka/recorder.ts';
import { fromWire } from '../../protocols/kafka/records.ts';
import { type KafkaBroker, startKafka } from '../../protocols/kafka/server.ts';
import { Stage } from '../../protocols/kafka/stage.ts';
import mock from './mock.ts';

const topic = 'held';
const group = 'readers';
const REQUEST_TIMEOUT_MS = 15_000;
const never = new AbortController().signal;

let broker: KafkaBroker;
let recorder: Recorder;
let stage: Stage;
let reader: LogReader;
let logins: Logins;
/** Where users log in. */
let listener: Address;

beforeAll(async () => {
  broker = await startKafka({ listen: { host: '127.0.0.1', port: 0 } });
  recorder = await Recorder.start(broker.address);
  logins = new Logins(broker.address, REQUEST_TIMEOUT_MS);
  await logins.open([]);
  listener = logins.require();
  stage = new Stage(broker.address, recorder, logins);
  reader = new LogReader(broker.address);
  await stage.topics.ensure(topic);
}, 90_000);

afterAll(async () => {
  await Promise.all([recorder?.close(), stage?.close(), reader?.close(), logins?.close()]);
  await broker?.close();
});

async function setOn(on: Stage, name: string, params: ProviderState['params'] = {}) {
  const { values = {}, undo = async () => {} } = (await mock.states[name]?.(on, params)) ?? {};
  return { values, undo };
}

const set = async (name: string, params: ProviderState['params']) => (await setOn(stage, name, params)).undo;

/** What somebody gets who reads the topic as the group; a refusal has its code. */
async function readAs(login: Partial<Address>) {
  const member = new Member({ ...listener, ...login }, { group, topic }, REQUEST_TIMEOUT_MS);
  try {
    return await member.next(never);
  } finally {
    await member.leave();
  }
}

const record = (id: string): KafkaRecord => ({ topic, key: { tenant: 't', subject: 's' }, headers: {}, value: { id } });
const holds = (id: string) => set('topic holds record', { record: JSON.stringify(record(id)) });

async function held(by = reader): Promise<unknown[]> {
  const [starts, ends] = await Promise.all([by.starts(topic), stage.topics.ends(topic)]);
  const stretches = ends.map((to, partition) => ({ topic, partition, from: starts[partition] ?? to, to }));
  return (await by.read(stretches)).map((each) => fromWire(each).value);
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

test('a group is closed and open again, and the harness sees and moves it all the while', async () => {
  const user = { name: 'member', password: 'of the group' };
  const rights = [
    { operation: 'READ', resource: 'TOPIC', name: topic },
    { operation: 'READ', resource: 'GROUP', name: group },
  ] as const;
  const undoUser = await logins.makeStranger({ ...user, rights });
  const login = { user: user.name, password: user.password };
  await set('group has read everything', { group, topic });
  const undoClosed = await set('group is closed to readers', { group });
  expect(await readAs(login)).toEqual({ error: 'GROUP_AUTHORIZATION_FAILED', code: 30, group, topic });
  expect(await positions()).toEqual(await stage.topics.ends(topic));
  const undoNew = await set('group has read nothing', { group, topic });
  expect(await positions()).toEqual([]);
  await undoNew();
  await undoClosed();
  const undoHeld = await holds('for the member');
  expect(await readAs(login)).toMatchObject({ group, value: { id: 'for the member' } });
  await undoHeld();
  await undoUser();
  await expect(probe({ ...listener, ...login }, REQUEST_TIMEOUT_MS)).rejects.toThrow();
});

test('a stranger may read the topic and join no group, and is gone again', async () => {
  const { values, undo } = await setOn(stage, 'a stranger may read topic', { topic });
  expect(await readAs(values)).toEqual({ error: 'GROUP_AUTHORIZATION_FAILED', code: 30, group, topic });
  const undoHeld = await holds('for anybody');
  const strange = new LogReader({ ...listener, ...values });
  expect(await held(strange)).toContainEqual({ id: 'for anybody' });
  await strange.close();
  await undoHeld();
  await undo();
  await expect(probe({ ...listener, ...values }, REQUEST_TIMEOUT_MS)).rejects.toThrow();
});

test('another password is one that nobody has', async () => {
  const [first, second] = await Promise.all([
    setOn(stage, 'the password is another one'),
    setOn(stage, 'the password is another one'),
  ]);
  expect(first.values.password).not.toBe(second.values.password);
});

test('where nobody has a login of its own, the states that need one say so', async () => {
  const without = new Stage(broker.address, recorder, new Logins(broker.address, REQUEST_TIMEOUT_MS));
  const states = ['every service has a login of its own', 'the password is another one', 'a stranger may read topic'];
  for (const name of states) await expect(setOn(without, name, { topic })).rejects.toThrow(UnattainableStateError);
  await without.logins.abandon();
  await without.close();
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
