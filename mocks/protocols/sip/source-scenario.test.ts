import { describe, expect, test } from '@jest/globals';
import sipProxy from '../../../contracts/connections/51-voice-sip-cluster-service--voice-sip-proxy-service.ts';
import webrtc from '../../../contracts/connections/57-voice-sip-proxy-service--webrtc-media-service.ts';
import border from '../../../contracts/connections/59-voice-sip-proxy-service--session-border-controller.ts';
import { destination, documented, type Interaction, type Step, source } from '../../../contracts/contract.ts';
import { fromState } from '../../../contracts/matchers.ts';
import { sourceScenario } from './source-scenario.ts';
import type { SipTransport } from './transport.ts';

function scenarioOf(interaction: Interaction, transport: SipTransport, values: Record<string, string> = {}): string {
  let names = 0;
  const uniqueName = () => {
    names += 1;
    return `unique${names}`;
  };
  return sourceScenario(interaction, { transport, values, lingerMs: 50, uniqueName });
}

function found(words: string): Interaction {
  const all = [...sipProxy.interactions, ...webrtc.interactions, ...border.interactions] as Interaction[];
  return all.find(({ description }) => description.includes(words)) as Interaction;
}

function interactionOf(...steps: Step[]): Interaction {
  return { description: 'a test', basis: documented('this file'), given: [], steps };
}

test('a refused call over TCP, whole', () => {
  expect(scenarioOf(found('no dial plan knows'), 'TCP')).toBe(`<?xml version="1.0" encoding="UTF-8" ?>
<scenario name="a call to a number that no dial plan knows is refused with 404">
<send start_txn="INVITE1"><![CDATA[

INVITE sip:9999@t100.voice.example SIP/2.0
Via: SIP/2.0/TCP [local_ip]:[local_port];branch=z9hG4bKunique1
From: <sip:+15550100@t100.voice.example>;tag=unique2
To: <sip:9999@t100.voice.example>
Call-ID: [call_id]
CSeq: 1 INVITE
Max-Forwards: 70
Contact: <sip:source@[local_ip]:[local_port];transport=tcp>
Content-Type: application/sdp
X-Genesys-Calluuid: 00FAVPM3BOBM3223H3CA9ATAES000001
Allow: ACK, BYE, CANCEL, INFO, INVITE, MESSAGE, NOTIFY, OPTIONS, PRACK, REFER, UPDATE
Supported: timer
Session-Expires: 1800;refresher=uac
Min-SE: 90
Content-Length: [len]

v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
t=0 0
m=audio 16384 RTP/AVP 0 101
c=IN IP4 127.0.0.1
a=rtpmap:0 pcmu/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a=sendrecv

]]></send>
<recv response="180" optional="true" response_txn="INVITE1"/>
<recv response="181" optional="true" response_txn="INVITE1"/>
<recv response="182" optional="true" response_txn="INVITE1"/>
<recv response="183" optional="true" response_txn="INVITE1"/>
<recv response="100" optional="true" rrs="true" response_txn="INVITE1"/>
<recv response="404" rrs="true" response_txn="INVITE1"/>
<send ack_txn="INVITE1"><![CDATA[

ACK sip:9999@t100.voice.example SIP/2.0
Via: SIP/2.0/TCP [local_ip]:[local_port];branch=z9hG4bKunique1
From: <sip:+15550100@t100.voice.example>;tag=unique2
To: <sip:9999@t100.voice.example>[peer_tag_param]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: [len]


]]></send>
<pause milliseconds="50"/>
</scenario>
`);
});

test('requests over UDP are repeated, an ACK is not', () => {
  const sends = scenarioOf(found('offered to a browser agent'), 'UDP').match(/<send.*>|^[A-Z]+ \S+ SIP/gm);
  expect(sends).toEqual([
    '<send retrans="500" start_txn="INVITE1">',
    'INVITE sip:1002@t100.voice.example SIP',
    '<send ack_txn="INVITE1">',
    'ACK [next_url] SIP',
    '<send retrans="500" start_txn="BYE2">',
    'BYE [next_url] SIP',
  ]);
});

test('a new transaction has a new branch; CANCEL and the ACK of a refusal have that of the INVITE', () => {
  const branches = (words: string) => scenarioOf(found(words), 'TCP').match(/branch=z9hG4bK\w+/g);
  expect(new Set(branches('an offer is answered')).size).toBe(3);
  expect(new Set(branches('a ringing call is cancelled')).size).toBe(1);
});

test('values of provider states are filled in, and XML is escaped', () => {
  const options = source({ method: 'OPTIONS', requestUri: fromState('uri', 'sip:example'), headers: {} });
  const scenario = scenarioOf({ ...interactionOf(options), description: 'a "b" & <c>' }, 'TCP', { uri: 'sip:real' });
  expect(scenario).toContain('OPTIONS sip:real SIP/2.0');
  expect(scenario).toContain('<scenario name="a &quot;b&quot; &amp; &lt;c&gt;">');
});

test('a request of the destination is answered by what it said', () => {
  const scenario = scenarioOf(found('handed over by REFER'), 'TCP');
  const notify = scenario.slice(scenario.indexOf('<recv request="NOTIFY">'));
  expect(notify).toMatch(/^<recv request="NOTIFY">\n<action>\n<ereg [^>]* assign_to="via0"\/>/);
  const answer = 'SIP/2.0 200 OK[$via0][$viaBelow0][$from0][$to0]\nCall-ID: [call_id][$cseq0]\nContent-Length';
  expect(notify.split(answer)).toHaveLength(3);
  expect(scenario).toMatch(/<Reference variables="via0,from0,to0,cseq0,unused,viaBelow0"/);
});

test('the answer to a challenge is left to SIPp, in a transaction of its own', () => {
  const scenario = scenarioOf(found('what the trunk is asked for'), 'TCP');
  expect(scenario).toContain('<recv response="407" auth="true" rrs="true" response_txn="INVITE1"/>');
  const [first = '', acknowledgement = '', second = ''] = scenario.split(/<send.*?>/).slice(1);
  expect([first, acknowledgement, second].map((text) => text.includes('[authentication]'))).toEqual([
    false,
    false,
    true,
  ]);
  expect(second).toContain('CSeq: 2 INVITE');
  const [branch, same, fresh] = [first, acknowledgement, second].map((text) => /branch=(\w+)/.exec(text)?.[1]);
  expect([same === branch, fresh === branch]).toEqual([true, false]);
});

test('PRACK names the RSeq of the response that it acknowledges', () => {
  const scenario = scenarioOf(found('acknowledged by PRACK'), 'TCP');
  expect(scenario).toContain('assign_to="unused,unused,rseq"');
  expect(scenario).toContain('RAck: [$rseq] 1 INVITE');
});

test('requests of a dialog follow the route that SIPp has recorded', () => {
  const routes = scenarioOf(found('stays on its route'), 'TCP')
    .split(/<send.*?>/)
    .map((text) => [/^[A-Z]+ /m.exec(text)?.[0].trim(), text.includes('\n[routes]\n'), /^Route:/m.test(text)]);
  expect(routes.slice(1)).toEqual([
    ['INVITE', false, false],
    ['ACK', true, false],
    ['BYE', true, false],
  ]);
});

test('what crosses a request of the other side is not repeated, since SIPp takes nothing but its answer then', () => {
  const sends = scenarioOf(found('both ends at once'), 'UDP').match(/<send.*>|^(?:[A-Z]+|SIP\/2\.0 \d+) /gm);
  expect(sends).toEqual([
    ...['<send retrans="500" start_txn="INVITE1">', 'INVITE ', '<send ack_txn="INVITE1">', 'ACK '],
    ...['<send start_txn="INVITE2">', 'INVITE ', '<send>', 'SIP/2.0 491 ', '<send ack_txn="INVITE2">', 'ACK '],
    ...['<send retrans="500" start_txn="BYE3">', 'BYE '],
  ]);
});

describe('what SIPp cannot send is refused', () => {
  const withHeader = (value: string) =>
    interactionOf(source({ method: 'OPTIONS', requestUri: 'sip:a', headers: { subject: value } }));

  test.each<[string, Interaction, string]>([
    ['a line end', withHeader('a\r\nVia: x'), '$.headers.subject: a value of a SIP message cannot have a line end'],
    ['a bracket', withHeader('a [b] c'), '$.headers.subject: SIPp cannot send "[" as it is, got "a [b] c"'],
    [
      'the end of its section',
      withHeader(']]>'),
      'a scenario cannot hold "]]>", which stands in "OPTIONS sip:a SIP/2.0"',
    ],
    [
      'an answer to nothing',
      interactionOf(source({ status: 200, reason: 'OK', headers: { cseq: { number: 1, method: 'BYE' } } })),
      '"a test", step 1: it answers no BYE before it',
    ],
    ['what is no message', interactionOf(destination({ name: 'EventError' })), '"a test", step 1: not a SIP message'],
  ])('%s', (_name, interaction, message) => {
    expect(() => scenarioOf(interaction, 'TCP')).toThrow(message);
  });
});
