import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import type { Side } from '../../../contracts/contract.ts';
import type { RedisFault } from '../../../contracts/messages/redis.ts';
import type { Address, Exchange, Tap } from '../../adapter.ts';
import { errorCode } from '../../error-code.ts';
import { Journal } from '../../journal.ts';
import { listenOn } from '../../listen.ts';
import { type KeyedCertificate, makeCertificates } from '../http/tls.ts';
import { place } from './client.ts';
import { redisLimits } from './limits.ts';
import { Session } from './session.ts';

/** The first byte of TLS: the content type of a handshake (RFC 8446, section 5.1). */
const TLS_HANDSHAKE = 0x16;

/**
 * Stands between clients and a server: forwards every byte untouched and records each command with its answers. TLS passes
 * too, but as bytes that nobody here can read.
 */
export class Relay implements Tap {
  readonly address: Address;
  readonly #server: Server;
  readonly #forward: Address;
  readonly #journal = new Journal(redisLimits.journalExchanges);
  readonly #sessions = new Set<Session>();
  readonly #sockets = new Set<Socket>();
  /** TLS clients that have said nothing yet. */
  readonly #undecided = new Set<TLSSocket>();
  #closing: Promise<void> | undefined;
  #certificate: KeyedCertificate | undefined;
  /** Counts what comes in, to see when nothing more does. */
  #chunks = 0;

  private constructor(server: Server, address: Address, forward: Address) {
    this.#server = server;
    this.address = address;
    this.#forward = forward;
  }

  /** @throws Error with one sentence when the port is in use */
  static async start(at: Address, forward: Address): Promise<Relay> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    // A client logs in at the server behind the relay, with the same words.
    const relay = new Relay(server, { ...forward, ...(await listenOn(server, at)) }, forward);
    server.on('connection', (client) => relay.#welcome(client));
    return relay;
  }

  exchanges(): readonly Exchange[] {
    return this.#journal.exchanges();
  }

  clear(): void {
    this.#journal.clear();
  }

  /**
   * What a client has sent on this machine already lies in our sockets: it is read while the event loop turns, and then
   * only answers are missing. Reads that wait for something to come are recorded as they are.
   * @throws Error when an answer does not come within the limit
   */
  async settled(): Promise<void> {
    const deadline = Date.now() + redisLimits.settleTimeoutMs;
    for (let quietTurns = 0; quietTurns < 3; ) {
      const before = this.#chunks;
      await sleep(1);
      const isLate = Date.now() > deadline;
      const busy = [...this.#sessions].some((session) => session.busy);
      // Who has been shown a certificate says something or leaves; one that does neither is not waited for any longer.
      const undecided = this.#undecided.size > 0 && !isLate;
      quietTurns = busy || undecided || this.#chunks !== before ? 0 : quietTurns + 1;
      if (quietTurns === 0 && isLate) {
        throw new Error(
          `${place(this.#forward)} left a command without an answer for ${redisLimits.settleTimeoutMs} ms.`,
        );
      }
    }
    for (const session of this.#sessions) session.recordWaiting();
  }

  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
    return this.#closing;
  }

  /** Clients that ask for TLS are shown a certificate of an authority that is not the one returned. */
  async showForeignCertificate(): Promise<{ ca: string; end: () => void }> {
    const [shown, trusted] = await Promise.all([
      makeCertificates(this.address.host),
      makeCertificates(this.address.host),
    ]);
    this.#certificate = shown.valid;
    const end = () => {
      this.#certificate = undefined;
    };
    return { ca: trusted.ca, end };
  }

  #welcome(client: Socket): void {
    const certificate = this.#certificate;
    if (certificate === undefined) {
      this.#accept(client);
      return;
    }
    // Whether a client wants TLS shows in its first byte; others are served as ever, the harness's own among them.
    this.#sockets.add(client);
    client.on('close', () => this.#sockets.delete(client));
    client.on('error', () => client.destroy());
    client.once('readable', () => {
      const hello: Buffer | null = client.read();
      if (hello === null) {
        client.destroy();
        return;
      }
      client.unshift(hello);
      if (hello[0] === TLS_HANDSHAKE) this.#secure(client, certificate);
      else this.#accept(client);
    });
  }

  /** A client that does not trust the certificate leaves without a word. */
  #secure(raw: Socket, certificate: KeyedCertificate): void {
    const client = new TLSSocket(raw, { isServer: true, ...certificate });
    this.#undecided.add(client);
    client.once('data', () => this.#undecided.delete(client));
    client.on('close', () => {
      const content: RedisFault = { fault: 'tls' };
      if (this.#undecided.delete(client))
        this.#journal.add({ messages: [{ from: 'destination', content, atMs: Date.now() }] });
    });
    this.#accept(client);
  }

  #accept(client: Socket): void {
    const upstream = connect({
      host: this.#forward.host,
      port: this.#forward.port,
      allowHalfOpen: true,
      noDelay: true,
    });
    const session = new Session(`${client.remoteAddress}:${client.remotePort}`, this.#journal);
    let reached = false;
    upstream.once('connect', () => {
      reached = true;
    });
    this.#sessions.add(session);
    this.#join(client, upstream, (bytes) => session.fromClient(bytes));
    this.#join(upstream, client, (bytes) => session.fromServer(bytes));
    upstream.on('error', (error) => {
      if (!reached) session.fail(`${place(this.#forward)} cannot be reached (${errorCode(error)})`);
    });
    let left: Side | undefined;
    for (const [socket, side] of [
      [client, 'source'],
      [upstream, 'destination'],
    ] as const) {
      socket.on('end', () => {
        left ??= side;
      });
      socket.on('close', () => {
        session.close(left ?? side);
        this.#sessions.delete(session);
      });
    }
  }

  #join(from: Socket, to: Socket, read: (bytes: Buffer) => void): void {
    this.#sockets.add(from);
    from.on('data', (bytes) => {
      this.#chunks += 1;
      read(bytes);
    });
    // The record is taken first, so that whoever has an answer finds it recorded.
    from.pipe(to);
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.#sockets.delete(from);
      if (!to.destroyed && !to.writableEnded) to.destroy();
    });
  }
}
