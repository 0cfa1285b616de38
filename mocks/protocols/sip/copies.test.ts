import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import webrtc from '../../../contracts/connections/57-voice-sip-proxy-service--webrtc-media-service.ts';
import type { Interaction } from '../../../contracts/contract.ts';
import { judge } from '../../../contracts/conversation.ts';
import { adapter } from './adapter.ts';
import { ANSWER_SDP, headerOf, invite, type RawSource, type RequestOptions, request } from './fixtures/raw-peer.ts';
import { answered, numberOf, served } from './fixtures/served.ts';

const { dial, recorded, said } = served();

test('a copy of an INVITE that comes late over UDP is no re-INVITE', async () => {
  const source = await dial('UDP');
  const opening = invite({ transport: 'UDP', local: source.local, callId: 'late', number: numberOf.UDP });
  source.send(opening);
  const ok = await source.received('SIP/2.0 200');
  const uri = headerOf(ok, 'Contact').slice(1, -1);
  const to = headerOf(ok, 'To');
  const parts = {
    transport: 'UDP',
    local: source.local,
    callId: 'late',
    to,
    uri,
  } as const;
  source.send(request({ ...parts, branch: 'late2', cseq: '1 ACK' }));
  source.send(opening);
  source.send(request({ ...parts, branch: 'late3', cseq: '2 BYE' }));
  expect(headerOf(await source.received('SIP/2.0 200'), 'CSeq')).toBe('2 BYE');
  expect(await said('UDP', answered.UDP)).toEqual([]);
});

test('a copy of an INVITE that comes while it is being answered over UDP does not keep the answer back', async () => {
  const source = await dial('UDP');
  const answer = async (callId: string): Promise<string> => {
    const ok = await source.received('SIP/2.0 200');
    return headerOf(ok, 'Call-ID') === callId ? ok : answer(callId);
  };
  const answered: string[] = [];
  const callIds = Array.from({ length: 200 }, (_, call) => `copied${call}`);
  for (const [call, callId] of callIds.entries()) {
    const opening = invite({ transport: 'UDP', local: source.local, callId, number: numberOf.UDP });
    source.send(opening);
    await nextTurn();
    // Between two of the answers there is little time, and no telling when.
    const copyAtMs = performance.now() + call / 150;
    while (performance.now() < copyAtMs);
    source.send(opening);
    const ok = await answer(callId);
    answered.push(headerOf(ok, 'Call-ID'));
    const to = headerOf(ok, 'To');
    const parts = { transport: 'UDP', local: source.local, callId, uri: 'sip:destination@127.0.0.1', to } as const;
    source.send(request({ ...parts, branch: `${callId}2`, cseq: '1 ACK' }));
  }
  expect(answered).toEqual(callIds);
});

test('what overtakes an ACK over UDP is answered when that has come, and a copy of an earlier ACK is none', async () => {
  const source = await dial('UDP');
  const callId = 'overtaken';
  source.send(invite({ transport: 'UDP', local: source.local, callId, number: numberOf.UDP }));
  const ok = await source.received('SIP/2.0 200');
  const uri = headerOf(ok, 'Contact').replace(/[<>]/g, '');
  const next = (cseq: string, parts: Partial<RequestOptions> = {}) =>
    source.send(
      request({
        transport: 'UDP',
        local: source.local,
        uri,
        to: headerOf(ok, 'To'),
        callId,
        branch: cseq,
        cseq,
        ...parts,
      }),
    );
  const offer = (direction: string) => ({
    extra: [`Contact: <sip:raw@${source.local}>`, 'Content-Type: application/sdp'],
    body: ANSWER_SDP.replace('m=audio 9000 RTP/AVP 0', `$&\r\na=${direction}`),
  });
  const answer = async (cseq: string) => {
    for (;;) {
      const text = await source.received('SIP/2.0 200');
      if (headerOf(text, 'CSeq') === cseq) return /a=(send|recv|inactive)\w*/.exec(text)?.[0];
    }
  };
  next('2 INVITE', offer('sendonly'));
  // It is told again what it does not seem to know.
  await source.received('SIP/2.0 200');
  next('1 ACK');
  next('2 INVITE', offer('sendonly'));
  expect(await answer('2 INVITE')).toBe('a=recvonly');
  next('3 INVITE', offer('sendrecv'));
  // A copy of an earlier ACK ends the repetition of no later answer.
  next('1 ACK');
  expect(await answer('2 INVITE')).toBe('a=recvonly');
  next('2 ACK');
  next('3 INVITE', offer('sendrecv'));
  expect(await answer('3 INVITE')).toBe('a=sendrecv');
  next('3 ACK');
  next('4 BYE');
  expect(await answer('4 BYE')).toBeUndefined();
  const interaction = webrtc.interactions.find(({ description }) => description.includes('put on hold and taken back'));
  const [exchange] = await recorded('UDP');
  expect(judge(interaction as Interaction, exchange?.messages ?? [], adapter.profile, 'destination')).toEqual([]);
});

test('over UDP an ACK that is more than 2 s late is taken, and a BYE ends the call without one', async () => {
  const begun = async (callId: string) => {
    const source = await dial('UDP');
    source.send(invite({ transport: 'UDP', local: source.local, callId, number: numberOf.UDP }));
    const ok = await source.received('SIP/2.0 200');
    const uri = headerOf(ok, 'Contact').slice(1, -1);
    const parts = { transport: 'UDP', local: source.local, uri, to: headerOf(ok, 'To'), callId } as const;
    const next = (cseq: string, body: Pick<RequestOptions, 'extra' | 'body'> = {}) =>
      source.send(request({ ...parts, ...body, branch: cseq, cseq }));
    // It is repeated after 0.5, 1.5 and 3.5 s.
    for (let copies = 0; copies < 3; copies += 1) await source.received('SIP/2.0 200');
    return { source, next };
  };
  const [late, never] = await Promise.all([begun('late ACK'), begun('no ACK')]);
  const heldBy = (source: RawSource) => ({
    extra: [`Contact: <sip:raw@${source.local}>`, 'Content-Type: application/sdp'],
    body: `${ANSWER_SDP}a=sendonly\r\n`,
  });
  late.next('1 ACK');
  late.next('2 INVITE', heldBy(late.source));
  never.next('2 BYE');
  const answers = [late, never].map(({ source }) => source.received('SIP/2.0 200'));
  expect((await Promise.all(answers)).map((text) => headerOf(text, 'CSeq'))).toEqual(['2 INVITE', '2 BYE']);
});

test('a repeated request over UDP is answered again and recorded once', async () => {
  const source = await dial('UDP');
  const options = request({
    transport: 'UDP',
    local: source.local,
    uri: 'sip:voice.example',
    to: '<sip:voice.example>',
    callId: 'again',
    branch: 'again',
    cseq: '1 OPTIONS',
  });
  source.send(options);
  const first = await source.received('SIP/2.0 200');
  source.send(options);
  expect(await source.received('SIP/2.0 200')).toBe(first);
  expect((await recorded('UDP'))[0]?.messages).toHaveLength(2);
});
