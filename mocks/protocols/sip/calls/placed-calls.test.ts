import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import cluster from '../../../../contracts/connections/51-voice-sip-cluster-service--voice-sip-proxy-service.ts';
import webrtc from '../../../../contracts/connections/57-voice-sip-proxy-service--webrtc-media-service.ts';
import platform from '../../../../contracts/connections/58-genesys-voice-platform--voice-sip-proxy-service.ts';
import sbc from '../../../../contracts/connections/59-voice-sip-proxy-service--session-border-controller.ts';
import { type Contract, type Interaction, state } from '../../../../contracts/contract.ts';
import { judge } from '../../../../contracts/conversation.ts';
import { isSipRequest, type SipMessage } from '../../../../contracts/messages/sip.ts';
import { brokenSipRules } from '../../../../contracts/sip-rules.ts';
import { world } from '../../../../contracts/world.ts';
import type { Exchange, Mock, MockServer } from '../../../adapter.ts';
import type { CallControl, CallReport, CallState } from '../../../calls.ts';
import { assertFree, freePort } from '../../../ports.ts';
import { registry } from '../../../process/registry.ts';
import sbcMock from '../../../services/session-border-controller/mock.ts';
import proxyMock from '../../../services/voice-sip-proxy-service/mock.ts';
import webrtcMock from '../../../services/webrtc-media-service/mock.ts';
import { adapter } from '../adapter.ts';
import { type Answer, answering, type RawPeer, rawDestination, refusing } from '../fixtures/raw-peer.ts';
import { SipRecord } from '../record.ts';
import type { SipTransport } from '../transport.ts';
import { callForms } from './form.ts';
import { PlacedCalls } from './placed-calls.ts';

const host = '127.0.0.1';
const { dns, pstn } = world;
const asContracts = (...contracts: Contract<never>[]) => contracts as unknown as Contract[];

/** The mocks that listen, and call themselves, too; those that only call. */
let listening: Record<'proxy' | 'webrtc' | 'browsers' | 'sbc', MockServer>;
let calling: Record<'cluster' | 'platform', Mock>;
const peers: RawPeer[] = [];

beforeAll(async () => {
  const listen = { host, port: 0 };
  const serve = (service: object, contracts: Contract[], dials: Contract[] = []) =>
    adapter.serve({ contracts, listen, service: service as never, dials });
  listening = {
    proxy: await serve(
      proxyMock,
      asContracts(cluster as never, platform as never),
      asContracts(webrtc as never, sbc as never),
    ),
    webrtc: await serve(webrtcMock, asContracts(webrtc as never)),
    browsers: await serve(webrtcMock, asContracts(webrtc as never)),
    sbc: await serve(sbcMock, asContracts(sbc as never)),
  };
  calling = {
    cluster: adapter.dial({ dials: asContracts(cluster as never) }),
    platform: adapter.dial({ dials: asContracts(platform as never) }),
  };
});
afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.close()));
  for (const mock of [...Object.values(listening), ...Object.values(calling)]) {
    for (const { id, state } of callsOf(mock).list()) if (!over.includes(state)) await callsOf(mock).hangUp(id);
    await mock.settled();
    mock.clear();
  }
});
afterAll(async () => {
  await Promise.all([...Object.values(listening), ...Object.values(calling)].map((mock) => mock.close()));
});

const over: readonly CallState[] = ['ended', 'failed'];
const callsOf = (mock: Mock) => mock.calls as CallControl;
const urlOf = (number: string, { address }: Pick<MockServer, 'address'>) => `sip:${number}@${host}:${address.port}`;

/** Resolves when a call is in the state. @throws when it is over before */
async function until(mock: Mock, id: string, state: CallState): Promise<CallReport> {
  for (let report = callsOf(mock).find(id); ; report = callsOf(mock).find(id)) {
    if (report.state === state) return report;
    if (over.includes(report.state)) throw new Error(`the call is ${report.state}: ${report.reason}`);
    await setTimeout(5);
  }
}

/** A call that is in the state. */
async function placed(mock: Mock, to: string, state: CallState, connection?: number): Promise<string> {
  const { id } = await callsOf(mock).place({ to, ...(connection === undefined ? {} : { connection }) });
  await until(mock, id, state);
  return id;
}

async function exchangeOf(mock: Mock, id: string): Promise<Exchange> {
  await mock.settled();
  const ofCall = ({ messages: [first] }: Exchange) =>
    (first as { content: SipMessage }).content.headers['call-id'] === id;
  return mock.exchanges().find(ofCall) as Exchange;
}

const titles = ({ messages }: Exchange) => messages.map(({ content }) => adapter.profile.title(content));

/** What the judge of an interaction and the rules of the RFCs say of a call. */
function faults({ messages }: Exchange, transport: SipTransport, interaction?: Interaction): string[] {
  const broken = brokenSipRules({ transport, messages, passwords: {} });
  if (interaction === undefined) return broken;
  return [...judge(interaction, messages, adapter.profile, 'source').map(({ message }) => message), ...broken];
}

function interactionOf({ interactions }: { interactions: readonly unknown[] }, words: string): Interaction {
  return (interactions as Interaction[]).find(({ description }) => description.includes(words)) as Interaction;
}

interface End {
  name: string;
  mock: () => Mock;
  to: () => string;
  transport: SipTransport;
  /** The contract by which it calls, where it has several. */
  connection?: number;
  interaction?: Interaction;
}

const ends: End[] = [
  {
    name: 'SIP Cluster',
    mock: () => calling.cluster,
    to: () => urlOf(dns.answering.number, listening.proxy),
    transport: 'TCP',
    interaction: interactionOf(cluster, 'a party is put on hold and taken back'),
  },
  {
    name: 'SIP Proxy to WebRTC Media',
    mock: () => listening.proxy,
    to: () => urlOf(dns.webrtc.number, listening.browsers),
    transport: 'UDP',
    connection: 57,
    interaction: interactionOf(webrtc, 'an agent is put on hold and taken back'),
  },
  {
    name: 'SIP Proxy to the SBC',
    mock: () => listening.proxy,
    to: () => urlOf(pstn.answering, listening.sbc),
    transport: 'TCP',
    connection: 59,
    interaction: interactionOf(sbc, 'the carrier is put on hold and taken back'),
  },
  {
    name: 'GVP',
    mock: () => calling.platform,
    to: () => urlOf(dns.answering.number, listening.proxy),
    transport: 'TCP',
  },
  {
    name: 'WebRTC Media',
    mock: () => listening.webrtc,
    to: () => urlOf(dns.webrtc.number, listening.browsers),
    transport: 'UDP',
  },
  {
    name: 'SBC',
    mock: () => listening.sbc,
    to: () => urlOf(dns.answering.number, listening.proxy),
    transport: 'TCP',
  },
];

describe.each(ends)('$name', ({ mock, to, transport, connection, interaction }) => {
  test('places a call, holds it, takes it back and hangs up, as its contract has it', async () => {
    const id = await placed(mock(), to(), 'up', connection);
    expect(await callsOf(mock()).hold(id)).toEqual({ id, to: to(), state: 'held' });
    expect(await callsOf(mock()).resume(id)).toEqual({ id, to: to(), state: 'up' });
    expect(await callsOf(mock()).hangUp(id)).toEqual({ id, to: to(), state: 'ended', reason: 'hung up here' });
    const exchange = await exchangeOf(mock(), id);
    expect(exchange.failure).toBeUndefined();
    expect(faults(exchange, transport, interaction)).toEqual([]);
    const requests = exchange.messages.map(({ content }) => content).filter(isSipRequest);
    expect(
      requests.map(({ method, headers, sdp }) => [method, headers.cseq?.number, sdp?.media[0]?.direction]),
    ).toEqual([
      ['INVITE', 1, 'sendrecv'],
      ['ACK', 1, undefined],
      ['INVITE', 2, 'sendonly'],
      ['ACK', 2, undefined],
      ['INVITE', 3, 'sendrecv'],
      ['ACK', 3, undefined],
      ['BYE', 4, undefined],
    ]);
  });
});

test('a call of GVP is as its contract has it', async () => {
  const id = await placed(calling.platform, urlOf(dns.answering.number, listening.proxy), 'up');
  await callsOf(calling.platform).hangUp(id);
  const exchange = await exchangeOf(calling.platform, id);
  expect(faults(exchange, 'TCP', interactionOf(platform, 'the platform places a call'))).toEqual([]);
});

test('the record is judged: what a call leaves out is named', async () => {
  const id = await placed(calling.cluster, urlOf(dns.answering.number, listening.proxy), 'up');
  await callsOf(calling.cluster).hangUp(id);
  const exchange = await exchangeOf(calling.cluster, id);
  expect(faults(exchange, 'TCP', interactionOf(cluster, 'a party is put on hold and taken back'))).toContain(
    '$.method: expected "INVITE", got "BYE" (string)',
  );
});

test.each([
  ['TCP', () => calling.cluster, () => urlOf(dns.answering.number, listening.proxy)],
  ['UDP', () => listening.webrtc, () => urlOf(dns.webrtc.number, listening.browsers)],
] as const)('a call over %s is held again and again, and hung up while it is held', async (transport, mock, to) => {
  const id = await placed(mock(), to(), 'up');
  for (let turn = 0; turn < 3; turn += 1) {
    await callsOf(mock()).hold(id);
    if (turn < 2) await callsOf(mock()).resume(id);
  }
  expect(await callsOf(mock()).hangUp(id)).toMatchObject({ state: 'ended', reason: 'hung up here' });
  expect(faults(await exchangeOf(mock(), id), transport)).toEqual([]);
});

test('fifty calls are up at once, each with an id of its own, and all end', async () => {
  const mock = calling.cluster;
  const to = urlOf(dns.answering.number, listening.proxy);
  const ids = await Promise.all(Array.from({ length: 50 }, () => placed(mock, to, 'up')));
  expect(
    callsOf(mock)
      .list()
      .filter(({ state }) => state === 'up'),
  ).toHaveLength(50);
  await Promise.all(ids.map((id) => callsOf(mock).hold(id)));
  const ended = await Promise.all(ids.map((id) => callsOf(mock).hangUp(id)));
  expect(new Set(ended.map(({ state, reason }) => `${state}: ${reason}`))).toEqual(new Set(['ended: hung up here']));
  const invites = mock.exchanges().map(({ messages: [first] }) => first?.content as SipMessage);
  expect(new Set(invites.map(({ headers }) => headers['x-genesys-calluuid'])).size).toBe(50);
}, 60_000);

describe('the other end', () => {
  test('hangs up first', async () => {
    const mock = calling.cluster;
    const id = await placed(mock, urlOf(dns.leaving.number, listening.proxy), 'ended');
    expect(callsOf(mock).find(id).reason).toBe('hung up by the other end');
    const exchange = await exchangeOf(mock, id);
    expect(faults(exchange, 'TCP', interactionOf(cluster, 'a call is released by the other party'))).toEqual([]);
  });

  test.each([
    [dns.busy.number, 486, 'Busy Here', 'the busy of an endpoint is passed on'],
    [dns.unknown.number, 404, 'Not Found', 'a number that no dial plan knows'],
    [dns.declining.number, 603, 'Decline', 'the refusal of an endpoint is passed on'],
  ])('refuses %s with %i', async (number, status, reason, words) => {
    const mock = calling.cluster;
    const id = await placed(mock, urlOf(number, listening.proxy), 'ended');
    expect(callsOf(mock).find(id)).toMatchObject({ status, reason });
    expect(faults(await exchangeOf(mock, id), 'TCP', interactionOf(cluster, words))).toEqual([]);
  });

  test('puts the call on hold and takes it back', async () => {
    const id = await placed(listening.webrtc, urlOf(dns.holding.number, listening.browsers), 'up');
    const exchange = async () => await exchangeOf(listening.webrtc, id);
    const acknowledged = async () => titles(await exchange()).filter((title) => title.startsWith('ACK ')).length;
    while ((await acknowledged()) < 3) {
      expect(callsOf(listening.webrtc).find(id)).toMatchObject({ state: 'up' });
      await setTimeout(5);
    }
    await callsOf(listening.webrtc).hangUp(id);
    const interaction = interactionOf(webrtc, 'an agent puts the caller on hold');
    expect(
      judge(interaction, mirrorOf(await exchange()), adapter.profile, 'source').map(({ message }) => message),
    ).toEqual([]);
  });

  test('refuses a hold, and the call goes on', async () => {
    const id = await placed(listening.webrtc, urlOf(dns.rigid.number, listening.browsers), 'up');
    await expect(callsOf(listening.webrtc).hold(id)).rejects.toThrow(
      `call ${id} is up: the other end refused that with 488 Not Acceptable Here`,
    );
    expect(await callsOf(listening.webrtc).hangUp(id)).toMatchObject({ state: 'ended' });
    expect(faults(await exchangeOf(listening.webrtc, id), 'UDP')).toEqual([]);
  });

  test('changes the session at the same time, and neither change is made', async () => {
    const id = await placed(listening.webrtc, urlOf(dns.glaring.number, listening.browsers), 'up');
    await expect(callsOf(listening.webrtc).hold(id)).rejects.toThrow(/refused that with 491 Request Pending$/);
    expect(await callsOf(listening.webrtc).hangUp(id)).toMatchObject({ state: 'ended' });
    expect(faults(await exchangeOf(listening.webrtc, id), 'UDP')).toEqual([]);
  });

  test('breaks the connection', async () => {
    const peer = await peerThat(answering);
    const id = await placed(calling.cluster, urlOf('1001', peer), 'up');
    await peer.close();
    expect(await until(calling.cluster, id, 'failed')).toMatchObject({
      reason: `${host}:${peer.address.port} closed the connection`,
    });
  });

  test('answers with a status that nobody knows', async () => {
    const peer = await peerThat(refusing(477, 'Unfortunately'));
    const id = await placed(calling.cluster, urlOf('1001', peer), 'failed');
    expect(callsOf(calling.cluster).find(id).reason).toBe(
      `${host}:${peer.address.port} sent what has no place in the call: SIP/2.0 477 Unfortunately`,
    );
  });

  test('rings, and is given up', async () => {
    const id = await placed(calling.cluster, urlOf(dns.ringing.number, listening.proxy), 'ringing');
    expect(await callsOf(calling.cluster).hangUp(id)).toMatchObject({
      state: 'ended',
      status: 487,
      reason: 'Request Terminated',
    });
    const exchange = await exchangeOf(calling.cluster, id);
    expect(faults(exchange, 'TCP', interactionOf(cluster, 'a ringing call is cancelled'))).toEqual([]);
  });

  test('is not there', async () => {
    const port = await freePort(host);
    const to = `sip:1001@${host}:${port}`;
    expect(await callsOf(calling.cluster).place({ to })).toMatchObject({
      state: 'failed',
      reason: `${host}:${port} refused the TCP connection; is anything listening there?`,
    });
    const { id } = await callsOf(listening.webrtc).place({ to });
    expect(await until(listening.webrtc, id, 'failed')).toMatchObject({
      reason: `${host}:${port} takes no datagrams; is anything listening there?`,
    });
    expect(await callsOf(calling.cluster).place({ to: 'sip:1001@no-such-host.invalid' })).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/^nobody answers at no-such-host\.invalid:5060 \(\w+\); is that its name\?$/),
    });
  });
});

/** What the other end saw of an exchange. */
function mirrorOf({ messages }: Exchange): Exchange['messages'] {
  return messages.map((message) => ({ ...message, from: message.from === 'source' ? 'destination' : 'source' }));
}

async function peerThat(answer: Answer): Promise<RawPeer> {
  const peer = await rawDestination('TCP', answer);
  peers.push(peer);
  return peer;
}

describe('what cannot be done is refused', () => {
  const place = (asked: unknown) => callsOf(calling.cluster).place(asked);
  const example = '"sip:1001@127.0.0.1:5080" or {"host": "127.0.0.1", "port": 5080, "number": "1001"}';

  test.each([
    [null, 'a call expected like {"to": "sip:1001@127.0.0.1:5080"}, got null'],
    [[], 'a call expected like {"to": "sip:1001@127.0.0.1:5080"}, got []'],
    [{}, `to expected ${example}, got nothing`],
    [{ to: 'tel:1001' }, `to expected ${example}, got "tel:1001"`],
    [{ to: 'sip:127.0.0.1:5080' }, `to expected ${example}, got "sip:127.0.0.1:5080"`],
    [{ to: 'sip:1001@127.0.0.1:70000' }, `to expected ${example}, got "sip:1001@127.0.0.1:70000"`],
    [{ to: 'sip:[local_ip]@127.0.0.1' }, `to expected ${example}, got "sip:[local_ip]@127.0.0.1"`],
    [{ to: 'sip:1@127.0.0.1\r\nX: y' }, `to expected ${example}, got "sip:1@127.0.0.1\\r\\nX: y"`],
    [
      { to: { host, port: '5080', number: '1001' } },
      `to expected ${example}, got {"host":"127.0.0.1","port":"5080","number":"1001"}`,
    ],
    [{ to: 'sip:1001@127.0.0.1', who: 'me' }, 'a call has to and connection, not "who"'],
    [
      { to: 'sip:1001@127.0.0.1', connection: 57 },
      'connection expected one of 51, by which this mock can call, got 57',
    ],
  ])('%j', async (asked, sentence) => {
    await expect(place(asked)).rejects.toMatchObject({ kind: 'malformed', message: sentence });
    expect(
      callsOf(calling.cluster)
        .list()
        .filter(({ state }) => !over.includes(state)),
    ).toEqual([]);
  });

  test('a call of a system that calls by several contracts without one of them', async () => {
    await expect(callsOf(listening.proxy).place({ to: 'sip:1001@127.0.0.1' })).rejects.toThrow(
      'connection expected one of 57, 59, 51, 58, by which this mock can call, got nothing',
    );
  });

  test('a call that nobody has placed', async () => {
    const calls = callsOf(calling.cluster);
    expect(() => calls.find('none')).toThrow('there is no call none');
    for (const ask of [calls.hold('none'), calls.resume('none'), calls.hangUp('none')]) {
      await expect(ask).rejects.toMatchObject({ kind: 'unknown', message: 'there is no call none' });
    }
  });

  test('a change for which the call is in the wrong state', async () => {
    const calls = callsOf(calling.cluster);
    const id = await placed(calling.cluster, urlOf(dns.answering.number, listening.proxy), 'up');
    await expect(calls.resume(id)).rejects.toThrow(`call ${id} is up: only a call that is held can be resumed`);
    // One thing is done after the other.
    const [first, second] = await Promise.allSettled([calls.hold(id), calls.hold(id)]);
    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({ reason: { message: `call ${id} is held: only a call that is up can be held` } });
    await calls.hangUp(id);
    const because = `call ${id} is ended (hung up here)`;
    await expect(calls.hold(id)).rejects.toThrow(`${because}: only a call that is up can be held`);
    await expect(calls.hangUp(id)).rejects.toMatchObject({
      kind: 'conflict',
      message: `${because}: it is over already`,
    });
    const ringing = await placed(calling.cluster, urlOf(dns.ringing.number, listening.proxy), 'ringing');
    await expect(calls.hold(ringing)).rejects.toThrow(`call ${ringing} is ringing: only a call that is up can be held`);
  });

  test('a state of a mock that only calls', async () => {
    await expect(calling.cluster.setState(state('a DN answers'))).rejects.toThrow(
      'a mock that only calls has no states',
    );
  });
});

describe('closing a mock', () => {
  test('hangs up what is up, and leaves no process and no port behind', async () => {
    const before = [...registry().processes.keys()];
    const mock = adapter.dial({ dials: asContracts(cluster as never) });
    const ids = [];
    for (const [number, expected] of [
      [dns.answering.number, 'up'],
      [dns.ringing.number, 'ringing'],
    ] as const) {
      ids.push(await placed(mock, urlOf(number, listening.proxy), expected));
    }
    const contacts = mock
      .exchanges()
      .map(({ messages: [first] }) => (first as { content: SipMessage }).content.headers.contact?.[0]?.uri);
    await Promise.all([mock.close(), mock.close()]);
    await mock.close();
    expect(
      callsOf(mock)
        .list()
        .map(({ id, state, reason }) => ({ id, state, reason })),
    ).toEqual([
      { id: ids[0], state: 'ended', reason: 'hung up here' },
      { id: ids[1], state: 'ended', reason: 'Request Terminated' },
    ]);
    const seen = [
      await exchangeOf(listening.proxy, ids[0] as string),
      await exchangeOf(listening.proxy, ids[1] as string),
    ];
    expect(seen.map((exchange) => titles(exchange).at(-1))).toEqual(['200 OK (BYE)', expect.stringMatching(/^ACK /)]);
    expect(contacts).toHaveLength(2);
    expect(before).toEqual(expect.arrayContaining([...registry().processes.keys()]));
    for (const uri of contacts) {
      const port = Number(/:(\d+);/.exec(uri ?? '')?.[1]);
      await expect(assertFree({ host, port })).resolves.toBeUndefined();
    }
    await expect(callsOf(mock).place({ to: 'sip:1001@127.0.0.1' })).rejects.toThrow('the mock is closed');
  });

  test('does not wait for an end that says nothing', async () => {
    const mock = adapter.dial({ dials: asContracts(cluster as never) });
    const peer = await peerThat(() => []);
    const { id } = await callsOf(mock).place({ to: urlOf('1001', peer) });
    await mock.close();
    expect(callsOf(mock).find(id)).toMatchObject({ state: 'ended', reason: 'the mock was closed' });
  });
});

test('no more calls than the limit are placed at once', async () => {
  const peer = await peerThat(() => []);
  const calls = new PlacedCalls(callForms({ dials: asContracts(cluster as never) }), new SipRecord(), 2);
  const ask = () => calls.place({ to: urlOf('1001', peer) });
  await Promise.all([ask(), ask()]);
  await expect(ask()).rejects.toMatchObject({
    kind: 'too many',
    message: '2 calls are the most at once; hang up one first',
  });
  await peer.close();
  // What is over counts no more, whoever has looked.
  for (const { id } of calls.list()) while (calls.find(id).state !== 'failed') await setTimeout(5);
  expect(await ask()).toMatchObject({ state: 'failed' });
  await calls.close();
});
