import webrtc from '../../contracts/connections/57-voice-sip-proxy-service--webrtc-media-service.ts';
import sbc from '../../contracts/connections/59-voice-sip-proxy-service--session-border-controller.ts';
import type { Interaction } from '../../contracts/contract.ts';
import { sourceScenario } from '../../mocks/protocols/sip/source-scenario.ts';
import type { SipTransport } from '../../mocks/protocols/sip/transport.ts';
import { element, scenarioXml, send } from '../../mocks/protocols/sip/xml.ts';

/** INVITE, 100, 180, 200, ACK, BYE, 200. */
export const callSteps = 7;

const descriptions = {
  UDP: 'a call is offered to a browser agent, answered and released',
  TCP: 'a call to the public network is answered and released',
};

/** The source of an interaction of the contract, for many calls at once. */
export function loadScenario(transport: SipTransport): string {
  const all = (transport === 'UDP' ? webrtc : sbc).interactions as Interaction[];
  const interaction = all.find(({ description }) => description === descriptions[transport]) as Interaction;
  let names = 0;
  const uniqueName = () => {
    names += 1;
    return `[pid]-[call_number]-${names}`;
  };
  return sourceScenario(interaction, { transport, values: {}, lingerMs: 0, uniqueName });
}

const answer = [
  ...['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0', 'm=audio 16384 RTP/AVP 0', 'c=IN IP4 127.0.0.1'],
  ...['a=rtpmap:0 pcmu/8000', 'a=sendrecv', ''],
].join('\n');

/** The same call as SIPp does it best: it knows no other one, copies the last request by its own means, and keeps nothing. */
export function bareScenario(transport: SipTransport): string {
  const response = (start: string, tag = ';tag=[pid]-[call_number]') => [
    `SIP/2.0 ${start}`,
    ...['[last_Via:]', '[last_From:]', `[last_To:]${tag}`, '[last_Call-ID:]', '[last_CSeq:]'],
  ];
  const contact = 'Contact: <sip:[local_ip]:[local_port];transport=[transport]>';
  const ok = [...response('200 OK'), contact, 'Content-Type: application/sdp'];
  return scenarioXml('bare', [
    element('recv', { request: 'INVITE' }),
    send(response('100 Trying', ''), ''),
    send([...response('180 Ringing'), contact], ''),
    send(ok, answer, transport === 'UDP' ? { retransmitMs: 500 } : {}),
    element('recv', { request: 'ACK', optional: true }),
    element('recv', { request: 'BYE' }),
    send(response('200 OK', ''), ''),
    ...(transport === 'UDP' ? [element('pause', { milliseconds: 5_000 })] : []),
  ]);
}
