import { isUtf8 } from 'node:buffer';
import { type Codec, CodecError, type ControlFrame, type Decoder, type Frame, reasonOf } from './codec.ts';
import { HeldBytes } from './held-bytes.ts';
import { readFrame } from './text-reader.ts';
import { controlText, messageText } from './text-writer.ts';

const newline = 0x0a;
const shownBytes = 40;

const line = (text: string) => Buffer.from(`${text}\n`);

class LineDecoder implements Decoder {
  readonly #maxFrameBytes: number;
  readonly #held = new HeldBytes();
  #broken = false;

  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  push(bytes: Uint8Array): Frame[] {
    if (this.#broken) return [];
    const frames: Frame[] = [];
    // What is held has been looked through for an end.
    const seen = this.#held.length;
    const buffer = this.#held.with(bytes);
    let start = 0;
    try {
      for (let end = buffer.indexOf(newline, seen); end >= 0; end = buffer.indexOf(newline, start)) {
        this.#checkLength(buffer, start, end);
        frames.push(frameIn(buffer.subarray(start, end)));
        start = end + 1;
      }
      this.#checkLength(buffer, start, buffer.length);
    } catch (error) {
      frames.push(this.#unreadable(reasonOf(error)));
      return frames;
    }
    this.#held.keepFrom(start, buffer);
    return frames;
  }

  end(): Frame[] {
    if (this.#broken || this.#held.length === 0) return [];
    return [this.#unreadable(`the stream ended after ${this.#held.length} bytes of a line, before its end`)];
  }

  #unreadable(reason: string): Frame {
    this.#broken = true;
    this.#held.clear();
    return { kind: 'unreadable', reason };
  }

  #checkLength(buffer: Buffer, start: number, end: number): void {
    if (end - start <= this.#maxFrameBytes) return;
    throw new CodecError(
      `a line is longer than the ${this.#maxFrameBytes} bytes that are allowed (it begins with "${shown(buffer.subarray(start))}")`,
    );
  }
}

function frameIn(bytes: Buffer): Frame {
  if (!isUtf8(bytes)) throw new CodecError(`a line is not valid UTF-8 (it begins with "${shown(bytes)}")`);
  const text = bytes.toString();
  try {
    return readFrame(text, bytes.length + 1);
  } catch (error) {
    throw new CodecError(`${reasonOf(error)} (the line begins with "${shown(bytes)}")`, { cause: error });
  }
}

function shown(bytes: Buffer): string {
  return bytes.toString('latin1', 0, shownBytes).replace(/[^ -~]/g, '.');
}

/**
 * A codec of another family than the default one, to be read and typed by people: a frame is a line of UTF-8 whose length
 * nobody announces, and what would end a word too early is escaped with a backslash.
 *
 *     RequestReadObjects#5{ObjectType:3,Filter:{user_name:'agent-1001}}
 *     >close{code:1,text:'expected SessionOpen as the first message}
 *
 * A text begins with an apostrophe, `[` and `]` hold a list, `(` and `)` a key-value list in which a key may come twice,
 * `*` begins bytes in base64, `@name{...}` is a named structure, `>` begins a control frame. All of it is assumed.
 */
const textCodec: Codec = {
  name: 'text',
  encode: (message) => line(messageText(message)),
  control: (frame: ControlFrame) => line(controlText(frame)),
  decoder: ({ maxFrameBytes }) => new LineDecoder(maxFrameBytes),
};

export default textCodec;
