import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setupServer } from 'msw/node';
import { assumed, destination, source } from '../../../contracts/contract.ts';
import { defineContract } from '../../../contracts/define-contract.ts';
import type { HttpMessage, HttpResponse } from '../../../contracts/messages/http.ts';
import type { MockServer } from '../../adapter.ts';
import { adapter } from './adapter.ts';
import { send } from './client.ts';
import { mswHandlers } from './handlers.ts';
import type { HttpServiceMock } from './service.ts';
import { messageToSend, wireResponse } from './wire.ts';

describe('a response on the wire', () => {
  test('to GET states the length that its body has', () => {
    const { headers, bytes } = wireResponse({ status: 200, headers: { 'content-length': '9' }, body: 'four' }, 'GET');
    expect(headers['content-length']).toBe('4');
    expect(bytes.toString()).toBe('four');
  });

  test('to HEAD keeps the length that is stated, and has none when none is (RFC 9110, section 8.6)', () => {
    const stated = wireResponse({ status: 200, headers: { 'content-length': '44' } }, 'HEAD');
    expect(stated).toEqual({ headers: { 'content-length': '44' }, bytes: Buffer.alloc(0) });
    expect(wireResponse({ status: 200 }, 'HEAD').headers).toEqual({});
  });

  test('has its body as text only where that is ASCII, so that the head beside it keeps its own encoding', () => {
    const headers = { 'content-type': 'application/json' };
    expect(messageToSend({ status: 200, headers, body: { name: 'Main' } }).body).toBe('{"name":"Main"}');
    const { headers: measured, body } = messageToSend({ status: 200, headers, body: { name: 'Zürich' } });
    expect([measured['content-length'], body]).toEqual(['18', Buffer.from('{"name":"Zürich"}')]);
  });
});

test('a header in ISO-8859-1 and a body in UTF-8 arrive as they were meant', async () => {
  const contract = defineContract<HttpMessage>({
    connection: 26,
    interactions: ['/ascii', '/utf-8'].map((path) => ({
      description: `read ${path}`,
      basis: assumed('a fixture of this test'),
      given: [],
      negative: true as const,
      steps: [source<HttpMessage>({ method: 'GET', path }), destination<HttpMessage>({ status: 200 })],
    })),
  });
  const headers = { 'x-place': 'Zürich', 'content-type': 'text/plain' };
  const service: HttpServiceMock<null> = {
    system: 'Config Service',
    states: {},
    notModelled: [],
    createWorld: () => null,
    respond: ({ path }) => ({ status: 200, headers, body: path === '/ascii' ? 'Zurich' : 'Zürich €' }),
  };
  const server = await adapter.serve({ contracts: [contract], listen: { host: '127.0.0.1', port: 0 }, service });
  try {
    for (const [path, body] of [
      ['/ascii', 'Zurich'],
      ['/utf-8', 'Zürich €'],
    ] as const) {
      const options = { timeoutMs: 10_000, signal: new AbortController().signal };
      const answer = await send({ method: 'GET', path }, server.address, options);
      expect(answer).toMatchObject({ headers: { 'x-place': 'Zürich' }, body });
    }
  } finally {
    await server.close();
  }
});

describe('a mock that answers HEAD', () => {
  const contract = defineContract<HttpMessage>({
    connection: 26,
    interactions: ['/long', '/unknown'].map((path) => ({
      description: `look at ${path}`,
      basis: assumed('a fixture of this test'),
      given: [],
      negative: true as const,
      steps: [source<HttpMessage>({ method: 'HEAD', path }), destination<HttpMessage>({ status: 200 })],
    })),
  });
  const service: HttpServiceMock<null> = {
    system: 'Config Service',
    states: {},
    notModelled: [],
    createWorld: () => null,
    respond: ({ path }) => ({ status: 200, headers: path === '/long' ? { 'content-length': '44' } : {} }),
  };
  let server: MockServer;
  beforeAll(async () => {
    server = await adapter.serve({ contracts: [contract], listen: { host: '127.0.0.1', port: 0 }, service });
  });
  afterAll(() => server.close());

  test.each([
    ['/long', '44'],
    ['/unknown', undefined],
  ])('over a socket, %s: content-length %s, and no body', async (path, length) => {
    const options = { timeoutMs: 10_000, signal: new AbortController().signal };
    const { status, headers, body } = (await send({ method: 'HEAD', path }, server.address, options)) as HttpResponse;
    expect([status, headers?.['content-length'], body]).toEqual([200, length, undefined]);
  });

  test('in the process, by MSW: the length is kept there too', async () => {
    const origin = 'http://voice-config:9100';
    const mock = mswHandlers({ contracts: [contract], service, origin });
    const msw = setupServer(...mock.handlers);
    msw.listen();
    try {
      const response = await fetch(`${origin}/long`, { method: 'HEAD' });
      expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '44', '']);
    } finally {
      msw.close();
      await mock.close();
    }
  });
});
