import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Address, Tap } from '../../adapter.ts';
import { assertFree } from '../../ports.ts';
import { Recorder } from './recorder.ts';
import { SUPERUSER } from './server.ts';
import { Superuser } from './superuser.ts';

/**
 * Forwards bytes untouched and records through the server's own log, by the port that each session comes from. The log is read
 * as the superuser `postgres` with the password of `forward`; the server has to see the tap's own ports, so no address
 * translation may lie between.
 */
export async function tap(listen: Address, forward: Address): Promise<Tap> {
  await assertFree(listen);
  const ports = new Set<number>();
  const sockets = new Set<Socket>();
  const superuser = new Superuser({ ...forward, user: SUPERUSER });
  const server = createServer({ allowHalfOpen: true }, (client) => relay(client, forward, { ports, sockets }));
  let closing: Promise<void> | undefined;
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
    await superuser.close();
  };
  try {
    const recorder = await Recorder.open(
      superuser,
      ({ remote_port }) => remote_port !== undefined && ports.has(remote_port),
    );
    server.listen({ host: listen.host, port: listen.port });
    await once(server, 'listening');
    const bound = server.address();
    const port = typeof bound === 'object' && bound !== null ? bound.port : listen.port;
    return {
      address: { ...forward, host: listen.host, port },
      exchanges: () => recorder.exchanges(),
      settled: () => recorder.settled(),
      close() {
        closing ??= close();
        return closing;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Relay {
  ports: Set<number>;
  sockets: Set<Socket>;
}

function relay(client: Socket, { host, port }: Address, { ports, sockets }: Relay): void {
  const server = connect({ host, port, allowHalfOpen: true });
  server.once('connect', () => {
    if (server.localPort !== undefined) ports.add(server.localPort);
  });
  for (const [socket, other] of [
    [client, server],
    [server, client],
  ] as const) {
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      other.destroy();
    });
    // The loss of one side is passed on by closing the other one.
    socket.on('error', () => {});
    socket.pipe(other);
  }
}
