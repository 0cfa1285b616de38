import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { TcpMessage, TcpValue } from '../../../contracts/messages/tcp.ts';
import type { Frame } from './codec.ts';
import { defaultCodec } from './default-codec.ts';
import { fromJsonLine, masked, toJsonLine } from './json-twin.ts';

const maxFrameBytes = 1 << 20;
const runs = { seed: 20251123, numRuns: 300 };

const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const key = fc
  .oneof(text, fc.constantFrom('__proto__', 'constructor', 'toString', ''))
  .filter((each) => !/^\$/.test(each));
const number = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((each) => each + 0),
);
const { value } = fc.letrec<{ value: TcpValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    number,
    text,
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((each) => each.toString(16).padStart(16, '0')),
    fc.record({ sec: fc.maxSafeInteger(), usec: fc.integer() }, { noNullPrototype: true }),
    fc.uint8Array({ maxLength: 40 }).map((bytes) => ({ $bytes: Buffer.from(bytes).toString('base64') })),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    fc.tuple(key, tie('value'), tie('value')).map(([name, first, second]) => ({
      $kvlist: [
        [name, first],
        [name, second],
      ] as const,
    })),
    fc.record(
      { $object: text, members: fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }) },
      { noNullPrototype: true },
    ),
  ),
}));
const message: fc.Arbitrary<TcpMessage> = fc
  .tuple(text, fc.integer(), fc.dictionary(key, value, { maxKeys: 6, noNullPrototype: true }))
  .map(([name, referenceId, attributes]) =>
    referenceId === 0 ? { name, attributes } : { name, referenceId, attributes },
  );

function decode(...chunks: Uint8Array[]): Frame[] {
  const decoder = defaultCodec.decoder({ maxFrameBytes });
  return [...chunks.flatMap((chunk) => decoder.push(chunk)), ...decoder.end()];
}

/** As toStrictEqual, which trips over keys called `constructor`. */
function expectSame(got: unknown, wanted: unknown): void {
  if (!isDeepStrictEqual(got, wanted)) expect(got).toStrictEqual(wanted);
  expect(isDeepStrictEqual(got, wanted)).toBe(true);
}

function framed(...payload: number[]): Uint8Array {
  const bytes = Buffer.from([0, 0, 0, 0, ...payload]);
  bytes.writeUInt32BE(payload.length, 0);
  return bytes;
}

function reasonOf(...chunks: Uint8Array[]): string {
  const last = decode(...chunks).at(-1);
  return last?.kind === 'unreadable' ? last.reason : `readable: ${last?.kind}`;
}

const greeting: TcpMessage = {
  name: 'EventRinging',
  referenceId: 7,
  attributes: {
    ConnID: '006a0301b2c3d001',
    Time: { sec: 1_760_000_000, usec: 125_000 },
    UserData: { language: 'English', skills: ['sales', 2, 0.5, true, null] },
  },
};

describe('round trips', () => {
  test('every message comes back as it was', () => {
    fc.assert(
      fc.property(message, (sent) => {
        const bytes = defaultCodec.encode(sent);
        expectSame(decode(bytes), [{ kind: 'message', message: sent, size: bytes.length }]);
      }),
      runs,
    );
  });

  test('frames come out the same however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(message, { minLength: 1, maxLength: 5 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 60 })),
        (sent, sizes) => {
          const stream = Buffer.concat(sent.map((each) => defaultCodec.encode(each)));
          const chunks: Buffer[] = [];
          for (let at = 0; at < stream.length; ) {
            const size = sizes.next().value as number;
            chunks.push(stream.subarray(at, at + size));
            at += size;
          }
          const got = decode(...chunks).map((frame) => (frame.kind === 'message' ? frame.message : frame));
          expectSame(got, sent);
        },
      ),
      runs,
    );
  });

  test('two frames split at every single byte are two frames', () => {
    const stream = Buffer.concat([defaultCodec.encode(greeting), defaultCodec.encode({ name: 'B', attributes: {} })]);
    for (let cut = 0; cut <= stream.length; cut += 1) {
      const names = decode(stream.subarray(0, cut), stream.subarray(cut)).map((frame) =>
        frame.kind === 'message' ? frame.message.name : frame.kind,
      );
      expect(names).toEqual(['EventRinging', 'B']);
    }
    const bytes = Array.from(stream, (byte) => Uint8Array.of(byte));
    expect(decode(...bytes)).toHaveLength(2);
  });

  test('the decoder keeps no reference to what it was given', () => {
    const bytes = defaultCodec.encode({ name: 'A', attributes: { data: { $bytes: 'AAEC' } } });
    const decoder = defaultCodec.decoder({ maxFrameBytes });
    const first = bytes.subarray(0, 9);
    decoder.push(first);
    first.fill(0xff);
    expect(decoder.push(bytes.subarray(9))).toMatchObject([{ message: { attributes: { data: { $bytes: 'AAEC' } } } }]);
  });

  test('control frames', () => {
    const frames = [
      { kind: 'poll' },
      { kind: 'poll-reply' },
      { kind: 'close', code: 1, text: 'expected SessionOpen' },
      { kind: 'codec-error', text: 'unreadable' },
    ] as const;
    const bytes = frames.map((frame) => defaultCodec.control(frame) as Uint8Array);
    expect(decode(Buffer.concat(bytes))).toStrictEqual(frames);
  });

  test('an enumeration member reads as its name', () => {
    expect(decode(framed(1, 0, 0, 1, 65, 0, 0, 0, 0, 0, 1, 0, 1, 109, 10, 0, 2, 79, 75))).toMatchObject([
      { message: { name: 'A', attributes: { m: 'OK' } } },
    ]);
  });
});

describe('what cannot be read', () => {
  test.each<[string, Uint8Array, string]>([
    [
      'HTTP',
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      'a frame announces 1195725856 bytes; 2 to 1048576 are allowed (it begins with "GET / HTTP/1.1..")',
    ],
    ['an empty frame', framed(), 'a frame announces 0 bytes; 2 to 1048576 are allowed (it begins with "....")'],
    ['another version', framed(9, 0), 'it is codec version 9; this codec speaks version 1'],
    ['an unknown frame type', framed(1, 9), 'it is of frame type 9; known types are 0 to 4'],
    ['bytes behind the payload', framed(1, 1, 0, 0), '2 bytes are left over at its end'],
    [
      'a name longer than the frame',
      framed(1, 0, 0, 9, 65),
      'the message name needs 9 bytes where the frame has 1 left',
    ],
    ['no UTF-8', framed(1, 0, 0, 1, 0xff, 0, 0, 0, 0, 0, 0), 'the message name is not valid UTF-8'],
    [
      'an unknown type tag',
      framed(1, 0, 0, 1, 65, 0, 0, 0, 0, 0, 1, 0, 1, 107, 99),
      'k has type tag 99; known tags are 1 to 12',
    ],
    [
      'a list that lies about its length',
      framed(1, 0, 0, 1, 65, 0, 0, 0, 0, 0, 1, 0, 1, 107, 8, 255, 255, 255, 255),
      'k announces 4294967295 parts in 0 bytes',
    ],
    [
      'an attribute that comes twice',
      framed(1, 0, 0, 1, 65, 0, 0, 0, 0, 0, 2, 0, 1, 107, 12, 0, 1, 107, 12),
      'A has "k" twice',
    ],
    [
      'NaN',
      framed(1, 0, 0, 1, 65, 0, 0, 0, 0, 0, 1, 0, 1, 107, 3, 127, 248, 0, 0, 0, 0, 0, 0),
      'k is NaN, which no message carries',
    ],
    [
      'nesting without end',
      framed(1, 0, 0, 1, 65, 0, 0, 0, 0, 0, 1, 0, 1, 107, ...Array(99).fill([8, 0, 0, 0, 1]).flat(), 12),
      `k${'[]'.repeat(65)} is nested deeper than 64 levels`,
    ],
  ])('%s', (_, bytes, reason) => {
    expect(reasonOf(bytes)).toBe(reason);
  });

  test('a stream that ends inside a frame', () => {
    const bytes = defaultCodec.encode(greeting);
    expect(reasonOf(bytes.subarray(0, 3))).toBe('the stream ended after 3 bytes of a frame, before its length');
    expect(reasonOf(bytes.subarray(0, 20))).toBe(
      `the stream ended after 20 bytes of a frame, before ${bytes.length} bytes`,
    );
  });

  test('what was readable before garbage is told, and nothing after it', () => {
    const good = defaultCodec.encode(greeting);
    const frames = decode(Buffer.concat([good, framed(9, 9), good]), good);
    expect(frames.map(({ kind }) => kind)).toEqual(['message', 'unreadable']);
  });

  test('garbage never throws and never hangs', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 80 })), (chunks) => {
        const frames = decode(...chunks);
        expect(frames.slice(0, -1).every(({ kind }) => kind !== 'unreadable')).toBe(true);
      }),
      runs,
    );
  });

  test('a frame with one byte flipped is read, or said to be unreadable', () => {
    const good = defaultCodec.encode(greeting);
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const bytes = Buffer.from(good);
        bytes[at] = (bytes[at] as number) ^ flip;
        expect(decode(bytes).length).toBeLessThanOrEqual(2);
      }),
      runs,
    );
  });
});

describe('what cannot be written', () => {
  test.each<[string, TcpMessage, string]>([
    ['a number without end', { name: 'A', attributes: { k: Infinity } }, 'A.k is Infinity, which no message carries'],
    [
      'half a surrogate pair',
      { name: 'A', attributes: { k: '\ud800' } },
      'a string holds half of a surrogate pair, which UTF-8 cannot carry',
    ],
    [
      'reserved keys',
      { name: 'A', attributes: { k: [{ $type: 1 }] } },
      'A.k[0] has a key that begins with $; such keys are reserved for { $bytes: base64 }, { $kvlist: [[key, value], ...] } and { $object: name, members }',
    ],
    [
      'a large reference id',
      { name: 'A', referenceId: 2 ** 31, attributes: {} },
      'A: reference id 2147483648 is not a signed 32-bit integer other than 0',
    ],
    [
      'a long name',
      { name: 'A'.repeat(70_000), attributes: {} },
      'a name of 70000 bytes is longer than the 65535 a name may have',
    ],
  ])('%s', (_, unwritable, sentence) => {
    expect(() => defaultCodec.encode(unwritable)).toThrow(new Error(sentence));
    expect(decode(defaultCodec.encode(greeting))).toMatchObject([{ message: greeting }]);
  });
});

describe('the JSON twin', () => {
  test('round trips with the binary form', () => {
    fc.assert(
      fc.property(message, (sent) => {
        const line = toJsonLine(sent);
        expect(line).not.toContain('\n');
        expectSame(defaultCodec.encode(fromJsonLine(line)), defaultCodec.encode(sent));
      }),
      runs,
    );
  });

  test('says what is no message', () => {
    expect(() => fromJsonLine('{')).toThrow('not a line of JSON: {');
    expect(() => fromJsonLine('{"name":1}')).toThrow('expected {"name", "referenceId"?, "attributes"}, got {"name":1}');
  });

  test('a password is blanked and the rest stays', () => {
    const open = { name: 'SessionOpen', attributes: { userName: 'x', userPassword: 'secret' } };
    expect(masked(open)).toEqual({ name: 'SessionOpen', attributes: { userName: 'x', userPassword: '***' } });
    expect(masked(greeting)).toBe(greeting);
  });
});
