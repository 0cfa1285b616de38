import { Buffer } from 'node:buffer';

const nothing = Buffer.alloc(0);

/** What a decoder holds of a frame whose end has not come. Nothing is copied while frames come whole. */
export class HeldBytes {
  #buffer: Buffer = nothing;
  #length = 0;

  /** How many bytes are held. */
  get length(): number {
    return this.#length;
  }

  /** The bytes that are held with the new ones behind them. They are to be read before the next call. */
  with(bytes: Uint8Array): Buffer {
    if (this.#length === 0) return asBuffer(bytes);
    const length = this.#length + bytes.length;
    if (length > this.#buffer.length) {
      // Doubled, so that a long frame that comes in small pieces is not copied once a piece.
      const grown = Buffer.allocUnsafe(Math.max(length, this.#buffer.length * 2));
      this.#buffer.copy(grown, 0, 0, this.#length);
      this.#buffer = grown;
    }
    this.#buffer.set(bytes, this.#length);
    return this.#buffer.subarray(0, length);
  }

  /** Holds what follows a position of what {@link with} gave. */
  keepFrom(at: number, bytes: Buffer): void {
    const rest = bytes.length - at;
    if (rest === 0) this.#buffer = nothing;
    else if (this.#length === 0) this.#buffer = Buffer.from(bytes.subarray(at));
    else if (at > 0) this.#buffer.copyWithin(0, at, bytes.length);
    this.#length = rest;
  }

  /** Forgets all. */
  clear(): void {
    this.#buffer = nothing;
    this.#length = 0;
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
