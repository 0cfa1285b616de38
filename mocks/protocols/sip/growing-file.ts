import { closeSync, openSync, readSync } from 'node:fs';
import { errorCode } from '../../error-code.ts';

const PIECE_BYTES = 64 * 1024;

/** A file that another process appends to; it need not be there yet. */
export class GrowingFile {
  readonly #path: string;
  #descriptor: number | undefined;
  /** Bytes read so far. */
  size = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** What has been appended since the last time. */
  read(): Buffer {
    this.#descriptor ??= openIfThere(this.#path);
    if (this.#descriptor === undefined) return Buffer.alloc(0);
    const pieces: Buffer[] = [];
    for (;;) {
      const piece = Buffer.alloc(PIECE_BYTES);
      const count = readSync(this.#descriptor, piece, 0, piece.length, this.size);
      if (count === 0) return Buffer.concat(pieces);
      pieces.push(piece.subarray(0, count));
      this.size += count;
    }
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
