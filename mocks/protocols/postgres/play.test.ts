import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { UnreachableError } from '../../adapter.ts';
import { freePort } from '../../ports.ts';
import { host, interaction, play } from './fixtures/connection-13.ts';

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

/** A listener that is no PostgreSQL. @returns its address, and how many connections are open */
async function peer(onConnection: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    // Without reading, Node would never tell that the other side has gone.
    socket.resume();
    onConnection(socket);
  }).listen(0, host);
  await once(server, 'listening');
  undo.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as { port: number };
  return { at: { host, port, user: 't100', password: 'x', database: 't100' }, open: () => sockets.size };
}

const find = { ...interaction('a DN is found'), stepTimeoutMs: 2_000 };
const authenticated = Buffer.from('520000000800000000', 'hex');
const ready = Buffer.from('5a0000000549', 'hex');

describe('a destination that is no PostgreSQL', () => {
  test.each<[what: string, onConnection: (socket: Socket) => void, sentence: RegExp]>([
    ['is silent', () => {}, /^PostgreSQL at 127\.0\.0\.1:\d+ did not let anybody in within 2000 ms\.$/],
    [
      'falls silent after it let us in',
      (socket) => socket.once('data', () => socket.write(Buffer.concat([authenticated, ready]))),
      /^PostgreSQL at 127\.0\.0\.1:\d+ did not answer within 2000 ms\.$/,
    ],
    [
      'closes at once',
      (socket) => socket.end(),
      /^PostgreSQL at 127\.0\.0\.1:\d+ closed the connection in the middle of the interaction\.$/,
    ],
    [
      'resets the connection',
      (socket) => socket.resetAndDestroy(),
      /^PostgreSQL at 127\.0\.0\.1:\d+ closed the connection in the middle of the interaction\.$/,
    ],
    [
      'closes after it let us in',
      (socket) => socket.once('data', () => socket.end(Buffer.concat([authenticated, ready]))),
      /^PostgreSQL at 127\.0\.0\.1:\d+ closed the connection in the middle of the interaction\.$/,
    ],
    [
      'speaks another protocol',
      (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'),
      /^PostgreSQL at 127\.0\.0\.1:\d+ does not speak its protocol: it begins with "HTTP\/1\.1 400 Bad Req"\.$/,
    ],
    [
      'promises a message without end',
      (socket) => socket.write(Buffer.from('527fffffff00000000', 'hex')),
      /^PostgreSQL at 127\.0\.0\.1:\d+ did not let anybody in within 2000 ms\.$/,
    ],
    [
      'sends random bytes after it let us in',
      (socket) =>
        socket.once('data', () => {
          socket.write(Buffer.concat([authenticated, ready]));
          socket.once('data', () => socket.write(Buffer.from('00000000040000000004', 'hex')));
        }),
      /^PostgreSQL at 127\.0\.0\.1:\d+ could not be asked: received invalid response: 0\.$/,
    ],
    [
      'sends random bytes',
      (socket) => socket.write(Buffer.from('00ff00ff00ff00ff00ff00ff00ff', 'hex')),
      /^PostgreSQL at 127\.0\.0\.1:\d+ does not speak its protocol: it begins with "\\u0000ÿ/,
    ],
  ])('and %s', async (_, onConnection, sentence) => {
    const { at, open } = await peer(onConnection);
    const { failure, messages } = await play(find, at);
    expect(failure?.message).toMatch(sentence);
    expect(failure?.cause).toBeDefined();
    expect(messages.length).toBe(1);
    await gone(open);
  });

  test('and is not there', async () => {
    const port = await freePort();
    const { failure } = await play(find, { host, port, user: 't100', password: 'x', database: 't100' });
    expect(failure).toBeInstanceOf(UnreachableError);
    expect(failure?.message).toBe(`PostgreSQL at 127.0.0.1:${port} takes no connections: ECONNREFUSED.`);
  });
});

describe('an interaction that is given up', () => {
  test('while it waits for the server to let it in', async () => {
    const { at, open } = await peer(() => {});
    const controller = new AbortController();
    const playing = play({ ...find, stepTimeoutMs: 20_000 }, at, controller.signal);
    await until(() => open() === 1);
    controller.abort();
    expect((await playing).failure?.message).toBe(
      `PostgreSQL at 127.0.0.1:${at.port} was not asked further: the interaction was given up.`,
    );
    await gone(open);
  });

  test('while it waits for an answer', async () => {
    let asked = false;
    const { at, open } = await peer((socket) => {
      socket.once('data', () => {
        socket.write(Buffer.concat([authenticated, ready]));
        socket.once('data', () => {
          asked = true;
        });
      });
    });
    const controller = new AbortController();
    const playing = play({ ...find, stepTimeoutMs: 20_000 }, at, controller.signal);
    await until(() => asked);
    controller.abort();
    expect((await playing).failure?.message).toMatch(/the interaction was given up\.$/);
    await gone(open);
  });

  test('before it has begun', async () => {
    const { at, open } = await peer(() => {});
    const { failure, messages } = await play(find, at, AbortSignal.abort());
    expect(failure?.message).toMatch(/the interaction was given up\.$/);
    expect(messages).toEqual([]);
    expect(open()).toBe(0);
  });
});

const gone = (open: () => number) => until(() => open() === 0);

async function until(condition: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + 5_000;
  while (!condition()) {
    if (performance.now() > deadlineMs) throw new Error('the condition did not hold within 5000 ms');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
