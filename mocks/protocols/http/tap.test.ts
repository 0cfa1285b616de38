import { createServer, type Server } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import contract from '../../../contracts/connections/26-tenant-service--config-service.ts';
import customerContract from '../../../contracts/connections/44-designer-application-server--external-customer.ts';
import type { Interaction, ProviderState } from '../../../contracts/contract.ts';
import { judge } from '../../../contracts/conversation.ts';
import { world } from '../../../contracts/world.ts';
import type { Address } from '../../adapter.ts';
import { listenOn } from '../../listen.ts';
import configService from '../../services/config-service/mock.ts';
import externalCustomer from '../../services/external-customer/mock.ts';
import { adapter } from './adapter.ts';
import { httpLimits } from './limits.ts';
import { startTap } from './tap.ts';

const listen: Address = { host: '127.0.0.1', port: 0 };
const never = new AbortController().signal;
const undo: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

async function tapTo(forward: Address, limits = httpLimits) {
  const tap = await startTap(listen, forward, limits);
  undo.push(() => tap.close());
  return tap;
}

async function upstream(server: Server): Promise<Address> {
  const { port } = await listenOn(server, listen);
  undo.push(() => new Promise((resolve) => server.close(resolve)));
  return { ...listen, port };
}

/** Sends bytes and returns what came back until the other side ended the connection. */
function sendRaw({ host, port }: Address, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, allowHalfOpen: true });
    let received = '';
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
    });
    socket.on('error', () => resolve(received));
    socket.on('end', () => {
      socket.destroy();
      resolve(received);
    });
    socket.end(bytes, 'latin1');
  });
}

test('both sides are judged from what passed through', async () => {
  const mock = await adapter.serve({ contracts: [contract], listen, service: configService as never });
  undo.push(() => mock.close());
  const tap = await adapter.tap(listen, mock.address);
  undo.push(() => tap.close());
  for (const interaction of contract.interactions.slice(0, 3) as readonly Interaction[]) {
    await adapter.play({ contract, interaction, values: {} }, tap.address, never);
  }
  await tap.settled();
  const exchanges = tap.exchanges();
  expect(exchanges).toHaveLength(3);
  for (const side of ['source', 'destination'] as const) {
    const read = contract.interactions[1] as Interaction;
    expect(judge(read, exchanges[1]?.messages ?? [], adapter.profile, side)).toEqual([]);
  }
});

test('bytes pass untouched, pipelined requests are told apart, HEAD has no body', async () => {
  let seen = '';
  const answer = 'HTTP/1.1 200 OK\r\nX-Odd:   spaced \r\nContent-Length: 2\r\n\r\nok';
  const head = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n';
  const server = createTcpServer({ allowHalfOpen: true }, (socket) => {
    socket.on('data', (chunk: Buffer) => {
      seen += chunk.toString('latin1');
    });
    socket.on('end', () => socket.end(answer + head + answer));
  });
  const { port } = await listenOn(server, listen);
  undo.push(() => new Promise((resolve) => server.close(resolve)));
  const tap = await tapTo({ ...listen, port });
  const sent = ['GET /a?x=1', 'HEAD /b', 'GET /c'].map((line) => `${line} HTTP/1.1\r\nhost:  x\r\n\r\n`).join('');
  expect(await sendRaw(tap.address, sent)).toBe(answer + head + answer);
  expect(seen).toBe(sent);
  await tap.settled();
  expect(tap.exchanges().map((each) => each.messages.map((message) => message.content))).toMatchObject([
    [
      { method: 'GET', path: '/a', query: { x: '1' } },
      { status: 200, body: 'ok' },
    ],
    [{ method: 'HEAD', path: '/b' }, { status: 200 }],
    [
      { method: 'GET', path: '/c' },
      { status: 200, body: 'ok' },
    ],
  ]);
  expect(tap.exchanges()[1]?.messages[1]?.content).not.toHaveProperty('body');
});

test('garbage passes and is said to be unreadable', async () => {
  const server = createTcpServer((socket) => socket.pipe(socket));
  const { port } = await listenOn(server, listen);
  undo.push(() => new Promise((resolve) => server.close(resolve)));
  const tap = await tapTo({ ...listen, port });
  expect(await sendRaw(tap.address, '\x16\x03\x01 no HTTP\r\n')).toBe('\x16\x03\x01 no HTTP\r\n');
  await tap.settled();
  expect(tap.exchanges().map((each) => each.failure?.message)).toEqual([
    'what the source sent is not HTTP/1.1 in clear; it was forwarded unread',
    'what the destination sent is not HTTP/1.1 in clear; it was forwarded unread',
  ]);
});

test('TLS is read where the tap knows the authority, and the source knows the tap', async () => {
  const mock = await adapter.serve({ contracts: [customerContract], listen, service: externalCustomer as never });
  undo.push(() => mock.close());
  const tap = await tapTo(mock.address);
  const interaction = customerContract.interactions.find(
    ({ description }) => description === 'delete a ticket',
  ) as Interaction;
  const { undo: leave } = await mock.setState(interaction.given[0] as ProviderState);
  const performance = { contract: customerContract, interaction, values: {} };
  await adapter.play(performance, tap.address, never);
  await tap.settled();
  const messages = tap.exchanges().flatMap((exchange) => exchange.messages);
  for (const side of ['source', 'destination'] as const) {
    expect(judge(interaction, messages, adapter.profile, side)).toEqual([]);
  }
  await leave();
  await mock.setState({ name: 'api certificate is expired', params: {} });
  await adapter.play(performance, tap.address, never);
  await tap.settled();
  expect(tap.exchanges()[1]?.failure?.message).toBe(
    `the tap cannot reach 127.0.0.1:${mock.address.port}: certificate has expired`,
  );
});

test('TLS passes unread where the tap has no part in it', async () => {
  const mock = await adapter.serve({ contracts: [customerContract], listen, service: externalCustomer as never });
  undo.push(() => mock.close());
  const { ca: _, ...forward } = mock.address;
  const tap = await tapTo(forward);
  const interaction = customerContract.interactions.find(
    (each) => each.description === 'read a customer whom nobody knows',
  );
  const at = { ...tap.address, ca: mock.address.ca as string };
  const performance = { contract: customerContract, interaction: interaction as Interaction, values: {} };
  const { messages } = await adapter.play(performance, at, never);
  expect(messages[1]?.content).toMatchObject({ status: 404 });
  await tap.settled();
  expect(tap.exchanges()[0]?.failure?.message).toContain('is not HTTP/1.1 in clear; it was forwarded unread');
});

test('a body past the limit passes whole, and is said to be too large to keep', async () => {
  const at = await upstream(createServer((_, response) => response.end('y'.repeat(5000))));
  const tap = await tapTo(at, { ...httpLimits, bodyBytes: 1000 });
  const response = await fetch(`http://127.0.0.1:${tap.address.port}/big`, { headers: { connection: 'close' } });
  expect(await response.text()).toHaveLength(5000);
  await tap.settled();
  expect(tap.exchanges().map((each) => each.failure?.message)).toEqual([
    'GET /big: a body is larger than 1000 bytes, the most that is kept',
  ]);
});

test('a destination that nobody can reach is named', async () => {
  const server = createServer();
  const { port } = await listenOn(server, listen);
  await new Promise((resolve) => server.close(resolve));
  const tap = await tapTo({ ...listen, port });
  expect(await sendRaw(tap.address, 'GET / HTTP/1.1\r\n\r\n')).toBe('');
  await tap.settled();
  expect(tap.exchanges().map((each) => each.failure?.message)[0]).toBe(
    `the tap cannot reach 127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}`,
  );
});

test('a destination that ends without an answer, and a source that gives up', async () => {
  let giveUp = () => {};
  const at = await upstream(
    createServer((request, response) => {
      if (request.url === '/end') response.destroy();
      else giveUp();
    }),
  );
  const tap = await tapTo(at);
  await expect(fetch(`http://127.0.0.1:${tap.address.port}/end`)).rejects.toThrow('fetch failed');
  const abort = new AbortController();
  giveUp = () => abort.abort();
  await expect(fetch(`http://127.0.0.1:${tap.address.port}/wait`, { signal: abort.signal })).rejects.toThrow('aborted');
  await tap.settled();
  expect(tap.exchanges().map((each) => each.messages.map((message) => message.content))).toMatchObject([
    [{ path: '/end' }, { fault: 'closed' }],
    [{ path: '/wait' }, { fault: 'timeout' }],
  ]);
});

test('closing twice is allowed, ends what is open, and the port is free again', async () => {
  const at = await upstream(createServer(() => {}));
  const tap = await tapTo(at);
  const path = `http://127.0.0.1:${tap.address.port}/config/v1/tenants/${world.tenant.uuid}`;
  const waiting = fetch(path).catch((error: Error) => error.message);
  for (let tries = 0; tries < 100; tries += 1) await new Promise((resolve) => setImmediate(resolve));
  await Promise.all([tap.close(), tap.close()]);
  expect(await waiting).toBe('fetch failed');
  const again = await startTap(tap.address, at);
  undo.push(() => again.close());
  expect(again.address.port).toBe(tap.address.port);
});
