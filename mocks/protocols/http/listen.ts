import type { AddressInfo, Server, Socket } from 'node:net';
import type { Address } from '../../adapter.ts';

/**
 * Listens on an address and returns the port, which is a free one where 0 was asked for.
 * @throws {Error} saying which port is in use, or why the address cannot be had
 */
export function listenOn(server: Server, { host, port }: Address): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const reason =
        cause.code === 'EADDRINUSE'
          ? `port ${port} on ${host} is in use; stop what listens there, or ask for port 0 to get a free one`
          : `cannot listen on ${host}:${port}: ${cause.message}`;
      reject(new Error(reason, { cause }));
    });
    server.listen(port, host, () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/**
 * Keeps account of a server's sockets, those too that are still in their TLS handshake and that the server itself forgets.
 * @returns ends all that are open
 */
export function trackSockets(server: Server): () => void {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return () => {
    for (const socket of open) socket.destroy();
  };
}
