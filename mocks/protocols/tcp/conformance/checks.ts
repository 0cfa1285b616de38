import type { TcpMessage } from '../../../../contracts/messages/tcp.ts';
import { type Codec, type ControlFrame, type Frame, reasonOf } from '../codec.ts';
import type { Random } from '../random-messages.ts';
import { difference, expectFrames, expectMessages, kinds } from './expect.ts';
import { Flaw, flawIf } from './flaw.ts';

/** What a check is given. */
interface Subject {
  codec: Codec;
  /** The messages of the contracts. */
  contracted: readonly TcpMessage[];
  /** Messages of all kinds of values, which a codec may refuse. */
  generated: readonly TcpMessage[];
  random: Random;
}

const maxFrameBytes = 1 << 20;
const garbageStreams = 500;

/** Two small messages that any codec carries. */
const first: TcpMessage = {
  name: 'EventRinging',
  referenceId: 7,
  attributes: { ThisDN: '7001', CallType: 2, UserData: { language: 'English', tries: [1, true, 'äあ🙂'] } },
};
const second: TcpMessage = { name: 'EventReleased', attributes: { ThisDN: '7001' } };
const third: TcpMessage = { name: 'EventError', referenceId: -3, attributes: { text: '' } };

const controls: readonly ControlFrame[] = [
  { kind: 'poll' },
  { kind: 'poll-reply' },
  { kind: 'close', code: 1, text: 'expected SessionOpen as the first message' },
  { kind: 'codec-error', text: 'a frame cannot be read: "?"\n' },
];

/** The checks by their names. Each says what it has tried. @throws {Flaw} */
export const checks: Readonly<Record<string, (subject: Subject) => string>> = {
  'messages of the contracts come back as they were': ({ codec, contracted }) => {
    flawIf(contracted.length === 0, () => 'there is no contract of TCP to take messages from');
    for (const message of contracted) expectMessages(read(codec, [codec.encode(message)]), [message]);
    return `${contracted.length} messages`;
  },

  'generated messages come back as they were, or are refused': ({ codec, generated }) => {
    const refusals: string[] = [];
    for (const message of generated) {
      const bytes = encodeOrRefuse(codec, message, refusals);
      if (bytes !== undefined) expectMessages(read(codec, [bytes]), [message]);
    }
    return carried(generated.length, refusals);
  },

  'names are kept, and the order of attributes': ({ codec }) => {
    const odd = ['zz', 'a', 'm', '', '__proto__', 'constructor', 'a b', 'a=b', "it's", '"', '\\', '{', 'a.b', 'ключ'];
    const refusals: string[] = [];
    for (const order of [odd, odd.toReversed()]) {
      for (const names of [order.slice(0, 3), ...order.map((name) => [name])]) {
        const attributes = Object.fromEntries(names.map((name) => [name, Object.fromEntries([[name, name]])]));
        const message = { name: `N${names.join('')}`, attributes };
        const bytes = encodeOrRefuse(codec, message, refusals);
        if (bytes !== undefined) expectMessages(read(codec, [bytes]), [message]);
      }
    }
    return carried(2 * (odd.length + 1), refusals);
  },

  'names that no contract has are messages like any other': ({ codec }) => {
    const unknown = { name: 'RequestMakeCoffee', referenceId: 1, attributes: { Strength: 11, Cup: { size: 'large' } } };
    expectMessages(read(codec, [codec.encode(unknown)]), [unknown]);
    return 'an unknown message with unknown attributes';
  },

  'what it cannot carry it refuses': ({ codec }) => {
    const impossible = [Number.NaN, Number.POSITIVE_INFINITY, undefined, () => 1, 1n, '\ud800', { $unknown: 1 }];
    for (const value of impossible) {
      const message = { name: 'EventError', attributes: { value: [value] } } as unknown as TcpMessage;
      const bytes = encodeOrRefuse(codec, message, []);
      if (bytes !== undefined) expectMessages(read(codec, [bytes]), [message]);
    }
    return `${impossible.length} values that are no JSON or reserved`;
  },

  'encoding leaves its message alone, and its bytes are not used again': ({ codec, contracted }) => {
    for (const message of [first, ...contracted.slice(0, 100)]) {
      const before = structuredClone(message);
      const bytes = codec.encode(message);
      const copy = Uint8Array.from(bytes);
      codec.encode(second);
      codec.control({ kind: 'poll' });
      flawIf(
        Buffer.compare(bytes, copy) !== 0,
        () => `the bytes of ${message.name} changed when something else was encoded`,
      );
      const changed = difference(before, message, '$');
      flawIf(changed !== undefined, () => `encoding ${message.name} changed the message: ${changed}`);
    }
    return 'each message encoded before another one';
  },

  'a message tells its size on the wire': ({ codec, contracted }) => {
    for (const message of contracted) {
      const bytes = codec.encode(message);
      for (const frame of read(codec, [bytes])) {
        const size = frame.kind === 'message' ? frame.size : bytes.length;
        flawIf(size !== bytes.length, () => `${message.name} has ${bytes.length} bytes, and its frame says ${size}`);
      }
    }
    return `${contracted.length} messages`;
  },

  'a stream may be split at every byte': ({ codec }) => {
    const messages = [first, second, third];
    const stream = Buffer.concat(messages.map((message) => codec.encode(message)));
    for (let cut = 0; cut <= stream.length; cut += 1) {
      expectMessages(read(codec, [stream.subarray(0, cut), stream.subarray(cut)]), messages, `split at byte ${cut}: `);
    }
    expectMessages(read(codec, singly(stream)), messages, 'byte by byte: ');
    return `${stream.length + 1} splits in two, and one at every byte`;
  },

  'frames may come together': ({ codec, contracted }) => {
    const stream = Buffer.concat(contracted.map((message) => codec.encode(message)));
    expectMessages(read(codec, [stream]), contracted, 'all at once: ');
    return `${contracted.length} frames in one piece`;
  },

  'control frames come between messages': ({ codec }) => {
    const known = controls.filter((control) => codec.control(control) !== undefined);
    const sent: Frame[] = known.flatMap((control) => [asFrame(codec, first), control, asFrame(codec, second)]);
    const stream = Buffer.concat(sent.map((frame) => bytesOf(codec, frame)));
    expectFrames(read(codec, [stream]), sent, 'together: ');
    expectFrames(read(codec, singly(stream)), sent, 'byte by byte: ');
    return known.length === 0 ? 'it has no control frames' : known.map(({ kind }) => kind).join(', ');
  },

  'a frame longer than allowed is unreadable before all of it is here': ({ codec }) => {
    const long = codec.encode({ name: 'EventError', attributes: { text: 'x'.repeat(8_000) } });
    const limit = 1_000;
    const piece = 64;
    const decoder = codec.decoder({ maxFrameBytes: limit });
    let pushed = 0;
    let frames: Frame[] = [];
    while (frames.length === 0 && pushed < long.length) {
      frames = decoder.push(long.subarray(pushed, pushed + piece));
      pushed += piece;
    }
    flawIf(
      frames[0]?.kind !== 'unreadable',
      () => `${long.length} bytes where ${limit} are allowed gave ${kinds(frames)}`,
    );
    flawIf(pushed > limit + 2 * piece, () => `it took ${pushed} bytes to find that a frame is longer than ${limit}`);
    expectMessages(read(codec, [codec.encode(first)], long.length), [first], 'within the limit: ');
    return `${long.length} bytes where ${limit} are allowed`;
  },

  'a stream that ends within a frame is unreadable': ({ codec }) => {
    const bytes = codec.encode(first);
    for (let cut = 1; cut < bytes.length; cut += 1) {
      const frames = read(codec, [bytes.subarray(0, cut)]);
      flawIf(
        kinds(frames) !== 'unreadable',
        () => `cut after ${cut} of ${bytes.length} bytes it gave ${kinds(frames)}`,
      );
    }
    const whole = kinds(codec.decoder({ maxFrameBytes }).end());
    flawIf(whole !== 'nothing', () => `a stream that ended before any frame gave ${whole}`);
    return `${bytes.length - 1} cuts`;
  },

  'nothing comes after an unreadable frame': ({ codec }) => {
    const decoder = codec.decoder({ maxFrameBytes: 1_000 });
    const long = codec.encode({ name: 'EventError', attributes: { text: 'x'.repeat(8_000) } });
    const broken = decoder.push(long);
    flawIf(kinds(broken) !== 'unreadable', () => `a frame that is too long gave ${kinds(broken)}`);
    const after = [...decoder.push(codec.encode(first)), ...decoder.end()];
    flawIf(after.length > 0, () => `after an unreadable frame it gave ${kinds(after)}`);
    return 'a good frame after one that is too long';
  },

  'a damaged frame is read or unreadable, and never lost': ({ codec }) => {
    const bytes = Buffer.from(codec.encode(first));
    const masks = [0x01, 0x20, 0x80, 0xff];
    for (let at = 0; at < bytes.length; at += 1) {
      for (const mask of masks) {
        const damaged = Buffer.from(bytes);
        damaged[at] = (bytes[at] as number) ^ mask;
        const frames = guarded(
          () => read(codec, [damaged]),
          () => `byte ${at} changed by ${hex(mask)}`,
        );
        const where = () => `with byte ${at} changed by ${hex(mask)} it gave ${kinds(frames)}`;
        flawIf(frames.length === 0 || frames.slice(0, -1).some(({ kind }) => kind === 'unreadable'), where);
      }
    }
    return `${bytes.length * masks.length} damaged frames`;
  },

  'garbage is unreadable and never throws': ({ codec, random }) => {
    for (let stream = 1; stream <= garbageStreams; stream += 1) {
      const chunks = random.several(4, () => random.bytes(random.below(80)));
      const where = () => `garbage ${Buffer.concat(chunks).toString('hex') || 'of no bytes'}`;
      const frames = guarded(() => read(codec, chunks), where);
      const early = frames.slice(0, -1).some(({ kind }) => kind === 'unreadable');
      flawIf(early, () => `${where()} gave ${kinds(frames)}`);
    }
    return `${garbageStreams} streams`;
  },

  'a decoder keeps no reference to what it was given': ({ codec }) => {
    const stream = Buffer.concat([first, second].map((message) => codec.encode(message)));
    for (const pieces of [[stream], [stream.subarray(0, 9), stream.subarray(9)], singly(stream)]) {
      const decoder = codec.decoder({ maxFrameBytes });
      const frames = pieces.flatMap((piece) => {
        // A part of something larger, and no Buffer: the least that a decoder may expect.
        const given = new Uint8Array(piece.length + 16).subarray(8, 8 + piece.length);
        given.set(piece);
        const found = decoder.push(given);
        given.fill(0xff);
        return found;
      });
      expectMessages(frames, [first, second], 'after the bytes were overwritten: ');
    }
    return 'whole, in two pieces and byte by byte';
  },

  'decoders keep to themselves': ({ codec }) => {
    const [one, other] = [codec.decoder({ maxFrameBytes }), codec.decoder({ maxFrameBytes })];
    const [left, right] = [codec.encode(first), codec.encode(third)];
    const frames: { one: Frame[]; other: Frame[] } = { one: [], other: [] };
    for (let at = 0; at < Math.max(left.length, right.length); at += 5) {
      frames.one.push(...one.push(left.subarray(at, at + 5)));
      frames.other.push(...other.push(right.subarray(at, at + 5)));
    }
    expectMessages(frames.one, [first], 'two streams at once: ');
    expectMessages(frames.other, [third], 'two streams at once: ');
    return 'two streams in turns';
  },
};

function read(codec: Codec, chunks: readonly Uint8Array[], limit = maxFrameBytes): Frame[] {
  const decoder = codec.decoder({ maxFrameBytes: limit });
  return [...chunks.flatMap((chunk) => decoder.push(chunk)), ...decoder.end()];
}

function singly(stream: Uint8Array): Uint8Array[] {
  return Array.from(stream, (byte) => Uint8Array.of(byte));
}

function asFrame(codec: Codec, message: TcpMessage): Frame {
  return { kind: 'message', message, size: codec.encode(message).length };
}

function bytesOf(codec: Codec, frame: Frame): Uint8Array {
  const bytes = frame.kind === 'message' ? codec.encode(frame.message) : codec.control(frame as ControlFrame);
  return bytes ?? new Uint8Array();
}

/** The bytes of a message; undefined when the codec says that it has no form of it, which is its right. */
function encodeOrRefuse(codec: Codec, message: TcpMessage, refusals: string[]): Uint8Array | undefined {
  try {
    return codec.encode(message);
  } catch (error) {
    refusals.push(reasonOf(error));
    return undefined;
  }
}

function carried(tried: number, refusals: readonly string[]): string {
  const [reason] = refusals;
  if (reason === undefined) return `${tried} messages`;
  flawIf(refusals.length === tried, () => `it refused all ${tried} messages, the first as "${reason}"`);
  return `${tried - refusals.length} messages; it refused ${refusals.length}, the first as "${reason}"`;
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(2, '0')}`;
}

function guarded<T>(act: () => T, where: () => string): T {
  try {
    return act();
  } catch (error) {
    throw new Flaw(`${where()}: it threw: ${reasonOf(error)}`);
  }
}
