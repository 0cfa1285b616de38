import type { TcpMessage } from '../../../contracts/messages/tcp.ts';

/** What stands on the wire beside messages: the link's own traffic, which never appears in contracts. */
export type ControlFrame =
  /** Asks a silent peer whether it is there; stands in for ADDP. */
  | { kind: 'poll' }
  | { kind: 'poll-reply' }
  /** An orderly end; code 0 is a plain good-bye, 1 a broken session rule, 2 an answer that the codec cannot write. */
  | { kind: 'close'; code: number; text: string }
  /** The peer could not read what we sent. */
  | { kind: 'codec-error'; text: string };

/** What a decoder finds in a stream. */
export type Frame =
  | ControlFrame
  /** `size` is what the message took on the wire, in bytes. */
  | { kind: 'message'; message: TcpMessage; size: number }
  /** The stream broke the framing. It is always the last frame: where the next one begins cannot be known. */
  | { kind: 'unreadable'; reason: string };

/** Bytes of one direction of one connection, turned into frames as they come. */
export interface Decoder {
  /** Takes bytes, split anywhere, and returns the frames that they complete. It keeps no reference to `bytes`. */
  push(bytes: Uint8Array): Frame[];
  /** Takes the end of the stream; one `unreadable` frame when it ends inside a frame. */
  end(): Frame[];
}

/**
 * How logical messages become bytes. The vendor's own byte layout is not published, so a site that has it supplies its
 * codec as a module (see {@link loadCodec}); contracts stay as they are.
 */
export interface Codec {
  name: string;
  /** @throws {CodecError} naming the attribute that the wire has no form of */
  encode(message: TcpMessage): Uint8Array;
  /** The bytes of a control frame, or undefined when the protocol has no such frame. */
  control(frame: ControlFrame): Uint8Array | undefined;
  /** @param limits.maxFrameBytes what is announced as longer is unreadable */
  decoder(limits: { maxFrameBytes: number }): Decoder;
}

/** What a decoder finds; a site's own codec that throws where it should tell ends as an unreadable frame too. */
export function decodeSafely(decode: () => Frame[]): Frame[] {
  try {
    return decode();
  } catch (error) {
    return [{ kind: 'unreadable', reason: reasonOf(error) }];
  }
}

/** A decoder of the codec; one that finds nothing readable when the codec throws instead of giving one. */
export function openDecoder(codec: Codec, limits: { maxFrameBytes: number }): Decoder {
  try {
    return codec.decoder(limits);
  } catch (error) {
    const frames: Frame[] = [{ kind: 'unreadable', reason: reasonOf(error) }];
    return { push: () => frames, end: () => frames };
  }
}

/** The bytes of a message. @throws {CodecError} with one sentence, whatever the codec threw */
export function encodeSafely(codec: Codec, message: TcpMessage): Uint8Array {
  try {
    return codec.encode(message);
  } catch (cause) {
    if (cause instanceof CodecError) throw cause;
    throw new CodecError(`the codec cannot write ${message.name}: ${reasonOf(cause)}`, { cause });
  }
}

/** What was thrown, in words. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A message that cannot be written, a frame that cannot be read, or a codec that cannot be loaded. */
export class CodecError extends Error {
  override name = 'CodecError';
}
