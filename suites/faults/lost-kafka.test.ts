import { afterAll, beforeAll, expect, test } from '@jest/globals';
import writesCalls from '../../contracts/connections/50-voice-sip-cluster-service--kafka.ts';
import asksAndAnswers from '../../contracts/connections/55-kafka-2-x--agent-state-service.ts';
import { type Contract, state } from '../../contracts/contract.ts';
import { dialect } from '../../contracts/dialect.ts';
import { verify } from '../../harness/verify/run.ts';
import type { Address, MockServer } from '../../mocks/adapter.ts';
import { freePort } from '../../mocks/ports.ts';
import { adapter } from '../../mocks/protocols/kafka/adapter.ts';
import { Groups } from '../../mocks/protocols/kafka/groups.ts';
import { Logins } from '../../mocks/protocols/kafka/logins.ts';
import { Member } from '../../mocks/protocols/kafka/member.ts';
import { type KafkaBroker, startKafka } from '../../mocks/protocols/kafka/server.ts';
import { Writer } from '../../mocks/protocols/kafka/writer.ts';
import kafka from '../../mocks/services/kafka/mock.ts';
import { expectVerdicts, moments } from './cut-runs.ts';
import { CuttingRelay } from './cutting-relay.ts';

const { signal } = new AbortController();
const service = kafka as never;
const timeoutMs = 5_000;
const { topics, groups } = dialect.kafka;
const only = (contract: Contract, part: RegExp): Contract => ({
  ...contract,
  interactions: contract.interactions.filter(({ description }) => part.test(description)),
});
const contracts = [
  only(writesCalls as Contract, /is held|which is for others/),
  only(asksAndAnswers as Contract, /a request leads to one/),
];

const host = '127.0.0.1';
const relay = new CuttingRelay();
let broker: KafkaBroker;
/** The broker through the relay; it tells its clients to come that way. */
let at: Address;
beforeAll(async () => {
  const [port, loginPort] = [await freePort(), await freePort()];
  at = await relay.before({ host, port });
  const login = await relay.before({ host, port: loginPort });
  const settings = { 'advertised.listeners': `PLAINTEXT://${host}:${at.port},LOGIN://${host}:${login.port}` };
  broker = await startKafka({ listen: { host, port }, loginPort, settings });
}, 90_000);
afterAll(async () => {
  await relay.close();
  await broker?.close();
});

async function watching(use: (watched: MockServer) => Promise<void>): Promise<void> {
  relay.cutAt();
  const watched = await adapter.attach({ contracts, at, service });
  try {
    await watched.setState(state('topic exists', { topic: topics.callThread }));
    await watched.setState(state('topic exists', { topic: topics.agentRequest }));
    await use(watched);
  } finally {
    relay.cutAt();
    await watched.close();
  }
}

const lost = (error: Error) => expect(error.message).toMatch(/closed the connection|can be reached/);
const valuesIn = (watched: MockServer) =>
  watched.exchanges().flatMap(({ messages }) => messages.map(({ content }) => (content as { value: unknown }).value));

test('a run ends in a verdict whenever the connections are lost', async () => {
  const external = new Map([['Kafka', at]] as const);
  await expectVerdicts(relay, () => verify({ contracts, sides: ['destination', 'source'], external, signal }), 6);
}, 90_000);

test('what was acknowledged to a source is in the record, once, whenever connections are lost', async () => {
  await watching(async (watched) => {
    const acknowledged: unknown[] = [];
    const rounds = moments(13, 60, 8);
    for (const [round, moment] of rounds.entries()) {
      relay.cutAt(moment);
      const source = new Writer(at, timeoutMs);
      for (const name of ['a', 'b', 'c']) {
        const value = { id: `${name}${round}` };
        await source.write({ topic: topics.callThread, key: 'k', value }).then(() => acknowledged.push(value), lost);
      }
      await source.close();
      await watched.settled().catch(lost);
    }
    relay.cutAt();
    await watched.settled();
    const recorded = valuesIn(watched);
    expect(acknowledged.length).toBeGreaterThan(rounds.length);
    expect(recorded.filter((each) => acknowledged.some((value) => isSame(each, value)))).toEqual(acknowledged);
  });
}, 60_000);

test('what the harness wrote itself is never taken for a record of a source', async () => {
  await watching(async (watched) => {
    for (const moment of moments(17, 8, 20)) {
      relay.cutAt(moment);
      const record = JSON.stringify({ topic: topics.agentRequest, key: 'k', value: { id: `at ${moment}` } });
      await watched.setState(state('topic holds record', { record })).catch(lost);
    }
    relay.cutAt();
    await watched.settled();
    expect(valuesIn(watched)).toEqual([]);
  });
}, 60_000);

test('a lost connection is not taken for a broker that has no users', async () => {
  for (const moment of moments(19, 36, 10)) {
    const logins = new Logins(at, timeoutMs);
    relay.cutAt(moment);
    const user = { name: `user-${moment}`, password: 'secret', rights: [] };
    await logins.open([user]);
    expect(logins.require()).toMatchObject({ host });
    await logins.close();
  }
}, 60_000);

test('a member that lost its connection is not in the way of the next one', async () => {
  await watching(async (watched) => {
    const reading = { group: groups.agentState, topic: topics.agentRequest };
    await watched.setState(state('group has read nothing', reading));
    const record = JSON.stringify({ topic: topics.agentRequest, key: 'k', value: { id: 'one' } });
    await watched.setState(state('topic holds record', { record }));
    const member = new Member(at, reading, timeoutMs);
    await member.next(signal);
    relay.cut();
    // Nor does it come back to say that it leaves.
    relay.cutAt(1);
    await member.leave();
    relay.cutAt();
    const offsets = new Groups(at);
    try {
      await offsets.move({ ...reading, positions: [0n, 0n, 0n] });
      expect(await offsets.positions(reading.group, reading.topic)).toEqual([0n, 0n, 0n]);
    } finally {
      await offsets.close();
    }
  });
}, 60_000);

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
