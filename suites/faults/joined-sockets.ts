import type { Socket } from 'node:net';

/** Takes what a socket says, and ends the other one with it. @param sockets it stands among them while it is open */
export function join(from: Socket, to: Socket, sockets: Set<Socket>, take: (bytes: Buffer) => void): void {
  sockets.add(from);
  from.on('error', () => to.destroy());
  from.on('close', () => {
    sockets.delete(from);
    to.destroySoon();
  });
  from.on('data', take);
}

/** Loses a connection, as a network does. */
export function reset(socket: Socket): void {
  // One that is ending cannot be reset any more: its handle would never close.
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
