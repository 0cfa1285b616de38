import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import sipContract from '../../../contracts/connections/49-voice-sip-cluster-service--redis.ts';
import type { Contract, Interaction } from '../../../contracts/contract.ts';
import { dialect } from '../../../contracts/dialect.ts';
import { world } from '../../../contracts/world.ts';
import { type Address, type MockServer, type Tap, UnreachableError } from '../../adapter.ts';
import { sourceAddress } from '../../common/source-address.ts';
import { freePort } from '../../ports.ts';
import { adapter } from './adapter.ts';
import { connect } from './client.ts';
import { interactionOf, redisService } from './fixtures/trial.ts';

const contract = sipContract as Contract;
const interaction: Interaction = { ...interactionOf(contract, 'a new inbound call'), stepTimeoutMs: 300 };
const loopback: Address = { host: '127.0.0.1', port: 0 };
const stream = dialect.redis.newCalls.stream(world.tenant.uuid);
const never = new AbortController().signal;

const undos: (() => unknown)[] = [];
afterEach(async () => {
  for (let undo = undos.pop(); undo !== undefined; undo = undos.pop()) await undo();
});

let server: MockServer;
let tap: Tap;
beforeAll(async () => {
  server = await adapter.serve({ contracts: [contract], service: redisService, listen: loopback });
  tap = await adapter.tap(loopback, server.address);
});
afterAll(async () => {
  await tap?.close();
  await server?.close();
});

/** A peer of raw bytes. */
async function peer(onConnection: (socket: Socket) => void): Promise<Address> {
  const listener: Server = createServer(onConnection);
  const sockets = new Set<Socket>();
  listener.on('connection', (socket) => sockets.add(socket.on('error', () => {})));
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  undos.push(() => {
    for (const socket of sockets) socket.destroy();
    listener.close();
  });
  return { host: '127.0.0.1', port: (listener.address() as AddressInfo).port };
}

async function rawClient(at: Address): Promise<Socket> {
  const socket = dial({ host: at.host, port: at.port });
  socket.on('error', () => {});
  undos.push(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('the condition did not come true within 5000 ms');
    await sleep(5);
  }
}

const failuresOf = (recorder: Pick<Tap, 'exchanges'>) =>
  recorder.exchanges().flatMap(({ failure }) => (failure === undefined ? [] : [failure.message]));

async function playFailure(at: Address, signal = never): Promise<Error> {
  const { failure } = await adapter.play({ contract, interaction, values: {} }, at, signal);
  if (failure === undefined) throw new Error('the play did not fail');
  return failure;
}

describe('a destination that is no good ends a play with one sentence:', () => {
  test('nobody listens', async () => {
    const port = await freePort();
    const failure = await playFailure({ host: '127.0.0.1', port });
    expect(failure).toBeInstanceOf(UnreachableError);
    expect(failure.message).toBe(`Redis at 127.0.0.1:${port} cannot be reached (ECONNREFUSED).`);
  });

  test('it never says a word', async () => {
    const at = await peer(() => {});
    const failure = await playFailure(at);
    expect(failure).toBeInstanceOf(UnreachableError);
    expect(failure.message).toBe(`Redis at 127.0.0.1:${at.port} took the connection but did not answer in time.`);
  });

  test('it speaks another protocol', async () => {
    const at = await peer((socket) => socket.on('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')));
    const { message } = await playFailure(at);
    expect(message).toBe(
      `Redis at 127.0.0.1:${at.port} does not speak RESP, the protocol of Redis: Unknown RESP type 72 "H".`,
    );
  });

  test('it hangs up at once', async () => {
    const at = await peer((socket) => socket.end());
    const { message } = await playFailure(at);
    expect(message).toBe(`Redis at 127.0.0.1:${at.port} closed the connection at once.`);
  });

  test('it does not know the login', async () => {
    const { message } = await playFailure({ ...server.address, password: 'wrong' });
    expect(message).toBe(`Redis at 127.0.0.1:${server.address.port} refused the login of user admin (WRONGPASS).`);
  });

  test('the login may not manage users', async () => {
    const admin = await connect({ at: server.address, observer: true });
    undos.push(() => admin.disconnect());
    await admin.call('ACL', 'SETUSER', 'guest', 'on', '>guest', '+ping', '+client');
    const { message } = await playFailure({ ...server.address, user: 'guest', password: 'guest' });
    expect(message).toBe(
      `Redis at 127.0.0.1:${server.address.port} does not let user guest manage users (NOPERM); give an administrator's login.`,
    );
  });

  test('it stops answering in the middle', async () => {
    const at = await halfwayPeer(server.address);
    const { message } = await playFailure(at);
    expect(message).toBe(`Redis at 127.0.0.1:${at.port} did not answer XADD ${stream} in time.`);
  });
});

let swallowed = 0;

/** Forwards to a server, and swallows XADD. */
async function halfwayPeer(forward: Address): Promise<Address> {
  const at = await peer((socket) => {
    const upstream = dial({ host: forward.host, port: forward.port });
    undos.push(() => upstream.destroy());
    upstream.on('error', () => {});
    socket.on('data', (bytes) => {
      if (/XADD/i.test(String(bytes))) swallowed += 1;
      else upstream.write(bytes);
    });
    upstream.pipe(socket);
    socket.on('close', () => upstream.destroy());
  });
  return { ...forward, ...at };
}

test('a play that is given up ends at once and leaves nothing open', async () => {
  swallowed = 0;
  const at = await halfwayPeer(server.address);
  const abort = new AbortController();
  const patient = { ...interaction, stepTimeoutMs: 60_000 };
  const playing = adapter.play({ contract, interaction: patient, values: {} }, at, abort.signal);
  await until(() => swallowed > 0);
  const abortedAt = Date.now();
  abort.abort();
  const { failure } = await playing;
  expect(failure?.message).toBe(`the play against Redis at 127.0.0.1:${at.port} was given up.`);
  expect(Date.now() - abortedAt).toBeLessThan(2_000);
  const admin = await connect({ at: server.address, observer: true });
  undos.push(() => admin.disconnect());
  const user = sourceAddress(contract, server.address).user as string;
  await until(async () => !String(await admin.client('LIST')).includes(`user=${user} `));
  expect(String(await admin.client('LIST'))).not.toContain(user);
});

describe('a tap', () => {
  test('records commands and answers of RESP2 and RESP3 alike, and changes no byte', async () => {
    const admin = await connect({ at: server.address, observer: true });
    undos.push(() => admin.disconnect());
    const seen: unknown[] = [];
    for (const protocol of [2, 3] as const) {
      const { host, port } = tap.address;
      const client = new Redis({
        host,
        port,
        username: server.address.user as string,
        password: server.address.password as string,
        protocol,
        retryStrategy: null,
      });
      undos.push(() => client.disconnect());
      const before = tap.exchanges().at(-1)?.id ?? 0;
      await client.hset('h', 'a', '1', 'b', '{"c":2}');
      expect(await client.hgetall('h')).toEqual({ a: '1', b: '{"c":2}' });
      await client.multi().incr('n').get('h').exec();
      await client.call('NONSENSE').catch(() => {});
      await client.del('h', 'n');
      await tap.settled();
      seen.push(
        tap
          .exchanges()
          .filter(({ id }) => id > before)
          .flatMap(({ messages }) => messages.map(({ content }) => content)),
      );
    }
    expect(seen[0]).toEqual([
      { command: 'HSET', key: 'h', fields: { a: '1', b: { c: 2 } } },
      { to: 'HSET h', reply: 2, error: null },
      { command: 'HGETALL', key: 'h' },
      { to: 'HGETALL h', reply: { a: '1', b: { c: 2 } }, error: null },
      { command: 'MULTI', args: [] },
      { command: 'INCR', key: 'n' },
      { command: 'GET', key: 'h' },
      { command: 'EXEC', args: [] },
      { to: 'INCR n', reply: 1, error: null },
      { to: 'GET h', reply: null, error: 'WRONGTYPE' },
      { command: 'NONSENSE', args: [] },
      { to: 'NONSENSE', reply: null, error: 'ERR' },
      { command: 'DEL', keys: ['h', 'n'] },
      { to: 'DEL h n', reply: 2, error: null },
    ]);
    expect(seen[1]).toEqual(seen[0]);
  });

  test('says that a client sent no RESP, and lets the server answer that', async () => {
    const socket = await rawClient(tap.address);
    socket.write('GET / HTTP/1.1\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(String(answer)).toMatch(/^-/);
    expect(failuresOf(tap).at(-1)).toMatch(
      /^the client 127\.0\.0\.1:\d+ sent not RESP, the protocol of Redis \(Unknown RESP type 71 "G"\)\.$/,
    );
  });

  test('says that a client ended in the middle of a command', async () => {
    const socket = await rawClient(tap.address);
    const before = failuresOf(tap).length;
    socket.end('*2\r\n$3\r\nGET\r\n$10\r\nabc');
    await until(() => failuresOf(tap).length > before);
    expect(failuresOf(tap).at(-1)).toMatch(/^the client 127\.0\.0\.1:\d+ ended in the middle of a command\.$/);
  });

  test('brings the answer to a client that has closed its half', async () => {
    const socket = await rawClient(tap.address);
    const before = failuresOf(tap).length;
    socket.end('*1\r\n$4\r\nPING\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(String(answer)).toBe('-NOAUTH Authentication required.\r\n');
    await tap.settled();
    expect(failuresOf(tap)).toHaveLength(before);
  });

  test('forwards what is too long to record, and says so', async () => {
    const client = await connect({ at: { ...tap.address } });
    undos.push(() => client.disconnect());
    const before = failuresOf(tap).length;
    await client.set('big', 'x'.repeat(17 * 1024 * 1024));
    expect(await client.strlen('big')).toBe(17 * 1024 * 1024);
    await client.del('big');
    expect(failuresOf(tap).slice(before)).toEqual([
      expect.stringMatching(/^the client 127\.0\.0\.1:\d+ sent a frame of more than 16777216 bytes\.$/),
    ]);
  });

  test('says that nobody is behind it', async () => {
    const port = await freePort();
    const lonely = await adapter.tap(loopback, { host: '127.0.0.1', port });
    undos.push(() => lonely.close());
    const socket = await rawClient(lonely.address);
    await once(socket, 'close');
    expect(failuresOf(lonely)).toEqual([`Redis at 127.0.0.1:${port} cannot be reached (ECONNREFUSED).`]);
  });

  test('says which command was never answered', async () => {
    const silent = await peer((socket) => socket.resume());
    const lonely = await adapter.tap(loopback, silent);
    undos.push(() => lonely.close());
    const socket = await rawClient(lonely.address);
    socket.write('*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n');
    await expect(lonely.settled()).rejects.toThrow(
      `Redis at 127.0.0.1:${silent.port} left a command without an answer for 2000 ms.`,
    );
    socket.destroy();
    await until(() => failuresOf(lonely).length > 0);
    expect(failuresOf(lonely)).toEqual([
      expect.stringMatching(/^the connection of 127\.0\.0\.1:\d+ ended before INCR was answered\.$/),
    ]);
  });
});

describe('listening', () => {
  test('where somebody else listens is refused in one sentence, and leaves nothing behind', async () => {
    const { port } = server.address;
    const listen = { host: '127.0.0.1', port };
    const sentence = new RegExp(`^port ${port} on 127\\.0\\.0\\.1 is in use; `);
    await expect(adapter.serve({ contracts: [contract], service: redisService, listen })).rejects.toThrow(sentence);
    await expect(adapter.tap(listen, server.address)).rejects.toThrow(sentence);
  });

  test('ends with close, which may come twice, and takes the server with it', async () => {
    const mock = await adapter.serve({ contracts: [contract], service: redisService, listen: loopback });
    const client = await connect({ at: mock.address });
    const info = String(await client.info('server'));
    const pid = Number(/process_id:(\d+)/.exec(info)?.[1]);
    const port = Number(/tcp_port:(\d+)/.exec(info)?.[1]);
    client.disconnect();
    await Promise.all([mock.close(), mock.close()]);
    await mock.close();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    for (const at of [mock.address, { ...loopback, port }]) {
      await expect(connect({ at })).rejects.toThrow('(ECONNREFUSED)');
    }
  });

  test('gives up when asked to', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    const options = { contracts: [contract], service: redisService, listen: loopback, signal };
    await expect(adapter.serve(options)).rejects.toThrow('enough');
  });
});
