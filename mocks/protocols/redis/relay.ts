import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Address, Exchange, Tap } from '../../adapter.ts';
import { errorCode } from '../../error-code.ts';
import { Journal } from '../../journal.ts';
import { listenOn } from '../../listen.ts';
import { place } from './client.ts';
import { redisLimits } from './limits.ts';
import { Session } from './session.ts';

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
  #closing: Promise<void> | undefined;
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
    server.on('connection', (client) => relay.#accept(client));
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
   * only answers are missing.
   * @throws Error when an answer does not come within the limit
   */
  async settled(): Promise<void> {
    const deadline = Date.now() + redisLimits.settleTimeoutMs;
    for (let quietTurns = 0; quietTurns < 3; ) {
      const before = this.#chunks;
      await sleep(1);
      const busy = [...this.#sessions].some((session) => session.busy);
      quietTurns = busy || this.#chunks !== before ? 0 : quietTurns + 1;
      if (quietTurns === 0 && Date.now() > deadline) {
        throw new Error(
          `${place(this.#forward)} left a command without an answer for ${redisLimits.settleTimeoutMs} ms.`,
        );
      }
    }
  }

  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
    return this.#closing;
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
    const over = () => {
      session.close();
      this.#sessions.delete(session);
    };
    client.on('close', over);
    upstream.on('close', over);
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
