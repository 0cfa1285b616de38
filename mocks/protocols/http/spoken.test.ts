import { Agent, request as httpRequest } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import { assumed, destination, type Interaction, source } from '../../../contracts/contract.ts';
import { defineContract } from '../../../contracts/define-contract.ts';
import type { HttpMessage, HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import type { Address, MockServer } from '../../adapter.ts';
import { listenOn } from '../../listen.ts';
import { send } from './client.ts';
import { httpLimits } from './limits.ts';
import { startServer } from './server.ts';
import type { HttpServiceMock } from './service.ts';
import { startTap } from './tap.ts';

const listen: Address = { host: '127.0.0.1', port: 0 };
const undo: (() => unknown)[] = [];

afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

/** A mock of one interaction for each request, which answers them all in the same way. */
async function mockOf(
  requests: readonly HttpRequest[],
  respond: HttpServiceMock<null>['respond'] = () => ({ status: 200 }),
  limits = httpLimits,
): Promise<MockServer> {
  const interactions = requests.map(
    (request, at): Interaction<HttpMessage> => ({
      description: `request ${at}`,
      basis: assumed('a fixture of this test'),
      given: [],
      negative: true,
      steps: [source<HttpMessage>(request as never), destination<HttpMessage>({ status: 200 })],
    }),
  );
  const contract = defineContract<HttpMessage>({ connection: 26, interactions });
  const service = { system: 'Config Service', states: {}, notModelled: [], createWorld: () => null, respond } as const;
  const server = await startServer({ contracts: [contract], listen, service }, limits);
  undo.push(() => server.close());
  return server;
}

/** A connection made of bare bytes. */
class Wire {
  received = '';
  readonly #socket: Socket;

  constructor({ host, port }: Address) {
    this.#socket = connect({ host, port });
    this.#socket.on('data', (chunk: Buffer) => {
      this.received += chunk.toString('latin1');
    });
    this.#socket.on('error', () => {});
    undo.push(() => this.#socket.destroy());
  }

  write(...parts: readonly (string | Uint8Array)[]): void {
    for (const part of parts) this.#socket.write(part);
  }

  /** Waits until what came fits, at most two seconds. */
  async until(pattern: RegExp): Promise<string> {
    for (let tries = 0; !pattern.test(this.received) && tries < 200; tries += 1) await delay(10);
    expect(this.received).toMatch(pattern);
    return this.received;
  }

  /** All that came until the other side ended the connection. */
  async ended(): Promise<string> {
    if (!this.#socket.destroyed) await new Promise((resolve) => this.#socket.once('close', resolve));
    return this.received;
  }
}

const coded = (body: Uint8Array, type: string, coding: string) => [
  `POST /coded HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\ncontent-encoding: ${coding}\r\n` +
    `content-length: ${body.length}\r\n\r\n`,
  body,
];
const posted = (type: string, body: string | Buffer) => [
  `POST /posted HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`,
  body,
];
const asked = (target: string) => [`GET ${target} HTTP/1.1\r\nhost: x\r\n\r\n`];

describe('a request is the same request, however its source writes it', () => {
  const note = { text: 'Grüße' };
  const json = Buffer.from(JSON.stringify(note));
  const hex = (bytes: Uint8Array) => bytes.length.toString(16);
  const cases: [string, HttpRequest, readonly (string | Uint8Array)[]][] = [
    [
      'headers in capitals, in another order, two of one name',
      { method: 'GET', path: '/h', headers: { accept: 'application/json', 'x-trace': 'a, b' } },
      ['GET /h HTTP/1.1\r\nX-TRACE: a\r\nACCEPT:application/json \r\nx-Trace: b\r\nHOST: x\r\n\r\n'],
    ],
    [
      'a body in chunks, with extensions and a trailer',
      { method: 'POST', path: '/posted', body: note },
      [
        'POST /posted HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n' +
          'trailer: x-digest\r\n\r\n',
        `5;last=no\r\n${json.subarray(0, 5).toString('latin1')}\r\n${hex(json.subarray(5))}\r\n`,
        json.subarray(5),
        '\r\n0\r\nx-digest: abc\r\n\r\n',
      ],
    ],
    ['a JSON body', { method: 'POST', path: '/posted', body: note }, posted('application/json', json)],
    [
      'a form, with a field that comes twice and one that is empty',
      { method: 'POST', path: '/posted', body: { a: ['1', '2 +&'], b: '' } },
      posted('application/x-www-form-urlencoded', 'b=&a=1&a=2+%2b%26'),
    ],
    [
      'an XML body',
      { method: 'POST', path: '/posted', body: '<?xml version="1.0"?><a b="1">ä</a>' },
      posted('application/xml; charset="utf-8"', '<?xml version="1.0"?><a b="1">ä</a>'),
    ],
    [
      'a multipart body',
      {
        method: 'POST',
        path: '/posted',
        body: [
          { name: 'note', contentType: 'text/plain', body: 'hello' },
          { name: 'file', filename: 'u.wav', contentType: 'audio/wav', body: 'UklG' },
        ],
      },
      posted(
        'multipart/form-data; boundary="b 1"',
        '--b 1\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n' +
          '--b 1\r\ncontent-type: audio/wav\r\ncontent-disposition: form-data; name="file"; filename="u.wav"\r\n\r\nRIF' +
          '\r\n--b 1--\r\n',
      ),
    ],
    [
      'text in ISO-8859-1',
      { method: 'POST', path: '/posted', body: 'Müller' },
      posted('text/plain;Charset=ISO-8859-1', Buffer.from('Müller', 'latin1')),
    ],
    [
      'a query in another order, with a name that comes twice, one without a value, + and %2B',
      { method: 'GET', path: '/q', query: { phone: '+1 555', tag: ['b', 'a'], flag: '', none: '' } },
      asked('/q?tag=b&none&flag=&phone=%2b1+555&tag=a'),
    ],
    ['a question mark and no query', { method: 'GET', path: '/q', query: {} }, asked('/q?')],
    ['a path that is percent-encoded in lower case', { method: 'GET', path: '/a%2Fb%C3%A9' }, asked('/a%2fb%c3%A9')],
    [
      'a target in absolute form',
      { method: 'GET', path: '/q', query: { a: '1' } },
      asked('http://config.example:9100/q?a=1'),
    ],
    ['JSON in gzip', { method: 'POST', path: '/coded', body: note }, coded(gzipSync(json), 'application/json', 'gzip')],
    [
      'a form in deflate, then in Brotli',
      { method: 'POST', path: '/coded', body: { a: '1' } },
      coded(brotliCompressSync(deflateSync('a=1')), 'application/x-www-form-urlencoded', 'deflate, BR'),
    ],
    [
      'bytes in gzip, which stay as they are',
      { method: 'POST', path: '/coded', body: gzipSync('RIFF').toString('base64') },
      coded(gzipSync('RIFF'), 'audio/wav', 'gzip'),
    ],
    [
      'a range',
      { method: 'GET', path: '/q', headers: { range: 'bytes=0-3' } },
      ['GET /q HTTP/1.1\r\nhost: x\r\nRange: bytes=0-3\r\n\r\n'],
    ],
    ['a question about the server', { method: 'OPTIONS', path: '*' }, ['OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n']],
    ['a method of WebDAV', { method: 'PROPFIND', path: '/q' }, ['PROPFIND /q HTTP/1.1\r\nhost: x\r\n\r\n']],
    ['HTTP/1.0, which knows no Host', { method: 'GET', path: '/q' }, ['GET /q HTTP/1.0\r\n\r\n']],
  ];

  test.each(cases)('%s', async (_, request, bytes) => {
    const server = await mockOf([request]);
    const wire = new Wire(server.address);
    wire.write(...bytes);
    await wire.until(/^HTTP\/1\.1 \d+ /);
    const [exchange] = server.exchanges();
    expect(exchange?.failure?.message).toBeUndefined();
    expect(exchange?.messages[0]?.content).toMatchObject({ query: {}, ...request });
    expect(wire.received).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('a request that is none is refused with one sentence, which is recorded too', () => {
  const text = (body: Buffer, coding: string) => coded(body, 'text/plain', coding);
  const cases: [string, number, string, readonly (string | Uint8Array)[]][] = [
    [
      'two lengths',
      400,
      'what the source sent is not HTTP/1.1: Parse Error: ',
      ['POST /q HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'],
    ],
    [
      'a length, and chunks',
      400,
      'what the source sent is not HTTP/1.1: Parse Error: ',
      ['POST /q HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    ],
    [
      'a method that nobody knows',
      400,
      'what the source sent is not HTTP/1.1: Parse Error: ',
      ['FETCH /q HTTP/1.1\r\nhost: x\r\n\r\n'],
    ],
    [
      'headers without end',
      431,
      'the start line and headers are larger than 1000 bytes, the most that a mock reads',
      [`GET /q HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(2_000)}\r\n\r\n`],
    ],
    [
      'no Host',
      400,
      'GET /q: it has no Host header (RFC 9112, section 3.2)',
      ['GET /q HTTP/1.1\r\naccept: */*\r\n\r\n'],
    ],
    [
      'an expectation that nobody knows',
      417,
      'GET /q: the expectation "200-ok" is not known; there is 100-continue',
      ['GET /q HTTP/1.1\r\nhost: x\r\nexpect: 200-ok\r\n\r\n'],
    ],
    [
      'a coding that nobody knows',
      415,
      'POST /coded: the content coding "zip" is not known; these are: gzip, x-gzip, deflate, br, identity',
      text(Buffer.from('abc'), 'zip'),
    ],
    [
      'a coding that the body is not in',
      400,
      'POST /coded: the body is not in "gzip", as its Content-Encoding says',
      text(Buffer.from('abc'), 'gzip'),
    ],
    [
      'a small body that becomes a large one',
      413,
      `POST /coded: the body is larger than ${httpLimits.bodyBytes} bytes, the most that a mock reads`,
      text(gzipSync(Buffer.alloc(httpLimits.bodyBytes + 1)), 'gzip'),
    ],
  ];

  test.each(cases)('%s: %d', async (_, status, reason, bytes) => {
    const server = await mockOf([{ method: 'GET', path: '/q' }], undefined, { ...httpLimits, headerBytes: 1_000 });
    const wire = new Wire(server.address);
    wire.write(...bytes);
    const answer = await wire.ended();
    expect(answer.split('\r\n')[0]).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    const [failure = '', ...others] = server.exchanges().map((exchange) => exchange.failure?.message);
    expect([failure.slice(0, reason.length), others]).toEqual([reason, []]);
    // The record adds which request it was.
    expect([failure, failure.replace(/^[A-Z]+ \S+: /, '')]).toContain(answer.split('\r\n\r\n')[1]);
  });

  test('a tunnel, which no contract has: the near miss', async () => {
    const server = await mockOf([{ method: 'GET', path: '/q' }]);
    const wire = new Wire(server.address);
    wire.write('CONNECT customer.example:443 HTTP/1.1\r\nhost: customer.example:443\r\n\r\n');
    const answer = await wire.ended();
    const [exchange] = server.exchanges();
    expect(answer).toMatch(/^HTTP\/1\.1 500 /);
    expect(answer.split('\r\n\r\n')[1]).toBe(exchange?.failure?.message);
    expect(exchange?.failure?.message).toContain('no interaction has this message: CONNECT customer.example:443');
  });

  test('a source that sends its headers drop by drop is ended', async () => {
    const server = await mockOf([{ method: 'GET', path: '/q' }], undefined, { ...httpLimits, headersTimeoutMs: 150 });
    const wire = new Wire(server.address);
    wire.write('GET /q HTTP/1.1\r\nhost: x\r\n');
    const drops = setInterval(() => wire.write('x-drop: 1\r\n'), 20);
    undo.push(() => clearInterval(drops));
    expect(await wire.ended()).toMatch(/^HTTP\/1\.1 408 /);
    expect(server.exchanges().map(({ failure }) => failure?.message)).toEqual([
      'the source sent no whole request in time (headers: 150 ms, all: 15000 ms)',
    ]);
  });
});

describe('several requests', () => {
  const paths = ['/first', '/second', '/third'];
  const requests = paths.map((path) => ({ method: 'GET', path }));

  test('on one connection, one after the other', async () => {
    const server = await mockOf(requests);
    const wire = new Wire(server.address);
    for (const [at, path] of paths.entries()) {
      wire.write(...asked(path));
      await wire.until(new RegExp(`(HTTP/1\\.1 200 [\\s\\S]*){${at + 1}}`));
    }
    expect(server.exchanges().map(({ failure }) => failure)).toEqual([undefined, undefined, undefined]);
  });

  test('at once on one connection are answered in their order, though the first takes longest', async () => {
    const { promise: late, resolve: answerFirst } = Promise.withResolvers<void>();
    const server = await mockOf(requests, async ({ path }) => {
      if (path === '/first') await late;
      if (path === '/third') setTimeout(answerFirst, 20);
      return { status: 200, headers: { 'content-type': 'text/plain' }, body: path };
    });
    const wire = new Wire(server.address);
    wire.write(paths.flatMap(asked).join(''));
    const answers = await wire.until(/\/third/);
    expect(answers.match(/\/(first|second|third)/g)).toEqual(paths);
  });

  test('by an agent that keeps its one socket', async () => {
    const server = await mockOf(requests);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    undo.push(() => agent.destroy());
    const { host, port } = server.address;
    const ask = (path: string) =>
      new Promise<[status: number | undefined, reused: boolean]>((resolve, reject) => {
        const sent = httpRequest({ host, port, path, agent }, (response) => {
          response.resume().once('end', () => resolve([response.statusCode, sent.reusedSocket]));
        });
        sent.on('error', reject).end();
      });
    expect([await ask('/first'), await ask('/second'), await ask('/third')]).toEqual([
      [200, false],
      [200, true],
      [200, true],
    ]);
  });

  test('side by side by the pool of fetch: each is answered and recorded once', async () => {
    const many = Array.from({ length: 40 }, (_, at) => ({ method: 'GET', path: `/${at}` }));
    const server = await mockOf(many, ({ path }) => ({
      status: 200,
      headers: { 'content-type': 'text/plain' },
      body: path,
    }));
    const base = `http://127.0.0.1:${server.address.port}`;
    const answers = await Promise.all(many.map(async ({ path }) => (await fetch(base + path)).text()));
    expect(answers).toEqual(many.map(({ path }) => path));
    await server.settled();
    const recorded = server.exchanges().map(({ messages: [asked] }) => asked?.content);
    expect(recorded).toHaveLength(many.length);
    expect(recorded).toEqual(expect.arrayContaining(many.map((request) => expect.objectContaining(request))));
  });
});

describe('what a mock answers', () => {
  const text = { 'content-type': 'text/plain' };

  test('100 before the body that waits for it', async () => {
    const server = await mockOf([{ method: 'POST', path: '/posted', body: 'hello' }]);
    const wire = new Wire(server.address);
    const [head = '', body = ''] = posted('text/plain', 'hello');
    wire.write(String(head).replace('\r\n\r\n', '\r\nexpect: 100-continue\r\n\r\n'));
    expect(await wire.until(/\r\n\r\n/)).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    wire.write(body);
    await wire.until(/HTTP\/1\.1 200 /);
  });

  test('HEAD with the length that GET has, and no body', async () => {
    const reply = (): HttpResponse => ({ status: 200, headers: text, body: 'four' });
    const server = await mockOf(
      ['GET', 'HEAD'].map((method) => ({ method, path: '/q' })),
      reply,
    );
    const wire = new Wire(server.address);
    wire.write('HEAD /q HTTP/1.1\r\nhost: x\r\n\r\n', 'GET /q HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    const [head, get] = (await wire.ended()).split(/(?<=\r\n\r\n)(?=HTTP)/);
    expect(head).toMatch(/content-length: 4\r\n[\s\S]*\r\n\r\n$/);
    expect(get).toMatch(/content-length: 4\r\n[\s\S]*\r\n\r\nfour$/);
  });

  test.each([
    [204, { 'content-length': '4' }, /^HTTP\/1\.1 204 (?![\s\S]*content-length)[\s\S]*\r\n\r\n$/],
    [304, { 'content-length': '4' }, /^HTTP\/1\.1 304 [\s\S]*content-length: 4\r\n[\s\S]*\r\n\r\n$/],
    [304, {}, /^HTTP\/1\.1 304 (?![\s\S]*content-length)[\s\S]*\r\n\r\n$/],
  ])('%d with %j has no body, whatever the mock says', async (status, headers, expected) => {
    const server = await mockOf([{ method: 'GET', path: '/q' }], () => ({
      status,
      headers: { ...text, ...headers },
      body: 'four',
    }));
    const wire = new Wire(server.address);
    wire.write('GET /q HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    expect(await wire.ended()).toMatch(expected);
  });

  test('part of a body, in gzip, in ISO-8859-1: as its headers say, and read back so', async () => {
    const answer: HttpResponse = {
      status: 206,
      headers: {
        'content-type': 'text/plain; charset=iso-8859-1',
        'content-encoding': 'gzip',
        'content-range': 'bytes 0-5/12',
      },
      body: 'Müller',
    };
    const { address } = await mockOf([{ method: 'GET', path: '/q' }], () => answer);
    const bytes = await (await fetch(`http://127.0.0.1:${address.port}/q`)).bytes();
    expect(Buffer.from(bytes)).toEqual(Buffer.from('Müller', 'latin1'));
    const options = { timeoutMs: 10_000, signal: new AbortController().signal };
    expect(await send({ method: 'GET', path: '/q' }, address, options)).toMatchObject(answer);
  });
});

describe('what a destination answers is read by a source and by a tap', () => {
  const zipped = gzipSync('{"a":1}');
  const json = 'content-type: application/json\r\n';
  const cases: [string, readonly (string | Uint8Array)[], object][] = [
    [
      'after interim responses',
      [
        'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n',
        `HTTP/1.1 200 OK\r\n${json}content-length: 7\r\n\r\n{"a":1}`,
      ],
      { status: 200, body: { a: 1 } },
    ],
    [
      'in chunks with a trailer',
      [`HTTP/1.1 200 OK\r\n${json}transfer-encoding: chunked\r\n\r\n3\r\n{"a\r\n4\r\n":1}\r\n0\r\nx-t: 1\r\n\r\n`],
      { status: 200, body: { a: 1 } },
    ],
    ['up to the end of the connection', [`HTTP/1.1 200 OK\r\n${json}\r\n{"a":1}`], { status: 200, body: { a: 1 } }],
    [
      'in gzip',
      [`HTTP/1.1 200 OK\r\n${json}content-encoding: gzip\r\ncontent-length: ${zipped.length}\r\n\r\n`, zipped],
      { status: 200, body: { a: 1 } },
    ],
    ['without a body', ['HTTP/1.1 204 No Content\r\n\r\n'], { status: 204 }],
    ['with a length and no body', ['HTTP/1.1 304 Not Modified\r\ncontent-length: 7\r\n\r\n'], { status: 304 }],
  ];
  const options = () => ({ timeoutMs: 10_000, signal: new AbortController().signal });

  async function peer(bytes: readonly (string | Uint8Array)[]): Promise<Address> {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => {
        for (const part of bytes) socket.write(part);
        socket.end();
      });
    });
    const at = await listenOn(server, listen);
    undo.push(() => server.close());
    return at;
  }

  test.each(cases)('%s', async (_, bytes, expected) => {
    const tap = await startTap(listen, await peer(bytes));
    undo.push(() => tap.close());
    const answer = await send({ method: 'GET', path: '/q' }, tap.address, options());
    expect(answer).toMatchObject(expected);
    expect('body' in answer).toBe('body' in expected);
    await tap.settled();
    expect(tap.exchanges().map(({ messages }) => messages[1]?.content)).toEqual([answer]);
  });

  test('in a coding that nobody knows: a failure with its name', async () => {
    const bytes = [`HTTP/1.1 200 OK\r\n${json}content-encoding: zip\r\ncontent-length: 3\r\n\r\nabc`];
    const tap = await startTap(listen, await peer(bytes));
    undo.push(() => tap.close());
    const reason = 'the content coding "zip" is not known; these are: gzip, x-gzip, deflate, br, identity';
    await expect(send({ method: 'GET', path: '/q' }, tap.address, options())).rejects.toThrow(reason);
    await tap.settled();
    expect(tap.exchanges().map(({ failure }) => failure?.message)).toEqual([`GET /q: ${reason}`]);
  });
});
