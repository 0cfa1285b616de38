import { expect, test } from '@jest/globals';
import type { Side } from '../../../contracts/contract.ts';
import { withoutRetransmissions } from './dedupe.ts';
import type { SipTransport } from './transport.ts';

const invite = 'INVITE sip:a SIP/2.0\r\nCSeq: 1 INVITE\r\n\r\n';
const ok = 'SIP/2.0 200 OK\r\nCSeq: 1 INVITE\r\n\r\n';
const byeOk = 'SIP/2.0 200 OK\r\nCSeq: 2 BYE\r\n\r\n';
const busy = 'SIP/2.0 486 Busy Here\r\nCSeq: 1 INVITE\r\n\r\n';
const ack = 'ACK sip:a SIP/2.0\r\nCSeq: 1 ACK\r\n\r\n';

function kept(transport: SipTransport, ...texts: string[]): string[] {
  const messages = texts.map((text, atMs) => {
    const from: Side = text.startsWith('SIP/') ? 'destination' : 'source';
    return { from, bytes: Buffer.from(text), atMs };
  });
  return withoutRetransmissions(messages, transport).map(({ bytes }) => bytes.toString());
}

test('on UDP the same octets count once', () => {
  expect(kept('UDP', invite, invite, ok, ok, ack, ok, ack)).toEqual([invite, ok, ack]);
});

test('on UDP another final response stays', () => {
  expect(kept('UDP', invite, busy, ok)).toEqual([invite, busy, ok]);
});

test('on TCP a 2xx to INVITE may be repeated until its ACK', () => {
  expect(kept('TCP', invite, ok, ok, ack)).toEqual([invite, ok, ack]);
  expect(kept('TCP', invite, ok, ack, ok)).toEqual([invite, ok, ack, ok]);
});

test('on TCP an ACK may be repeated as often as its 2xx was', () => {
  expect(kept('TCP', invite, ok, ok, ack, ack)).toEqual([invite, ok, ack]);
  expect(kept('TCP', invite, ok, ok, ack, ack, ack)).toEqual([invite, ok, ack, ack]);
});

test('on UDP a request whose credentials are counted once more is the same request', () => {
  const register = (count: number) =>
    `REGISTER sip:a SIP/2.0\r\nCSeq: 2 REGISTER\r\nAuthorization: Digest nc=0000000${count}\r\n\r\n`;
  expect(kept('UDP', register(1), register(2))).toEqual([register(1)]);
  expect(kept('TCP', register(1), register(2))).toEqual([register(1), register(2)]);
});

test('on TCP nothing else may be repeated', () => {
  expect(kept('TCP', invite, invite, busy, busy)).toEqual([invite, invite, busy, busy]);
  expect(kept('TCP', byeOk, byeOk)).toEqual([byeOk, byeOk]);
});

test('the same octets from the other side are another message', () => {
  const bytes = Buffer.from(ok);
  const both = [
    { from: 'source', bytes, atMs: 0 },
    { from: 'destination', bytes, atMs: 1 },
  ] as const;
  expect(withoutRetransmissions(both, 'UDP')).toHaveLength(2);
});
