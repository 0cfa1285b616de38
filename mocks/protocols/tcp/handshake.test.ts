import { afterEach, describe, expect, test } from '@jest/globals';
import billing from '../../../contracts/connections/03-billing-data-service--tenant-service.ts';
import ors from '../../../contracts/connections/30-ors--voice-rq-service.ts';
import { type Contract, state } from '../../../contracts/contract.ts';
import { type TcpMessage, tcpProfile } from '../../../contracts/messages/tcp.ts';
import type { Exchange, MockServer } from '../../adapter.ts';
import voiceRqService from '../../services/voice-rq-service/mock.ts';
import { adapter } from './adapter.ts';
import { type RawSource, rawSource } from './fixtures/raw-source.ts';
import { handshakeOf } from './handshake.ts';

const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

async function serve(): Promise<MockServer> {
  const listen = { host: '127.0.0.1', port: 0 };
  const server = await adapter.serve({ contracts: [ors as Contract], listen, service: voiceRqService });
  undo.push(() => server.close());
  return server;
}

const hello: TcpMessage = { name: 'RqHello', attributes: { client: 'ors', instance: 'voice-ors-0' } };
const ping = (referenceId: number): TcpMessage => ({ name: 'RqPing', referenceId, attributes: {} });
const streamName = 'voice-ors-0:00FAVPM3BOBM3223H3CA9ATAES00000G';
const read = (wait: boolean): TcpMessage => ({
  name: 'RqRead',
  referenceId: 1,
  attributes: { stream: streamName, from: '0', wait },
});
const names = ({ messages }: Exchange) => messages.map(({ content }) => tcpProfile.title(content));

async function openSession(server: MockServer): Promise<RawSource> {
  const source = await rawSource(server.address);
  source.say(hello);
  await source.until((heard) => heard.includes('RqReady'));
  return source;
}

test('the contracts say how sessions begin', () => {
  expect(handshakeOf([ors as Contract]).open).toBe('RqHello');
  expect(handshakeOf([billing as Contract]).open).toBe('SessionOpen');
  expect(handshakeOf([]).open).toBe('SessionOpen');
});

describe('a protocol with a handshake of its own', () => {
  test('wants it first, and once', async () => {
    const server = await serve();
    const hasty = await rawSource(server.address);
    hasty.say(ping(1));
    await hasty.until((heard) => heard.includes('close 1: expected RqHello as the first message, got RqPing'));
    const forgetful = await openSession(server);
    forgetful.say(hello);
    await forgetful.until((heard) => heard.includes('close 1: RqHello came twice in one session'));
  });

  test('leaves the opening out of the record when something follows it', async () => {
    const server = await serve();
    const source = await openSession(server);
    source.say(ping(1));
    await source.until((heard) => heard.includes('RqPong'));
    await server.settled();
    expect(server.exchanges().map(names)).toEqual([['RqPing', 'RqPong']]);
  });

  test('ends a session that is refused, and tells the end', async () => {
    const server = await serve();
    const { undo: activate } = await server.setState(state('the node is on standby', { node: 1, pair: 0 }));
    undo.push(activate);
    const source = await rawSource(server.address);
    source.say(hello);
    await source.until((heard) => heard.includes('end'));
    expect(source.heard()).toEqual(['RqError', 'close 0: the session is rejected', 'end']);
    expect(server.exchanges().map(names)).toEqual([['RqHello', 'RqError', 'ConnectionClosed']]);
  });

  test('takes the same name for another error afterwards, and goes on', async () => {
    const server = await serve();
    const { undo: restore } = await server.setState(state('Redis behind the node is down'));
    undo.push(restore);
    const source = await openSession(server);
    source.say(read(false), ping(2));
    await source.until((heard) => heard.includes('RqPong'));
    expect(source.heard()).toEqual(['RqReady', 'RqError', 'RqPong']);
    expect(server.exchanges().flatMap(names)).toEqual(['RqRead', 'RqError', 'RqPing', 'RqPong']);
  });
});

test('a source may leave behind a request that waits for what happens next', async () => {
  const server = await serve();
  const source = await openSession(server);
  source.say(read(true));
  await server.settled();
  source.finish();
  await source.until((heard) => heard.includes('end'));
  expect(server.exchanges()).toMatchObject([{ messages: [{ content: { name: 'RqRead' } }] }]);
  expect(server.exchanges()[0]).not.toHaveProperty('failure');
});
