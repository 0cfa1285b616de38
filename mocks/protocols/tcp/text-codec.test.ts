import { describe, expect, test } from '@jest/globals';
import type { TcpMessage } from '../../../contracts/messages/tcp.ts';
import type { Frame } from './codec.ts';
import textCodec from './text-codec.ts';

const maxFrameBytes = 1_000;

function decode(text: string | Uint8Array): Frame[] {
  const decoder = textCodec.decoder({ maxFrameBytes });
  return [...decoder.push(Buffer.from(text)), ...decoder.end()];
}

const written = (message: TcpMessage) => Buffer.from(textCodec.encode(message)).toString();

describe('what a line looks like', () => {
  test.each<[string, TcpMessage]>([
    [
      "RequestReadObjects#5{ObjectType:3,Filter:{user_name:'agent-1001}}\n",
      {
        name: 'RequestReadObjects',
        referenceId: 5,
        attributes: { ObjectType: 3, Filter: { user_name: 'agent-1001' } },
      },
    ],
    ['EventObjectsSent#-1{}\n', { name: 'EventObjectsSent', referenceId: -1, attributes: {} }],
    [
      "E{a:[null,true,false,-0.5,1e+21,',[],{}]}\n",
      { name: 'E', attributes: { a: [null, true, false, -0.5, 1e21, '', [], {}] } },
    ],
    [
      'E{d:*AAEC,p:(k:1,k:2,$x:3),o:@Cfg\\{\\}{DBID:1}}\n',
      {
        name: 'E',
        attributes: {
          d: { $bytes: 'AAEC' },
          p: {
            $kvlist: [
              ['k', 1],
              ['k', 2],
              ['$x', 3],
            ],
          },
          o: { $object: 'Cfg{}', members: { DBID: 1 } },
        },
      },
    ],
    ["\\>a\\:b{\\'\\,:'one\\ntwo\\\\}\n", { name: '>a:b', attributes: { "',": 'one\ntwo\\' } }],
  ])('%j', (line, message) => {
    expect(written(message)).toBe(line);
    expect(decode(line)).toStrictEqual([{ kind: 'message', message, size: Buffer.byteLength(line) }]);
  });

  test('control frames', () => {
    const lines = ['>poll{}\n', '>poll-reply{}\n', ">close{code:1,text:'bad, very bad}\n", ">codec-error{text:'no}\n"];
    const frames = [
      { kind: 'poll' },
      { kind: 'poll-reply' },
      { kind: 'close', code: 1, text: 'bad, very bad' },
      { kind: 'codec-error', text: 'no' },
    ] as const;
    expect(decode(lines.join('').replace(', ', '\\, '))).toStrictEqual(frames);
    expect(
      frames.map((frame) =>
        Buffer.from(textCodec.control(frame) ?? [])
          .toString()
          .replace('\\,', ','),
      ),
    ).toEqual(lines);
  });
});

describe('what cannot be read', () => {
  test.each<[string | Uint8Array, string]>([
    [
      'GET / HTTP/1.1\r\n',
      'expected "{" at character 16, got the end of the line (the line begins with "GET / HTTP/1.1.")',
    ],
    ['\n', 'expected "{" at character 1, got the end of the line (the line begins with "")'],
    ['E{a:1\n', 'expected "}" at character 6, got the end of the line (the line begins with "E{a:1")'],
    ['E{a:1}}\n', 'expected the end of the line at character 7, got "}" (the line begins with "E{a:1}}")'],
    ['E{a:\\x}\n', 'expected an escaped character at character 5, got "\\" (the line begins with "E{a:\\x}")'],
    ['E{a:text}\n', 'a is "text"; a text begins with an apostrophe (the line begins with "E{a:text}")'],
    ['E{a:}\n', 'a is nothing; a text begins with an apostrophe (the line begins with "E{a:}")'],
    ['E{a:1e999}\n', 'a is "1e999"; a text begins with an apostrophe (the line begins with "E{a:1e999}")'],
    ['E{a:1,a:2}\n', 'E has "a" twice (the line begins with "E{a:1,a:2}")'],
    ["E{a:{$b:'}}\n", 'a has the key "$b" in braces; such keys are reserved (the line begins with "E{a:{$b:\'}}")'],
    ['E{a:*A}\n', 'a is no base64 (the line begins with "E{a:*A}")'],
    ['E#0{}\n', '"0" is no reference id, a signed 32-bit integer other than 0 (the line begins with "E#0{}")'],
    [
      '>sleep{}\n',
      '">sleep" is no control frame; those are poll, poll-reply, close{code,text} and codec-error{text} (the line begins with ">sleep{}")',
    ],
    [`E{a:${'['.repeat(70)}\n`, `a is nested deeper than 64 levels (the line begins with "E{a:${'['.repeat(36)}")`],
    [Uint8Array.of(0x45, 0xff, 0x0a), 'a line is not valid UTF-8 (it begins with "E.")'],
    ['x'.repeat(1_001), `a line is longer than the 1000 bytes that are allowed (it begins with "${'x'.repeat(40)}")`],
    ['E{', 'the stream ended after 2 bytes of a line, before its end'],
  ])('%j', (text, reason) => {
    expect(decode(text)).toEqual([{ kind: 'unreadable', reason }]);
  });
});

describe('what cannot be written', () => {
  test.each<[TcpMessage, string]>([
    [{ name: 'A', attributes: { k: [Number.NaN] } }, 'A.k[0] is NaN, which no message carries'],
    [{ name: 'A', referenceId: 0, attributes: {} }, 'A: reference id 0 is not a signed 32-bit integer other than 0'],
    [{ name: 'A', attributes: { k: '\ud800' } }, 'a string holds half of a surrogate pair, which UTF-8 cannot carry'],
    [
      { name: 'A', attributes: { k: { $bytes: 'AAEC', more: 1 } } },
      'A.k has a key that begins with $; such keys are reserved for { $bytes: base64 }, { $kvlist: [[key, value], ...] } and { $object: name, members }',
    ],
  ])('%j', (message, sentence) => {
    expect(() => textCodec.encode(message)).toThrow(new Error(sentence));
  });
});
