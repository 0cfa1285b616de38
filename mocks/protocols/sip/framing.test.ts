import { describe, expect, test } from '@jest/globals';
import { SipFramer } from './framing.ts';

const first = 'OPTIONS sip:a SIP/2.0\r\nl: 0\r\n\r\n';
const second = 'SIP/2.0 200 OK\r\nContent-Length: 6\r\n\r\n\r\n\r\nhi';
const stream = Buffer.from(`\r\n\r\n${first}${second}\r\n${first}`);
const texts = (messages: readonly Buffer[]) => messages.map((message) => message.toString());

test('several messages in one segment', () => {
  expect(texts(new SipFramer().push(stream))).toEqual([first, second, first]);
});

test('a stream cut at every octet', () => {
  const framer = new SipFramer();
  const messages = [...stream].flatMap((octet) => framer.push(Buffer.from([octet])));
  expect(texts(messages)).toEqual([first, second, first]);
  expect(framer.rest()).toHaveLength(0);
});

test('a message without Content-Length ends with its headers', () => {
  const bare = 'OPTIONS sip:a SIP/2.0\r\nCall-ID: x\r\n\r\n';
  expect(texts(new SipFramer().push(Buffer.from(bare + first)))).toEqual([bare, first]);
});

test('what is cut short stays as the rest', () => {
  const framer = new SipFramer();
  expect(framer.push(Buffer.from(second.slice(0, -1)))).toEqual([]);
  expect(framer.rest().toString()).toBe(second.slice(0, -1));
});

describe('a stream that cannot be followed', () => {
  test.each([
    ['a'.repeat(70_000), 'the stream has no end of headers within 65536 octets'],
    ['SIP/2.0 200 OK\r\nl: x\r\n\r\n', 'Content-Length "x" is not a number; the stream cannot be followed'],
    ['SIP/2.0 200 OK\r\nl: 99999999\r\n\r\n', 'Content-Length 99999999 is beyond the limit of 1048576 octets'],
  ])('%#', (text, message) => {
    expect(() => new SipFramer().push(Buffer.from(text))).toThrow(message);
  });
});
