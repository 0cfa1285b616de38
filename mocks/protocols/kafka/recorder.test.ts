import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Contract, source, state } from '../../../contracts/contract.ts';
import { type KafkaRecord, kafkaProfile } from '../../../contracts/messages/kafka.ts';
import { type Address, type Exchange, type MockServer, UnknownStateError } from '../../adapter.ts';
import service from '../../services/kafka/mock.ts';
import { adapter } from './adapter.ts';
import { producerClient } from './client.ts';
import { toWire } from './records.ts';

const WRITE_TIMEOUT_MS = 10_000;
const GROWTH_TIMEOUT_MS = 10_000;
const ephemeral = { host: '127.0.0.1', port: 0 };
const record = (topic: string, id: string, key: KafkaRecord['key'] = 'k'): KafkaRecord => ({
  topic,
  key,
  value: { id },
});
const writesTo = (topic: string): Contract => ({
  connection: 50,
  interactions: [
    {
      description: `a record on ${topic}`,
      basis: { kind: 'assumed', assumption: 'only for this test' },
      given: [],
      steps: [source(record(topic, 'one'))],
    },
  ],
});

let server: MockServer;

beforeAll(async () => {
  const contracts = [writesTo('calls'), writesTo('agents')];
  server = await adapter.serve({ contracts, listen: ephemeral, service: service as never });
}, 90_000);

afterAll(async () => {
  await server?.close();
  await server?.close();
});

async function write(records: readonly KafkaRecord[], at: Address = server.address): Promise<void> {
  const producer = producerClient(at, WRITE_TIMEOUT_MS);
  try {
    for (const each of records) await producer.send({ messages: [toWire(each)] });
  } finally {
    await producer.close();
  }
}

const titles = ({ exchanges }: { exchanges(): readonly Exchange[] }) =>
  exchanges().map(({ messages }) => kafkaProfile.title(messages[0]?.content));

describe('the record of a broker', () => {
  test('has the records of one key in order, each as an exchange of its own with a rising id', async () => {
    const ids = Array.from({ length: 30 }, (_, at) => `event-${at}`);
    const others = ids.map((id) => record('agents', id, 'another key'));
    const before = server.exchanges().at(-1)?.id ?? 0;
    await write(ids.flatMap((id, at) => [record('calls', id), others[at] as KafkaRecord]));
    await server.settled();
    const seen = server.exchanges().filter(({ id }) => id > before);
    expect(seen.map(({ id }) => id - before)).toEqual(Array.from({ length: 60 }, (_, at) => at + 1));
    for (const topic of ['calls', 'agents']) {
      const contents = seen.flatMap(({ messages }) => messages.map(({ content }) => content as KafkaRecord));
      expect(contents.filter((each) => each.topic === topic).map(({ value }) => value)).toEqual(
        ids.map((id) => ({ id })),
      );
    }
  });

  test('holds a topic that was created later, and one that was made anew', async () => {
    for (let round = 0; round < 2; round += 1) {
      server.clear();
      const { undo } = await server.setState(state('topic exists', { topic: 'made-later' }));
      await write([record('made-later', 'one'), record('made-later', 'two')]);
      await server.settled();
      expect(titles(server)).toEqual(['one on made-later with key k', 'two on made-later with key k']);
      await undo();
    }
  });

  test('grows without being asked', async () => {
    await server.settled();
    server.clear();
    await write([record('calls', 'unasked')]);
    const deadline = performance.now() + GROWTH_TIMEOUT_MS;
    while (server.exchanges().length === 0 && performance.now() < deadline) await sleep(20);
    expect(titles(server)).toEqual(['unasked on calls with key k']);
  });

  test('of one that runs already holds the topics of the contracts and no others', async () => {
    const watched = await adapter.attach({
      contracts: [writesTo('calls')],
      at: server.address,
      service: service as never,
    });
    try {
      await write([record('agents', 'one'), record('calls', 'two')]);
      await watched.settled();
      expect(titles(watched)).toEqual(['two on calls with key k']);
    } finally {
      await watched.close();
      await watched.close();
    }
  });

  test('holds what cannot be read, as text', async () => {
    await server.settled();
    server.clear();
    await write([{ topic: 'calls', key: null, value: { $text: '<event/>' } }]);
    await server.settled();
    expect(server.exchanges()[0]?.messages[0]?.content).toMatchObject({ key: null, value: { $text: '<event/>' } });
  });

  test('knows its provider states by name', async () => {
    const unknown = server.setState(state('no such state'));
    await expect(unknown).rejects.toThrow(UnknownStateError);
    await expect(unknown).rejects.toThrow(
      'the mock of Kafka has no provider state "no such state"; it has "topic exists"',
    );
    await expect(server.setState(state('topic exists', { topic: 5 }))).rejects.toThrow(
      'the provider state needs the parameter topic as text, got 5',
    );
  });
});

describe('a tap', () => {
  test('forwards and records; closing twice is fine', async () => {
    const tap = await adapter.tap(ephemeral, server.address);
    try {
      await write([record('calls', 'through the tap')], tap.address);
      await tap.settled();
      expect(titles(tap)).toEqual(['through the tap on calls with key k']);
    } finally {
      await tap.close();
      await tap.close();
    }
    await expect(write([record('calls', 'after it')], tap.address)).rejects.toThrow();
  });

  test('passes on what is no Kafka, and the end that the broker makes of it', async () => {
    const tap = await adapter.tap(ephemeral, server.address);
    try {
      const socket = connect(tap.address.port, tap.address.host);
      socket.end('GET / HTTP/1.1\r\n\r\n').resume();
      await once(socket, 'close');
      await tap.settled();
      expect(tap.exchanges()).toEqual([]);
    } finally {
      await tap.close();
    }
  });

  test('ends the connections that it holds when it closes', async () => {
    const tap = await adapter.tap(ephemeral, server.address);
    const socket = connect(tap.address.port, tap.address.host);
    const ended = once(socket.resume(), 'close');
    await once(socket, 'connect');
    await tap.close();
    await ended;
    expect(socket.destroyed).toBe(true);
  });

  test('on a port in use says so', async () => {
    const { host, port } = server.address;
    await expect(adapter.tap({ host, port }, server.address)).rejects.toThrow(
      `port ${port} on ${host} is in use; stop what listens there, or choose another port.`,
    );
  });
});
