import { Buffer, isUtf8 } from 'node:buffer';
import { CodecError } from './codec.ts';
import { keepName, knownName } from './names.ts';

const initialBytes = 4096;
const utf8BytesPerUnit = 3;
/** The length of a text that is written, or of a frame that is copied, faster unit by unit than by a call out of JavaScript. */
const short = 64;

/** A buffer that grows as it is written; big-endian, as the whole codec is. */
export class ByteWriter {
  #buffer = Buffer.allocUnsafe(initialBytes);
  #length = 0;

  /** Makes room and returns where it begins. */
  #take(bytes: number): number {
    const at = this.#length;
    this.#length += bytes;
    if (this.#length > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.#length, this.#buffer.length * 2));
      this.#buffer.copy(grown, 0, 0, at);
      this.#buffer = grown;
    }
    return at;
  }

  uint8(value: number): void {
    const at = this.#take(1);
    this.#buffer[at] = value;
  }

  uint16(value: number): void {
    const at = this.#take(2);
    this.#buffer.writeUInt16BE(value, at);
  }

  uint32(value: number): void {
    const at = this.#take(4);
    this.#buffer.writeUInt32BE(value, at);
  }

  int32(value: number): void {
    const at = this.#take(4);
    this.#buffer.writeInt32BE(value, at);
  }

  int64(value: bigint): void {
    const at = this.#take(8);
    this.#buffer.writeBigInt64BE(value, at);
  }

  float64(value: number): void {
    const at = this.#take(8);
    this.#buffer.writeDoubleBE(value, at);
  }

  /** Raw bytes after their number as uint32. */
  bytes(value: Uint8Array): void {
    this.uint32(value.length);
    const at = this.#take(value.length);
    this.#buffer.set(value, at);
  }

  /** UTF-8 after its length in bytes as uint16. @throws {CodecError} when it does not fit */
  shortString(value: string): void {
    const at = this.#text(value, 2);
    const bytes = this.#length - at - 2;
    if (bytes > 0xffff) throw new CodecError(`a name of ${bytes} bytes is longer than the 65535 a name may have`);
    this.#buffer.writeUInt16BE(bytes, at);
  }

  /** UTF-8 after its length in bytes as uint32. */
  longString(value: string): void {
    const at = this.#text(value, 4);
    this.#buffer.writeUInt32BE(this.#length - at - 4, at);
  }

  /** Leaves `prefixBytes` open, writes the text behind them and returns where the gap begins. */
  #text(value: string, prefixBytes: number): number {
    if (value.length <= short && this.#ascii(value, prefixBytes)) return this.#length - value.length - prefixBytes;
    if (!value.isWellFormed())
      throw new CodecError('a string holds half of a surrogate pair, which UTF-8 cannot carry');
    const at = this.#take(prefixBytes + value.length * utf8BytesPerUnit);
    const written = this.#buffer.write(value, at + prefixBytes, 'utf8');
    this.#length = at + prefixBytes + written;
    return at;
  }

  /** Writes a text of ASCII behind such a gap. @returns false, with nothing written, when it is not */
  #ascii(value: string, prefixBytes: number): boolean {
    const { length } = value;
    const begin = this.#length;
    let at = this.#take(prefixBytes + length) + prefixBytes;
    const buffer = this.#buffer;
    for (let index = 0; index < length; index += 1) {
      const code = value.charCodeAt(index);
      if (code > 0x7f) {
        this.#length = begin;
        return false;
      }
      buffer[at] = code;
      at += 1;
    }
    return true;
  }

  /** Overwrites four bytes that were written before. */
  patchUint32(at: number, value: number): void {
    this.#buffer.writeUInt32BE(value, at);
  }

  get length(): number {
    return this.#length;
  }

  /** A copy of all that was written; the writer is empty afterwards and keeps its room. */
  finish(): Buffer {
    const buffer = this.#buffer;
    const length = this.#length;
    const copy = Buffer.allocUnsafe(length);
    if (length > short) buffer.copy(copy, 0, 0, length);
    else for (let at = 0; at < length; at += 1) copy[at] = buffer[at] as number;
    this.reset();
    return copy;
  }

  reset(): void {
    this.#length = 0;
  }
}

/** Reads one frame's bytes from front to back. Every method throws a {@link CodecError} when the frame ends too early. */
export class ByteReader {
  readonly #buffer: Buffer;
  readonly #end: number;
  #at: number;

  constructor(buffer: Buffer, start: number, end: number) {
    this.#buffer = buffer;
    this.#at = start;
    this.#end = end;
  }

  get left(): number {
    return this.#end - this.#at;
  }

  #take(bytes: number, what: string): number {
    const at = this.#at;
    if (bytes > this.#end - at) {
      throw new CodecError(`${what} needs ${bytes} bytes where the frame has ${this.#end - at} left`);
    }
    this.#at = at + bytes;
    return at;
  }

  uint8(what: string): number {
    return this.#buffer[this.#take(1, what)] as number;
  }

  uint16(what: string): number {
    return this.#buffer.readUInt16BE(this.#take(2, what));
  }

  uint32(what: string): number {
    return this.#buffer.readUInt32BE(this.#take(4, what));
  }

  int32(what: string): number {
    return this.#buffer.readInt32BE(this.#take(4, what));
  }

  int64(what: string): bigint {
    return this.#buffer.readBigInt64BE(this.#take(8, what));
  }

  float64(what: string): number {
    return this.#buffer.readDoubleBE(this.#take(8, what));
  }

  bytes(what: string): Buffer {
    const length = this.uint32(what);
    const at = this.#take(length, what);
    return this.#buffer.subarray(at, at + length);
  }

  /** Short strings are names. */
  shortString(what: string): string {
    const length = this.uint16(what);
    const at = this.#take(length, what);
    const known = knownName(this.#buffer, at, at + length);
    if (known !== undefined) return known;
    const name = this.#text(at, length, what);
    keepName(this.#buffer, at, at + length, name);
    return name;
  }

  longString(what: string): string {
    const length = this.uint32(what);
    return this.#text(this.#take(length, what), length, what);
  }

  #text(at: number, length: number, what: string): string {
    const text = this.#buffer.toString('utf8', at, at + length);
    // Node replaces bad UTF-8 in silence. Only a text with the replacement character can have been bad.
    if (text.includes('\uFFFD') && !isUtf8(this.#buffer.subarray(at, at + length))) {
      throw new CodecError(`${what} is not valid UTF-8`);
    }
    return text;
  }
}
