import type { Server, Socket } from 'node:net';

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
