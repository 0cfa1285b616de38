import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { loadContracts } from '../../contracts/catalogue.ts';
import type { Contract, Interaction } from '../../contracts/contract.ts';
import { dialect } from '../../contracts/dialect.ts';
import type { Json } from '../../contracts/matchers.ts';
import { type KafkaRecord, kafkaCompressions } from '../../contracts/messages/kafka.ts';
import { world } from '../../contracts/world.ts';
import type { MockServer } from '../../mocks/adapter.ts';
import { adapter } from '../../mocks/protocols/kafka/adapter.ts';
import kafka from '../../mocks/services/kafka/mock.ts';
import { verifyScript } from './fixtures/exec.ts';
import { kcatFunctions, writing } from './fixtures/kcat.ts';

const { topics, groups } = dialect.kafka;
const { call, tenant } = world;
const uuidVersion4 = '/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/';
const anyUuid = '/^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/';
const eventId = '5d0f6f0c-6b1e-4b3a-9a55-0a4f1c2d3e77';

let contracts: readonly Contract[];
let server: MockServer;
beforeAll(async () => {
  contracts = await loadContracts([11, 48, 50, 53, 55, 56, 60]);
  server = await adapter.serve({ contracts, listen: { host: '127.0.0.1', port: 0 }, service: kafka as never });
}, 90_000);
afterAll(() => server?.close());

function verified(connection: number, part: string, script: (interaction: Interaction) => string) {
  const contract = contracts.find((each) => each.connection === connection);
  if (contract === undefined) throw new Error(`there is no contract of connection ${connection}`);
  const withFunctions = (interaction: Interaction) => `${kcatFunctions('SASL_PLAINTEXT')}${script(interaction)}`;
  return verifyScript({ contract, part, adapter, server, served: contracts, script: withFunctions });
}

const writer = (interaction: Interaction) => writing(interaction).join(' && ');
const reader =
  ({ group, topic }: { group: string; topic: string }) =>
  (interaction: Interaction) =>
    [...writing(interaction), `read_all ${group} ${topic}`].join(' && ');
const requests = { group: groups.agentState, topic: topics.agentRequest };
const calls = { group: groups.callState, topic: topics.callThread };

test.each([
  [11, '', writer],
  [48, '', writer],
  [50, '', writer],
  [53, '', writer],
  [55, 'agent logs in', writer],
  [55, 'requests of each of two agents', reader(requests)],
  [55, 'whatever the compression', reader(requests)],
  [55, 'no JSON', reader(requests)],
  [56, 'one call thread', reader(calls)],
  [56, 'whatever the compression', reader(calls)],
  [56, 'committed nothing', reader(calls)],
  [60, '', writer],
] as const)(
  'kcat keeps row %i, "%s"',
  async (connection, part, script) => {
    const { verdict, sentences } = await verified(connection, part, script);
    expect(sentences).toEqual([]);
    expect(verdict).toBe('passed');
  },
  30_000,
);

test.each(kafkaCompressions)(
  'kcat may write batches with compression %s',
  async (compression) => {
    const compressing = (each: Interaction) => `kcat_codec=${compression}; ${writer(each)}`;
    const { verdict, sentences } = await verified(50, 'held and retrieved', compressing);
    expect(sentences).toEqual([]);
    expect(verdict).toBe('passed');
  },
  30_000,
);

const withCallType =
  (callType: Json) =>
  (record: KafkaRecord): KafkaRecord => ({
    ...record,
    value: { ...(record.value as { [name: string]: Json }), CallType: callType },
  });

test.each([
  {
    what: 'a key that names the connection of the call',
    row: 50,
    part: 'a call is held',
    change: (record: KafkaRecord) => ({ ...record, key: { tenant: tenant.uuid, subject: call.connId } }),
    expected: [
      `EventHeld on voice-callthread with key ${tenant.uuid}:${call.threadId}: $.value.CallThreadID: expected "${call.connId}", the value bound to call thread, got "${call.threadId}" (string)`,
      `EventRetrieved on voice-callthread with key ${tenant.uuid}:${call.threadId}: $.value.CallThreadID: expected "${call.connId}", the value bound to call thread, got "${call.threadId}" (string)`,
    ],
  },
  {
    what: 'a key that has the name of the tenant in the place of its UUID',
    row: 50,
    part: 'a call is held',
    change: (record: KafkaRecord) => ({ ...record, key: { tenant: tenant.name, subject: call.threadId } }),
    expected: [
      `EventHeld on voice-callthread with key ${tenant.uuid}:${call.threadId}: $.key.tenant: expected text that fits ${uuidVersion4} like "${tenant.uuid}", got "t100" (string)`,
    ],
  },
  {
    what: 'a number as text',
    row: 50,
    part: 'a call is held',
    change: withCallType('2'),
    expected: [
      `EventHeld on voice-callthread with key ${tenant.uuid}:${call.threadId}: $.value.CallType: expected 2, got "2" (string)`,
      `EventRetrieved on voice-callthread with key ${tenant.uuid}:${call.threadId}: $.value.CallType: expected 2, got "2" (string)`,
    ],
  },
  {
    what: 'a topic that is for others to write',
    row: 50,
    part: 'a call is held',
    change: (record: KafkaRecord) => ({ ...record, topic: topics.agentState }),
    expected: [
      `step 1 of 2, from the source: expected EventHeld on voice-callthread with key ${tenant.uuid}:${call.threadId}, got nothing`,
      `step 2 of 2, from the source: expected EventRetrieved on voice-callthread with key ${tenant.uuid}:${call.threadId}, got nothing`,
      'the Kafka broker did not let user r50-voice-sip-cluster-service DESCRIBE topic voice-agentstate: TOPIC_AUTHORIZATION_FAILED (29); by its contract it may WRITE topic voice-callthread',
    ],
  },
  {
    what: 'a header of another name',
    row: 48,
    part: 'written again',
    change: (record: KafkaRecord) => ({ ...record, headers: { eventid: eventId } }),
    expected: [
      `RequestAgentReady on voice-agentrequest with key ${tenant.uuid}:A1001: $.headers.event-id: expected text that fits ${anyUuid} like "${eventId}", got nothing (the key is missing)`,
      `RequestAgentReady on voice-agentrequest with key ${tenant.uuid}:A1001: $.headers.event-id: expected the value bound to event id like "${eventId}", got nothing (the key is missing)`,
    ],
  },
])(
  'kcat that writes $what fails',
  async ({ row, part, change, expected }) => {
    const { verdict, sentences } = await verified(row, part, (each) => `${writing(each, change).join('; ')}; true`);
    expect(sentences).toEqual(expected);
    expect(verdict).toBe('failed');
  },
  30_000,
);

test.each([
  {
    what: 'reads in no group',
    read: 'kcat_as -C -e -t voice-callthread',
    expected: [
      `step 2 of 2, from the source: expected group callthread is done with EventRinging on voice-callthread with key ${tenant.uuid}:${call.threadId}, got nothing`,
    ],
  },
  {
    what: 'reads as a group of others',
    read: 'read_all agentstate voice-callthread; true',
    expected: [
      `step 2 of 2, from the source: expected group callthread is done with EventRinging on voice-callthread with key ${tenant.uuid}:${call.threadId}, got nothing`,
      'the Kafka broker did not let user r56-call-state-service DESCRIBE group agentstate: GROUP_AUTHORIZATION_FAILED (30); by its contract it may READ group callthread, READ topic voice-callthread',
    ],
  },
])(
  'kcat that $what fails',
  async ({ read, expected }) => {
    const { verdict, sentences } = await verified(56, 'the first event', () => read);
    expect(sentences).toEqual(expected);
    expect(verdict).toBe('failed');
  },
  30_000,
);

test('kcat that stops at the fourth batch, as a reader without its codec does, fails', async () => {
  const read = 'kcat_as -c 3 -X auto.offset.reset=earliest -G callthread voice-callthread';
  const { verdict, sentences } = await verified(56, 'whatever the compression', () => read);
  const undone = (step: number, event: string) =>
    `step ${step} of 10, from the source: expected group callthread is done with ${event} on voice-callthread with key ${tenant.uuid}:${call.threadId}, got nothing`;
  expect(sentences).toEqual([undone(8, 'EventRetrieved'), undone(10, 'EventReleased')]);
  expect(verdict).toBe('failed');
}, 30_000);
