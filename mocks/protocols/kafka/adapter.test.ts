import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import callEvents from '../../../contracts/connections/50-voice-sip-cluster-service--kafka.ts';
import { assumed, type Contract, type Interaction, source, state } from '../../../contracts/contract.ts';
import { Conversation, judge } from '../../../contracts/conversation.ts';
import { dialect } from '../../../contracts/dialect.ts';
import type { Json } from '../../../contracts/matchers.ts';
import { regex } from '../../../contracts/matchers.ts';
import { type KafkaRecord, kafkaProfile } from '../../../contracts/messages/kafka.ts';
import { world } from '../../../contracts/world.ts';
import type { Address, MockServer, Observed, StateSet } from '../../adapter.ts';
import service from '../../services/kafka/mock.ts';
import { adapter } from './adapter.ts';
import { consumerClient, producerClient } from './client.ts';
import { LogReader, type TopicEnd } from './reader.ts';
import { toWire } from './records.ts';

const topic = dialect.kafka.topics.callThread;
const otherTopic = 'voice-agentstate';
const withHeader: Interaction = {
  description: 'an event that has to carry its name in a header',
  basis: assumed('only for this test'),
  given: [],
  steps: [
    source({
      topic: otherTopic,
      key: { tenant: 't', subject: '7001' },
      headers: { 'event-name': regex('^Event.+$', 'EventAgentLogin') },
      value: { id: 'EventAgentLogin' },
    }),
  ],
};
const agentEvents: Contract = { connection: 53, interactions: [withHeader] };

const WRITE_TIMEOUT_MS = 10_000;
const never = new AbortController().signal;

/** What Java programs have left of the native code of the codecs that they unpack. */
const unpackedCodecs = async () => (await readdir(tmpdir())).filter((name) => /^(lib(lz4|zstd)|snappy)/.test(name));

let server: MockServer;
let at: Address;
let unpackedBefore: readonly string[];

beforeAll(async () => {
  unpackedBefore = await unpackedCodecs();
  const listen = { host: '127.0.0.1', port: 0 };
  server = await adapter.serve({ contracts: [callEvents, agentEvents], listen, service: service as never });
  at = server.address;
}, 90_000);

afterAll(async () => {
  await server?.close();
  await server?.close();
});

function named(part: string): Interaction {
  const found = callEvents.interactions.find(({ description }) => description.includes(part));
  if (found === undefined) throw new Error(`no interaction "${part}"`);
  return found as Interaction;
}

const inbound = named('an inbound call');
const hold = named('held and retrieved');
const tooLarge = named('above the limit');
const foreignKey = named('anything but the call thread');
const noConnId = named('without a connection id');

/** The records that a source which keeps the contract writes. */
function recordsOf(interaction: Interaction): KafkaRecord[] {
  const conversation = new Conversation(interaction, kafkaProfile);
  const records: KafkaRecord[] = [];
  for (let next = conversation.nextFromSource(); next !== undefined; next = conversation.nextFromSource()) {
    records.push(next as KafkaRecord);
    conversation.feed({ from: 'source', content: next, atMs: 0 });
  }
  return records;
}

function firstOf(interaction: Interaction): KafkaRecord {
  return recordsOf(interaction)[0] as KafkaRecord;
}

const changed = (record: KafkaRecord, fields: Record<string, Json>): KafkaRecord => ({
  ...record,
  value: { ...(record.value as Record<string, Json>), ...fields },
});

const play = (interaction: Interaction, values: StateSet['values']): Promise<Observed> =>
  adapter.play({ contract: callEvents as Contract, interaction, values }, at, never);

/** Plays with the interaction's provider states; what is wrong with the broker. */
async function playAgainstBroker(interaction: Interaction, given = interaction.given): Promise<string[]> {
  const undos = [];
  const values: Record<string, string> = {};
  for (const each of given) {
    const set = await server.setState(each);
    undos.push(set.undo);
    Object.assign(values, set.values);
  }
  const { messages, failure } = await play(interaction, values);
  for (const undo of undos.reverse()) await undo();
  expect(failure).toBeUndefined();
  return judge(interaction, messages, kafkaProfile, 'destination').map(({ message }) => message);
}

async function reading<T>(read: (reader: LogReader) => Promise<T>): Promise<T> {
  const reader = new LogReader(at);
  try {
    return await read(reader);
  } finally {
    await reader.close();
  }
}

/** The compression of each batch behind the ends, as it lies in the log (Apache Kafka, "Record Batch": the lowest three bits). */
async function compressionsSince([end]: readonly TopicEnd[]): Promise<number[]> {
  const consumer = consumerClient(at, WRITE_TIMEOUT_MS);
  try {
    const { brokers, topics } = await consumer.metadata({ topics: [topic] });
    const place = { partitionMaxBytes: 1_000_000, currentLeaderEpoch: -1, lastFetchedEpoch: -1 };
    const partitions = end?.offsets.map((fetchOffset, partition) => ({ ...place, partition, fetchOffset })) ?? [];
    const { responses } = await consumer.fetch({
      node: [...brokers.keys()][0] ?? 0,
      minBytes: 1,
      maxBytes: 1_000_000,
      maxWaitTime: 500,
      topics: [{ topicId: topics.get(topic)?.id ?? '', partitions }],
    });
    const batches = responses.flatMap((each) => each.partitions.flatMap(({ records }) => records ?? []));
    return batches.map(({ attributes }) => attributes & 0b111);
  } finally {
    await consumer.close(true);
  }
}

/** Writes as a source under test would; what is wrong with it. */
async function written(interaction: Interaction, records: readonly KafkaRecord[]): Promise<string[]> {
  await server.settled();
  const before = server.exchanges().at(-1)?.id ?? 0;
  const producer = producerClient(at, WRITE_TIMEOUT_MS);
  try {
    for (const record of records) await producer.send({ messages: [toWire(record)] });
  } finally {
    await producer.close();
  }
  await server.settled();
  const messages = server.exchanges().filter(({ id }) => id > before);
  return judge(
    interaction,
    messages.flatMap((each) => each.messages),
    kafkaProfile,
    'source',
  ).map(({ message }) => message);
}

describe('connection 50: a broker under test', () => {
  const judged = callEvents.interactions.filter(({ only }) => only?.side !== 'source') as Interaction[];
  test.each(judged.map((each) => [each.description, each] as const))('keeps: %s', async (_, interaction) => {
    expect(await playAgainstBroker(interaction)).toEqual([]);
  });

  test('is sent batches that are compressed in every way', async () => {
    const ends = await reading((reader) => reader.ends([topic]));
    expect(await playAgainstBroker(named('whatever the compression'))).toEqual([]);
    expect(await compressionsSince(ends)).toEqual([0, 1, 2, 3, 4]);
    expect(await unpackedCodecs()).toEqual(unpackedBefore);
  });

  test('without the topic is caught, with the topic and the code', async () => {
    expect(await playAgainstBroker(hold, [state('topic is missing', { topic })])).toEqual([
      'destination: expected no further message, got UNKNOWN_TOPIC_OR_PARTITION (3) for topic voice-callthread',
    ]);
  });

  test('that does not enforce the limit is caught', async () => {
    const [message] = await playAgainstBroker(tooLarge, []);
    expect(message).toContain('$.error: expected "MESSAGE_TOO_LARGE"');
  });

  test('that refuses what it has to take is caught', async () => {
    const limit = state('topic takes records up to', { topic, maxRecordBytes: 64 });
    expect(await playAgainstBroker(hold, [limit])).toEqual([
      'destination: expected no further message, got MESSAGE_TOO_LARGE (10) for topic voice-callthread',
    ]);
  });
});

describe('connection 50: a source under test', () => {
  const judged = callEvents.interactions.filter(({ only }) => only?.side !== 'destination') as Interaction[];
  test.each(judged.map((each) => [each.description, each] as const))('keeps: %s', async (_, interaction) => {
    expect(await written(interaction, recordsOf(interaction))).toEqual([]);
  });

  test('that changes the key within a call is caught, with the key', async () => {
    const [held, retrieved] = recordsOf(hold) as [KafkaRecord, KafkaRecord];
    const wrong = { ...retrieved, key: { tenant: world.tenant.uuid, subject: 'ct-other' } };
    const [message] = await written(hold, [held, wrong]);
    expect(message).toContain('$.key.subject');
    expect(message).toContain('ct-other');
  });

  test('whose key is not the call thread of its event is caught, with the field', async () => {
    const wrong = { ...firstOf(foreignKey), key: { tenant: world.tenant.uuid, subject: 'ct-other' } };
    const [message] = await written(foreignKey, [wrong]);
    expect(message).toContain('$.value.CallThreadID');
    expect(message).toContain('ct-other');
  });

  test.each<[string, KafkaRecord['key'], string]>([
    ['the id of the leg', { tenant: world.tenant.uuid, subject: world.call.connId }, world.call.connId],
    ['the number of the tenant', { tenant: '100', subject: world.call.threadId }, '100:ct-7f3a9c'],
    ['no call thread', { tenant: world.tenant.uuid, subject: '' }, `key ${world.tenant.uuid}:`],
    ['no key', null, 'key null'],
  ])('that writes a record more, keyed by %s, writes what is forbidden', async (_, key, text) => {
    const good = firstOf(foreignKey);
    const messages = await written(foreignKey, [good, { ...good, key }]);
    const forbidden = messages.find((message) => message.includes('never to be sent'));
    expect(forbidden).toContain('EventRinging on voice-callthread');
    expect(forbidden).toContain(text);
  });

  test('that writes to another topic is caught, with both topics', async () => {
    const [held, retrieved] = recordsOf(hold) as [KafkaRecord, KafkaRecord];
    const [message] = await written(hold, [held, { ...retrieved, topic: otherTopic }]);
    expect(message).toContain('$.topic');
    expect(message).toContain(otherTopic);
    expect(message).toContain(topic);
  });

  test('that leaves out a header is caught, with the header', async () => {
    expect(await written(withHeader, [{ ...firstOf(withHeader), headers: {} }])).toEqual([
      expect.stringContaining('$.headers.event-name: expected text that fits'),
    ]);
  });

  test('that leaves out the connection id is caught, with the field', async () => {
    const { ConnID: _, ...rest } = firstOf(noConnId).value as Record<string, Json>;
    const [message] = await written(noConnId, [{ ...firstOf(noConnId), value: rest }]);
    expect(message).toContain('$.value.ConnID');
  });

  test.each<[string, Json]>([
    ['null', null],
    ['empty', ''],
    ['nothing but zeros', '0000000000000000'],
  ])('whose connection id is %s writes what is forbidden', async (_, ConnID) => {
    const messages = await written(noConnId, [changed(firstOf(noConnId), { ConnID })]);
    expect(messages.join('\n')).toContain(
      'expected this message never to be sent, got EventRinging on voice-callthread',
    );
  });

  test('that writes a number as text is caught, with the field', async () => {
    const [held, retrieved] = recordsOf(hold) as [KafkaRecord, KafkaRecord];
    const [message] = await written(hold, [changed(held, { CallID: '16777217' }), retrieved]);
    expect(message).toMatch(/\$\.value\.CallID: expected an integer .*"16777217"/);
  });

  test('that writes a value which is no JSON is caught, with the value', async () => {
    const [held, retrieved] = recordsOf(hold) as [KafkaRecord, KafkaRecord];
    const messages = await written(hold, [{ ...held, value: { $text: '<event/>' } }, retrieved]);
    expect(messages[0]).toContain('$.value');
  });

  test('that swaps two records is caught, with the event and the key', async () => {
    const records = recordsOf(inbound);
    const swapped = records.with(4, records[5] as KafkaRecord).with(5, records[4] as KafkaRecord);
    expect(await written(inbound, swapped)).toEqual([
      `step 5 of 7, from the source: expected EventRinging on voice-callthread with key ${world.tenant.uuid}:ct-7f3a9c in its place, got it came too late`,
    ]);
  });

  test('that writes a record twice is caught', async () => {
    const [held, retrieved] = recordsOf(hold) as [KafkaRecord, KafkaRecord];
    expect(await written(hold, [held, held, retrieved])).toEqual([
      expect.stringContaining('expected EventHeld on voice-callthread with key'),
    ]);
  });

  test('that loses a record is caught', async () => {
    const records = recordsOf(inbound);
    expect(await written(inbound, records.toSpliced(2, 1))).toEqual([
      expect.stringMatching(/step 3 of 7.*expected EventRouteUsed on voice-callthread with key .*, got nothing/),
    ]);
  });
});
