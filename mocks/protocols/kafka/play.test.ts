import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import contract from '../../../contracts/connections/50-voice-sip-cluster-service--kafka.ts';
import type { Contract, Interaction } from '../../../contracts/contract.ts';
import { type Address, type Observed, UnreachableError } from '../../adapter.ts';
import service from '../../services/kafka/mock.ts';
import { adapter } from './adapter.ts';

const hold = contract.interactions.find(
  ({ description }) => description === 'a call is held and retrieved',
) as Interaction;
const quick: Interaction = { ...hold, stepTimeoutMs: 300 };

const play = (interaction: Interaction, at: Address, signal = new AbortController().signal): Promise<Observed> =>
  adapter.play({ contract: contract as Contract, interaction, values: {} }, at, signal);

let sockets: Socket[] = [];
let listener: Server | undefined;

/** Something that listens and is no broker. */
async function impostor(behave: (socket: Socket) => void): Promise<Address> {
  listener = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    behave(socket);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return { host: '127.0.0.1', port: (listener.address() as { port: number }).port };
}

async function dismiss(): Promise<void> {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  const closed = listener?.listening ? once(listener, 'close') : undefined;
  listener?.close();
  await closed;
}

afterEach(dismiss);

const silence = /gave no readable answer to the metadata request within 300 ms$/;
const closed = /closed the connection before it answered the metadata request; it may want a login$/;
test.each<[string, (socket: Socket) => void, RegExp]>([
  ['says nothing', () => {}, silence],
  [
    'answers in another protocol',
    (socket) => socket.on('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')),
    silence,
  ],
  [
    'answers a question that nobody asked',
    (socket) => socket.on('data', () => socket.write(Buffer.from([0, 0, 0, 5, 9, 9, 9, 9, 9]))),
    closed,
  ],
  ['ends its half at once', (socket) => socket.resume().end(), closed],
  ['resets', (socket) => socket.once('data', () => socket.resetAndDestroy()), closed],
])('a play against something that %s ends with one sentence', async (_, behave, sentence) => {
  const at = await impostor(behave);
  const { messages, failure } = await play(quick, at);
  expect(messages).toEqual([]);
  expect(failure?.message).toMatch(`the Kafka broker at 127.0.0.1:${at.port} `);
  expect(failure?.message).toMatch(sentence);
  expect(failure?.cause).toBeInstanceOf(Error);
});

test.each<[string, (socket: Socket) => void]>([
  ['ends its half at once', (socket) => socket.resume().end()],
  ['resets', (socket) => socket.once('data', () => socket.resetAndDestroy())],
  ['says nothing', () => {}],
  [
    'answers a question that nobody asked',
    (socket) => socket.on('data', () => socket.write(Buffer.from([0, 0, 0, 5, 9, 9, 9, 9, 9]))),
  ],
  ['speaks another protocol', (socket) => socket.on('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'))],
])('a play with a login against something that %s ends with one sentence too', async (_, behave) => {
  const at = { ...(await impostor(behave)), user: 'admin', password: 'x' };
  const { failure } = await play(quick, at);
  expect(failure?.message).toMatch(new RegExp(`Kafka broker .* 127\\.0\\.0\\.1:${at.port}`));
  expect(failure?.message).not.toContain('\n');
});

test('a play against nobody says that nobody was reached, and so do attach and tap', async () => {
  const at = await impostor(() => {});
  await dismiss();
  const { failure } = await play(quick, at);
  expect(failure).toBeInstanceOf(UnreachableError);
  expect(failure?.message).toMatch(`no Kafka broker can be reached at 127.0.0.1:${at.port}: `);
  const attached = adapter.attach({ contracts: [], at, service: service as never });
  await expect(attached).rejects.toThrow(UnreachableError);
  await expect(adapter.tap({ host: '127.0.0.1', port: 0 }, at)).rejects.toThrow(UnreachableError);
});

test('a play ends when it is aborted, before and while it runs', async () => {
  const controller = new AbortController();
  const at = await impostor((socket) => socket.once('data', () => controller.abort(new Error('enough'))));
  const startedAt = performance.now();
  const { failure } = await play({ ...hold, stepTimeoutMs: 20_000 }, at, controller.signal);
  expect(failure?.message).toBe('"a call is held and retrieved" was broken off while it was played');
  expect(failure?.cause).toEqual(new Error('enough'));
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  expect((await play(hold, at, AbortSignal.abort())).failure?.message).toMatch('was broken off');
});
