import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import sipProxy from '../../../contracts/connections/51-voice-sip-cluster-service--voice-sip-proxy-service.ts';
import { type Interaction, state } from '../../../contracts/contract.ts';
import { judge } from '../../../contracts/conversation.ts';
import type { Address, MockServer } from '../../adapter.ts';
import { listenOn } from '../../listen.ts';
import { assertFree, freePort } from '../../ports.ts';
import sipProxyMock from '../../services/voice-sip-proxy-service/mock.ts';
import { adapter } from './adapter.ts';
import { BegunDialogs } from './begun-dialogs.ts';
import {
  answering,
  changed,
  headerOf,
  invite,
  type RawSource,
  rawDestination,
  rawSource,
} from './fixtures/raw-peer.ts';
import { SipRecord } from './record.ts';

const host = '127.0.0.1';
const dials = state('a caller dials a route point', { dn: '5000' });
const interaction = sipProxy.interactions.find(({ given }) => given[0]?.name === dials.name) as Interaction;
const performance = (values: Record<string, string>, stepTimeoutMs = 300) => ({
  contract: sipProxy as never,
  interaction: { ...interaction, stepTimeoutMs },
  values,
});
const play = (values: Record<string, string>) =>
  adapter.play(performance(values), { host, port: 9 }, AbortSignal.timeout(20_000));

let server: MockServer;
beforeAll(async () => {
  server = await adapter.serve({
    contracts: [sipProxy as never],
    listen: { host, port: 0 },
    service: sipProxyMock as never,
  });
});
afterEach(async () => {
  await server.settled();
  server.clear();
});
afterAll(() => server.close());

function addressOf(text = ''): Address {
  const port = Number(text.split(':')[1]);
  return { host, port };
}

describe('a destination that opens a dialog', () => {
  test('calls the source at the address that the state gave, over a connection of its own', async () => {
    const { values, undo } = await server.setState(dials);
    const observed = await play(values);
    await server.settled();
    await undo();
    expect(observed.failure).toBeUndefined();
    expect(judge(interaction, observed.messages, adapter.profile, 'destination')).toEqual([]);
    const [exchange, ...others] = server.exchanges();
    expect(others).toEqual([]);
    expect(exchange?.messages.map(({ from }) => from)).toEqual(observed.messages.map(({ from }) => from));
    expect(judge(interaction, exchange?.messages ?? [], adapter.profile, 'source')).toEqual([]);
  });

  test('tells a source that answers wrongly', async () => {
    const { values, undo } = await server.setState(dials);
    const { port } = addressOf(values.sourceAddress);
    const wrong = changed(answering, (text) => text.replace(/Call-ID: .*/, 'Call-ID: other'));
    const source = await rawDestination('TCP', wrong, port);
    await eventually(async () => {
      await server.settled();
      return server.exchanges().length > 0;
    });
    await undo();
    await source.close();
    const messages = server.exchanges().flatMap((exchange) => exchange.messages);
    expect(judge(interaction, messages, adapter.profile, 'source').map(({ message }) => message)).toContainEqual(
      expect.stringMatching(
        /^\$\.headers\.call-id: expected "\S+", the value bound to the Call-ID, got "other" \(string\)$/,
      ),
    );
  });

  test('says why where the source listens no more when it is called', async () => {
    const { values, undo } = await server.setState(dials);
    const listener = createServer((socket) => socket.destroy()).on('connection', () => listener.close());
    await listenOn(listener, addressOf(values.sourceAddress));
    await eventually(async () => {
      await server.settled();
      return server.exchanges().length > 0;
    });
    await undo();
    expect(server.exchanges().map(({ failure }) => failure?.message)).toEqual([
      expect.stringMatching(/^the source was not called: sipp ended with exit code \d+ at once: .*Connection refused/s),
    ]);
  });

  test('gives up where the state is undone before anybody listens', async () => {
    const { values, undo } = await server.setState(dials);
    await undo();
    await server.settled();
    expect(server.exchanges()).toEqual([]);
    await expect(assertFree(addressOf(values.sourceAddress))).resolves.toBeUndefined();
  });

  test('needs a state that one interaction begins with', async () => {
    const options = { transport: 'TCP', host, record: new SipRecord() } as const;
    const none = new BegunDialogs({ ...options, interactions: [] });
    await expect(none.begin('a call comes')).rejects.toThrow(
      'no interaction of a destination begins with "a call comes"',
    );
    const two = new BegunDialogs({
      ...options,
      interactions: [interaction, { ...interaction, description: 'another' }],
    });
    await expect(two.begin(dials.name)).rejects.toThrow(
      `"${interaction.description}" and "another" begin with the state "${dials.name}"; give them different ones`,
    );
  });
});

describe('a source that is called', () => {
  test('answers a destination of somebody else', async () => {
    const port = await freePort(host);
    const playing = play({ sourceAddress: `${host}:${port}` });
    const caller = await dialled(port);
    const text = invite({ transport: 'TCP', local: caller.local, callId: 'foreign', number: '5000' });
    caller.send(text.replace('Via: ', 'Record-Route: <sip:127.0.0.9;lr>\r\nVia: '));
    const answer = await caller.received('SIP/2.0 200');
    expect(headerOf(answer, 'Record-Route')).toBe('<sip:127.0.0.9;lr>');
    const { messages } = await playing;
    await caller.close();
    expect(judge(interaction, messages, adapter.profile, 'destination').map(({ message }) => message)).toEqual([
      '$.headers.via.below: expected an array, got nothing (the key is missing)',
      'step 5 of 7, from the destination: expected ACK sip:peer@t100.voice.example, got nothing',
      'step 7 of 7, from the destination: expected 200 OK (BYE), got nothing',
    ]);
  });

  test('that nobody calls says how long it has waited', async () => {
    const port = await freePort(host);
    const { failure } = await play({ sourceAddress: `${host}:${port}` });
    const waitedMs = (interaction.steps.length + 1) * 300;
    expect(failure?.message).toBe(
      `waited ${waitedMs} ms for the destination at ${host}:${port} over TCP; it sent nothing there.`,
    );
  });

  test('cannot listen at an address that is taken', async () => {
    const holder = await rawDestination('TCP', () => []);
    const { failure } = await play({ sourceAddress: `${host}:${holder.address.port}` });
    await holder.close();
    expect(failure?.message).toBe(
      `the source cannot listen at ${host}:${holder.address.port}, which is in use or not of this machine.`,
    );
  });

  test.each([{}, { sourceAddress: 'nowhere' }])('has to be told where: %j', async (values) => {
    const { failure } = await play(values);
    expect(failure?.message).toBe(
      'no provider state says in sourceAddress where the destination looks for the source; give host and port, like 127.0.0.1:5060.',
    );
  });
});

/** A connection to whoever listens there, as soon as somebody does. */
async function dialled(port: number): Promise<RawSource> {
  let source: RawSource | undefined;
  await eventually(async () => {
    source = await rawSource('TCP', { host, port }).catch(() => undefined);
    return source !== undefined;
  });
  return source as RawSource;
}

async function eventually(holds: () => Promise<boolean>): Promise<void> {
  const endMs = Date.now() + 5_000;
  while (!(await holds())) {
    if (Date.now() > endMs) throw new Error('it did not come to that within 5000 ms');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
