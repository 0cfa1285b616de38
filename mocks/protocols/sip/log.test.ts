import { expect, test } from '@jest/globals';
import { begunHere, type LoggedMessage, MessageLog } from './log.ts';

const dashes = '-'.repeat(47);
const body = `é\r\n\r\n${dashes} 2026-01-01 00:00:00.000000\nTCP message received [3] bytes :\n\nabc`;
const bytes = Buffer.from(body);
const log = Buffer.concat([
  Buffer.from(`${dashes} 2026-11-23 02:08:33.302885\nTCP message received [${bytes.length}] bytes :\n\n`),
  bytes,
  Buffer.from(`\n${dashes} 2026-11-23 02:08:33.308505\nUDP message sent (4 bytes):\n\nback\n`),
]);

const expected = [
  { direction: 'received', bytes, atMs: Date.UTC(2026, 10, 23, 2, 8, 33, 302) },
  { direction: 'sent', bytes: Buffer.from('back'), atMs: Date.UTC(2026, 10, 23, 2, 8, 33, 308) },
];

test('messages are cut by their stated size, whatever they hold', () => {
  expect(new MessageLog().push(log)).toEqual(expected);
});

test('a log that grows octet by octet gives the same messages once', () => {
  const reader = new MessageLog();
  expect([...log].flatMap((octet) => reader.push(Buffer.from([octet])))).toEqual(expected);
});

test('other lines of the log are passed over', () => {
  expect(new MessageLog().push(Buffer.concat([Buffer.from('Something else happened\n'), log]))).toEqual(expected);
});

test('dialogs that began before a log was torn are left out', () => {
  const logged = (direction: LoggedMessage['direction'], first: string, callId: string, to: string) => ({
    direction,
    bytes: Buffer.from(`${first}\r\nt : ${to}\r\nCall-ID: ${callId}\r\n\r\n`),
    atMs: 0,
  });
  const torn = [
    logged('sent', 'SIP/2.0 200 OK', 'a', '<sip:b>;tag=1'),
    logged('received', 'INVITE sip:b SIP/2.0', 'b', '<sip:b>'),
    logged('received', 'BYE sip:b SIP/2.0', 'a', '<sip:b>;tag=1'),
    logged('sent', 'SIP/2.0 180 Ringing', 'b', '<sip:b>;tag=2'),
    logged('received', 'BYE sip:b SIP/2.0', 'b', '<sip:b>; tag=2'),
  ];
  expect(begunHere(torn)).toEqual([torn[1], torn[3], torn[4]]);
});
