import type { TcpMessage, TcpValue } from '../../../contracts/messages/tcp.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import { type Codec, CodecError, type ControlFrame, type Decoder, type Frame, reasonOf } from './codec.ts';
import { HeldBytes } from './held-bytes.ts';
import { isInt32, setMember } from './special-values.ts';
import { readValue, writeValue } from './values.ts';

const version = 1;
const frameType = { message: 0, poll: 1, pollReply: 2, close: 3, codecError: 4 } as const;
const lengthBytes = 4;
const headBytes = 2;

// One writer for all: encoding never waits, so no two encodings overlap.
const writer = new ByteWriter();

function framed(type: number, writePayload: () => void): Buffer {
  writer.reset();
  writer.uint32(0);
  writer.uint8(version);
  writer.uint8(type);
  writePayload();
  writer.patchUint32(0, writer.length - lengthBytes);
  return writer.finish();
}

function writeMessage({ name, referenceId, attributes }: TcpMessage): void {
  if (referenceId !== undefined && (!isInt32(referenceId) || referenceId === 0)) {
    throw new CodecError(`${name}: reference id ${referenceId} is not a signed 32-bit integer other than 0`);
  }
  writer.shortString(name);
  writer.int32(referenceId ?? 0);
  const names = Object.keys(attributes);
  if (names.length > 0xffff) throw new CodecError(`${name}: ${names.length} attributes, a message has 65535 at most`);
  writer.uint16(names.length);
  for (const attribute of names) {
    writer.shortString(attribute);
    writeValue(writer, attributes[attribute] as TcpValue, `${name}.${attribute}`);
  }
}

function writeControl(frame: ControlFrame): Buffer {
  switch (frame.kind) {
    case 'poll':
      return framed(frameType.poll, () => {});
    case 'poll-reply':
      return framed(frameType.pollReply, () => {});
    case 'close':
      return framed(frameType.close, () => {
        writer.int32(frame.code);
        writer.longString(frame.text);
      });
    case 'codec-error':
      return framed(frameType.codecError, () => writer.longString(frame.text));
  }
}

function readMessage(reader: ByteReader): TcpMessage {
  const name = reader.shortString('the message name');
  const referenceId = reader.int32('the reference id');
  const attributes: { [name: string]: TcpValue } = {};
  for (let count = reader.uint16('the attribute count'); count > 0; count -= 1) {
    const attribute = reader.shortString('an attribute name');
    setMember(attributes, attribute, readValue(reader, attribute), name);
  }
  return referenceId === 0 ? { name, attributes } : { name, referenceId, attributes };
}

function readFrame(buffer: Buffer, start: number, end: number): Frame {
  const reader = new ByteReader(buffer, start + lengthBytes, end);
  const spoken = reader.uint8('the codec version');
  if (spoken !== version) throw new CodecError(`it is codec version ${spoken}; this codec speaks version ${version}`);
  const frame = readPayload(reader, end - start);
  if (reader.left > 0) throw new CodecError(`${reader.left} bytes are left over at its end`);
  return frame;
}

function readPayload(reader: ByteReader, size: number): Frame {
  const type = reader.uint8('the frame type');
  switch (type) {
    case frameType.message:
      return { kind: 'message', message: readMessage(reader), size };
    case frameType.poll:
      return { kind: 'poll' };
    case frameType.pollReply:
      return { kind: 'poll-reply' };
    case frameType.close:
      return { kind: 'close', code: reader.int32('the close code'), text: reader.longString('the close text') };
    case frameType.codecError:
      return { kind: 'codec-error', text: reader.longString('the error text') };
    default:
      throw new CodecError(`it is of frame type ${type}; known types are 0 to 4`);
  }
}

class FrameDecoder implements Decoder {
  readonly #maxFrameBytes: number;
  readonly #held = new HeldBytes();
  #broken = false;

  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  push(bytes: Uint8Array): Frame[] {
    if (this.#broken) return [];
    let frames: Frame[] = [];
    const buffer = this.#held.with(bytes);
    let at = 0;
    try {
      while (buffer.length - at >= lengthBytes) {
        const end = at + lengthBytes + this.#lengthAt(buffer, at);
        if (end > buffer.length) break;
        const frame = readFrame(buffer, at, end);
        if (at === 0) frames = [frame];
        else frames.push(frame);
        at = end;
      }
    } catch (error) {
      this.#broken = true;
      this.#held.clear();
      frames.push({ kind: 'unreadable', reason: reasonOf(error) });
      return frames;
    }
    this.#held.keepFrom(at, buffer);
    return frames;
  }

  end(): Frame[] {
    const held = this.#held.with(new Uint8Array());
    if (this.#broken || held.length === 0) return [];
    this.#broken = true;
    const whole = held.length < lengthBytes ? 'its length' : `${lengthBytes + held.readUInt32BE(0)} bytes`;
    const reason = `the stream ended after ${held.length} bytes of a frame, before ${whole}`;
    return [{ kind: 'unreadable', reason }];
  }

  #lengthAt(buffer: Buffer, at: number): number {
    const length = buffer.readUInt32BE(at);
    if (length >= headBytes && length <= this.#maxFrameBytes) return length;
    const start = buffer.toString('latin1', at, at + 16).replace(/[^ -~]/g, '.');
    throw new CodecError(
      `a frame announces ${length} bytes; ${headBytes} to ${this.#maxFrameBytes} are allowed (it begins with "${start}")`,
    );
  }
}

/**
 * The codec that stands in while the vendor's byte layout is unknown: a frame is a uint32 length of what follows, a codec
 * version (1), a frame type and a payload, all big-endian; a message is its name, reference id (0 is none), attribute count
 * and attributes, each a name, a type tag and a value. All of it is assumed; nothing here is the vendor's.
 */
export const defaultCodec: Codec = {
  name: 'default',
  encode: (message) => framed(frameType.message, () => writeMessage(message)),
  control: writeControl,
  decoder: ({ maxFrameBytes }) => new FrameDecoder(maxFrameBytes),
};
