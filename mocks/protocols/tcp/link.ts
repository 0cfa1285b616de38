import type { Socket } from 'node:net';
import type { Side } from '../../../contracts/contract.ts';
import type { TcpMessage } from '../../../contracts/messages/tcp.ts';
import type { Backlog, SlowPeer } from './backlog.ts';
import {
  type Codec,
  type ControlFrame,
  type Decoder,
  decodeSafely,
  encodeSafely,
  type Frame,
  openDecoder,
  reasonOf,
} from './codec.ts';
import { brokenBy } from './dial.ts';
import { atEndOfTurn } from './end-of-turn.ts';
import { KeepAlive } from './keep-alive.ts';
import type { TcpLimits } from './limits.ts';

/** What is gathered for one write at most. */
const batchLimitBytes = 65_536;
/** What of a connection may wait for the end of the turn to be read, as there may be thousands. */
const gatherLimitBytes = 4_096;

const none: Uint8Array[] = [];

/** How a link ended. */
export interface LinkEnd {
  /** The peer's own words, when it said good-bye. */
  goodbye?: { code: number; text: string };
  /** Set when it was no plain end of the stream: a frame that cannot be read, a reset, a silent peer. */
  failure?: Error;
}

/** What the owner of a link is told. */
export interface LinkEvents {
  /** @param size on the wire, in bytes. @param atMs when it came, since 1970 */
  message(message: TcpMessage, size: number, atMs: number): void;
  /** Told once, when nothing more will come from the peer; never when the link was closed from this side before. */
  ended(end: LinkEnd): void;
  /** The peer answered a poll: all that it sent before has been told. */
  pollReply?(): void;
}

/** What a link is made of. */
export interface LinkOptions {
  codec: Codec;
  limits: TcpLimits;
  /** Which side the peer is. */
  peer: Side;
  events: LinkEvents;
  /** Of all links of a server. */
  backlog?: Backlog;
}

/** A connection that carries frames: decoding, keep-alive, back pressure and every way to end. */
export class Link {
  readonly #socket: Socket;
  readonly #codec: Codec;
  readonly #decoder: Decoder;
  readonly #limits: TcpLimits;
  readonly #peer: Side;
  readonly #events: LinkEvents;
  readonly #backlog: Backlog | undefined;
  readonly #keepAlive: KeepAlive;
  readonly #slowPeer: SlowPeer;
  readonly #gone: Promise<void>;
  /** What has come in this turn of the event loop: read at its end, together with what came on other connections. */
  #gathered: Uint8Array | undefined;
  readonly #takeGathered = (atMs: number) => {
    const chunk = this.#gathered;
    this.#gathered = undefined;
    if (chunk !== undefined) this.#take(chunk, atMs);
  };
  /** What is sent in one turn of the event loop: written at its end and at once, as each write is a system call. */
  #batch: Uint8Array[] = none;
  #batchBytes = 0;
  /** Whether the end of the turn is going to write the batch. */
  #flushDue = false;
  readonly #flush = () => {
    this.#flushDue = false;
    this.#writeBatch();
  };
  #over = false;

  /** @param socket connected, with `allowHalfOpen` */
  constructor(socket: Socket, { codec, limits, peer, events, backlog }: LinkOptions) {
    this.#socket = socket;
    this.#codec = codec;
    this.#decoder = openDecoder(codec, limits);
    this.#limits = limits;
    this.#peer = peer;
    this.#events = events;
    this.#backlog = backlog;
    this.#gone = new Promise((resolve) => socket.once('close', () => resolve()));
    this.#keepAlive = new KeepAlive(peer === 'destination' ? limits.sourceKeepAliveMs : limits.destinationKeepAliveMs, {
      poll: () => this.poll(),
      lost: (silentMs) => this.#fail(`the ${peer} was silent for ${silentMs} ms and left a keep-alive poll unanswered`),
    });
    this.#slowPeer = {
      get waitingBytes() {
        return socket.destroyed ? 0 : socket.writableLength;
      },
      cut: (allBytes) => this.#cut(`, and ${allBytes} bytes to all`),
    };
    socket.on('data', (chunk) => this.#gather(chunk));
    socket.on('end', () => this.#takeEnd());
    socket.on('drain', () => socket.resume());
    socket.on('error', (error) => this.#end({ failure: brokenBy(peer, error) }));
    socket.on('close', () => this.#end({}));
  }

  /** @returns what it takes on the wire, in bytes. @throws {CodecError} when the codec has no form of the message */
  send(message: TcpMessage): number {
    const bytes = encodeSafely(this.#codec, message);
    this.#write(bytes);
    return bytes.length;
  }

  /** Asks for a sign of life. @returns false when the codec knows no such frame */
  poll(): boolean {
    return this.#control({ kind: 'poll' });
  }

  /** Says good-bye, waits for the peer to close its half, and cuts the connection when it does not. */
  async close(code = 0, text = ''): Promise<void> {
    if (!this.#over) this.#control({ kind: 'close', code, text });
    await this.hangUp();
  }

  /** Ends the stream without a good-bye, after what is being sent. */
  async hangUp(): Promise<void> {
    this.#stop();
    this.#flush();
    this.#socket.end();
    const cut = setTimeout(() => this.#socket.destroy(), this.#limits.closeTimeoutMs);
    await this.#gone;
    clearTimeout(cut);
  }

  /** Cuts the connection at once. */
  async destroy(): Promise<void> {
    this.#stop();
    this.#socket.destroy();
    await this.#gone;
  }

  #gather(chunk: Uint8Array): void {
    if (this.#gathered !== undefined) this.#takeGathered(Date.now());
    if (chunk.length > gatherLimitBytes) {
      this.#take(chunk, Date.now());
    } else {
      this.#gathered = chunk;
      atEndOfTurn(this.#takeGathered);
    }
  }

  #take(chunk: Uint8Array, atMs: number): void {
    if (this.#over) return;
    this.#keepAlive.heard(atMs);
    for (const frame of decodeSafely(() => this.#decoder.push(chunk))) this.#handle(frame, atMs);
  }

  #takeEnd(): void {
    const atMs = Date.now();
    this.#takeGathered(atMs);
    for (const frame of this.#over ? [] : decodeSafely(() => this.#decoder.end())) this.#handle(frame, atMs);
    this.#end({});
  }

  #handle(frame: Frame, atMs: number): void {
    if (this.#over) return;
    switch (frame.kind) {
      case 'message':
        this.#events.message(frame.message, frame.size, atMs);
        break;
      case 'poll':
        this.#control({ kind: 'poll-reply' });
        break;
      case 'poll-reply':
        this.#events.pollReply?.();
        break;
      case 'close':
        this.#end({ goodbye: { code: frame.code, text: frame.text } });
        break;
      case 'codec-error':
        this.#fail(`the ${this.#peer} could not read a frame of ours: ${frame.text}`);
        break;
      case 'unreadable':
        this.#control({ kind: 'codec-error', text: frame.reason });
        this.#fail(`a frame of the ${this.#peer} cannot be read: ${frame.reason}`);
    }
  }

  #control(frame: ControlFrame): boolean {
    const bytes = this.#controlBytes(frame);
    if (bytes === undefined) return false;
    this.#write(bytes);
    return true;
  }

  #controlBytes(frame: ControlFrame): Uint8Array | undefined {
    try {
      return this.#codec.control(frame);
    } catch (error) {
      this.#fail(`the codec cannot write a ${frame.kind} frame: ${reasonOf(error)}`);
      return undefined;
    }
  }

  #write(bytes: Uint8Array): void {
    // Mostly there is one, for which an empty list would make room for many.
    if (this.#batch.length === 0) this.#batch = [bytes];
    else this.#batch.push(bytes);
    this.#batchBytes += bytes.length;
    if (this.#batchBytes > batchLimitBytes) this.#writeBatch();
    if (this.#flushDue) return;
    this.#flushDue = true;
    atEndOfTurn(this.#flush);
  }

  #writeBatch(): void {
    const batch = this.#batch;
    if (batch.length === 0) return;
    this.#batch = none;
    this.#batchBytes = 0;
    this.#writeNow(batch.length === 1 ? (batch[0] as Uint8Array) : Buffer.concat(batch));
  }

  #writeNow(bytes: Uint8Array): void {
    const socket = this.#socket;
    if (!socket.writable) return;
    if (socket.write(bytes)) return;
    socket.pause();
    if (socket.writableLength > this.#limits.maxQueuedBytes) this.#cut('');
    else this.#backlog?.add(this.#slowPeer, bytes.length);
  }

  #cut(more: string): void {
    this.#fail(`the ${this.#peer} does not read: ${this.#socket.writableLength} bytes wait to be sent${more}`);
    this.#socket.destroy();
  }

  #fail(sentence: string): void {
    this.#end({ failure: new Error(sentence) });
  }

  #end(end: LinkEnd): void {
    if (this.#over) return;
    this.#stop();
    this.#events.ended(end);
  }

  /** From here on nothing is told any more; what still comes is read and dropped, so that the close can go through. */
  #stop(): void {
    this.#over = true;
    this.#keepAlive.stop();
    this.#socket.resume();
  }
}
