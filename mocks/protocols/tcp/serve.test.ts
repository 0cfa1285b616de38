import { afterEach, describe, expect, test } from '@jest/globals';
import contract from '../../../contracts/connections/03-billing-data-service--tenant-service.ts';
import { type Contract, state } from '../../../contracts/contract.ts';
import { judge } from '../../../contracts/conversation.ts';
import { type TcpMessage, tcpProfile } from '../../../contracts/messages/tcp.ts';
import { type Exchange, type MockServer, UnknownStateError } from '../../adapter.ts';
import tenantService from '../../services/tenant-service/mock.ts';
import type { TenantWorld } from '../../services/tenant-service/world.ts';
import { adapter, createTcpAdapter } from './adapter.ts';
import { defaultCodec } from './default-codec.ts';
import { type RawSource, rawSource } from './fixtures/raw-source.ts';
import type { TcpLimits } from './limits.ts';
import type { TcpServiceMock } from './service.ts';

type TenantMock = TcpServiceMock<TenantWorld>;

const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

async function serve(changed: Partial<TcpLimits> = {}, service: TenantMock = tenantService): Promise<MockServer> {
  const server = await createTcpAdapter(defaultCodec, changed).serve({
    contracts: [contract as Contract],
    listen: { host: '127.0.0.1', port: 0 },
    service,
  });
  undo.push(() => server.close());
  return server;
}

const open: TcpMessage = {
  name: 'SessionOpen',
  attributes: { clientName: 'bds', clientApplicationType: 1, userName: 'bds', userPassword: 'a-password' },
};
const readPersons = (referenceId: number, Filter = {}): TcpMessage => ({
  name: 'RequestReadObjects',
  referenceId,
  attributes: { ObjectType: 3, Filter },
});
const names = ({ messages }: Exchange) => messages.map(({ content }) => tcpProfile.title(content));
const has =
  (...wanted: string[]) =>
  (heard: readonly string[]) =>
    wanted.every((each) => heard.includes(each));

async function openSession(server: MockServer): Promise<RawSource> {
  const source = await rawSource(server.address);
  source.say(open);
  await source.until(has('SessionOpened'));
  return source;
}

describe('answers and record', () => {
  test('each request is an exchange; the session opening counts while nothing follows it', async () => {
    const server = await serve();
    const source = await openSession(server);
    expect(server.exchanges().map(names)).toEqual([['SessionOpen', 'SessionOpened']]);
    source.say(readPersons(1));
    await source.until(has('EventObjectsSent'));
    await server.settled();
    expect(server.exchanges().map(names)).toEqual([['RequestReadObjects', 'EventObjectsRead', 'EventObjectsSent']]);
    server.clear();
    expect(server.exchanges()).toEqual([]);
  });

  test('the password is not in the record', async () => {
    const server = await serve();
    await openSession(server);
    expect(JSON.stringify(server.exchanges())).toContain('"userPassword":"***"');
    expect(JSON.stringify(server.exchanges())).not.toContain('a-password');
  });

  test('requests coalesced in one segment, and one split at every byte, are all answered', async () => {
    const server = await serve();
    const source = await openSession(server);
    source.say(readPersons(1), readPersons(2), readPersons(3));
    for (const byte of defaultCodec.encode(readPersons(4))) source.write(Uint8Array.of(byte));
    await source.until((heard) => heard.filter((each) => each === 'EventObjectsSent').length === 4);
    expect(server.exchanges().every(({ failure }) => failure === undefined)).toBe(true);
  });

  test('many connections at once keep to themselves', async () => {
    const server = await serve();
    const sources = await Promise.all(Array.from({ length: 30 }, () => openSession(server)));
    for (const [index, source] of sources.entries()) source.say(readPersons(index + 1));
    await Promise.all(sources.map((source) => source.until(has('EventObjectsSent'))));
    await server.settled();
    const references = server
      .exchanges()
      .map(({ messages }) => new Set(messages.map(({ content }) => (content as TcpMessage).referenceId)));
    expect(references.every((each) => each.size === 1)).toBe(true);
    expect(references).toHaveLength(30);
  });

  test('what a source has written before settled() is in the record', async () => {
    const server = await serve();
    const source = await openSession(server);
    for (let id = 1; id <= 200; id += 1) source.say(readPersons(id));
    await server.settled();
    expect(server.exchanges().filter((exchange) => names(exchange).includes('EventObjectsSent'))).toHaveLength(200);
  });

  test('the record is bounded in exchanges and in bytes', async () => {
    const server = await serve({ maxExchanges: 5 });
    const source = await openSession(server);
    for (let id = 1; id <= 20; id += 1) source.say(readPersons(id));
    await server.settled();
    const kept = server.exchanges();
    const references = kept.map(({ messages: [first] }) => (first as { content: TcpMessage }).content.referenceId);
    expect(references).toEqual([16, 17, 18, 19, 20]);

    const small = await serve({ maxRecordBytes: 3_000 });
    const other = await openSession(small);
    for (let id = 1; id <= 20; id += 1) other.say(readPersons(id));
    await small.settled();
    expect(small.exchanges().length).toBeGreaterThan(0);
    expect(small.exchanges().length).toBeLessThan(5);
  });
});

describe('a source with one thing wrong', () => {
  async function failureAfter(
    act: (source: RawSource) => void,
    heard: string,
    changed: Partial<TcpLimits> = {},
  ): Promise<string | undefined> {
    const server = await serve(changed);
    const source = await openSession(server);
    act(source);
    await source.until((all) => all.some((each) => each.startsWith(heard)));
    await server.settled();
    return server.exchanges().at(-1)?.failure?.message;
  }

  test('a message in no contract is refused and says what is near', async () => {
    const failure = await failureAfter((source) => source.say(readPersons(1, { user: 'x' })), 'EventError');
    expect(failure).toBe(
      [
        '[connection 3 Billing Data Service -> Tenant Service] no interaction has this message: RequestReadObjects.',
        'Nearest: "read all persons", but',
        '  $.attributes.Filter.user: expected no such key, got "x" (string)',
        'Fix: correct the message; or, if it is right, add an interaction to contracts/connections/03-billing-data-service--tenant-service.ts ("voxpact show 3" prints what is there).',
      ].join('\n'),
    );
  });

  test('an unknown message', async () => {
    const message = { name: 'RequestMakeCoffee', referenceId: 1, attributes: {} };
    expect(await failureAfter((source) => source.say(message), 'EventError')).toContain(
      '  $.name: expected "RequestReadObjects", got "RequestMakeCoffee" (string)\n',
    );
  });

  test('a wrong type of an attribute is judged by the contract', async () => {
    const server = await serve();
    const source = await rawSource(server.address);
    source.say({ ...open, attributes: { ...open.attributes, clientApplicationType: 'nineteen' } });
    await source.until(has('EventError'));
    const [exchange] = server.exchanges() as [Exchange];
    const interaction = contract.interactions[0] as Contract['interactions'][number];
    expect(judge(interaction, exchange.messages, tcpProfile, 'source').map(({ message }) => message)).toEqual([
      '$.attributes.clientApplicationType: expected an integer like 19, got "nineteen" (string)',
    ]);
  });

  test('a request before the session', async () => {
    const server = await serve();
    const source = await rawSource(server.address);
    source.say(readPersons(1));
    await source.until(has('close 1: expected SessionOpen as the first message, got RequestReadObjects', 'end'));
    expect(server.exchanges()[0]?.failure?.message).toBe(
      'expected SessionOpen as the first message, got RequestReadObjects',
    );
  });

  test('a second session in one', async () => {
    expect(await failureAfter((source) => source.say(open), 'close 1')).toBe('SessionOpen came twice in one session');
  });

  test('silence after connecting', async () => {
    const server = await serve({ sessionTimeoutMs: 50 });
    const source = await rawSource(server.address);
    await source.until(has('end'));
    expect(server.exchanges()[0]?.failure?.message).toBe('the source connected and sent no SessionOpen for 50 ms');
  });

  test('silence that no poll breaks', async () => {
    const server = await serve({ destinationKeepAliveMs: 40 }, neverAnswers);
    const source = await openSession(server);
    source.say(readPersons(1));
    await source.until(has('poll', 'end'));
    expect(server.exchanges()[0]?.failure?.message).toMatch(
      /^the source was silent for \d+ ms and left a keep-alive poll unanswered$/,
    );
  });

  test('garbage', async () => {
    const text = 'a frame announces 1195725856 bytes; 2 to 16777216 are allowed (it begins with "GET / HTTP/1.1..")';
    expect(await failureAfter((source) => source.write(Buffer.from('GET / HTTP/1.1\r\n\r\n')), 'end')).toBe(
      `a frame of the source cannot be read: ${text}`,
    );
  });

  test('a frame larger than allowed', async () => {
    const failure = await failureAfter(
      (source) => source.say(readPersons(1, { name: 'x'.repeat(500) })),
      'codec-error',
      {
        maxFrameBytes: 400,
      },
    );
    expect(failure).toMatch(/^a frame of the source cannot be read: a frame announces \d+ bytes; 2 to 400 are allowed/);
  });

  test('a frame cut short by the end of the stream', async () => {
    const failure = await failureAfter((source) => {
      source.write(defaultCodec.encode(readPersons(1)).subarray(0, 10));
      source.finish();
    }, 'end');
    expect(failure).toBe(
      'a frame of the source cannot be read: the stream ended after 10 bytes of a frame, before 62 bytes',
    );
  });

  test('a half-closed source still gets the answers it asked for', async () => {
    const server = await serve();
    const source = await openSession(server);
    source.say(readPersons(1));
    source.finish();
    await source.until(has('EventObjectsSent', 'end'));
    expect(server.exchanges()[0]?.failure).toBeUndefined();
  });

  test('a source that leaves before its answer', async () => {
    const server = await serve({ settleTimeoutMs: 200 }, neverAnswers);
    const source = await openSession(server);
    source.say(readPersons(1));
    await server.settled();
    source.finish();
    await source.until(has('end'));
    expect(server.exchanges()[0]?.failure?.message).toBe('the source closed the connection before the answer');
  });

  test('a source that breaks the connection', async () => {
    const server = await serve({ settleTimeoutMs: 200 }, neverAnswers);
    const source = await openSession(server);
    source.say(readPersons(1));
    await server.settled();
    source.reset();
    await server.settled();
    expect(server.exchanges()[0]?.failure?.message).toBe('the source broke the connection (ECONNRESET)');
  });
});

const neverAnswers: TenantMock = {
  ...tenantService,
  accept: (world, session) => {
    const handler = tenantService.accept(world, session);
    return {
      onMessage: (message) => (message.name === 'SessionOpen' ? handler.onMessage(message) : undefined),
      refuse: (message, reason) => handler.refuse(message, reason),
    };
  },
};

describe('a service mock of its own', () => {
  function behaving(onRead: TenantMock['accept']): TenantMock {
    return {
      ...tenantService,
      accept: (world, session) => {
        const opening = tenantService.accept(world, session);
        const own = onRead(world, session);
        return { ...own, onMessage: (each) => (each.name === 'SessionOpen' ? opening : own).onMessage(each) };
      },
    };
  }
  const sent: TcpMessage = { name: 'EventObjectsSent', referenceId: 1, attributes: {} };
  const refuse = (): TcpMessage => ({ name: 'EventError', attributes: {} });

  test('answers late, and pushes events until the session is over', async () => {
    const service = behaving((_world, session) => ({
      refuse,
      onMessage: async () => {
        const timer = setInterval(() => session.push({ name: 'EventObjectUpdated', attributes: {} }), 5);
        session.signal.addEventListener('abort', () => clearInterval(timer));
        return [sent];
      },
    }));
    const server = await serve({}, service);
    const source = await openSession(server);
    source.say(readPersons(1));
    await source.until((heard) => heard.filter((each) => each === 'EventObjectUpdated').length > 2);
    await server.close();
    expect(server.exchanges().map(names)[0]?.slice(0, 3)).toEqual([
      'RequestReadObjects',
      'EventObjectsSent',
      'EventObjectUpdated',
    ]);
  });

  test('takes its time: a source that answers polls meanwhile is kept, and polls are no messages', async () => {
    const slow = behaving(() => ({
      refuse,
      onMessage: async ({ referenceId }) => {
        await new Promise((resolve) => setTimeout(resolve, 500));
        return [{ ...sent, referenceId: referenceId as number }];
      },
    }));
    const server = await serve({ destinationKeepAliveMs: 150 }, slow);
    const empty = contract.interactions.find(({ description }) => description.startsWith('nothing found'));
    const performance = { contract, interaction: empty, values: {} } as Parameters<typeof adapter.play>[0];
    const observed = await adapter.play(performance, server.address, AbortSignal.timeout(20_000));
    expect(observed.failure).toBeUndefined();
    await server.settled();
    expect(server.exchanges().map(names)).toEqual([['RequestReadObjects', 'EventObjectsSent']]);
    expect(server.exchanges()[0]?.failure).toBeUndefined();
  });

  test('pushes to a source that does not read: the link is cut before memory fills', async () => {
    const flooding = behaving((_world, session) => ({
      refuse,
      onMessage: () => {
        const event = { name: 'EventObjectUpdated', attributes: { text: 'x'.repeat(1_000_000) } };
        for (let count = 0; count < 100; count += 1) session.push(event);
        return undefined;
      },
    }));
    const server = await serve({ maxQueuedBytes: 5_000_000, settleTimeoutMs: 5_000 }, flooding);
    const source = await openSession(server);
    source.ignore();
    source.say(readPersons(1));
    await server.settled();
    expect(server.exchanges()[0]?.failure?.message).toMatch(/^the source does not read: \d+ bytes wait to be sent$/);
    expect(server.exchanges()[0]?.messages.length).toBeLessThan(20);
    source.reset();
  });

  test('pushes to sources that do not read together: the slowest is cut before memory fills', async () => {
    const flooding = behaving((_world, session) => ({
      refuse,
      onMessage: () => {
        const event = { name: 'EventObjectUpdated', attributes: { text: 'x'.repeat(1_000_000) } };
        for (let count = 0; count < 12; count += 1) session.push(event);
        return undefined;
      },
    }));
    const server = await serve({ maxBacklogBytes: 10_000_000, settleTimeoutMs: 500 }, flooding);
    const sources = [await openSession(server), await openSession(server)];
    for (const source of sources) {
      source.ignore();
      source.say(readPersons(1));
    }
    await server.settled();
    const failures = server.exchanges().map(({ failure }) => failure?.message);
    expect(failures.filter((failure) => failure !== undefined)).toEqual([
      expect.stringMatching(/^the source does not read: \d+ bytes wait to be sent, and \d+ bytes to all$/),
    ]);
    for (const source of sources) source.reset();
  });

  test('that fails is a failure of the exchange, and the source is told', async () => {
    const failing = behaving(() => ({
      refuse,
      onMessage: () => {
        throw new Error('no such world');
      },
    }));
    const server = await serve({}, failing);
    const source = await openSession(server);
    source.say(readPersons(1));
    await source.until(has('EventError'));
    expect(server.exchanges()[0]?.failure?.message).toBe('the mock failed on RequestReadObjects: no such world');
  });

  test('that speaks no TCP is refused', async () => {
    const { accept, ...rest } = tenantService;
    expect(accept).toBeDefined();
    await expect(serve({}, rest as TenantMock)).rejects.toThrow(
      'the mock of Tenant Service does not speak TCP; it needs createWorld() and accept(world, session)',
    );
  });
});

describe('states, listening and closing', () => {
  test('a state that nobody knows', async () => {
    const server = await serve();
    const failure = server.setState(state('it rains'));
    await expect(failure).rejects.toThrow(UnknownStateError);
    await expect(failure).rejects.toThrow('Tenant Service has no state "it rains"; it has "the CME user is valid", ');
  });

  test('a reset ends every state, and sessions go on', async () => {
    const server = await serve();
    const source = await openSession(server);
    const known = server.inspect?.();
    const set = await server.setState(state('the CME user is refused'));
    expect(server.inspect?.()).not.toEqual(known);
    await server.reset?.();
    expect(server.inspect?.()).toEqual(known);
    const again = await server.setState(state('the CME user is refused'));
    await set.undo();
    expect(server.inspect?.()).not.toEqual(known);
    await again.undo();
    expect(server.inspect?.()).toEqual(known);
    source.say(readPersons(1));
    await source.until(has('EventObjectsSent'));
  });

  test('port in use', async () => {
    const { address } = await serve();
    const second = createTcpAdapter().serve({ contracts: [], listen: address, service: tenantService });
    await expect(second).rejects.toThrow(
      `port ${address.port} on 127.0.0.1 is in use; stop what listens there, or choose another port.`,
    );
  });

  test('closed twice, with sources connected: they are told, and the port is free', async () => {
    const server = await serve();
    const source = await openSession(server);
    await Promise.all([server.close(), server.close()]);
    await source.until(has('close 0: the mock is closed', 'end'));
    const again = await createTcpAdapter().serve({ contracts: [], listen: server.address, service: tenantService });
    await again.close();
    expect(server.exchanges()[0]?.failure).toBeUndefined();
  });

  test('a signal closes it', async () => {
    const abort = new AbortController();
    const { address } = await createTcpAdapter().serve({
      contracts: [],
      listen: { host: '127.0.0.1', port: 0 },
      service: tenantService,
      signal: abort.signal,
    });
    const source = await rawSource(address);
    abort.abort();
    await source.until(has('end'));
    await expect(rawSource(address)).rejects.toThrow('ECONNREFUSED');
  });
});
