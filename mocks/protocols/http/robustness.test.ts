import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import contract from '../../../contracts/connections/26-tenant-service--config-service.ts';
import customerContract from '../../../contracts/connections/44-designer-application-server--external-customer.ts';
import type { Interaction } from '../../../contracts/contract.ts';
import { world } from '../../../contracts/world.ts';
import type { Address, MockServer } from '../../adapter.ts';
import { listenOn } from '../../listen.ts';
import configService from '../../services/config-service/mock.ts';
import externalCustomer from '../../services/external-customer/mock.ts';
import { adapter } from './adapter.ts';
import { httpLimits } from './limits.ts';
import { startServer } from './server.ts';

const listen: Address = { host: '127.0.0.1', port: 0 };
const tenantPath = `/config/v1/tenants/${world.tenant.uuid}`;
const interaction = contract.interactions[1] as Interaction;
const undo: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

async function serve(limits = httpLimits): Promise<MockServer> {
  const server = await startServer({ contracts: [contract], listen, service: configService as never }, limits);
  undo.push(() => server.close());
  return server;
}

/** A peer made of bare bytes: what it sends back to each connection. */
async function rawPeer(onConnection: (socket: Socket) => void): Promise<Address> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onConnection(socket);
  });
  const { port } = await listenOn(server, listen);
  undo.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { ...listen, port };
}

/** Sends bytes on a connection of their own and returns all that came back until the other side ended it. */
async function sendRaw({ host, port }: Address, bytes: string, { end = false } = {}): Promise<string> {
  const socket = connect({ host, port, allowHalfOpen: true });
  undo.push(async () => void socket.destroy());
  let received = '';
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString();
  });
  if (end) socket.end(bytes);
  else socket.write(bytes);
  await new Promise((resolve) => socket.once('end', resolve).once('error', resolve));
  socket.destroy();
  return received;
}

/** Waits until something is recorded, at most two seconds. */
async function recorded(server: Pick<MockServer, 'exchanges'>): Promise<(string | undefined)[]> {
  for (let tries = 0; server.exchanges().length === 0 && tries < 200; tries += 1) await delay(10);
  return server.exchanges().map((exchange) => exchange.failure?.message);
}

describe('a source that misbehaves ends with one recorded failure', () => {
  test('garbage', async () => {
    const server = await serve();
    expect(await sendRaw(server.address, '\x00\x01 nonsense \r\n\r\n')).toContain('400 Bad Request');
    expect(await recorded(server)).toEqual([
      expect.stringMatching(/^what the source sent is not HTTP\/1\.1: Parse Error: /),
    ]);
  });

  test('a body past the limit, answered with 413', async () => {
    const server = await serve({ ...httpLimits, bodyBytes: 1000 });
    const request = `POST /config/v1/tenants HTTP/1.1\r\nhost: x\r\ncontent-length: 5000\r\n\r\n${'x'.repeat(5000)}`;
    expect(await sendRaw(server.address, request)).toMatch(/^HTTP\/1\.1 413 /);
    expect(await recorded(server)).toEqual([
      'POST /config/v1/tenants: the body is larger than 1000 bytes, the most that a mock reads',
    ]);
  });

  test.each([
    ['says nothing', ''],
    ['stops in its headers', 'GET / HTTP/1.1\r\nhost'],
    ['stops in its body', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc'],
  ])('a peer that %s', async (_, bytes) => {
    const server = await serve({ ...httpLimits, headersTimeoutMs: 100, requestTimeoutMs: 150 });
    await sendRaw(server.address, bytes);
    expect(await recorded(server)).toEqual(['the source sent no whole request in time (headers: 100 ms, all: 150 ms)']);
  });

  test('a half-close in the middle of a request', async () => {
    const server = await serve();
    await sendRaw(server.address, 'POST /x HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc', { end: true });
    expect(await recorded(server)).toEqual(['the source ended the connection before its request was whole']);
  });

  test('a half-close after a whole request is no fault: the answer still comes', async () => {
    const server = await serve();
    const request = `GET ${tenantPath} HTTP/1.1\r\nhost: x\r\n\r\n`;
    expect(await sendRaw(server.address, request, { end: true })).toMatch(/^HTTP\/1\.1 200 /);
    expect(await recorded(server)).toEqual([undefined]);
  });
});

describe('a destination that misbehaves', () => {
  const play = (at: Address, stepTimeoutMs = 10_000, signal = new AbortController().signal) =>
    adapter.play({ contract, interaction: { ...interaction, stepTimeoutMs }, values: {} }, at, signal);

  test('garbage', async () => {
    const at = await rawPeer((socket) => socket.end('\x00\x01 nonsense \r\n\r\n'));
    const { messages, failure } = await play(at);
    expect(messages).toHaveLength(1);
    expect(failure?.message).toMatch(new RegExp(`^GET ${tenantPath}: the answer is not HTTP/1.1: Parse Error: `));
  });

  test('silence', async () => {
    const at = await rawPeer((socket) => socket.resume());
    const { messages, failure } = await play(at, 80);
    expect(messages[1]?.content).toEqual({ fault: 'timeout', detail: 'no whole response within 80 ms' });
    expect(failure?.message).toBe(`GET ${tenantPath}: no answer: no whole response within 80 ms`);
  });

  test('a response that stops half-way is a timeout too', async () => {
    const at = await rawPeer((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc'));
    expect((await play(at, 80)).messages[1]?.content).toMatchObject({ fault: 'timeout' });
  });

  test.each([
    ['without an answer', ''],
    ['within its answer', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc'],
  ])('a connection that ends %s', async (_, bytes) => {
    const at = await rawPeer((socket) => socket.once('data', () => socket.end(bytes)));
    const { messages, failure } = await play(at);
    expect(messages[1]?.content).toEqual({ fault: 'closed', detail: 'ECONNRESET' });
    expect(failure?.message).toBe(
      `GET ${tenantPath}: 127.0.0.1:${at.port} ended the connection before its answer was whole (ECONNRESET)`,
    );
  });

  test('nobody there', async () => {
    const server = await serve();
    await server.close();
    const { failure } = await play(server.address);
    expect(failure?.message).toBe(
      `GET ${tenantPath}: nobody listens at 127.0.0.1:${server.address.port} (ECONNREFUSED)`,
    );
  });

  test('a body without end', async () => {
    const at = await rawPeer((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        const chunk = Buffer.alloc(1024 * 1024);
        const more = () => {
          while (!socket.destroyed && socket.write(chunk));
        };
        socket.on('drain', more);
        more();
      });
    });
    const { failure } = await play(at);
    expect(failure?.message).toBe(
      `GET ${tenantPath}: the response body is larger than ${httpLimits.bodyBytes} bytes, the most that is read`,
    );
  });

  test('abort during play ends at once', async () => {
    const at = await rawPeer((socket) => socket.resume());
    const abort = new AbortController();
    const playing = play(at, 20_000, abort.signal);
    setTimeout(() => abort.abort(), 20);
    expect((await playing).failure?.message).toBe(`GET ${tenantPath}: the play was aborted`);
  });
});

describe('a mock server', () => {
  test('may be closed twice, and frees its port', async () => {
    const server = await serve();
    await Promise.all([server.close(), server.close()]);
    const again = await startServer({ contracts: [contract], listen: server.address, service: configService as never });
    undo.push(() => again.close());
    expect(again.address.port).toBe(server.address.port);
  });

  test('closes while an answer is owed', async () => {
    const { promise: asked, resolve: isAsked } = Promise.withResolvers<void>();
    const respond = () => {
      isAsked();
      return new Promise<never>(() => {});
    };
    const slow = { ...configService, respond };
    const server = await startServer({ contracts: [contract], listen, service: slow as never });
    const failing = fetch(`http://127.0.0.1:${server.address.port}${tenantPath}`).catch(
      (error: Error) => error.message,
    );
    await asked;
    await server.close();
    expect(await failing).toBe('fetch failed');
    expect(server.exchanges()[0]?.messages[1]?.content).toEqual({ fault: 'timeout' });
  });

  test('says which port is in use', async () => {
    const { address } = await serve();
    await expect(
      adapter.serve({ contracts: [contract], listen: address, service: configService as never }),
    ).rejects.toThrow(`port ${address.port} on 127.0.0.1 is in use; stop what listens there, or choose another port.`);
  });

  test('ends with the signal it was given', async () => {
    const abort = new AbortController();
    const options = { contracts: [contract], listen, service: configService as never, signal: abort.signal };
    const server = await startServer(options);
    abort.abort();
    await server.close();
    await expect(fetch(`http://127.0.0.1:${server.address.port}/`)).rejects.toThrow('fetch failed');
    await expect(startServer(options)).rejects.toThrow('aborted');
  });

  test('says what a failing mock failed of', async () => {
    const broken = {
      ...configService,
      respond: () => {
        throw new RangeError('no such world');
      },
    };
    const server = await startServer({ contracts: [contract], listen, service: broken as never });
    undo.push(() => server.close());
    const response = await fetch(`http://127.0.0.1:${server.address.port}${tenantPath}`);
    expect([response.status, await response.text()]).toEqual([500, 'the mock of Config Service failed: no such world']);
    expect(server.exchanges()[0]?.failure?.cause).toBeInstanceOf(RangeError);
  });

  test('needs a service mock that speaks HTTP', async () => {
    const service = { system: 'Kafka', states: {}, notModelled: [] };
    await expect(startServer({ contracts: [contract], listen, service })).rejects.toThrow(
      'the mock of Kafka cannot answer HTTP: it has no createWorld() and respond()',
    );
  });
});

describe('over TLS', () => {
  const serveTls = (limits = httpLimits) =>
    startServer({ contracts: [customerContract], listen, service: externalCustomer as never }, limits);

  test('a peer that never begins the handshake is one recorded failure', async () => {
    const server = await serveTls({ ...httpLimits, headersTimeoutMs: 100 });
    undo.push(() => server.close());
    await sendRaw(server.address, '');
    expect(await recorded(server)).toEqual(['the TLS handshake failed: TLS handshake timeout']);
  });

  test('what is no TLS is one recorded failure', async () => {
    const server = await serveTls();
    undo.push(() => server.close());
    await sendRaw(server.address, 'GET / HTTP/1.1\r\n\r\n');
    expect(await recorded(server)).toEqual([expect.stringMatching(/^the TLS handshake failed: .*http request/)]);
  });

  test('mock and tap close while a peer is in its handshake', async () => {
    const server = await serveTls();
    const tap = await adapter.tap(listen, server.address);
    const waiting = [server.address, tap.address].map((address) => sendRaw(address, ''));
    await delay(20);
    await Promise.all([tap.close(), server.close()]);
    expect(await Promise.all(waiting)).toEqual(['', '']);
  });
});
