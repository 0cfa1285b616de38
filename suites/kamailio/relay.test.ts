import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isSipResponse } from '../../contracts/messages/sip.ts';
import { brokenRelayRules, type RelayTraffic, relayOccasions, relayRules } from '../../contracts/sip-relay-rules.ts';
import { brokenSipRules } from '../../contracts/sip-rules.ts';
import { world } from '../../contracts/world.ts';
import type { ServiceMock } from '../../mocks/adapter.ts';
import type { CallControl } from '../../mocks/calls.ts';
import { serveRelay } from '../../mocks/protocols/sip/proxy/serve.ts';
import { serviceMock } from '../../mocks/registry.ts';
import { breaks, type Copy } from './breaks.ts';
import { brokenConfig } from './broken-config.ts';
import { calls, callToAgent } from './calls.ts';
import { againstContract, type Crossing, Relayed } from './crossing.ts';

const START_TIMEOUT_MS = 60_000;

let relayed: Relayed;
const crossings = new Map<string, Crossing>();
beforeAll(async () => {
  relayed = await Relayed.start(51, 57, 58, 59);
  for (const { what, cross } of calls) crossings.set(what, await cross(relayed));
}, START_TIMEOUT_MS);
afterAll(() => relayed?.close());

function crossed(what: string): Crossing & { traffic: RelayTraffic } {
  const found = crossings.get(what);
  if (found === undefined) throw new Error(`no call is "${what}"`);
  return { ...found, traffic: relayed.trafficOf(found) };
}

describe('a call that crosses Kamailio keeps the contract of each hop, and every rule on messages and on proxies', () => {
  test.each(calls)('$what', ({ what }) => {
    const { upstream, downstream, traffic } = crossed(what);
    expect(againstContract(upstream)).toEqual([]);
    expect(againstContract(downstream)).toEqual([]);
    expect(brokenSipRules({ ...traffic.upstream, proxy: 'destination' })).toEqual([]);
    expect(brokenSipRules({ ...traffic.downstream, proxy: 'source' })).toEqual([]);
    expect(brokenRelayRules(traffic)).toEqual([]);
    expect(brokenRelayRules(traffic, 'warning')).toEqual([]);
  });

  test('and every rule on proxies speaks in one of them', () => {
    const spoken = calls.flatMap(({ what }) =>
      [...relayOccasions(crossed(what).traffic)].filter(([, count]) => count > 0).map(([id]) => id),
    );
    expect([...new Set(spoken)].sort()).toEqual(relayRules.map(({ id }) => id).sort());
  });
});

describe('a rule on proxies that is broken says where', () => {
  test.each(breaks)('%s, %s: %s', (rule, what, place, change) => {
    const copy = structuredClone(crossed(what).traffic) as Copy;
    change(copy);
    const sentences = [...brokenRelayRules(copy), ...brokenRelayRules(copy, 'warning')];
    expect(sentences.filter((each) => each.startsWith(`${rule} (`) && each.includes(`${place}: `))).not.toEqual([]);
  });

  test('every rule is broken once', () => {
    expect([...new Set(breaks.map(([rule]) => rule))].sort()).toEqual(relayRules.map(({ id }) => id).sort());
  });
});

test('alone, the mock of the proxy plays the far ends itself', async () => {
  const alone = await Relayed.start(51);
  try {
    const messages = await alone.play(alone.asked(51, 'a call with an offer is answered and released'));
    const answers = messages.map(({ content }) => content).filter(isSipResponse);
    // A relay would have put itself on the route.
    expect(answers.find(({ status }) => status === 200)?.headers['record-route']).toBeUndefined();
    expect(answers.map(({ status }) => status)).toContain(200);
  } finally {
    await alone.close();
  }
});

/** A relay that does one thing wrong, and what the rules on proxies say of it. */
const brokenRelays = [
  {
    what: 'does not lower Max-Forwards',
    good: 'if (!mf_process_maxfwd_header("70"))',
    bad: 'if (0)',
    said: [
      'P02 (RFC 3261, section 16.6 (step 3)): a proxy lowers Max-Forwards by one. ' +
        'Message 1 downstream, $.headers.max-forwards: it has to be 69, got 70.',
    ],
  },
  {
    what: 'drops a header that it does not know',
    good: 'record_route();',
    bad: '{ record_route(); remove_hf("X-Genesys-CallUUID"); }',
    said: [
      'P06 (RFC 3261, sections 16.1 and 16.6): a proxy leaves all else in a request as it came. ' +
        `Message 1 downstream, $.headers.x-genesys-calluuid: it came as "${world.call.uuid}" and went as nothing.`,
    ],
  },
];

test.each(brokenRelays)('a relay that $what is caught', async ({ good, bad, said }) => {
  const contract = relayed.contract(51);
  const relay = await serveRelay({
    contracts: [contract],
    service: (await serviceMock(contract)) as ServiceMock,
    listen: { host: '127.0.0.1', port: 0 },
    ends: [relayed.end(57)],
    config: brokenConfig(good, bad),
  });
  try {
    const call = await relayed.called(...callToAgent(relayed), relay);
    const broken = brokenRelayRules(relayed.trafficOf(call));
    expect(broken.filter((each) => each.includes('Message 1 downstream'))).toEqual(said);
  } finally {
    await relay.close();
  }
});

test('a relay calls an end itself when it is asked to, and records that beside what it relays', async () => {
  const contract = relayed.contract(51);
  const end = relayed.end(57);
  const relay = await serveRelay({
    contracts: [contract],
    dials: [end.contract],
    service: (await serviceMock(contract)) as ServiceMock,
    listen: { host: '127.0.0.1', port: 0 },
    ends: [end],
  });
  try {
    const own = relay.calls as CallControl;
    const to = `sip:${world.dns.webrtc.number}@${end.at.host}:${end.at.port}`;
    const { id } = await own.place({ to, connection: 57 });
    while (own.find(id).state !== 'up') await setTimeout(5);
    expect(await own.hangUp(id)).toEqual({ id, to, state: 'ended', reason: 'hung up here' });
    const [number, interaction] = callToAgent(relayed)[1];
    expect(relay.exchanges()).toHaveLength(1);
    expect(againstContract({ number, interaction, messages: relay.exchanges()[0]?.messages ?? [] })).toEqual([]);
  } finally {
    await relay.close();
  }
});
