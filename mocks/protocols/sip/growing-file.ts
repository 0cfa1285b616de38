import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { execa } from 'execa';
import { errorCode, errorMessage } from '../../error-code.ts';

const PIECE_BYTES = 64 * 1024;
const BOUND_EVERY_MS = 250;

/** What has been appended to a file since the last time. */
export interface Appended {
  bytes: Buffer;
  /** Whether something before it was passed over, since nobody read it in time. */
  isTorn: boolean;
}

/**
 * A file that another process appends to without end; it need not be there yet. What was read is given back to the file system, and
 * so is what is older than the last `keptBytes`, while the other process goes on writing at its place.
 */
export class GrowingFile {
  readonly #path: string;
  readonly #keptBytes: number;
  readonly #timer: NodeJS.Timeout;
  #descriptor: number | undefined;
  #givenBack = 0;
  #givingBack: Promise<void> = Promise.resolve();
  #isTorn = false;
  #failure: Error | undefined;
  /** How far it was read or passed over, in bytes. */
  position = 0;

  constructor(path: string, keptBytes: number) {
    this.#path = path;
    this.#keptBytes = keptBytes;
    this.#timer = setInterval(() => this.#bound(), BOUND_EVERY_MS).unref();
  }

  /** @throws Error when the file system gives no space back */
  read(): Appended {
    if (this.#failure !== undefined) throw this.#failure;
    const isTorn = this.#isTorn;
    this.#isTorn = false;
    const pieces: Buffer[] = [];
    for (let piece = this.#piece(); piece.length > 0; piece = this.#piece()) pieces.push(piece);
    return { bytes: Buffer.concat(pieces), isTorn };
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#givingBack;
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #piece(): Buffer {
    const descriptor = this.#open();
    if (descriptor === undefined) return Buffer.alloc(0);
    const piece = Buffer.alloc(PIECE_BYTES);
    const count = readSync(descriptor, piece, 0, piece.length, this.position);
    this.position += count;
    return piece.subarray(0, count);
  }

  #bound(): void {
    const descriptor = this.#open();
    if (descriptor === undefined) return;
    const oldest = fstatSync(descriptor).size - this.#keptBytes;
    if (oldest > this.position) {
      this.position = oldest;
      this.#isTorn = true;
    }
    if (this.position - this.#givenBack < this.#keptBytes) return;
    this.#givenBack = this.position;
    this.#givingBack = this.#giveBack(this.position);
  }

  /** Node.js can only cut a file at its end. */
  async #giveBack(bytes: number): Promise<void> {
    try {
      await execa('fallocate', ['--punch-hole', '--offset', '0', '--length', String(bytes), this.#path]);
    } catch (cause) {
      this.#failure = new Error(`${this.#path} cannot be kept small: ${errorMessage(cause)}`, { cause });
    }
  }

  #open(): number | undefined {
    this.#descriptor ??= openIfThere(this.#path);
    return this.#descriptor;
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
