import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Address } from '../../mocks/adapter.ts';
import { listenOn } from '../../mocks/listen.ts';
import { join, reset } from './joined-sockets.ts';

/** Stands between clients and servers, and can lose every connection that passes, as a network does. */
export class CuttingRelay {
  readonly #sockets = new Set<Socket>();
  readonly #servers: Server[] = [];
  #pieces = 0;
  #cutAt: number | undefined;

  /** How many pieces of bytes have come, in both directions and over all connections, since the last `cutAt`. */
  get pieces(): number {
    return this.#pieces;
  }

  /** Where a server can be reached through the relay, with the same login. */
  async before(server: Address): Promise<Address> {
    const listener = createServer({ noDelay: true }, (client) => {
      const upstream = connect({ host: server.host, port: server.port, noDelay: true });
      this.#join(client, upstream);
      this.#join(upstream, client);
    });
    this.#servers.push(listener);
    return { ...server, ...(await listenOn(listener, { host: '127.0.0.1', port: 0 })) };
  }

  /** Counts pieces from now on. Instead of passing on the n-th one it resets all connections; none when absent. */
  cutAt(n?: number): void {
    this.#pieces = 0;
    this.#cutAt = n;
  }

  /** Resets all connections. */
  cut(): void {
    for (const socket of this.#sockets) reset(socket);
  }

  async close(): Promise<void> {
    const closed = this.#servers.map((each) => once(each, 'close'));
    for (const each of this.#servers) each.close();
    this.cut();
    await Promise.all(closed);
  }

  #join(from: Socket, to: Socket): void {
    join(from, to, this.#sockets, (bytes) => {
      this.#pieces += 1;
      if (this.#pieces === this.#cutAt) this.cut();
      else to.write(bytes);
    });
  }
}
