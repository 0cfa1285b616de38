import { expect, test } from '@jest/globals';
import { ANSWER_SDP, headerOf, invite, request } from './fixtures/raw-peer.ts';
import { numberOf, served } from './fixtures/served.ts';

const { server, dial } = served();

test.each(['TCP', 'UDP'] as const)(
  'a call over %s is held twice and hung up, as no interaction has it',
  async (transport) => {
    const source = await dial(transport);
    const callId = `open${transport}`;
    const first = invite({ transport, local: source.local, callId, number: numberOf[transport] });
    source.send(first);
    const answered = await source.received('SIP/2.0 200');
    const uri = headerOf(answered, 'Contact').slice(1, -1);
    const parts = { transport, local: source.local, callId, uri, to: headerOf(answered, 'To') };
    source.send(request({ ...parts, branch: `${callId}a1`, cseq: '1 ACK' }));
    const offer = first.slice(first.indexOf('v=0'));
    const held = `${offer}a=sendonly\r\n`;
    const reinvite = async (number: number, body: string) => {
      const extra = ['Contact: <sip:raw@127.0.0.1:9>', 'Content-Type: application/sdp'];
      source.send(request({ ...parts, branch: `${callId}i${number}`, cseq: `${number} INVITE`, extra, body }));
      const answer = await source.received('SIP/2.0 200');
      source.send(request({ ...parts, branch: `${callId}a${number}`, cseq: `${number} ACK` }));
      return answer.slice(answer.indexOf('o=')).match(/^(?:o=.*|a=(?:sendrecv|recvonly|inactive))$/gm);
    };
    const origin = (version: number) => `o=- 1 ${version} IN IP4 127.0.0.1`;
    expect(await reinvite(2, held)).toEqual([origin(2), 'a=recvonly']);
    expect(await reinvite(3, offer)).toEqual([origin(3), 'a=sendrecv']);
    expect(await reinvite(4, held.replace('sendonly', 'inactive'))).toEqual([origin(4), 'a=inactive']);
    source.send(request({ ...parts, branch: `${callId}5`, cseq: '5 OPTIONS' }));
    expect(headerOf(await source.received('SIP/2.0 200'), 'CSeq')).toBe('5 OPTIONS');
    source.send(request({ ...parts, branch: `${callId}6`, cseq: '6 INFO' }));
    expect(headerOf(await source.received('SIP/2.0 501'), 'CSeq')).toBe('6 INFO');
    source.send(request({ ...parts, branch: `${callId}7`, cseq: '7 BYE' }));
    expect(headerOf(await source.received('SIP/2.0 200'), 'CSeq')).toBe('7 BYE');
  },
);

test('a call goes on over another connection when its own is lost', async () => {
  const first = await dial('TCP');
  const callId = 'moved';
  first.send(invite({ transport: 'TCP', local: first.local, callId, number: '1001' }));
  const ok = await first.received('SIP/2.0 200');
  const parts = {
    transport: 'TCP',
    uri: headerOf(ok, 'Contact').slice(1, -1),
    to: headerOf(ok, 'To'),
    callId,
  } as const;
  first.send(request({ ...parts, local: first.local, branch: 'moved1', cseq: '1 ACK' }));
  await first.close();
  await server('TCP').settled();
  const offer = {
    extra: [`Contact: <sip:raw@${first.local}>`, 'Content-Type: application/sdp'],
    body: `${ANSWER_SDP}a=sendonly\r\n`,
  };
  for (const [cseq, status, body] of [
    ['2 INVITE', '200', offer],
    ['3 INFO', '501', {}],
    ['4 OPTIONS', '200', {}],
    ['5 BYE', '200', {}],
  ] as const) {
    const next = await dial('TCP');
    next.send(request({ ...parts, local: next.local, branch: `moved ${cseq}`, cseq, ...body }));
    const answer = await next.received(`SIP/2.0 ${status}`);
    expect([headerOf(answer, 'CSeq'), headerOf(answer, 'To')]).toEqual([cseq, parts.to]);
    if (body === offer) expect(answer).toMatch(/o=- 1 2 IN IP4 127.0.0.1\r\n.*a=recvonly/s);
    await next.close();
    await server('TCP').settled();
  }
});
