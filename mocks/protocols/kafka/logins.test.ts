import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AclOperations, AclPermissionTypes, ResourcePatternTypes, ResourceTypes } from '@platformatic/kafka';
import { closedGroup, foreignTopic } from '../../../contracts/common/kafka-access.ts';
import writesCalls from '../../../contracts/connections/50-voice-sip-cluster-service--kafka.ts';
import asksAndAnswers from '../../../contracts/connections/55-kafka-2-x--agent-state-service.ts';
import readsCalls from '../../../contracts/connections/56-call-state-service--kafka.ts';
import type { Contract, Interaction } from '../../../contracts/contract.ts';
import { judge } from '../../../contracts/conversation.ts';
import { dialect } from '../../../contracts/dialect.ts';
import { type KafkaRecord, kafkaProfile } from '../../../contracts/messages/kafka.ts';
import { type Address, type Exchange, type MockServer, UnattainableStateError } from '../../adapter.ts';
import service from '../../services/kafka/mock.ts';
import { adapter } from './adapter.ts';
import { adminClient, onceCoordinated, producerClient } from './client.ts';
import { deniedIn } from './denials.ts';
import { Logins, listenerIn, loginPortBeside } from './logins.ts';
import { Member } from './member.ts';
import { rights } from './rights.ts';
import { Writer } from './writer.ts';

const TIMEOUT_MS = 10_000;
const never = new AbortController().signal;
const { topics, groups } = dialect.kafka;
const sipCluster = writesCalls as Contract;
const agentState = asksAndAnswers as Contract;
const callState = readsCalls as Contract;
const contracts = [sipCluster, agentState, callState];
const hold = sipCluster.interactions.find(({ description }) =>
  description.includes('held and retrieved'),
) as Interaction;

const topicRefused = (topic: string) => ({ error: 'TOPIC_AUTHORIZATION_FAILED', code: 29, topic });
const groupRefused = (group: string, topic: string) => ({
  error: 'GROUP_AUTHORIZATION_FAILED',
  code: 30,
  group,
  topic,
});
const event = (topic: string): KafkaRecord => ({ topic, key: 'k', value: { id: 'EventRinging' } });

let server: MockServer;

beforeAll(async () => {
  server = await adapter.serve({ contracts, listen: { host: '127.0.0.1', port: 0 }, service: service as never });
}, 90_000);

afterAll(async () => {
  await server?.close();
});

const loginOf = (contract: Contract): Address => server.addressFor?.(contract) ?? server.address;

/** What the broker answers somebody who writes a record. */
async function writes(at: Address, record: KafkaRecord) {
  const writer = new Writer(at, TIMEOUT_MS);
  try {
    await writer.connect();
    return await writer.write(record);
  } finally {
    await writer.close();
  }
}

/** What the broker gives somebody who reads, or its refusal. */
async function reads(at: Address, group: string, topic: string) {
  const member = new Member(at, { group, topic }, TIMEOUT_MS);
  try {
    return await member.next(never);
  } finally {
    await member.leave();
  }
}

/** What is new in the record of a server after this. */
async function recorded(of: MockServer, act: () => Promise<unknown>): Promise<Exchange[]> {
  await of.settled();
  const before = of.exchanges().at(-1)?.id ?? 0;
  await act();
  await of.settled();
  return of.exchanges().filter(({ id }) => id > before);
}

const contents = ({ messages }: Exchange): unknown[] => messages.map(({ content }) => content);

const playAt = (at: Address, interaction: Interaction, values = {}) =>
  adapter.play({ contract: sipCluster, interaction, values }, at, never);

describe('the rights of a source follow from its contract:', () => {
  const texts = (contract: Contract) => rights(contract).map((each) => Object.values(each).join(' '));

  test('who writes', () => {
    expect(texts(sipCluster)).toEqual([`WRITE TOPIC ${topics.callThread}`]);
  });

  test('who reads', () => {
    expect(texts(callState)).toEqual([`READ GROUP ${groups.callState}`, `READ TOPIC ${topics.callThread}`]);
  });

  test('who does both, and writes dead letters', () => {
    expect(texts(agentState).sort()).toEqual([
      `READ GROUP ${groups.agentState}`,
      `READ TOPIC ${topics.agentRequest}`,
      `WRITE TOPIC ${topics.agentRequestDead}`,
      `WRITE TOPIC ${topics.agentState}`,
    ]);
  });

  test('what is to be refused gives none', () => {
    const interactions = [
      foreignTopic({ topic: 'own', key: 'k', value: {} }, 'foreign'),
      closedGroup({ group: 'g', topic: 'read' }),
    ] as Interaction[];
    expect(rights({ connection: 50, interactions })).toEqual([]);
  });
});

test('logins have the second of the documented ports, beside the first one, and any port beside another one', () => {
  expect(loginPortBeside(9092, contracts)).toBe(9093);
  expect(loginPortBeside(0, contracts)).toBeUndefined();
  expect(loginPortBeside(9092, [])).toBeUndefined();
});

describe('a user of the broker', () => {
  test('has the name of the row and of the system that dials, and a password of its own', () => {
    const logins = contracts.map(loginOf);
    expect(logins.map(({ user }) => user)).toEqual([
      'r50-voice-sip-cluster-service',
      'r55-agent-state-service',
      'r56-call-state-service',
    ]);
    expect(new Set(logins.map(({ password }) => password)).size).toBe(3);
    expect(logins[0]).toMatchObject({ host: '127.0.0.1', port: expect.any(Number) });
    expect(logins[0]?.port).not.toBe(server.address.port);
  });

  test('may write where its contract writes, with idempotence too', async () => {
    expect(await writes(loginOf(sipCluster), event(topics.callThread))).toMatchObject({ offset: expect.any(BigInt) });
    const producer = producerClient(loginOf(sipCluster), TIMEOUT_MS);
    try {
      const begun = await onceCoordinated(() => producer.initIdempotentProducer({}), TIMEOUT_MS);
      expect(begun).toMatchObject({ producerId: expect.any(BigInt) });
    } finally {
      await producer.close();
    }
  });

  test('may not write to a topic of others, nor to one that it only reads', async () => {
    expect(await writes(loginOf(sipCluster), event(topics.agentState))).toEqual(topicRefused(topics.agentState));
    expect(await writes(loginOf(callState), event(topics.callThread))).toEqual(topicRefused(topics.callThread));
  });

  test('may read as its own group and as no other one', async () => {
    await writes(loginOf(sipCluster), event(topics.callThread));
    const { callThread } = topics;
    expect(await reads(loginOf(callState), groups.callState, callThread)).toMatchObject({ group: groups.callState });
    expect(await reads(loginOf(callState), groups.agentState, callThread)).toEqual(
      groupRefused(groups.agentState, callThread),
    );
    expect(await reads(loginOf(agentState), groups.callState, callThread)).toMatchObject({ code: 30 });
  });

  test('may not make a topic', async () => {
    const admin = adminClient(loginOf(sipCluster), TIMEOUT_MS);
    const created = admin.createTopics({ topics: ['of-my-own'], partitions: 1, replicas: 1 });
    await expect(created.finally(() => admin.close())).rejects.toThrow();
    await expect(writes(server.address, event('of-my-own'))).resolves.toMatchObject({ code: 3 });
  });
});

describe('the record of what was refused', () => {
  const foreignTopic = `the Kafka broker did not let user r50-voice-sip-cluster-service DESCRIBE topic ${topics.agentState}: TOPIC_AUTHORIZATION_FAILED (29); by its contract it may WRITE topic ${topics.callThread}`;

  test('names the user, so that two services at once are told apart', async () => {
    const exchanges = await recorded(server, () =>
      Promise.all([
        writes(loginOf(sipCluster), event(topics.agentState)),
        reads(loginOf(callState), groups.agentState, topics.callThread),
      ]),
    );
    const { callThread } = topics;
    const foreignGroup = `the Kafka broker did not let user r56-call-state-service DESCRIBE group ${groups.agentState}: GROUP_AUTHORIZATION_FAILED (30); by its contract it may READ group ${groups.callState}, READ topic ${callThread}`;
    expect(exchanges.map(({ failure }) => failure?.message).sort()).toEqual([foreignTopic, foreignGroup].sort());
    expect(exchanges.flatMap(contents)).toContainEqual({
      ...topicRefused(topics.agentState),
      user: 'r50-voice-sip-cluster-service',
    });
  });

  test('has what is tried again each time', async () => {
    const exchanges = await recorded(server, async () => {
      await writes(loginOf(sipCluster), event(topics.agentState));
      await writes(loginOf(sipCluster), event(topics.agentState));
    });
    expect(exchanges.map(({ failure }) => failure?.message)).toEqual([foreignTopic, foreignTopic]);
  });

  test('has a refused login, without a user, and nothing for one that is granted', async () => {
    const wrong = { ...loginOf(sipCluster), password: 'wrong' };
    const exchanges = await recorded(server, () => writes(wrong, event(topics.callThread)).catch(() => {}));
    expect(exchanges.map(({ failure }) => failure?.message)).toEqual([
      'the Kafka broker refused a login: SASL_AUTHENTICATION_FAILED (58)',
    ]);
    const granted = await recorded(server, () => writes(loginOf(sipCluster), event(topics.callThread)));
    expect(granted.map(({ failure }) => failure)).toEqual([undefined]);
  });

  test('leaves alone what the source has done rightly', async () => {
    const exchanges = await recorded(server, async () => {
      await playAt(server.address, hold);
      await writes(loginOf(sipCluster), event(topics.agentState));
    });
    const messages = exchanges.flatMap((each) => each.messages);
    expect(judge(hold, messages, kafkaProfile, 'source')).toEqual([]);
    expect(exchanges.flatMap(({ failure }) => failure?.message ?? [])).toEqual([foreignTopic]);
  });

  test.each([
    ['Topic:LITERAL:calls for request = Produce', { topic: 'calls' }, 'TOPIC_AUTHORIZATION_FAILED', 29],
    ['Group:LITERAL:readers for request = JoinGroup', { group: 'readers' }, 'GROUP_AUTHORIZATION_FAILED', 30],
    ['Cluster:LITERAL:kafka-cluster for request = CreateAcls', {}, 'CLUSTER_AUTHORIZATION_FAILED', 31],
    ['TransactionalId:LITERAL:t for request = X', {}, 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 53],
  ])('reads the line about %s', (resource, on, error, code) => {
    const line = `[thread] INFO kafka.authorizer.logger - Principal = User:u is Denied operation = WRITE from host = 127.0.0.1 on resource = ${resource} with resourceRefCount = 1`;
    expect(deniedIn(line)).toEqual([{ operation: 'WRITE', refusal: { error, code, ...on, user: 'u' } }]);
    expect(deniedIn(line.replace('Denied', 'Allowed'))).toEqual([]);
  });
});

describe('a login that does not hold is one sentence', () => {
  const wrong = () => ({ ...loginOf(sipCluster), user: 'admin', password: 'wrong' });
  const sentence = () =>
    `the Kafka broker at 127.0.0.1:${loginOf(sipCluster).port} refused the login of user admin: SASL_AUTHENTICATION_FAILED (58)`;

  test('for a play', async () => {
    const { failure, messages } = await playAt(wrong(), hold);
    expect(failure?.message).toBe(sentence());
    expect(messages).toEqual([]);
  });

  test('for a broker at an address, and for a tap', async () => {
    const attached = adapter.attach({ contracts, at: wrong(), service: service as never });
    await expect(attached).rejects.toThrow(sentence());
    await expect(adapter.tap({ host: '127.0.0.1', port: 0 }, wrong())).rejects.toThrow(sentence());
  });

  test('where the listener takes none', async () => {
    const { failure } = await playAt({ ...server.address, user: 'admin', password: 'x' }, hold);
    expect(failure?.message).toMatch(/ refused the login of user admin: ILLEGAL_SASL_STATE \(34\)$/);
  });

  test('and where one is wanted and none given', async () => {
    const { host, port } = loginOf(sipCluster);
    const { failure } = await playAt({ host, port }, hold);
    expect(failure?.message).toMatch(/ closed the connection before it answered .*; it may want a login$/);
  });
});

describe('a broker at an address', () => {
  const everywhere = { resourceName: '*', resourcePatternType: ResourcePatternTypes.LITERAL, host: '*' } as const;
  const all = { operation: AclOperations.ALL, permissionType: AclPermissionTypes.ALLOW };
  const undo: (() => Promise<unknown>)[] = [];

  /** Somebody who may read and write everything. @param manages whether users and rules too */
  async function somebody(manages: boolean): Promise<Address> {
    const logins = new Logins(server.address, TIMEOUT_MS);
    await logins.open([]);
    const login = { user: `somebody-${randomUUID()}`, password: randomUUID() };
    const remove = await logins.makeStranger({ name: login.user, password: login.password, rights: [] });
    undo.push(async () => {
      await remove();
      await logins.close();
    });
    const admin = adminClient(server.address, TIMEOUT_MS);
    const rule = { ...everywhere, ...all, principal: `User:${login.user}` };
    const cluster = { ...rule, resourceType: ResourceTypes.CLUSTER, resourceName: 'kafka-cluster' };
    await admin.createAcls({
      creations: [
        { ...rule, resourceType: ResourceTypes.TOPIC },
        { ...rule, resourceType: ResourceTypes.GROUP },
        ...(manages ? [cluster] : []),
      ],
    });
    await admin.close();
    return { ...logins.require(), ...login };
  }

  afterAll(async () => {
    for (const each of undo.reverse()) await each();
  });

  const attached = (at: Address, of: Contract) => adapter.attach({ contracts: [of], at, service: service as never });

  test('is given users by whoever may manage them, and they go again', async () => {
    const at = await somebody(true);
    const other: Contract = { ...sipCluster, connection: 53 };
    const watched = await attached(at, other);
    const login = watched.addressFor?.(other) as Address;
    expect(login).toMatchObject({ port: at.port, user: 'r53-voice-registrar-service' });
    expect(await writes(login, event(topics.callThread))).toMatchObject({ offset: expect.any(BigInt) });
    expect(await writes(login, event(topics.agentState))).toEqual(topicRefused(topics.agentState));
    await watched.close();
    await expect(writes(login, event(topics.callThread))).rejects.toThrow(
      `refused the login of user ${login.user}: SASL_AUTHENTICATION_FAILED (58)`,
    );
  });

  test('keeps the users that it has, with their passwords and rights', async () => {
    const watched = await attached(server.address, sipCluster);
    expect(watched.addressFor?.(sipCluster)).toEqual(loginOf(sipCluster));
    await watched.close();
    expect(await writes(loginOf(sipCluster), event(topics.callThread))).toMatchObject({ offset: expect.any(BigInt) });
  });

  test('is used with the login given where that may not manage users, and what needs them is not attainable', async () => {
    const at = await somebody(false);
    const watched = await attached(at, sipCluster);
    expect(watched.addressFor?.(sipCluster)).toEqual(at);
    const exchanges = await recorded(watched, async () => {
      expect((await playAt(at, hold)).failure).toBeUndefined();
    });
    const messages = exchanges.flatMap((each) => each.messages);
    expect(judge(hold, messages, kafkaProfile, 'source')).toEqual([]);
    const state = watched.setState({ name: 'every service has a login of its own', params: {} });
    await expect(state).rejects.toThrow(UnattainableStateError);
    await expect(state).rejects.toThrow(
      /^the Kafka broker at \S+ refused the list of users: CLUSTER_AUTHORIZATION_FAILED \(31\), so that sources have no login of their own there$/,
    );
    await watched.close();
  });

  test.each([
    ['has one for users', 'SASL_PLAINTEXT', 'SASL_PLAINTEXT', 'SCRAM-SHA-512', { host: 'b', port: 9093 }],
    ['has one for users over TLS', 'SASL_SSL', 'SASL_SSL', 'SCRAM-SHA-512', { host: 'b', port: 9093 }],
    ['has one for users over TLS only', 'SASL_SSL', 'SASL_PLAINTEXT', 'SCRAM-SHA-512', undefined],
    ['has none for users', 'PLAINTEXT', 'SASL_PLAINTEXT', 'SCRAM-SHA-512', undefined],
    ['has another mechanism', 'SASL_PLAINTEXT', 'SASL_PLAINTEXT', 'PLAIN', undefined],
  ] as const)('%s among its listeners', (_, protocol, way, mechanisms, expected) => {
    const settings = new Map([
      ['advertised.listeners', 'PLAIN://a:9092,USERS://b:9093'],
      ['listener.security.protocol.map', `PLAIN:PLAINTEXT,USERS:${protocol}`],
      ['sasl.enabled.mechanisms', mechanisms],
    ]);
    expect(listenerIn(settings, way)).toEqual(expected);
  });
});
