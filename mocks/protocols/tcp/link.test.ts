import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { listenOn } from '../../listen.ts';
import { defaultCodec } from './default-codec.ts';
import { defaultTcpLimits } from './limits.ts';
import { Link } from './link.ts';

const server = createServer();
let socket: Socket;
let link: Link;
const told: string[] = [];
const frame = (name: string, text = '') => Buffer.from(defaultCodec.encode({ name, attributes: { text } }));

beforeAll(async () => {
  const address = await listenOn(server, { host: '127.0.0.1', port: 0 });
  socket = connect({ ...address, allowHalfOpen: true });
  await once(socket, 'connect');
  link = new Link(socket, {
    codec: defaultCodec,
    limits: defaultTcpLimits,
    peer: 'destination',
    events: { message: ({ name }) => void told.push(name), ended: () => void told.push('ended') },
  });
});
afterAll(async () => {
  await link.destroy();
  server.close();
});
beforeEach(() => {
  told.length = 0;
});

test('what comes in a turn is told at its end, in its order', async () => {
  socket.emit('data', frame('first'));
  expect(told).toEqual([]);
  socket.emit('data', frame('second'));
  expect(told).toEqual(['first']);
  await new Promise(setImmediate);
  expect(told).toEqual(['first', 'second']);
});

test('a chunk that is too large to wait is told at once, behind what waits', () => {
  socket.emit('data', frame('small'));
  socket.emit('data', frame('large', 'x'.repeat(5_000)));
  expect(told).toEqual(['small', 'large']);
});

test('what comes in the turn in which the stream ends is told before its end', () => {
  socket.emit('data', frame('last'));
  socket.emit('end');
  expect(told).toEqual(['last', 'ended']);
});
