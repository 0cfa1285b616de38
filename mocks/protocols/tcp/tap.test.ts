import { createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import contract from '../../../contracts/connections/03-billing-data-service--tenant-service.ts';
import type { Contract } from '../../../contracts/contract.ts';
import { judge } from '../../../contracts/conversation.ts';
import { type TcpMessage, tcpProfile } from '../../../contracts/messages/tcp.ts';
import type { Address, MockServer, Tap } from '../../adapter.ts';
import { listenOn } from '../../listen.ts';
import tenantService from '../../services/tenant-service/mock.ts';
import { adapter, createTcpAdapter } from './adapter.ts';
import { defaultCodec } from './default-codec.ts';
import { rawSource } from './fixtures/raw-source.ts';
import { scriptedDestination } from './fixtures/scripted-destination.ts';

const anyPort = { host: '127.0.0.1', port: 0 };
const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

async function tapTo(address: Address): Promise<Tap> {
  const tap = await createTcpAdapter(defaultCodec, { settleTimeoutMs: 300 }).tap(anyPort, address);
  undo.push(() => tap.close());
  return tap;
}

/** A destination that gives every byte back, and keeps what came. */
async function echo(): Promise<{ address: Address; received: Buffer[]; ended: Promise<void> }> {
  const received: Buffer[] = [];
  const sockets: Socket[] = [];
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.push(socket);
    socket.on('data', (chunk) => received.push(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => end());
    socket.pipe(socket);
  });
  const address = await listenOn(server, anyPort);
  undo.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { address, received, ended };
}

const failuresOf = (tap: Tap) => tap.exchanges().map(({ failure }) => failure?.message);

describe('in front of a destination that keeps the contract', () => {
  let server: MockServer;
  beforeEach(async () => {
    server = await adapter.serve({ contracts: [contract as Contract], listen: anyPort, service: tenantService });
    undo.push(() => server.close());
  });

  test('every interaction passes through it, and its record is judged as good on both sides', async () => {
    const tap = await tapTo(server.address);
    let seen = 0;
    for (const interaction of contract.interactions as Contract['interactions']) {
      const sets = [];
      const values: Record<string, string> = {};
      for (const state of interaction.given) {
        const set = await server.setState(state);
        sets.unshift(set);
        Object.assign(values, set.values);
      }
      const performance = { contract: contract as Contract, interaction, values };
      const { failure } = await adapter.play(performance, tap.address, AbortSignal.timeout(20_000));
      expect(failure).toBeUndefined();
      await tap.settled();
      const messages = tap
        .exchanges()
        .slice(seen)
        .flatMap((exchange) => exchange.messages);
      seen = tap.exchanges().length;
      for (const side of ['source', 'destination'] as const) {
        expect([interaction.description, side, judge(interaction, messages, tcpProfile, side)]).toEqual([
          interaction.description,
          side,
          [],
        ]);
      }
      for (const set of sets) await set.undo();
    }
    expect(seen).toBeGreaterThanOrEqual(contract.interactions.length);
    expect(failuresOf(tap).filter((each) => each !== undefined)).toEqual([]);
  });

  test('closed twice, with a session open: both ends are let go', async () => {
    const tap = await tapTo(server.address);
    const source = await rawSource(tap.address);
    source.say({ name: 'SessionOpen', attributes: { userPassword: 'a-password' } });
    await source.until((heard) => heard.length > 0);
    await Promise.all([tap.close(), tap.close()]);
    await source.until((heard) => heard.includes('end') || heard.some((each) => each.includes('ECONNRESET')));
    await expect(rawSource(tap.address)).rejects.toThrow('ECONNREFUSED');
  });
});

describe('traffic is never touched', () => {
  test('garbage goes through as it came, both ways, and is recorded as a failure', async () => {
    const { address, received } = await echo();
    const tap = await tapTo(address);
    const source = await rawSource(tap.address);
    const garbage = Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    source.write(garbage);
    await source.until((heard) => heard.includes('unreadable'));
    source.write(garbage);
    for (let waited = 0; Buffer.concat(received).length < garbage.length * 2 && waited < 2_000; waited += 5) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(Buffer.concat(received)).toEqual(Buffer.concat([garbage, garbage]));
    expect(failuresOf(tap)).toEqual([
      'a frame of the source cannot be read: a frame announces 1195725856 bytes; 2 to 16777216 are allowed (it begins with "GET / HTTP/1.1..")',
    ]);
  });

  test('a half-close goes through, and so do the answers after it', async () => {
    const { address, received } = await echo();
    const tap = await tapTo(address);
    const source = await rawSource(tap.address);
    const message: TcpMessage = { name: 'RequestReadObjects', referenceId: 1, attributes: {} };
    source.say(message);
    source.finish();
    await source.until((heard) => heard.includes('RequestReadObjects') && heard.includes('end'));
    expect(Buffer.concat(received)).toEqual(Buffer.from(defaultCodec.encode(message)));
    await tap.settled();
    expect(tap.exchanges().map(({ messages }) => messages.map(({ from }) => from))).toEqual([
      ['source', 'destination'],
    ]);
  });

  test('a reset of the source reaches the destination and is recorded', async () => {
    const { address, ended } = await echo();
    const tap = await tapTo(address);
    const source = await rawSource(tap.address);
    source.say(
      { name: 'RequestReadObjects', referenceId: 1, attributes: {} },
      { name: 'RequestX', referenceId: 2, attributes: {} },
    );
    await source.until((heard) => heard.includes('RequestX'));
    source.say({ name: 'SessionOpen', attributes: {} });
    await source.until((heard) => heard.includes('SessionOpen'));
    source.reset();
    await ended;
    await tap.settled();
    expect(failuresOf(tap).at(-1)).toBe('the source broke the connection (ECONNRESET)');
  });
});

describe('in front of trouble', () => {
  test('a destination with a wrong answer is caught from the record alone', async () => {
    const destination = await scriptedDestination(({ referenceId }, say) => {
      const reference = referenceId as number;
      say(
        { name: 'EventObjectsRead', referenceId: reference, attributes: { ObjectType: 3, ConfObject: [{ DBID: 1 }] } },
        { name: 'EventObjectsSent', referenceId: reference, attributes: {} },
      );
    });
    undo.push(destination.close);
    const tap = await tapTo(destination.address);
    const interaction = contract.interactions.find(({ description }) => description === 'read all persons');
    if (interaction === undefined) throw new Error('the contract has changed');
    const performance = { contract: contract as Contract, interaction, values: {} };
    await adapter.play(performance as Parameters<typeof adapter.play>[0], tap.address, AbortSignal.timeout(20_000));
    await tap.settled();
    const messages = tap.exchanges().flatMap((exchange) => exchange.messages);
    const texts = judge(interaction as Contract['interactions'][number], messages, tcpProfile, 'destination');
    expect(texts.map(({ message }) => message)).toEqual([
      '$.attributes.ConfObject[0].userName: expected a string like "agent1", got nothing (the key is missing)',
      '$.attributes.ConfObject[0].employeeID: expected a string like "A1001", got nothing (the key is missing)',
      '$.attributes.ConfObject[0].isAgent: expected an integer like 2, got nothing (the key is missing)',
      '$.attributes.ConfObject[0].state: expected an integer like 1, got nothing (the key is missing)',
      '$.attributes.ConfObject[0].tenantDBID: expected a number like 101, got nothing (the key is missing)',
    ]);
  });

  test('a destination that closes within an answer', async () => {
    const destination = await scriptedDestination((_message, _say, socket) => socket.end());
    undo.push(destination.close);
    const tap = await tapTo(destination.address);
    const source = await rawSource(tap.address);
    source.say({ name: 'RequestReadObjects', referenceId: 1, attributes: {} });
    await source.until((heard) => heard.includes('end'));
    await tap.settled();
    expect(tap.exchanges().map(({ messages }) => messages.map(({ content }) => tcpProfile.title(content)))).toEqual([
      ['RequestReadObjects', 'ConnectionClosed'],
    ]);
  });

  test('nobody behind it', async () => {
    const destination = await scriptedDestination(() => {});
    await destination.close();
    const tap = await tapTo(destination.address);
    const source = await rawSource(tap.address);
    await source.until((heard) => heard.length > 0);
    await tap.settled();
    expect(failuresOf(tap)).toEqual([
      `nobody answers at 127.0.0.1:${destination.address.port} (ECONNREFUSED); is the destination running there?`,
    ]);
  });

  test('port in use', async () => {
    const { address } = await echo();
    await expect(adapter.tap(address, address)).rejects.toThrow(
      `port ${address.port} on 127.0.0.1 is in use; stop what listens there, or choose another port.`,
    );
  });
});
