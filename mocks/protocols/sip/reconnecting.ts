import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Address } from '../../adapter.ts';
import { listenOn } from '../../listen.ts';
import { SipFramer } from './framing.ts';

/** How long the other end may keep a connection that this end has closed, in milliseconds. */
const CLOSING_MS = 1_000;

/**
 * Stands between a source that keeps one connection and its destination, and loses the connection to the destination before some of
 * the messages: it closes that, and sends them over a new one. SIPp itself ends a call with its connection.
 */
export class ReconnectingLine {
  readonly #to: Address;
  /** Messages of the source that begin a new connection, counted from 0. */
  readonly #before: ReadonlySet<number>;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(to: Address, before: ReadonlySet<number>) {
    this.#to = to;
    this.#before = before;
    this.#server = createServer({ noDelay: true });
  }

  /**
   * Connects to the destination, and listens for one source.
   * @returns where the source is to connect to, on loopback
   * @throws Error where the destination takes no connection
   */
  async listen(): Promise<Address> {
    const first = await this.#open();
    this.#server.once('connection', (source) => void this.#serve(source, first));
    return await listenOn(this.#server, { host: '127.0.0.1', port: 0 });
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  /** Where a later connection fails the source loses its own, as it would have without this. */
  async #serve(source: Socket, first: Socket): Promise<void> {
    this.#keep(source);
    const framer = new SipFramer();
    let destination = first;
    let sent = 0;
    this.#answer(source, destination);
    try {
      for await (const bytes of source) {
        for (const message of framer.push(bytes as Buffer)) {
          if (this.#before.has(sent)) {
            await this.#lose(destination);
            destination = await this.#open();
            this.#answer(source, destination);
          }
          destination.write(message);
          sent += 1;
        }
      }
      destination.end();
    } catch {
      source.destroy();
    }
  }

  async #open(): Promise<Socket> {
    const { host, port } = this.#to;
    const destination = connect({ host, port, noDelay: true });
    this.#keep(destination);
    await once(destination, 'connect');
    return destination;
  }

  #answer(source: Socket, destination: Socket): void {
    destination.on('data', (bytes) => source.write(bytes));
    destination.once('close', () => {
      // One that was lost on purpose is no longer there by then.
      if (this.#sockets.delete(destination)) source.destroySoon();
    });
  }

  async #lose(destination: Socket): Promise<void> {
    this.#sockets.delete(destination);
    if (destination.closed) return;
    destination.setTimeout(CLOSING_MS, () => destination.destroy());
    destination.end();
    await once(destination, 'close');
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
  }
}
