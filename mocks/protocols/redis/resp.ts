// The decoder of the client that we use: it reads RESP2 and RESP3, which today's clients ask for by HELLO 3; redis-parser
// stops at the first RESP3 type.
import { Decoder } from 'ioredis/built/resp/decoder.js';
import { errorMessage } from '../../error-code.ts';
import type { RawReply } from './answers.ts';
import { redisLimits } from './limits.ts';

const sentinel = 'voxpact: between two frames';

/** Reads one direction of a connection: bytes in, whole frames out. It never throws; unreadable bytes end the reading. */
export class RespReader {
  readonly #decoder: Decoder;
  readonly #onFrame: (frame: RawReply) => void;
  readonly #onUnreadable: (reason: string) => void;
  #bytesSinceFrame = 0;
  #ending = false;
  #atBoundary = false;
  #reading = true;

  constructor(onFrame: (frame: RawReply) => void, onUnreadable: (reason: string) => void) {
    this.#onFrame = onFrame;
    this.#onUnreadable = onUnreadable;
    this.#decoder = new Decoder({
      onReply: (value: unknown) => this.#frame({ value }),
      onErrorReply: (error: { message: string }) => this.#frame({ error }),
      onPush: () => {},
      getTypeMapping: () => ({}),
    });
  }

  push(bytes: Buffer): void {
    if (!this.#reading) return;
    this.#bytesSinceFrame += bytes.length;
    try {
      this.#decoder.write(bytes);
    } catch (error) {
      this.#stop(`not RESP, the protocol of Redis (${errorMessage(error)})`);
      return;
    }
    if (this.#bytesSinceFrame > redisLimits.frameBytes) {
      this.#stop(`a frame of more than ${redisLimits.frameBytes} bytes`);
    }
  }

  /** No more bytes will come. @returns whether the last frame was whole */
  end(): boolean {
    if (!this.#reading || this.#bytesSinceFrame === 0) return true;
    // The decoder does not tell whether it waits for the rest of a frame: only between two frames does this come out whole.
    this.#ending = true;
    try {
      this.#decoder.write(Buffer.from(`+${sentinel}\r\n`));
    } catch {
      // The rest of a frame was expected, and this was not it.
    }
    this.#reading = false;
    return this.#atBoundary;
  }

  #frame(frame: RawReply): void {
    this.#bytesSinceFrame = 0;
    if (!this.#ending) this.#onFrame(frame);
    else if ('value' in frame && frame.value === sentinel) this.#atBoundary = true;
  }

  #stop(reason: string): void {
    this.#reading = false;
    this.#onUnreadable(reason);
  }
}
