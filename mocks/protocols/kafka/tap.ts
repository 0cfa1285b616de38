import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Address, Tap } from '../../adapter.ts';
import { assertFree } from '../../ports.ts';
import { Recorder } from './recorder.ts';

/**
 * A tap before a broker: it forwards the bytes of every connection that is made to it, and records what gets into the log.
 *
 * Its limits lie in Kafka's protocol. A broker tells its clients at which address each partition is served, and they dial
 * that address, past the tap; so the record is not taken from the bytes but from the log. It therefore holds the records
 * of all clients of the broker, and nothing that the broker refused.
 * @throws Error when the broker cannot be reached, or the port is in use
 */
export async function tap(listen: Address, forward: Address): Promise<Tap> {
  await assertFree(listen);
  const recorder = await Recorder.start(forward);
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => splice(client, forward, sockets));
  try {
    server.listen(listen.port, listen.host);
    await once(server, 'listening');
  } catch (error) {
    await recorder.close();
    throw error;
  }
  return {
    address: { host: listen.host, port: portOf(server) },
    exchanges: () => recorder.exchanges(),
    settled: () => recorder.settled(),
    async close() {
      const closed = server.listening ? once(server, 'close') : undefined;
      server.close();
      for (const socket of sockets) socket.destroy();
      await Promise.all([closed, recorder.close()]);
    },
  };
}

/** Joins two sockets; an end, half of one or an abrupt one, passes through to the other side. */
function splice(client: Socket, forward: Address, sockets: Set<Socket>): void {
  const broker = connect({ host: forward.host, port: forward.port, allowHalfOpen: true });
  for (const [from, to] of [
    [client, broker],
    [broker, client],
  ] as const) {
    sockets.add(from);
    from.on('error', () => to.destroy());
    from.on('close', () => {
      sockets.delete(from);
      to.destroySoon();
    });
    from.pipe(to);
  }
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
