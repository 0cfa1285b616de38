import { afterEach, expect, test } from '@jest/globals';
import sipProxy from '../../contracts/connections/51-voice-sip-cluster-service--voice-sip-proxy-service.ts';
import webrtc from '../../contracts/connections/57-voice-sip-proxy-service--webrtc-media-service.ts';
import type { Contract, Interaction } from '../../contracts/contract.ts';
import { verifyDestination } from '../../harness/verify/sides.ts';
import { adapter } from '../../mocks/protocols/sip/adapter.ts';
import {
  ANSWER_SDP,
  type Answer,
  answering,
  methodOf,
  type RawPeer,
  rawDestination,
  responseTo,
} from '../../mocks/protocols/sip/fixtures/raw-peer.ts';
import type { SipTransport } from '../../mocks/protocols/sip/transport.ts';

const peers: RawPeer[] = [];
afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.close()));
});

const contracts = { TCP: sipProxy as unknown as Contract, UDP: webrtc as unknown as Contract };
const words = { TCP: 'with an offer is answered', UDP: 'offered to a browser agent' };
const CONTACT = 'Contact: <sip:raw@127.0.0.1:9>';

/** What a destination is told that answers an INVITE so, and keeps the contract otherwise. */
async function told(transport: SipTransport, onInvite: Answer): Promise<[string, string[]]> {
  const peer = await rawDestination(transport, (request) =>
    methodOf(request) === 'INVITE' ? onInvite(request) : answering(request),
  );
  peers.push(peer);
  const whole = contracts[transport];
  const interactions = whole.interactions
    .filter(({ description }) => description.includes(words[transport]))
    .map((each): Interaction => ({ ...each, stepTimeoutMs: 2_000 }));
  const { verdict, interactions: results } = await verifyDestination({
    contract: { ...whole, interactions },
    adapter,
    at: peer.address,
    setState: async () => ({ values: {}, undo: async () => {} }),
    signal: AbortSignal.timeout(20_000),
  });
  return [verdict, results.flatMap(({ mismatches }) => mismatches.map(({ message }) => message))];
}

const progress = (request: string, status: number, tag = 'raw') =>
  responseTo(request, status, 'On its way', status === 100 ? [] : [CONTACT]).replace(';tag=raw', `;tag=${tag}`);
const ok = (request: string, tag = 'raw') =>
  responseTo(request, 200, 'OK', [CONTACT, 'Content-Type: application/sdp'], ANSWER_SDP).replace(
    ';tag=raw',
    `;tag=${tag}`,
  );

test.each(['TCP', 'UDP'] as const)(
  'a call that is forked to two ends over %s, one of which answers, passes',
  async (transport) => {
    const forked: Answer = (request) => [
      progress(request, 100),
      progress(request, 180, 'desk'),
      progress(request, 180, 'mobile'),
      ok(request, 'mobile'),
    ];
    expect(await told(transport, forked)).toEqual(['passed', []]);
  },
);

test.each(['TCP', 'UDP'] as const)(
  'any number of provisional responses of any kind over %s passes',
  async (transport) => {
    const statuses = [100, 100, 180, 183, 180, 181, 182, 183];
    const busy: Answer = (request) => [...statuses.map((status) => progress(request, status)), ok(request)];
    expect(await told(transport, busy)).toEqual(['passed', []]);
  },
);

test.each(['TCP', 'UDP'] as const)('no provisional response at all over %s passes', async (transport) => {
  expect(await told(transport, (request) => [ok(request)])).toEqual(['passed', []]);
});

test('a provisional response that comes after the final one passes over UDP, and fails over TCP', async () => {
  const late: Answer = (request) => [ok(request), progress(request, 180), progress(request, 100)];
  expect(await told('UDP', late)).toEqual(['passed', []]);
  const [verdict, said] = await told('TCP', late);
  expect(verdict).toBe('failed');
  expect(said).toEqual([
    'step 2 of 7, from the destination: expected 100 On its way (INVITE) in its place, got it came too late',
    'step 3 of 7, from the destination: expected 180 On its way (INVITE) in its place, got it came too late',
  ]);
});

test('an answer of an end that never rang, where another did, fails', async () => {
  const [verdict, said] = await told('TCP', (request) => [progress(request, 180, 'desk'), ok(request, 'other')]);
  expect(verdict).toBe('failed');
  expect(said[0]).toBe('$.headers.to.tag: expected "desk", the value bound to the To tag, got "other" (string)');
});

test('a further provisional response that is wrong in itself fails', async () => {
  const other: Answer = (request) => [
    progress(request, 180),
    progress(request, 183).replace(/CSeq: \d+/, 'CSeq: 9'),
    ok(request),
  ];
  const [verdict, said] = await told('TCP', other);
  expect(verdict).toBe('failed');
  expect(said.join('\n')).toContain('got 183 On its way (INVITE)');
});
