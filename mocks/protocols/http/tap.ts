import { connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, connect as tlsConnect } from 'node:tls';
import type { Address, Observed, Tap } from '../../adapter.ts';
import { Journal } from '../../journal.ts';
import { listenOn } from '../../listen.ts';
import { ExchangeReader } from './exchange-reader.ts';
import { type HttpLimits, httpLimits } from './limits.ts';
import { trackSockets } from './sockets.ts';
import { makeCertificates } from './tls.ts';

/**
 * Stands between a source and a destination: forwards every byte untouched, garbage and half-closes too, and records the
 * messages it can read. Where `forward` has an authority, the destination speaks TLS: the tap then ends the source's TLS
 * with a certificate of its own, whose authority is in the tap's address, and begins another towards the destination; what
 * is said inside passes untouched. TLS to which it has no key passes unread, and is said to.
 * @throws {Error} when the port is in use
 */
export async function startTap(listen: Address, forward: Address, limits: HttpLimits = httpLimits): Promise<Tap> {
  const journal = new Journal(limits.journalExchanges);
  const open = new Set<TappedConnection>();
  const certificates = forward.ca === undefined ? undefined : await makeCertificates(listen.host);
  const accept = (source: Socket) => {
    const connection = new TappedConnection(source, forward, (observed) => journal.add(observed), limits);
    open.add(connection);
    void connection.ended.then(() => open.delete(connection));
  };
  const server: Server =
    certificates === undefined
      ? createServer({ allowHalfOpen: true }, accept)
      : createTlsServer(
          { allowHalfOpen: true, handshakeTimeout: limits.headersTimeoutMs, ...certificates.valid },
          accept,
        );
  const endSockets = trackSockets(server);
  server.on('tlsClientError', (cause: Error) => {
    journal.add({ messages: [], failure: new Error(`TLS with the source failed: ${cause.message}`, { cause }) });
  });
  const { port } = await listenOn(server, listen);
  let closed: Promise<void> | undefined;
  return {
    address: { ...listen, port, ...(certificates === undefined ? {} : { ca: certificates.ca }) },
    exchanges: () => journal.exchanges(),
    settled: () => settled(open, limits.settleTimeoutMs),
    close: () => {
      closed ??= closeAll(server, endSockets, open);
      return closed;
    },
  };
}

async function closeAll(server: Server, endSockets: () => void, open: ReadonlySet<TappedConnection>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  endSockets();
  for (const connection of open) connection.destroy();
  await Promise.all([...open].map((connection) => connection.ended));
  await closed;
}

async function settled(open: ReadonlySet<TappedConnection>, timeoutMs: number): Promise<void> {
  const until = Date.now() + timeoutMs;
  // What has reached this machine but not this program is read within the next turns of the event loop.
  for (let quietTurns = 0; quietTurns < 5 && Date.now() < until; ) {
    await new Promise((resolve) => setTimeout(resolve, quietTurns));
    quietTurns = [...open].every((connection) => connection.reader.pending === 0) ? quietTurns + 1 : 0;
  }
  await Promise.all([...open].map((connection) => connection.reader.written()));
}

/** One connection through the tap. */
class TappedConnection {
  readonly reader: ExchangeReader;
  /** Resolves when both sockets are closed and everything is recorded. */
  readonly ended: Promise<void>;
  readonly #source: Socket;
  readonly #destination: Socket;
  #endedBy: 'source' | 'destination' | undefined;

  constructor(source: Socket, forward: Address, record: (observed: Observed) => void, limits: HttpLimits) {
    this.reader = new ExchangeReader(record, limits);
    this.#source = source;
    const { host, port, ca } = forward;
    const options = { host, port, allowHalfOpen: true };
    let reached = false;
    const reach = () => {
      reached = true;
    };
    this.#destination = ca === undefined ? connect(options, reach) : tlsConnect({ ...options, ca }, reach);
    source.on('data', (chunk: Buffer) => this.reader.fromSource(chunk));
    this.#destination.on('data', (chunk: Buffer) => this.reader.fromDestination(chunk));
    source.on('end', () => {
      this.#endedBy ??= 'source';
      this.reader.endOf('source');
    });
    this.#destination.on('end', () => {
      this.#endedBy ??= 'destination';
      this.reader.endOf('destination');
    });
    this.#destination.on('error', (cause: NodeJS.ErrnoException) => {
      this.#endedBy ??= 'destination';
      if (reached) return;
      const message = `the tap cannot reach ${host}:${port}: ${cause.message}`;
      record({ messages: [], failure: new Error(message, { cause }) });
    });
    // An error is told by what follows it: the close of this socket, which ends the other one too.
    source.on('error', () => {});
    source.pipe(this.#destination);
    this.#destination.pipe(source);
    this.ended = this.#end();
  }

  destroy(): void {
    this.#source.destroy();
    this.#destination.destroy();
  }

  async #end(): Promise<void> {
    const closed = (socket: Socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()));
    const sourceClosed = closed(this.#source).then(() => {
      this.#endedBy ??= 'source';
    });
    const destinationClosed = closed(this.#destination).then(() => {
      this.#endedBy ??= 'destination';
    });
    await Promise.race([sourceClosed, destinationClosed]);
    const both = Promise.all([sourceClosed, destinationClosed]);
    // What one side sent before it closed still reaches the other; a reset is passed on as an end.
    if (this.#source.destroyed && !this.#destination.destroyed) this.#destination.destroySoon();
    else if (!this.#source.destroyed) this.#source.destroySoon();
    await both;
    this.reader.close(this.#endedBy ?? 'source');
    await this.reader.written();
  }
}
