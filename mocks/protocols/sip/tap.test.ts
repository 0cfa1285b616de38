import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import sipProxy from '../../../contracts/connections/51-voice-sip-cluster-service--voice-sip-proxy-service.ts';
import webrtc from '../../../contracts/connections/57-voice-sip-proxy-service--webrtc-media-service.ts';
import type { Interaction } from '../../../contracts/contract.ts';
import { judge } from '../../../contracts/conversation.ts';
import type { Tap } from '../../adapter.ts';
import { freePort } from '../../ports.ts';
import { adapter } from './adapter.ts';
import { type Answer, answering, changed, rawDestination } from './fixtures/raw-peer.ts';
import type { SipTransport } from './transport.ts';

const local = { host: '127.0.0.1', port: 0 };
const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

async function tapBefore(transport: SipTransport, answer: Answer): Promise<Tap> {
  const peer = await rawDestination(transport, answer);
  undo.push(() => peer.close());
  const recorder = await adapter.tap(local, peer.address);
  undo.push(() => recorder.close());
  return recorder;
}

const contracts = { TCP: sipProxy, UDP: webrtc };
const words = { TCP: 'an offer is answered', UDP: 'offered to a browser agent' };

/** Plays an answered call through a tap; what is said of both sides by the tap's record. */
async function through(transport: SipTransport, answer: Answer) {
  const recorder = await tapBefore(transport, answer);
  const contract = contracts[transport] as never;
  const interactions = contracts[transport].interactions as readonly Interaction[];
  const interaction = interactions.find(({ description }) => description.includes(words[transport])) as Interaction;
  const played = await adapter.play(
    { contract, interaction, values: {} },
    recorder.address,
    AbortSignal.timeout(20_000),
  );
  await recorder.settled();
  const exchanges = recorder.exchanges();
  expect(exchanges).toHaveLength(1);
  const messages = exchanges[0]?.messages ?? [];
  const said = (['source', 'destination'] as const).map((side) =>
    judge(interaction, messages, adapter.profile, side).map(({ message }) => message),
  );
  return { said, played, messages };
}

test.each(['TCP', 'UDP'] as const)('a call over %s passes unchanged and is recorded', async (transport) => {
  const { said, played, messages } = await through(transport, answering);
  expect(said).toEqual([[], []]);
  expect(messages.map(({ content }) => content)).toEqual(played.messages.map(({ content }) => content));
  expect(messages).toHaveLength(6);
});

test.each(['TCP', 'UDP'] as const)('a broken response over %s is judged as it passed', async (transport) => {
  const wrong = changed(answering, (text) =>
    text.includes('2 BYE') ? text.replace(/SIP\/2.0 200 OK/, 'SIP/2.0 202 Accepted') : text,
  );
  const { said } = await through(transport, wrong);
  expect(said).toEqual([[], ['$.status: expected 200, got 202 (number)']]);
});

test('bytes that are no SIP pass untouched and are recorded as a failure', async () => {
  const echo = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  undo.push(async () => echo.close());
  await once(echo, 'listening');
  const recorder = await adapter.tap(local, { host: '127.0.0.1', port: (echo.address() as { port: number }).port });
  undo.push(() => recorder.close());
  const socket = connect(recorder.address.port, '127.0.0.1');
  const garbage = 'GARBAGE\r\nContent-Length: many\r\n\r\nrest';
  const received: Buffer[] = [];
  socket.on('data', (bytes: Buffer) => received.push(bytes));
  socket.end(garbage);
  await once(socket, 'close');
  await recorder.settled();
  expect(Buffer.concat(received).toString()).toBe(garbage);
  const sentence = 'sent what is no SIP message: Content-Length "many" is not a number; the stream cannot be followed';
  expect(recorder.exchanges().map(({ failure }) => failure?.message)).toEqual([
    `the source ${sentence}`,
    `the destination ${sentence}`,
  ]);
});

test('a message that is cut short is recorded as a failure', async () => {
  const recorder = await tapBefore('TCP', () => []);
  const socket = connect(recorder.address.port, '127.0.0.1');
  socket.end('OPTIONS sip:voice.example SIP/2.0\r\nVia: SIP');
  socket.resume();
  await once(socket, 'close');
  await recorder.settled();
  expect(recorder.exchanges().map(({ failure }) => failure?.message)).toEqual([
    'the source ended the connection in the middle of a message: "OPTIONS sip:voice.example SIP/2.0\r\nVia: SIP"',
  ]);
});

test('a destination that does not listen closes the source and is recorded', async () => {
  const port = await freePort();
  const recorder = await adapter.tap(local, { host: '127.0.0.1', port });
  undo.push(() => recorder.close());
  const socket = connect(recorder.address.port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'close');
  await recorder.settled();
  expect(recorder.exchanges().map(({ failure }) => failure?.message)).toEqual([
    `the connection of the destination broke: connect ECONNREFUSED 127.0.0.1:${port}`,
  ]);
});

test('line ends between messages are no messages', async () => {
  const recorder = await tapBefore('UDP', () => []);
  const socket = createSocket('udp4');
  undo.push(async () => socket.close());
  await new Promise<void>((resolve, reject) => {
    socket.send('\r\n\r\n', recorder.address.port, '127.0.0.1', (error) => (error ? reject(error) : resolve()));
  });
  await recorder.settled();
  expect(recorder.exchanges()).toEqual([]);
});

test('closing twice is fine, and closing with an open connection ends it', async () => {
  const recorder = await tapBefore('TCP', () => []);
  const socket = connect(recorder.address.port, '127.0.0.1');
  await once(socket, 'connect');
  const ended = once(socket, 'close');
  await Promise.all([recorder.close(), recorder.close()]);
  await ended;
  expect(socket.destroyed).toBe(true);
});

test('an address of IPv6 is one sentence', async () => {
  const sentence = 'SIP is spoken over IPv4 here, not with ::1; give an address such as 127.0.0.1.';
  const [near, far] = [
    { host: '127.0.0.1', port: 0 },
    { host: '::1', port: 5080 },
  ];
  await expect(adapter.tap(far, near)).rejects.toThrow(sentence);
  await expect(adapter.tap(near, far)).rejects.toThrow(sentence);
});

test('a port in use is one sentence', async () => {
  const first = await tapBefore('TCP', () => []);
  const { port } = first.address;
  await expect(adapter.tap({ host: '127.0.0.1', port }, { host: '127.0.0.1', port: 9 })).rejects.toThrow(
    `port ${port} on 127.0.0.1 is in use; stop what listens there, or choose another port.`,
  );
});
