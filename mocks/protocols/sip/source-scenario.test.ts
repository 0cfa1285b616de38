import { describe, expect, test } from '@jest/globals';
import sipProxy from '../../../contracts/connections/51-voice-sip-cluster-service--voice-sip-proxy-service.ts';
import webrtc from '../../../contracts/connections/57-voice-sip-proxy-service--webrtc-media-service.ts';
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
  const all = [...sipProxy.interactions, ...webrtc.interactions] as Interaction[];
  return all.find(({ description }) => description.includes(words)) as Interaction;
}

function interactionOf(...steps: Step[]): Interaction {
  return { description: 'a test', basis: documented('this file'), given: [], steps };
}

test('a refused call over TCP, whole', () => {
  expect(scenarioOf(found('no dial plan knows'), 'TCP')).toBe(`<?xml version="1.0" encoding="UTF-8" ?>
<scenario name="a call to a number that no dial plan knows is refused with 404">
<send><![CDATA[

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
<recv response="100" optional="true" rrs="true"/>
<recv response="404" rrs="true"/>
<send><![CDATA[

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
    '<send retrans="500">',
    'INVITE sip:1002@t100.voice.example SIP',
    '<send>',
    'ACK [next_url] SIP',
    '<send retrans="500">',
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
      'a response',
      interactionOf(source({ status: 200, reason: 'OK', headers: {} })),
      'SIPp as the source cannot send a response yet',
    ],
    [
      'an awaited request',
      interactionOf(destination({ method: 'BYE', requestUri: 'sip:a', headers: {} })),
      'SIPp as the source cannot await a request yet',
    ],
  ])('%s', (_name, interaction, message) => {
    expect(() => scenarioOf(interaction, 'TCP')).toThrow(message);
  });
});
