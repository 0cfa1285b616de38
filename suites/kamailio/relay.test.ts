import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadContracts } from '../../contracts/catalogue.ts';
import { basicCall, refusedCall } from '../../contracts/common/sip-calls.ts';
import type { Contract, Interaction, ProviderState, Side } from '../../contracts/contract.ts';
import { judge, type ObservedMessage } from '../../contracts/conversation.ts';
import {
  isSipRequest,
  isSipResponse,
  type SipMessage,
  type SipRequest,
  type SipResponse,
} from '../../contracts/messages/sip.ts';
import { mirroredInteraction, otherSide } from '../../contracts/mirrored.ts';
import { brokenRelayRules, type RelayTraffic, relayOccasions, relayRules } from '../../contracts/sip-relay-rules.ts';
import { brokenSipRules } from '../../contracts/sip-rules.ts';
import { world } from '../../contracts/world.ts';
import { Destinations } from '../../harness/peers/destinations.ts';
import type { MockServer, Observed, ServiceMock, StateSet } from '../../mocks/adapter.ts';
import { adapter } from '../../mocks/protocols/sip/adapter.ts';
import { serveRelay } from '../../mocks/protocols/sip/proxy/serve.ts';
import { transportOf } from '../../mocks/protocols/sip/transport.ts';
import { serviceMock } from '../../mocks/registry.ts';
import { brokenConfig } from './broken-config.ts';

const { dns, pstn } = world;
const PLAY_TIMEOUT_MS = 20_000;
const START_TIMEOUT_MS = 60_000;

let contracts: readonly Contract[];
let destinations: Destinations;
beforeAll(async () => {
  contracts = (await loadContracts()).filter(({ connection }) => [51, 57, 58, 59].includes(connection));
  destinations = await Destinations.start({ contracts, relays: true, signal: new AbortController().signal });
}, START_TIMEOUT_MS);
afterAll(() => destinations.close());

const contract = (number: number) => contracts.find(({ connection }) => connection === number) as Contract;

function serverOf(number: number): MockServer {
  const found = destinations.up.find((each) => each.contracts.includes(contract(number)));
  if (found === undefined) throw new Error(`the destination of connection ${number} is not up`);
  return found.server;
}

/** The interaction of a contract; with steps of another number where one is given. */
function interactionOf(number: number, description: string, steps?: Interaction['steps']): Interaction {
  const found = contract(number).interactions.find((each) => each.description === description);
  if (found === undefined) throw new Error(`connection ${number} has no "${description}"`);
  return steps === undefined ? found : { ...found, steps };
}

/** One hop of a call: what passed there, and by which interaction that is judged, where there is one. */
interface HopOfCall {
  number: number;
  messages: readonly ObservedMessage[];
  interaction?: Interaction;
}

/** A call that crosses the proxy; upstream is where it was opened. */
type Crossing = Readonly<Record<'upstream' | 'downstream', HopOfCall>>;

type Asked = readonly [number: number, interaction: Interaction];

/** The source of a connection calls through the proxy; the other hop is in the record of who was called. */
async function called(upstream: Asked, downstream: Asked, proxy = serverOf(51)): Promise<Crossing> {
  const end = serverOf(downstream[0]);
  await end.settled();
  end.clear();
  const { messages, failure } = await play(upstream, {}, proxy);
  expect(failure).toBeUndefined();
  await end.settled();
  const exchanges = end.exchanges();
  expect(exchanges.map((exchange) => exchange.failure)).toEqual([undefined]);
  return {
    upstream: { number: upstream[0], interaction: upstream[1], messages },
    downstream: { number: downstream[0], interaction: downstream[1], messages: exchanges[0]?.messages ?? [] },
  };
}

/** The source of a connection is called through the proxy by a far end; that hop is in the record of the proxy's mock. */
async function calledBack(asked: Asked): Promise<Crossing> {
  const proxy = serverOf(51);
  const [number, interaction] = asked;
  proxy.clear();
  const { values, undo } = await proxy.setState(interaction.given[0] as ProviderState);
  const { messages, failure } = await play(asked, values, proxy);
  expect(failure).toBeUndefined();
  await proxy.settled();
  const exchanges = proxy.exchanges();
  await undo();
  expect(exchanges.map((exchange) => exchange.failure)).toEqual([undefined]);
  return {
    upstream: { number, messages: changedOver(exchanges[0]?.messages ?? []) },
    downstream: { number, messages: changedOver(messages), interaction: mirroredInteraction(interaction) },
  };
}

const changedOver = (messages: readonly ObservedMessage[]) =>
  messages.map((message) => ({ ...message, from: otherSide(message.from) }));

function play([number, interaction]: Asked, values: StateSet['values'], { address }: MockServer): Promise<Observed> {
  const signal = AbortSignal.timeout(PLAY_TIMEOUT_MS);
  return adapter.play({ contract: contract(number), interaction, values }, address, signal);
}

function trafficOf({ upstream, downstream }: Crossing): RelayTraffic {
  const hop = ({ number, messages }: HopOfCall) => ({ transport: transportOf(contract(number)), messages });
  return { upstream: hop(upstream), downstream: hop(downstream) };
}

/** What the contract of a hop says against it, on both sides. */
function againstContract({ interaction, messages }: HopOfCall): string[] {
  if (interaction === undefined) return [];
  const sides: readonly Side[] = ['source', 'destination'];
  return sides.flatMap((side) => judge(interaction, messages, adapter.profile, side).map(({ message }) => message));
}

const answered = 'answered by a browser agent, over UDP';
const refused = 'refused by who was called';
const cancelled = 'cancelled';
const overloaded = 'refused by a carrier that is overloaded';
const hopless = 'that may go no further';

/** A call to an agent, by its hops. */
const calledAgent = [
  (): Asked => [
    51,
    interactionOf(51, 'a call with an offer is answered and released', basicCall('TCP', dns.webrtc.number)),
  ],
  (): Asked => [57, interactionOf(57, 'a call is offered to a browser agent, answered and released')],
] as const;

/** The calls that the rules are checked with. */
const calls: readonly { what: string; cross(): Promise<Crossing> }[] = [
  { what: answered, cross: () => called(calledAgent[0](), calledAgent[1]()) },
  {
    what: 'answered in the public network, over TCP',
    cross: () =>
      called(
        [51, interactionOf(51, 'requests of a dialog go through a proxy that stays on its route')],
        [59, interactionOf(59, 'a call to the public network is answered and released')],
      ),
  },
  {
    what: 'released by who was called',
    cross: () =>
      called(
        [51, interactionOf(51, 'a call is released by the other party')],
        [57, interactionOf(57, 'an agent releases the call')],
      ),
  },
  {
    what: refused,
    cross: () =>
      called(
        [51, interactionOf(51, 'the busy of an endpoint is passed on as 486')],
        [57, interactionOf(57, 'a call that the agent rejects is refused with 486')],
      ),
  },
  {
    what: cancelled,
    cross: () =>
      called(
        [51, interactionOf(51, 'a ringing call is cancelled')],
        [57, interactionOf(57, 'a call that the agent does not answer is cancelled')],
      ),
  },
  {
    what: overloaded,
    cross: async () => {
      const refusal = refusedCall('TCP', pstn.answering, 500, 'Server Internal Error');
      const sbc = interactionOf(
        59,
        'a call is refused with 503 while the carrier is overloaded, which says when to try again',
      );
      const { undo } = await serverOf(59).setState(sbc.given[0] as ProviderState);
      try {
        return await called(
          [51, interactionOf(51, 'a call that no target in service can take is refused with 503', refusal)],
          [59, sbc],
        );
      } finally {
        await undo();
      }
    },
  },
  {
    what: hopless,
    cross: async () => {
      const asked: Asked = [
        51,
        interactionOf(
          51,
          'a call that may go no further is refused with 483',
          refusedCall('TCP', dns.webrtc.number, 483, 'Too Many Hops', { invite: { headers: { 'max-forwards': 0 } } }),
        ),
      ];
      serverOf(57).clear();
      const { messages } = await play(asked, {}, serverOf(51));
      await serverOf(57).settled();
      const passed = serverOf(57)
        .exchanges()
        .flatMap((exchange) => exchange.messages);
      return {
        upstream: { number: 51, interaction: asked[1], messages },
        downstream: { number: 57, messages: passed },
      };
    },
  },
  {
    what: 'from outside',
    cross: () =>
      calledBack([
        51,
        interactionOf(51, 'a call from outside reaches a node, which releases it by the recorded route'),
      ]),
  },
  {
    what: 'given a treatment',
    cross: () => calledBack([58, interactionOf(58, 'a treatment is started by MSML and its end is told')]),
  },
];

const crossings = new Map<string, Crossing>();
beforeAll(async () => {
  for (const { what, cross } of calls) crossings.set(what, await cross());
}, START_TIMEOUT_MS);

function crossed(what: string): Crossing {
  const found = crossings.get(what);
  if (found === undefined) throw new Error(`no call is "${what}"`);
  return found;
}

describe('a call that crosses Kamailio keeps the contract of each hop, and every rule on messages and on proxies', () => {
  test.each(calls)('$what', ({ what }) => {
    const call = crossed(what);
    expect(againstContract(call.upstream)).toEqual([]);
    expect(againstContract(call.downstream)).toEqual([]);
    const { upstream, downstream } = trafficOf(call);
    expect(brokenSipRules({ ...upstream, proxy: 'destination' })).toEqual([]);
    expect(brokenSipRules({ ...downstream, proxy: 'source' })).toEqual([]);
    expect(brokenRelayRules({ upstream, downstream })).toEqual([]);
    expect(brokenRelayRules({ upstream, downstream }, 'warning')).toEqual([]);
  });

  test('and every rule on proxies speaks in one of them', () => {
    const spoken = calls.flatMap(({ what }) =>
      [...relayOccasions(trafficOf(crossed(what)))].filter(([, count]) => count > 0).map(([id]) => id),
    );
    expect([...new Set(spoken)].sort()).toEqual(relayRules.map(({ id }) => id).sort());
  });
});

type Hop = keyof Crossing;
type Copy = Record<Hop, { transport: 'TCP' | 'UDP'; messages: { from: Side; content: SipMessage }[] }>;

/** The first request of a method on a hop. */
const request = (copy: Copy, hop: Hop, method: string) =>
  copy[hop].messages.find(({ content }) => isSipRequest(content) && content.method === method)?.content as SipRequest;
/** The first response with a status on a hop. */
const response = (copy: Copy, hop: Hop, status: number) =>
  copy[hop].messages.find(({ content }) => isSipResponse(content) && content.status === status)?.content as SipResponse;
const withoutMessage = (copy: Copy, hop: Hop, content: SipMessage) => {
  copy[hop].messages = copy[hop].messages.filter((each) => each.content !== content);
};

/** One way to break a rule: its id, the call, where it shows, and what is done to the copies of both hops. */
const breaks: readonly (readonly [rule: string, what: string, place: string, change: (copy: Copy) => void])[] = [
  [
    'P01',
    answered,
    'Message 1 downstream, $.headers.via.below',
    (copy) => {
      delete request(copy, 'downstream', 'INVITE').headers.via?.below;
    },
  ],
  [
    'P01',
    answered,
    'Message 1 downstream, $.headers.via.branch',
    (copy) => {
      const { via } = request(copy, 'downstream', 'INVITE').headers;
      if (via?.below?.[0]?.branch !== undefined) via.branch = via.below[0].branch;
    },
  ],
  [
    'P02',
    answered,
    'Message 1 downstream, $.headers.max-forwards',
    (copy) => {
      delete request(copy, 'downstream', 'INVITE').headers['max-forwards'];
    },
  ],
  [
    'P03-relay',
    hopless,
    'Message 1 upstream, $.headers.max-forwards',
    (copy) => {
      copy.downstream.messages.push({ from: 'source', content: request(copy, 'upstream', 'INVITE') });
    },
  ],
  [
    'P04-relay',
    answered,
    'Message 1 downstream, $.headers.record-route',
    (copy) => {
      request(copy, 'upstream', 'INVITE').headers['record-route'] = [{ uri: 'sip:10.0.0.9;lr' }];
    },
  ],
  [
    'P05',
    answered,
    'downstream, $.headers.route',
    (copy) => {
      request(copy, 'downstream', 'BYE').headers.route = request(copy, 'upstream', 'BYE').headers.route ?? [];
    },
  ],
  [
    'P06',
    answered,
    'Message 1 downstream, $.headers.x-genesys-calluuid',
    (copy) => {
      delete request(copy, 'downstream', 'INVITE').headers['x-genesys-calluuid'];
    },
  ],
  [
    'P06',
    answered,
    'downstream, $.requestUri',
    (copy) => {
      request(copy, 'downstream', 'BYE').requestUri = 'sip:1002@127.0.0.1';
    },
  ],
  [
    'P06-responses',
    answered,
    'upstream, $.headers.record-route',
    (copy) => {
      delete response(copy, 'upstream', 200).headers['record-route'];
    },
  ],
  [
    'P06-responses',
    answered,
    'upstream, $.sdp',
    (copy) => {
      delete response(copy, 'upstream', 200).sdp;
    },
  ],
  [
    'P07',
    answered,
    'upstream, $.headers.via',
    (copy) => {
      const { via } = response(copy, 'downstream', 200).headers;
      if (via !== undefined) response(copy, 'upstream', 200).headers.via = via;
    },
  ],
  [
    'P07-trying',
    answered,
    'upstream, $.status',
    (copy) => {
      copy.upstream.messages.push({ from: 'destination', content: response(copy, 'upstream', 100) });
    },
  ],
  [
    'P07-at-once',
    answered,
    'downstream, $.status',
    (copy) => withoutMessage(copy, 'upstream', response(copy, 'upstream', 180)),
  ],
  [
    'P08',
    cancelled,
    'upstream, $.method',
    (copy) => withoutMessage(copy, 'downstream', request(copy, 'downstream', 'CANCEL')),
  ],
  [
    'P08',
    cancelled,
    'downstream, $.headers.via',
    (copy) => {
      const { via } = request(copy, 'downstream', 'INVITE').headers;
      if (via !== undefined) request(copy, 'downstream', 'CANCEL').headers.via = via;
    },
  ],
  [
    'P09',
    answered,
    'upstream, $.method',
    (copy) => withoutMessage(copy, 'downstream', request(copy, 'downstream', 'ACK')),
  ],
  [
    'P09',
    refused,
    'downstream, $.headers.via',
    (copy) => {
      const { via } = request(copy, 'downstream', 'INVITE').headers;
      if (via !== undefined) request(copy, 'downstream', 'ACK').headers.via = via;
    },
  ],
  [
    'P13',
    overloaded,
    'downstream, $.status',
    (copy) => {
      response(copy, 'upstream', 500).status = 503;
    },
  ],
];

describe('a rule on proxies that is broken says where', () => {
  test.each(breaks)('%s, %s: %s', (rule, what, place, change) => {
    const copy = structuredClone(trafficOf(crossed(what))) as Copy;
    change(copy);
    const sentences = [...brokenRelayRules(copy), ...brokenRelayRules(copy, 'warning')];
    expect(sentences.filter((each) => each.startsWith(`${rule} (`) && each.includes(`${place}: `))).not.toEqual([]);
  });

  test('every rule is broken once', () => {
    expect([...new Set(breaks.map(([rule]) => rule))].sort()).toEqual(relayRules.map(({ id }) => id).sort());
  });
});

test('alone, the mock of the proxy plays the far ends itself', async () => {
  const alone = await Destinations.start({
    contracts: [contract(51)],
    relays: true,
    signal: new AbortController().signal,
  });
  try {
    const asked: Asked = [51, interactionOf(51, 'a call with an offer is answered and released')];
    const { messages } = await play(asked, {}, alone.up[0]?.server as MockServer);
    const answer = messages.map(({ content }) => content).find((each) => isSipResponse(each) && each.status === 200);
    // A relay would have put itself on the route.
    expect((answer as SipResponse).headers['record-route']).toBeUndefined();
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
  const service = (await serviceMock(contract(51))) as ServiceMock;
  const relay = await serveRelay({
    contracts: [contract(51)],
    service,
    listen: { host: '127.0.0.1', port: 0 },
    ends: [{ contract: contract(57), at: serverOf(57).address }],
    config: brokenConfig(good, bad),
  });
  try {
    const [upstream, downstream] = calledAgent;
    const call = await called(upstream(), downstream(), relay);
    const requests = brokenRelayRules(trafficOf(call)).filter((each) => each.includes('Message 1 downstream'));
    expect(requests).toEqual(said);
  } finally {
    await relay.close();
  }
});
