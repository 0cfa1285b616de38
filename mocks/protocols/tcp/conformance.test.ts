import { describe, expect, test } from '@jest/globals';
import { loadContracts } from '../../../contracts/catalogue.ts';
import type { TcpMessage, TcpValue } from '../../../contracts/messages/tcp.ts';
import type { Codec, Decoder, Frame } from './codec.ts';
import { checkCodec } from './conformance.ts';
import { defaultCodec } from './default-codec.ts';
import textCodec from './text-codec.ts';

const contracts = await loadContracts();
const shipped = [defaultCodec, textCodec];
/** Enough to find a fault. */
const few = contracts.filter(({ connection }) => connection === 3);

describe.each(shipped)('the codec $name', (codec) => {
  test.each([1, 2])('passes every check, with seed %i', (seed) => {
    const findings = checkCodec(codec, contracts, seed);
    expect(findings.filter(({ passed }) => !passed)).toEqual([]);
    expect(findings.length).toBeGreaterThan(15);
  });
});

test('the contracts of all TCP connections are tried', () => {
  const [finding] = checkCodec(defaultCodec, contracts);
  expect(Number.parseInt(finding?.message ?? '', 10)).toBeGreaterThan(200);
});

test('without a contract nothing is proven', () => {
  expect(checkCodec(defaultCodec, [])[0]).toEqual({
    check: 'messages of the contracts come back as they were',
    passed: false,
    message: 'there is no contract of TCP to take messages from',
  });
});

/** The default codec, with a fault in what it reads. */
function reading(change: (frames: Frame[]) => Frame[]): Codec {
  return {
    ...defaultCodec,
    decoder: (limits) => {
      const decoder = defaultCodec.decoder(limits);
      return { push: (bytes) => change(decoder.push(bytes)), end: () => change(decoder.end()) };
    },
  };
}

const readingMessages = (change: (message: TcpMessage) => TcpMessage) =>
  reading((frames) =>
    frames.map((frame) => (frame.kind === 'message' ? { ...frame, message: change(frame.message) } : frame)),
  );

/** The default codec with decoders of another make. */
const decoding = (decoder: Codec['decoder']): Codec => ({ ...defaultCodec, decoder });

function withoutNulls(value: TcpValue): TcpValue {
  return JSON.parse(JSON.stringify(value), (_, each) => (each === null ? 0 : each));
}

function inAlphabeticalOrder({ attributes, ...message }: TcpMessage): TcpMessage {
  const sorted = Object.entries(attributes).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { ...message, attributes: Object.fromEntries(sorted) };
}

/** Every message in the same memory. */
function sharedMemory(): Codec['encode'] {
  const memory = Buffer.alloc(1 << 20);
  return (message) => {
    const bytes = defaultCodec.encode(message);
    memory.set(bytes);
    return memory.subarray(0, bytes.length);
  };
}

/** Reads all anew with each chunk, and so looks at chunks that it was given before. */
function rememberingDecoder(limits: { maxFrameBytes: number }): Decoder {
  const chunks: Uint8Array[] = [];
  let told = 0;
  const news = (frames: Frame[]) => {
    const more = frames.slice(told);
    told = Math.max(told, frames.length);
    return more;
  };
  const readAll = () => {
    const decoder = defaultCodec.decoder(limits);
    return { decoder, frames: chunks.flatMap((chunk) => decoder.push(chunk)) };
  };
  return {
    push: (bytes) => {
      chunks.push(bytes);
      return news(readAll().frames);
    },
    end: () => {
      const { decoder, frames } = readAll();
      return news([...frames, ...decoder.end()]);
    },
  };
}

/** Begins anew after what it could not read. */
function forgivingDecoder(limits: { maxFrameBytes: number }): Decoder {
  let decoder = defaultCodec.decoder(limits);
  const take = (frames: Frame[]) => {
    if (frames.at(-1)?.kind === 'unreadable') decoder = defaultCodec.decoder(limits);
    return frames;
  };
  return { push: (bytes) => take(decoder.push(bytes)), end: () => take(decoder.end()) };
}

const oneForAll = defaultCodec.decoder({ maxFrameBytes: 1 << 20 });

const broken: [check: string, codec: Codec, message: string | RegExp][] = [
  [
    'messages of the contracts come back as they were',
    readingMessages(({ name, ...rest }) => ({ name: name.replace('Request', ''), ...rest })),
    /^Request\w+ came back changed: \$\.name: sent "Request(\w+)", got "\1"$/,
  ],
  [
    'generated messages come back as they were, or are refused',
    readingMessages((message) => ({
      ...message,
      attributes: withoutNulls(message.attributes) as TcpMessage['attributes'],
    })),
    / came back changed: \$\.attributes\..*: sent null, got 0$/s,
  ],
  [
    'names are kept, and the order of attributes',
    readingMessages(inAlphabeticalOrder),
    'Nzzam came back changed: the keys of $.attributes were sent as zz, a, m and came as a, m, zz',
  ],
  [
    'names that no contract has are messages like any other',
    reading((frames) =>
      frames.map((frame) =>
        frame.kind === 'message' && frame.message.name === 'RequestMakeCoffee'
          ? { kind: 'unreadable', reason: 'there is no such message' }
          : frame,
      ),
    ),
    'RequestMakeCoffee came back as unreadable (there is no such message)',
  ],
  [
    'what it cannot carry it refuses',
    { ...defaultCodec, encode: (message) => defaultCodec.encode(JSON.parse(JSON.stringify(message))) },
    'EventError came back changed: $.attributes.value.0: sent NaN, got null',
  ],
  [
    'encoding leaves its message alone, and its bytes are not used again',
    { ...defaultCodec, encode: sharedMemory() },
    'the bytes of EventRinging changed when something else was encoded',
  ],
  [
    'encoding leaves its message alone, and its bytes are not used again',
    {
      ...defaultCodec,
      encode: (message) => {
        const bytes = defaultCodec.encode(message);
        delete message.referenceId;
        return bytes;
      },
    },
    'encoding EventRinging changed the message: $.referenceId is missing',
  ],
  [
    'a message tells its size on the wire',
    reading((frames) => frames.map((frame) => (frame.kind === 'message' ? { ...frame, size: frame.size - 4 } : frame))),
    /^SessionOpen has (\d+) bytes, and its frame says \d+$/,
  ],
  [
    'a stream may be split at every byte',
    decoding((limits) => ({ push: (bytes) => defaultCodec.decoder(limits).push(bytes), end: () => [] })),
    'split at byte 1: EventRinging came back as nothing',
  ],
  ['frames may come together', reading((frames) => frames.slice(0, 1)), /^all at once: \w+ came back as nothing$/],
  [
    'control frames come between messages',
    reading((frames) => frames.map((frame) => (frame.kind === 'poll-reply' ? { kind: 'poll' } : frame))),
    'together: frame 5, poll-reply, came back as poll: $.kind: sent "poll-reply", got "poll"',
  ],
  [
    'a frame longer than allowed is unreadable before all of it is here',
    decoding(() => defaultCodec.decoder({ maxFrameBytes: 1 << 20 })),
    '8035 bytes where 1000 are allowed gave message',
  ],
  [
    'a frame longer than allowed is unreadable before all of it is here',
    decoding(({ maxFrameBytes }) => {
      const decoder = defaultCodec.decoder({ maxFrameBytes: 1 << 20 });
      const measured = (frames: Frame[]): Frame[] =>
        frames.map((frame) =>
          frame.kind === 'message' && frame.size > maxFrameBytes ? { kind: 'unreadable', reason: 'too long' } : frame,
        );
      return { push: (bytes) => measured(decoder.push(bytes)), end: () => measured(decoder.end()) };
    }),
    'it took 8064 bytes to find that a frame is longer than 1000',
  ],
  [
    'a stream that ends within a frame is unreadable',
    decoding((limits) => {
      const decoder = defaultCodec.decoder(limits);
      return { push: (bytes) => decoder.push(bytes), end: () => [] };
    }),
    /^cut after 1 of \d+ bytes it gave nothing$/,
  ],
  ['nothing comes after an unreadable frame', decoding(forgivingDecoder), 'after an unreadable frame it gave message'],
  [
    'a damaged frame is read or unreadable, and never lost',
    reading((frames) => frames.filter(({ kind }) => kind !== 'unreadable')),
    'with byte 0 changed by 0x01 it gave nothing',
  ],
  [
    'garbage is unreadable and never throws',
    reading((frames) => {
      if (frames.some(({ kind }) => kind === 'unreadable')) throw new RangeError('out of range');
      return frames;
    }),
    /^garbage [0-9a-f]+: it threw: out of range$/,
  ],
  [
    'a decoder keeps no reference to what it was given',
    decoding(rememberingDecoder),
    /^after the bytes were overwritten: EventRinging came back as unreadable \(a frame announces 4294967295 bytes/,
  ],
  ['decoders keep to themselves', decoding(() => oneForAll), /^two streams at once: EventRinging came back as /],
];

describe('a broken codec fails', () => {
  test.each(broken)('%s', (check, codec, message) => {
    const finding = checkCodec(codec, few).find((each) => each.check === check);
    const words = typeof message === 'string' ? message : expect.stringMatching(message);
    expect(finding).toEqual({ check, passed: false, message: words });
  });

  test('every check there is', () => {
    const checks = checkCodec(defaultCodec, few).map(({ check }) => check);
    expect([...new Set(broken.map(([check]) => check))]).toEqual(checks);
  });

  test('a codec that throws is told as such', () => {
    const throwing = () => {
      throw new TypeError('no licence');
    };
    const findings = checkCodec({ ...defaultCodec, decoder: throwing }, few);
    expect(findings[0]).toMatchObject({ passed: false, message: 'it threw: no licence' });
    const refusing = checkCodec({ ...defaultCodec, encode: throwing }, few);
    expect(refusing[1]?.message).toBe('it refused all 500 messages, the first as "no licence"');
  });
});
