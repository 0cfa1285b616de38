import { connect, createServer, type Socket } from 'node:net';
import type { Side } from '../../../contracts/contract.ts';
import type { Address, Tap } from '../../adapter.ts';
import { listenOn } from '../../listen.ts';
import { type Codec, type Decoder, decodeSafely, type Frame, openDecoder } from './codec.ts';
import { brokenBy, unreachable } from './dial.ts';
import type { TcpLimits } from './limits.ts';
import { ConnectionRecord, settle, TcpRecord } from './record.ts';

/**
 * Stands between: every byte is forwarded as it came, both ways, half-closes and resets included. What can be read of it
 * is recorded; a frame that cannot be read is recorded as a failure and ends the reading of that connection, not its
 * traffic.
 */
export async function tap(at: Address, forward: Address, codec: Codec, limits: TcpLimits): Promise<Tap> {
  const record = new TcpRecord(limits);
  const tapped = new Set<TappedConnection>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (source) => {
    const destination = connect({ ...pick(forward), allowHalfOpen: true, noDelay: true });
    const connection = new TappedConnection(source, destination, forward, { codec, limits, record });
    tapped.add(connection);
    void connection.gone.then(() => tapped.delete(connection));
  });
  server.maxConnections = limits.maxConnections;
  const address = await listenOn(server, at);

  let closing: Promise<void> | undefined;
  return {
    address,
    exchanges: () => record.exchanges(),
    settled: () => settle(record, () => [...tapped].some((connection) => connection.busy), limits.settleTimeoutMs),
    close: () => {
      closing ??= (async () => {
        const closed = new Promise((resolve) => server.close(resolve));
        for (const connection of tapped) connection.cut();
        await closed;
      })();
      return closing;
    },
  };
}

function pick({ host, port }: Address): { host: string; port: number } {
  return { host, port };
}

interface TapParts {
  codec: Codec;
  limits: TcpLimits;
  record: TcpRecord;
}

/** A pair of sockets, and the two decoders that listen in. */
class TappedConnection {
  readonly gone: Promise<unknown>;
  readonly #source: Socket;
  readonly #destination: Socket;
  readonly #record: ConnectionRecord;
  readonly #activity: () => void;
  /** False from the first frame that cannot be read, and from the end of the connection. */
  #reading = true;

  constructor(source: Socket, destination: Socket, forward: Address, { codec, limits, record }: TapParts) {
    this.#source = source;
    this.#destination = destination;
    this.#record = new ConnectionRecord(record);
    this.#activity = () => {
      record.activity += 1;
    };
    this.#listenIn('source', source, openDecoder(codec, limits));
    this.#listenIn('destination', destination, openDecoder(codec, limits));
    source.pipe(destination);
    destination.pipe(source);
    source.on('error', (error) => this.#broken('source', error, destination));
    destination.on('error', (error: NodeJS.ErrnoException) => this.#broken('destination', error, source, forward));
    this.gone = Promise.all([source, destination].map((each) => new Promise((resolve) => each.once('close', resolve))));
  }

  /** Whether bytes are held that the destination has not been given. */
  get busy(): boolean {
    return !this.#destination.destroyed && (this.#destination.connecting || this.#destination.writableLength > 0);
  }

  /** Ends both halves at once, from the tap's side, which is nothing to record. */
  cut(): void {
    this.#reading = false;
    this.#source.destroy();
    this.#destination.destroy();
  }

  #listenIn(from: Side, socket: Socket, decoder: Decoder): void {
    socket.on('data', (chunk) => {
      this.#activity();
      this.#take(from, () => decoder.push(chunk));
    });
    socket.on('end', () => {
      this.#take(from, () => decoder.end());
      this.#end(from, undefined);
    });
  }

  #take(from: Side, decode: () => Frame[]): void {
    if (!this.#reading) return;
    const atMs = Date.now();
    for (const frame of decodeSafely(decode)) {
      if (!this.#reading) return;
      if (frame.kind === 'message') this.#record.add(from, frame.message, frame.size, atMs);
      else if (frame.kind === 'close') this.#end(from, { code: frame.code, text: frame.text });
      else if (frame.kind === 'codec-error') this.#unreadable(`the ${from} could not read a frame: ${frame.text}`);
      else if (frame.kind === 'unreadable') this.#unreadable(`a frame of the ${from} cannot be read: ${frame.reason}`);
    }
  }

  #unreadable(sentence: string): void {
    this.#record.fail(new Error(sentence));
    this.#reading = false;
  }

  #end(by: Side, goodbye: { code: number; text: string } | undefined): void {
    if (!this.#reading) return;
    // A source may close its half when it has asked all it wants: the answers still come.
    if (by === 'source' && goodbye === undefined && this.#record.waiting && !this.#destination.destroyed) return;
    this.#record.close(by, goodbye === undefined ? {} : { goodbye });
    this.#reading = false;
  }

  #broken(by: Side, error: NodeJS.ErrnoException, other: Socket, dialled?: Address): void {
    if (this.#reading) {
      const failure = dialled && error.syscall === 'connect' ? unreachable(dialled, error) : brokenBy(by, error);
      this.#record.close(by, { failure });
      this.#reading = false;
    }
    other.resetAndDestroy();
  }
}
