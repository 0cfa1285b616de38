import { describe, expect, test } from '@jest/globals';
import sipProxy from './connections/51-voice-sip-cluster-service--voice-sip-proxy-service.ts';
import webrtc from './connections/57-voice-sip-proxy-service--webrtc-media-service.ts';
import voicePlatform from './connections/58-genesys-voice-platform--voice-sip-proxy-service.ts';
import border from './connections/59-voice-sip-proxy-service--session-border-controller.ts';
import type { Contract, Interaction, Side } from './contract.ts';
import { compile, generate, match } from './matching.ts';
import { isSipRequest, type SipMessage, type SipVia } from './messages/sip.ts';
import { brokenSipRules, checkSipRules, type SipTraffic, sipRules, sipStandard, trafficOf } from './sip-rules.ts';

interface Message {
  from: Side;
  content: SipMessage;
}

const contracts = [sipProxy, webrtc, voicePlatform, border] as unknown as Contract[];
const interactions = contracts.flatMap((contract) =>
  contract.interactions.map((interaction) => ({ contract, interaction })),
);

const addresses = { source: '10.0.0.1:5060', destination: '10.0.0.2:5060' };

/** The traffic of two ends that send the examples of a contract, each transaction with a branch of its own. */
function exampleOf({ contract, interaction }: (typeof interactions)[number]): SipTraffic & { messages: Message[] } {
  const bindings = new Map<string, unknown>();
  const branches = new Set<string>();
  const messages = interaction.steps.map((step): Message => {
    const compiled = compile(step.content);
    const content = generate(compiled, {}, bindings) as unknown as SipMessage;
    const { via } = content.headers;
    if (isSipRequest(content) && via !== undefined && !branches.has(via.branch ?? '')) {
      via.branch = `z9hG4bK-unique-${branches.size}`;
      branches.add(via.branch);
    }
    if (isSipRequest(content) && via !== undefined) via.sentBy = addresses[step.from];
    const [recorded] = content.headers['record-route'] ?? [];
    if (recorded?.uri === 'sip:127.0.0.1;lr') recorded.uri = `sip:${addresses[step.from]};lr`;
    if (content.headers['content-length'] !== undefined) {
      const octets = content.body === undefined ? 0 : new TextEncoder().encode(content.body).length;
      content.headers['content-length'] = content.sdp === undefined ? octets : 200;
    }
    match(compiled, content, { strict: [], bindings });
    return { from: step.from, content };
  });
  return { ...trafficOf({ contract, messages, values: {} }), messages };
}

/** The traffic of the interaction whose description has these words. */
function good(words: string): SipTraffic & { messages: Message[] } {
  const found = interactions.find(({ interaction }) => interaction.description.includes(words));
  if (found === undefined) throw new Error(`no interaction says "${words}"`);
  return exampleOf(found);
}

describe('examples of the contracts keep every rule', () => {
  test.each(interactions.map((each) => [each.interaction.description, each] as const))('%s', (_description, each) => {
    expect(brokenSipRules(exampleOf(each))).toEqual([]);
  });

  test('and show an occasion for every rule but those of two refusals that no contract has', () => {
    const kept = new Set(
      interactions.flatMap((each) =>
        [...checkSipRules(exampleOf(each))].filter(([, { verdict }]) => verdict !== 'no occasion').map(([id]) => id),
      ),
    );
    expect(sipRules.map(({ id }) => id).filter((id) => !kept.has(id))).toEqual(['R35', 'R36']);
  });
});

/** Changes the message that is meant, or the whole traffic around it. */
type Change = (messages: Message[], meant: Message) => void;

/** One way to break a rule: its id, words of an interaction, the message counted from 1, the path, and what is done. */
type Break = readonly [rule: string, words: string, message: number, path: string, change: Change];

type Holder = Record<string, unknown>;

/** Sets a value by its place in the content, `sdp.media.0.port`; undefined takes it away. */
const put =
  (place: string, value: unknown): Change =>
  (_messages, { content }) => {
    const keys = place.split('.');
    const last = keys.pop() ?? '';
    const holder = keys.reduce<Holder>((at, key) => at[key] as Holder, content as unknown as Holder);
    if (value === undefined) delete holder[last];
    else holder[last] = value;
  };
/** @param message the one that it is taken from, if not the one that is meant */
const dropped =
  (place: string, message?: number): Change =>
  (messages, meant) =>
    put(place, undefined)(messages, message === undefined ? meant : (messages[message - 1] as Message));
const without =
  (after: number, count: number): Change =>
  (messages) => {
    messages.splice(after, count);
  };
/** The message comes again, to the letter. */
const repeated =
  (message: number): Change =>
  (messages) => {
    messages.splice(message, 0, structuredClone(messages[message - 1] as Message));
  };
const branchOf =
  (message: number): Change =>
  (messages, meant) =>
    put('headers.via.branch', messages[message - 1]?.content.headers.via?.branch)(messages, meant);
const secondSection: Change = (_messages, { content }) => {
  if (content.sdp !== undefined) content.sdp.media.push(...content.sdp.media);
};
/** The second try is challenged as the first one was, and tried again all the same. */
const triedAgain: Change = (messages) => {
  const [refusal, second] = structuredClone([messages[2], messages[4]] as [Message, Message]);
  for (const { content } of [refusal, second]) if (content.headers.cseq !== undefined) content.headers.cseq.number += 1;
  refusal.content.headers.cseq = { number: 2, method: 'INVITE' };
  refusal.content.headers.via = messages[4]?.content.headers.via as SipVia;
  messages.splice(5, messages.length, refusal, second);
};

const call = 'a call with an offer is answered';
const hold = 'a party is put on hold and taken back';
const refer = 'a call is handed over by REFER';
const cancel = 'a ringing call is cancelled';
const secondTry = 'what the trunk is asked for';
const prack = 'acknowledged by PRACK';

const breaks: readonly Break[] = [
  ['R04', call, 4, '$.headers.content-length', dropped('headers.content-length')],
  ['R10', call, 6, '$.headers.cseq.method', put('headers.cseq.method', 'INFO')],
  ['R10', call, 6, '$.headers.cseq.number', put('headers.cseq.number', 2 ** 31)],
  ['R11', call, 4, '$.headers.from', dropped('headers.from')],
  ['R12', call, 1, '$.headers.content-type', dropped('headers.content-type')],
  ['R13', call, 1, '$.headers.max-forwards', put('headers.max-forwards', 256)],
  ['R20', call, 1, '$.headers.max-forwards', dropped('headers.max-forwards')],
  ['R20', call, 6, '$.headers.via', dropped('headers.via')],
  ['R20-ACK', call, 5, '$.headers.max-forwards', dropped('headers.max-forwards')],
  ['R21', call, 1, '$.headers.via.branch', put('headers.via.branch', '1')],
  ['R21', call, 6, '$.headers.via.branch', branchOf(1)],
  ['R21', cancel, 4, '$.headers.via.branch', put('headers.via.branch', 'z9hG4bK-x')],
  ['R22', call, 1, '$.headers.from.tag', dropped('headers.from.tag')],
  ['R22', call, 1, '$.headers.to.tag', put('headers.to.tag', 'early')],
  ['R22', call, 6, '$.headers.to.tag', dropped('headers.to.tag')],
  ['R23', call, 1, '$.headers.max-forwards', put('headers.max-forwards', 10)],
  ['R24', call, 4, '$.headers.contact', put('headers.contact', [])],
  ['R25', call, 6, '$.headers.call-id', put('headers.call-id', 'CALL-1@127.0.0.1')],
  ['R26', call, 6, '$.headers.cseq.number', put('headers.cseq.number', 1)],
  ['R26', call, 5, '$.headers.cseq.number', put('headers.cseq.number', 2)],
  ['R27', call, 6, '$.requestUri', put('requestUri', 'sip:1001@t100.voice.example')],
  ['R27', 'go through a proxy that stays', 6, '$.headers.route', dropped('headers.route')],
  ['R28', call, 1, '$.headers.via.transport', put('headers.via.transport', 'UDP')],
  ['R30', call, 4, '$.headers.via', put('headers.via.branch', 'z9hG4bK-x')],
  ['R30', call, 4, '$.headers.from', put('headers.from.tag', 'x')],
  ['R30', call, 4, '$.headers.cseq.number', put('headers.cseq.number', 9)],
  ['R31', call, 4, '$.headers.to.tag', dropped('headers.to.tag')],
  ['R31', call, 7, '$.headers.to.tag', put('headers.to.tag', 'x')],
  ['R34', 'does not hand over goes on', 7, '$.headers.allow', dropped('headers.allow')],
  ['R35', call, 7, '$.headers.unsupported', put('status', 420)],
  ['R36', call, 7, '$.headers.accept', put('status', 415)],
  ['R38', 'cannot be released again', 9, '$.status', put('status', 200)],
  ['R39', cancel, 5, '$.status', put('status', 481)],
  ['R39-INVITE', cancel, 6, '$.status', put('status', 480)],
  ['R40', cancel, 2, '$.method', without(1, 2)],
  ['R43', 'both ends at once', 8, '$.status', put('status', 200)],
  ['R45', call, 7, '$.status', put('status', 408)],
  ['P12', 'the busy of an endpoint', 5, '$.status', repeated(4)],
  ['P03', 'may go no further', 3, '$.status', put('status', 404)],
  [
    'P04',
    'go through a proxy that stays',
    4,
    '$.headers.record-route[0].uri',
    put('headers.record-route.0.uri', 'sip:127.0.0.1'),
  ],
  ['P11', call, 7, '$.headers.cseq.method', put('status', 100)],
  ['X01', prack, 3, '$.headers.require', dropped('headers.require')],
  ['X01', prack, 3, '$.headers.rseq', dropped('headers.supported', 1)],
  ['X01-PRACK', prack, 4, '$.headers.rack', put('headers.rack.rseq', 2)],
  ['X01-PRACK', prack, 5, '$.status', put('status', 481)],
  ['X03', 'a session is refreshed', 4, '$.headers.session-expires', put('headers.session-expires', '60;refresher=uac')],
  ['X03', 'a session is refreshed', 7, '$.headers.session-expires', put('headers.session-expires', '1800')],
  ['X03', 'refused with 422', 3, '$.headers.min-se', dropped('headers.min-se')],
  ['X04', call, 4, '$.sdp.media', secondSection],
  ['X04', call, 4, '$.sdp.media[0].codecs', put('sdp.media.0.codecs', [{ payload: 9, name: 'g722/8000' }])],
  ['X05', hold, 6, '$.sdp.origin', put('sdp.origin', '- 1 1 IN IP4 127.0.0.1')],
  ['X05', hold, 6, '$.sdp.origin', put('sdp.origin', '- 7 2 IN IP4 127.0.0.1')],
  ['X05', hold, 6, '$.sdp.media', put('sdp.media', [])],
  ['X05-direction', hold, 8, '$.sdp.media[0].direction', put('sdp.media.0.direction', 'sendrecv')],
  ['X06', call, 1, '$.sdp.media[0].connection', dropped('sdp.media.0.connection')],
  ['X06', call, 1, '$.sdp.media[0].codecs[1].name', put('sdp.media.0.codecs.1.name', 'unknown')],
  ['X07', call, 4, '$.sdp', dropped('sdp')],
  ['X07', 'without an offer', 7, '$.sdp', dropped('sdp')],
  [
    'X08',
    secondTry,
    5,
    '$.headers.proxy-authorization.params.uri',
    put('headers.proxy-authorization.params.uri', 'sip:127.0.0.1:5060'),
  ],
  [
    'X08',
    secondTry,
    5,
    '$.headers.proxy-authorization.params.nonce',
    put('headers.proxy-authorization.params.nonce', 'another'),
  ],
  ['X08', secondTry, 6, '$.headers.proxy-authorization.params.nc', repeated(5)],
  ['X08-retry', secondTry, 7, '$.headers.proxy-authorization.params', triedAgain],
  ['X09', refer, 6, '$.headers.refer-to', put('headers.refer-to', ['<sip:1@a>', '<sip:2@a>'])],
  ['X09', refer, 7, '$', without(7, 4)],
  ['X09', refer, 8, '$.headers.content-type', put('headers.content-type', 'text/plain')],
  ['X09', refer, 10, '$.headers.subscription-state', put('headers.subscription-state', 'active')],
  ['X10', refer, 8, '$.headers.event', dropped('headers.event')],
  ['X10', 'refused with 489', 2, '$.headers.allow-events', dropped('headers.allow-events')],
  ['X11', 'registered again and removed', 2, '$.headers.contact', put('headers.contact', [])],
  ['X11', 'registered again and removed', 1, '$.requestUri', put('requestUri', 'sip:a@b')],
  ['X11', 'registered again and removed', 1, '$.headers.expires', put('headers.contact', [{ uri: '*' }])],
  ['X11', 'refused with 423', 2, '$.headers.min-expires', dropped('headers.min-expires')],
  ['X12', 'cannot be released again', 6, '$.headers.reason', put('headers.reason', 'SIP')],
];

describe('a rule that is broken says where', () => {
  test.each(breaks)('%s, in "%s", message %d, %s', (rule, words, message, path, change) => {
    const traffic = good(words);
    change(traffic.messages, traffic.messages[message - 1] as Message);
    const found = checkSipRules(traffic).get(rule);
    expect(found?.verdict).toBe('broken');
    expect(found?.verdict === 'broken' ? found.breaks.map((each) => `${each.message + 1} ${each.path}`) : []).toContain(
      `${message} ${path}`,
    );
  });

  test('every rule is broken once', () => {
    expect([...new Set(breaks.map(([rule]) => rule))].sort()).toEqual(sipRules.map(({ id }) => id).sort());
  });
});

test('the answer to a challenge is what the password gives (the example of RFC 2617, section 3.5)', () => {
  const params = {
    username: 'Mufasa',
    realm: 'testrealm@host.com',
    nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
    uri: '/dir/index.html',
    qop: 'auth',
    nc: '00000001',
    cnonce: '0a4f113b',
    response: '6629fae49393a05397450978507c4ef1',
  };
  const content = { method: 'GET', requestUri: params.uri, headers: { authorization: { scheme: 'Digest', params } } };
  const verdictWith = (password: string) =>
    checkSipRules({ transport: 'TCP', messages: [{ from: 'source', content }], passwords: { Mufasa: password } }).get(
      'X08',
    );
  expect(verdictWith('Circle Of Life')).toEqual({ verdict: 'kept', occasions: 2 });
  expect(verdictWith('Circle of Life')).toEqual({
    verdict: 'broken',
    occasions: 2,
    breaks: [
      { message: 0, path: '$.headers.authorization.params.response', text: 'it is not what the password gives' },
    ],
  });
});

describe('a run gives the rules what they need', () => {
  const example = (contract: Contract) => exampleOf({ contract, interaction: contract.interactions[0] as Interaction });

  test('the transport of the table, and the side that is a proxy', () => {
    expect(contracts.map(example).map(({ transport, proxy }) => [transport, proxy])).toEqual([
      ['TCP', 'destination'],
      ['UDP', 'source'],
      ['TCP', 'destination'],
      ['TCP', 'source'],
    ]);
  });

  test('the password that the provider states gave, of which the answer to a challenge is made', () => {
    const { messages } = good(secondTry);
    const contract = border as unknown as Contract;
    const pathsWith = (values: Record<string, string>) => {
      const found = sipStandard.check({ contract, messages, values }).get('X08');
      return found?.verdict === 'broken' ? found.breaks.map(({ path }) => path) : found?.verdict;
    };
    expect(pathsWith({})).toBe('kept');
    // The example's response is nobody's hash.
    expect(pathsWith({ digestUser: 'trunk1', digestPassword: 'p' })).toEqual([
      '$.headers.proxy-authorization.params.response',
    ]);
    expect(pathsWith({ digestUser: 'another', digestPassword: 'p' })).toBe('kept');
  });
});

/** Makes several changes of the messages counted from 1. */
const all =
  (...changes: [message: number, place: string, value: unknown][]): Change =>
  (messages) => {
    const meant = changes.map(([message]) => messages[message - 1] as Message);
    for (const [at, [, place, value]] of changes.entries()) put(place, value)(messages, meant[at] as Message);
  };
/** A copy of a message comes before it, with some values of its own. */
const preceded =
  (message: number, values: Record<string, unknown>): Change =>
  (messages) => {
    const copy = structuredClone(messages[message - 1] as Message);
    for (const [place, value] of Object.entries(values)) put(place, value)(messages, copy);
    messages.splice(message - 1, 0, copy);
  };
const both =
  (...changes: Change[]): Change =>
  (messages, meant) => {
    for (const change of changes) change(messages, meant);
  };
const rang = { status: 180, 'headers.proxy-authenticate': undefined, 'headers.contact': [{ uri: 'sip:early@a' }] };

/** What the RFCs allow, though it looks like a break. */
const allowed: readonly (readonly [rule: string, what: string, words: string, change: Change])[] = [
  ['R22', 'a refusal ends what rang, and the call is tried again under its Call-ID', secondTry, preceded(3, rang)],
  ['R36', '415 speaks of a coding', call, all([7, 'status', 415], [7, 'headers.accept-encoding', 'gzip'])],
  ['R39', 'a 2xx crosses a CANCEL, which comes too late', cancel, all([5, 'status', 481], [6, 'status', 200])],
  [
    'X04',
    'an answer adds a codec for the time to come',
    call,
    (_messages, { content }) => content.sdp?.media[0]?.codecs.push({ payload: 9, name: 'g722/8000' }),
  ],
  ['X05', 'a call that is tried again has a session anew', secondTry, all([5, 'sdp.origin', '- 8 8 IN IP4 127.0.0.1'])],
  [
    'X06',
    'a section that is refused describes nothing',
    call,
    all([4, 'sdp.media.0.port', 0], [4, 'sdp.media.0.codecs', [{ payload: 101, name: 'unknown' }]]),
  ],
  [
    'X07',
    'an offer before the 2xx is answered before the ACK',
    'without an offer',
    both(all([7, 'sdp', undefined]), preceded(6, { status: 183 })),
  ],
  ['X09', 'a REFER is silent', refer, both(all([7, 'headers.refer-sub', 'false']), without(7, 4))],
  [
    'X11',
    'a Contact is removed by a parameter of its own',
    'registered again and removed',
    all([1, 'headers.contact.0.params', { expires: '0' }], [2, 'headers.contact', []]),
  ],
];

test.each(allowed)('%s lets pass that %s', (rule, _what, words, change) => {
  const traffic = good(words);
  change(traffic.messages, traffic.messages[3] as Message);
  expect(checkSipRules(traffic).get(rule)?.verdict).not.toBe('broken');
});

test('the phones that a call is forked to have dialogs and sessions of their own', () => {
  const traffic = good(call);
  const { messages } = traffic;
  const [, , ringing, answered] = messages as [Message, Message, Message, Message];
  const early = structuredClone(ringing);
  for (const [place, value] of [
    ['headers.to.tag', 'another-phone'],
    ['headers.contact', [{ uri: 'sip:another-phone@127.0.0.2' }]],
    ['sdp', { ...structuredClone(answered.content.sdp), origin: '- 9 9 IN IP4 127.0.0.2' }],
    ['headers.content-type', 'application/sdp'],
    ['headers.content-length', 200],
  ] as const) {
    put(place, value)(messages, early);
  }
  messages.splice(2, 0, early);
  expect(brokenSipRules(traffic)).toEqual([]);
  put('headers.to.tag', 'a-third-phone')(messages, messages[6] as Message);
  expect(brokenSipRules(traffic)).toContainEqual(expect.stringMatching(/^message 7: \$\.headers\.to\.tag: .*\(R22\)/));
});

test.each([
  ['asks for no hop at all', put('headers.max-forwards', 0)],
  ['has been passed on', put('headers.via.below', [{ transport: 'TCP', sentBy: 'a', branch: 'z9hG4bK-a' }])],
])('a request that %s need not begin with 70 hops', (_what, change) => {
  const traffic = good(call);
  const [invite] = traffic.messages as [Message];
  put('headers.max-forwards', 12)(traffic.messages, invite);
  expect(checkSipRules(traffic).get('R23')?.verdict).toBe('broken');
  change(traffic.messages, invite);
  expect(checkSipRules(traffic).get('R23')?.verdict).toBe('no occasion');
});

test('a broken rule is one sentence with its section', () => {
  const traffic = good(call);
  dropped('headers.max-forwards', 5)(traffic.messages, traffic.messages[4] as Message);
  expect(brokenSipRules(traffic)).toEqual([]);
  expect(brokenSipRules(traffic, 'warning')).toEqual([
    'message 5: $.headers.max-forwards: RFC 3261, section 8.1.1 (R20-ACK): an ACK says how many hops it may go, ' +
      'which real SIP Servers are known to leave out; max-forwards has to be there, and is not',
  ]);
});

test('without messages no rule has an occasion', () => {
  const verdicts = [...checkSipRules({ transport: 'TCP', messages: [] }).values()];
  expect(new Set(verdicts.map(({ verdict }) => verdict))).toEqual(new Set(['no occasion']));
});
