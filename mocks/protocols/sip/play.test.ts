import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import sipProxy from '../../../contracts/connections/51-voice-sip-cluster-service--voice-sip-proxy-service.ts';
import webrtc from '../../../contracts/connections/57-voice-sip-proxy-service--webrtc-media-service.ts';
import type { Interaction } from '../../../contracts/contract.ts';
import { judge } from '../../../contracts/conversation.ts';
import { type Observed, UnreachableError } from '../../adapter.ts';
import { freePort } from '../../ports.ts';
import { adapter } from './adapter.ts';
import {
  type Answer,
  answering,
  changed,
  headerOf,
  type RawPeer,
  rawDestination,
  rawSource,
  refusing,
  request,
} from './fixtures/raw-peer.ts';
import { SOURCE_ADDRESS } from './play.ts';
import { untilListening } from './refusal.ts';
import type { SipTransport } from './transport.ts';

const peers: RawPeer[] = [];
afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.close()));
});

const contractOf = { TCP: sipProxy, UDP: webrtc };

function interaction(transport: SipTransport, words: string, stepTimeoutMs = 400): Interaction {
  const found = contractOf[transport].interactions.find(({ description }) => description.includes(words));
  if (found === undefined) throw new Error(`no interaction says "${words}"`);
  return { ...(found as Interaction), stepTimeoutMs };
}

async function playAt(port: number, transport: SipTransport, words: string, signal = AbortSignal.timeout(20_000)) {
  const contract = contractOf[transport] as never;
  const performance = { contract, interaction: interaction(transport, words), values: {} };
  return await adapter.play(performance, { host: '127.0.0.1', port }, signal);
}

/** What the judge says of a destination with these answers, and the failure of the exchange. */
async function verdict(
  transport: SipTransport,
  words: string,
  answer: Answer,
): Promise<{ said: string[]; observed: Observed }> {
  const peer = await rawDestination(transport, answer);
  peers.push(peer);
  const observed = await playAt(peer.address.port, transport, words);
  const found = judge(interaction(transport, words), observed.messages, adapter.profile, 'destination');
  return { said: found.map(({ message }) => message), observed };
}

const call = { TCP: 'an offer is answered', UDP: 'offered to a browser agent' };
const only = (status: number, change: (text: string) => string) => (text: string) =>
  text.startsWith(`SIP/2.0 ${status}`) ? change(text) : text;

describe('a destination that keeps the contract', () => {
  test.each(['TCP', 'UDP'] as const)('is passed over %s', async (transport) => {
    const { said, observed } = await verdict(transport, call[transport], answering);
    expect({ said, failure: observed.failure }).toEqual({ said: [], failure: undefined });
    expect(observed.messages.map((each) => adapter.profile.title(each.content).replace(/ sip:.*/, ''))).toEqual([
      'INVITE',
      '180 Ringing (INVITE)',
      '200 OK (INVITE)',
      'ACK',
      'BYE',
      '200 OK (BYE)',
    ]);
  });

  test('is passed when a copy of its request comes after the answer to the next one', async () => {
    const registering = interaction('UDP', 'registered, registered again and removed', 15_000);
    const address = { host: '127.0.0.1', port: await freePort() };
    const values = { [SOURCE_ADDRESS]: `${address.host}:${address.port}` };
    const signal = AbortSignal.timeout(60_000);
    const played = adapter.play(
      { contract: contractOf.UDP as never, interaction: registering, values },
      address,
      signal,
    );
    await untilListening(address, 'UDP', signal);
    const registrar = await rawSource('UDP', address);
    peers.push({ address, close: () => registrar.close() });
    const register = (number: number, expires: number) =>
      request({
        transport: 'UDP',
        local: registrar.local,
        uri: 'sip:t100.voice.example',
        to: '<sip:1002@t100.voice.example>',
        callId: 'registering',
        branch: `registering${number}`,
        cseq: `${number} REGISTER`,
        extra: [`Contact: <sip:agent@${registrar.local}>`, `Expires: ${expires}`],
      }).replace('sip:raw@127.0.0.1', 'sip:1002@t100.voice.example');
    const numbers: string[] = [];
    for (const text of [register(1, 3_600), register(2, 3_600), register(3, 0)]) {
      if (numbers.length === 2) registrar.send(register(1, 3_600));
      registrar.send(text);
      numbers.push(headerOf(await registrar.received('SIP/2.0 200'), 'CSeq'));
    }
    expect(numbers).toEqual(['1 REGISTER', '2 REGISTER', '3 REGISTER']);
    const { messages } = await played;
    expect(judge(registering, messages, adapter.profile, 'destination')).toEqual([]);
  });

  test('is passed with compact headers, another order and folded lines', async () => {
    const compact = changed(answering, (text) => {
      const [head = '', body = ''] = text.split('\r\n\r\n');
      const [start = '', ...headers] = head
        .replace('Via: SIP/2.0/TCP ', 'v: SIP/2.0/TCP\r\n ')
        .replace('From:', 'f :')
        .replace('To:', 't:')
        .replace('Call-ID:', 'i:')
        .replace('Contact:', 'M:')
        .replace('Content-Type:', 'c:')
        .replace('Content-Length:', 'l:')
        .split(/\r\n(?! )/);
      return [start, ...headers.reverse(), '', body].join('\r\n');
    });
    const { said, observed } = await verdict('TCP', call.TCP, compact);
    expect({ said, failure: observed.failure?.message }).toEqual({ said: [], failure: undefined });
  });

  test('is passed when a response comes again over UDP', async () => {
    const twice: Answer = (request) => answering(request).flatMap((text) => [text, text]);
    const { said, observed } = await verdict('UDP', call.UDP, twice);
    expect({ said, failure: observed.failure?.message }).toEqual({ said: [], failure: undefined });
  });
});

describe('a destination that breaks the contract', () => {
  const busy = 'busy of an endpoint';

  test('200 instead of 486', async () => {
    const { said } = await verdict('TCP', busy, answering);
    expect(said).toEqual(['$.status: expected 486, got 200 (number)']);
  });

  test('no To tag', async () => {
    const { said } = await verdict(
      'TCP',
      busy,
      changed(refusing(486, 'Busy Here'), (text) => text.replace(';tag=raw', '')),
    );
    expect(said).toEqual([
      '$.headers.to.tag: expected the value bound to the To tag like "destination-1", got nothing (the key is missing)',
    ]);
  });

  test('another From tag', async () => {
    const wrong = changed(refusing(486, 'Busy Here'), (text) => text.replace(/(From: .*;tag=).*/, '$1other'));
    const { said } = await verdict('TCP', busy, wrong);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(
      /^\$\.headers\.from\.tag: expected "[0-9a-f]{16}", as in the value bound to the From of the dialog, got "other" \(string\)$/,
    );
  });

  test('another To tag in the final response than in the provisional one', async () => {
    const wrong = changed(
      answering,
      only(200, (text) => text.replace(';tag=raw', ';tag=other')),
    );
    const { said } = await verdict('TCP', call.TCP, wrong);
    const sentence = '$.headers.to.tag: expected "raw", the value bound to the To tag, got "other" (string)';
    // The 200 of the INVITE, and the 200 of the BYE that the source sends to the same tag.
    expect(said).toEqual([sentence, sentence]);
  });

  test('another Call-ID', async () => {
    const wrong = changed(refusing(486, 'Busy Here'), (text) => text.replace(/Call-ID: .*/, 'Call-ID: other'));
    const { said, observed } = await verdict('TCP', busy, wrong);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(
      /^\$\.headers\.call-id: expected "\S+", the value bound to the Call-ID, got "other" \(string\)$/,
    );
    expect(observed.failure?.message).toMatch(
      /^sipp took the last message of 127\.0\.0\.1:\d+ for no part of the dialog\.$/,
    );
  });

  test('another CSeq number', async () => {
    const wrong = changed(refusing(486, 'Busy Here'), (text) => text.replace('CSeq: 1', 'CSeq: 2'));
    const { said } = await verdict('TCP', busy, wrong);
    expect(said).toEqual([
      '$.headers.cseq.number: expected 1, the value bound to the CSeq of the INVITE, got 2 (number)',
    ]);
  });

  test('no Content-Length on TCP', async () => {
    const wrong = changed(refusing(486, 'Busy Here'), (text) => text.replace(/Content-Length: \d+\r\n/, ''));
    const { said } = await verdict('TCP', busy, wrong);
    expect(said).toEqual(['$.headers.content-length: expected an integer like 0, got nothing (the key is missing)']);
  });

  test('a second final response, the same over TCP', async () => {
    const twice: Answer = (request) => refusing(486, 'Busy Here')(request).flatMap((text) => [text, text]);
    const { said } = await verdict('TCP', busy, twice);
    expect(said).toEqual([
      'step 4 of 5, from the destination: expected 486 Busy Here (INVITE) once, got it came again',
    ]);
  });

  test('a second final response, another one over UDP', async () => {
    const both: Answer = (request) => [...refusing(486, 'Busy Here')(request), ...refusing(603, 'Decline')(request)];
    const { said } = await verdict('UDP', 'agent rejects', both);
    expect(said).toEqual(['destination: expected no further message, got 603 Decline (INVITE)']);
  });

  test('a browser attribute in the answer', async () => {
    const leak = changed(answering, (text) =>
      text
        .replace(/(m=audio .*\r\n)/, '$1a=ice-ufrag:8hhY\r\n')
        .replace(/Content-Length: [1-9]\d*/, (row) => `Content-Length: ${Number(row.split(' ')[1]) + 18}`),
    );
    const { said } = await verdict('UDP', call.UDP, leak);
    expect(said).toEqual([
      'destination: expected this message never to be sent, got 200 OK (INVITE) with $.sdp.media[0].attributes.ice-ufrag[0]',
    ]);
  });

  test('a response that is no good SIP message', async () => {
    const wrong = changed(refusing(486, 'Busy Here'), (text) => text.replace(/(CSeq: .*)/, '$1\r\n$1'));
    const { observed } = await verdict('TCP', busy, wrong);
    expect(observed.failure?.message).toBe(
      '486 is not a good SIP message: the header cseq stands 2 times, once is allowed (RFC 3261, section 20)',
    );
  });
});

describe('a destination that does not take part', () => {
  test('is silent over TCP', async () => {
    const { said, observed } = await verdict('TCP', call.TCP, () => []);
    expect(observed.failure?.message).toMatch(
      /^waited 400 ms for 200 OK \(INVITE\) from 127\.0\.0\.1:\d+ over TCP; it did not come\.$/,
    );
    expect(said).toEqual([
      'step 4 of 7, from the destination: expected 200 OK (INVITE), got nothing',
      'step 7 of 7, from the destination: expected 200 OK (BYE), got nothing',
    ]);
  });

  test('is silent over UDP, and the repeated request counts once', async () => {
    const { observed } = await verdict('UDP', call.UDP, () => []);
    expect(observed.failure?.message).toMatch(
      /^waited 400 ms for 200 OK \(INVITE\) from 127\.0\.0\.1:\d+ over UDP; it did not come\. Is anything listening there\?$/,
    );
    expect(observed.messages).toHaveLength(1);
  });

  test('sends garbage', async () => {
    const { observed } = await verdict('TCP', call.TCP, () => ['What is this?\r\n\r\n']);
    expect(observed.failure?.message).toMatch(
      /^127\.0\.0\.1:\d+ sent what is no SIP message: "What is this\?"; waited 400 ms for 200 OK \(INVITE\) from /,
    );
  });

  test('closes the connection', async () => {
    const peer = await rawDestination('TCP', () => {
      void peer.close();
      return [];
    });
    const observed = await playAt(peer.address.port, 'TCP', call.TCP);
    expect(observed.failure?.message).toMatch(
      /^127\.0\.0\.1:\d+ closed the connection; 200 OK \(INVITE\) had not come\.$/,
    );
  });

  test('does not listen, over TCP', async () => {
    const port = await freePort();
    const observed = await playAt(port, 'TCP', call.TCP);
    expect(observed.failure?.message).toBe(
      `127.0.0.1:${port} refused the TCP connection; is anything listening there?`,
    );
    expect(observed.messages).toEqual([]);
  });

  test('does not listen, over UDP', async () => {
    const port = await freePort();
    const observed = await playAt(port, 'UDP', call.UDP);
    expect(observed.failure).toEqual(
      new UnreachableError(`127.0.0.1:${port} takes no datagrams; is anything listening there?`),
    );
  });

  test('is at an address of IPv6', async () => {
    const performance = { contract: sipProxy as never, interaction: interaction('TCP', call.TCP), values: {} };
    await expect(adapter.play(performance, { host: '::1', port: 5080 }, AbortSignal.timeout(20_000))).rejects.toThrow(
      'SIP is spoken over IPv4 here, not with ::1; give an address such as 127.0.0.1.',
    );
  });
});

/** Command lines of the running processes that hold a text. */
function commandLinesWith(text: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    })
    .filter((line) => line.includes(text));
}

test('an abort ends SIPp at once and leaves no process', async () => {
  const abort = new AbortController();
  let sawSipp = 0;
  const peer = await rawDestination('TCP', () => {
    sawSipp = commandLinesWith(`127.0.0.1:${peer.address.port} `).length;
    abort.abort(new Error('no longer wanted'));
    return [];
  });
  peers.push(peer);
  const startedMs = performance.now();
  const patient = { ...sipProxy, interactions: [] } as never;
  const performanceOf = { contract: patient, interaction: interaction('TCP', call.TCP, 20_000), values: {} };
  const { failure } = await adapter.play(performanceOf, peer.address, abort.signal);
  expect(failure?.message).toBe('the play was aborted: no longer wanted');
  expect(sawSipp).toBe(1);
  expect(commandLinesWith(`127.0.0.1:${peer.address.port} `)).toEqual([]);
  expect(performance.now() - startedMs).toBeLessThan(5_000);
});

test('an abort before the start starts nothing', async () => {
  const { failure } = await playAt(9, 'TCP', call.TCP, AbortSignal.abort(new Error('too late')));
  expect(failure?.message).toBe('the play was aborted: too late');
});
