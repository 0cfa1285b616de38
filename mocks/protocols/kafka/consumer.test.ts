import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Message } from '@platformatic/kafka';
import requests from '../../../contracts/connections/55-kafka-2-x--agent-state-service.ts';
import calls from '../../../contracts/connections/56-call-state-service--kafka.ts';
import { type Contract, type Interaction, source } from '../../../contracts/contract.ts';
import { judge } from '../../../contracts/conversation.ts';
import { dialect } from '../../../contracts/dialect.ts';
import { type KafkaRecord, kafkaProfile } from '../../../contracts/messages/kafka.ts';
import type { Address, MockServer } from '../../adapter.ts';
import service from '../../services/kafka/mock.ts';
import { adapter } from './adapter.ts';
import { memberClient, producerClient } from './client.ts';
import type { Membership } from './member.ts';
import { toWire } from './records.ts';

const { topics, groups } = dialect.kafka;
const callEvents = { group: groups.callState, topic: topics.callThread };
const agentRequests = { group: groups.agentState, topic: topics.agentRequest };
const CLIENT_TIMEOUT_MS = 10_000;
const never = new AbortController().signal;

let server: MockServer;
let at: Address;

beforeAll(async () => {
  const contracts = [requests, calls] as Contract[];
  server = await adapter.serve({ contracts, listen: { host: '127.0.0.1', port: 0 }, service: service as never });
  at = server.address;
}, 90_000);

afterAll(async () => {
  await server?.close();
});

function named(contract: Contract, part: string): Interaction {
  const found = contract.interactions.find(({ description }) => description.includes(part));
  if (found === undefined) throw new Error(`no interaction "${part}"`);
  return found;
}

const oneThread = named(calls as Contract, 'of one call thread');
const notJson = named(calls as Contract, 'no JSON');
const closed = named(calls as Contract, 'may not join');
const takenOver = named(calls as Contract, 'takes over');
const replay = named(calls as Contract, 'committed nothing');
const unknownRequest = named(requests as Contract, 'unknown name');

async function within<T>(given: Interaction['given'], work: () => Promise<T>): Promise<T> {
  const undos = [];
  for (const each of given) undos.push((await server.setState(each)).undo);
  try {
    return await work();
  } finally {
    for (const undo of undos.reverse()) await undo();
  }
}

/** Reads as a service would, with a client's own loop, and commits once, behind the last. */
async function read({ group, topic }: Membership, count: number, commit = true): Promise<void> {
  const client = memberClient(at, group, CLIENT_TIMEOUT_MS);
  const messages: Message[] = [];
  try {
    const options = { autocommit: false, mode: 'committed', fallbackMode: 'earliest', maxWaitTime: 50 } as const;
    const stream = await client.consume({ ...options, topics: [topic] });
    await new Promise<void>((resolve, reject) => {
      stream.on('error', reject);
      stream.on('data', (message) => {
        messages.push(message);
        if (messages.length === count) resolve();
      });
    });
    if (commit) await messages.at(-1)?.commit();
  } finally {
    await client.close(true);
  }
}

async function write(record: KafkaRecord): Promise<void> {
  const producer = producerClient(at, CLIENT_TIMEOUT_MS);
  try {
    await producer.send({ messages: [toWire(record)] });
  } finally {
    await producer.close();
  }
}

/** What is wrong with a source that does this. */
async function judged(interaction: Interaction, act: () => Promise<void>): Promise<string[]> {
  return await within(interaction.given, async () => {
    await server.settled();
    const before = server.exchanges().at(-1)?.id ?? 0;
    await act();
    await server.settled();
    const seen = server.exchanges().filter(({ id }) => id > before);
    const messages = seen.flatMap((each) => each.messages);
    return judge(interaction, messages, kafkaProfile, 'source').map(({ message }) => message);
  });
}

const play = async (interaction: Interaction, given = interaction.given) =>
  await within(given, async () => {
    const { messages, failure } = await adapter.play(
      { contract: calls as Contract, interaction: { ...interaction, stepTimeoutMs: 500 }, values: {} },
      at,
      never,
    );
    const mismatches = judge(interaction, messages, kafkaProfile, 'destination').map(({ message }) => message);
    return { mismatches, failure: failure?.message };
  });

describe('a service that reads', () => {
  test('may commit many records at once: each of them is done with, in order', async () => {
    expect(await judged(oneThread, () => read(callEvents, 3))).toEqual([]);
  });

  test('may read a topic from its beginning', async () => {
    expect(await judged(replay, () => read(callEvents, 3))).toEqual([]);
  });

  test('and commits too little is caught, with the record', async () => {
    expect(await judged(oneThread, () => read(callEvents, 3, false))).toEqual(
      ['EventRinging', 'EventEstablished', 'EventReleased'].map((id) =>
        expect.stringMatching(`expected group callthread is done with ${id} on voice-callthread .*, got nothing`),
      ),
    );
  });

  test('and is held up by a record that it cannot use is caught', async () => {
    expect(await judged(notJson, () => read(callEvents, 1, false))).toEqual([
      expect.stringContaining('expected group callthread is done with a record without id'),
    ]);
  });

  test('in another group than its own is caught, with the group', async () => {
    const [message] = await judged(oneThread, () => read({ ...callEvents, group: 'reporting' }, 3));
    expect(message).toContain('$.group: expected "callthread", got "reporting"');
  });

  test('and acts on what it should pass over is caught', async () => {
    const messages = await judged(unknownRequest, async () => {
      await read(agentRequests, 1);
      await write({ topic: topics.agentState, key: 'k', value: { id: 'EventAgentReady' } });
    });
    expect(messages.join('\n')).toContain('expected this message never to be sent, got EventAgentReady');
  });
});

describe('a broker under test', () => {
  test('gives the next member what was not committed, and not what was', async () => {
    expect(await play(takenOver)).toEqual({ mismatches: [], failure: undefined });
  });

  test('that gives nothing is caught, with what was awaited and for how long', async () => {
    const { failure, mismatches } = await play(oneThread, oneThread.given.slice(0, 2));
    expect(failure).toMatch(/gave group callthread no further record of topic voice-callthread within 500 ms$/);
    expect(mismatches).toHaveLength(3);
  });

  test('that gives a record more is caught, with the record', async () => {
    const last = oneThread.given.slice(-1);
    const { failure, mismatches } = await play(oneThread, [...oneThread.given, ...last]);
    expect(failure).toBeUndefined();
    expect(mismatches).toEqual([expect.stringContaining('EventReleased on voice-callthread')]);
  });

  test('that lets everybody into a group is caught', async () => {
    const { mismatches } = await play(closed, closed.given.slice(0, 1));
    expect(mismatches).toEqual([expect.stringContaining('expected GROUP_AUTHORIZATION_FAILED (30)')]);
  });

  test('that refuses the reader is caught at once, with the code', async () => {
    const shut = closed.given.slice(1);
    const { failure, mismatches } = await play(oneThread, [...oneThread.given, ...shut]);
    expect(failure).toMatch(/refused group callthread in topic voice-callthread: GROUP_AUTHORIZATION_FAILED \(30\)$/);
    expect(mismatches).toHaveLength(3);
  });
});

test('a commit of what was never given is no fault of the broker', async () => {
  const commit = { ...callEvents, key: 'k', commits: 'EventRinging' };
  const { failure } = await play({ ...oneThread, given: [], steps: [source(commit)] });
  expect(failure).toMatch(/^group callthread was given no record like .*"commits":"EventRinging"/);
});

test('of a broker that others use too, only the groups of the contracts are watched', async () => {
  const attached = await adapter.attach({ contracts: [calls as Contract], at, service: service as never });
  try {
    await within(oneThread.given, async () => {
      await read({ ...callEvents, group: 'reporting' }, 3);
      await attached.settled();
      expect(attached.exchanges().filter(({ messages }) => JSON.stringify(messages).includes('commits'))).toEqual([]);
      await read(callEvents, 3);
      await attached.settled();
      const commits = attached
        .exchanges()
        .flatMap(({ messages }) => messages.filter(({ content }) => content !== null));
      expect(commits.map(({ content }) => kafkaProfile.title(content)).slice(-1)).toEqual([
        expect.stringContaining('group callthread is done with EventReleased'),
      ]);
    });
  } finally {
    await attached.close();
  }
});
