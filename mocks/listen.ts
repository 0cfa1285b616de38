import type { AddressInfo, Server } from 'node:net';
import type { Address } from './adapter.ts';

/**
 * Starts listening.
 * @returns where, with the real port where 0 was asked for
 * @throws Error with one sentence when the address cannot be had
 */
export async function listenOn(server: Server, { host, port }: Address): Promise<Address> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(error, host, port)));
    server.listen({ host, port }, resolve);
  });
  return { host, port: (server.address() as AddressInfo).port };
}

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const sentences: Readonly<Record<string, string>> = {
    EADDRINUSE: `port ${port} on ${host} is in use; stop what listens there, or choose another port.`,
    EACCES: `port ${port} on ${host} needs more rights than this user has; choose a port above 1023.`,
    EADDRNOTAVAIL: `${host} is no address of this machine; choose one that it has, such as 127.0.0.1.`,
  };
  return new Error(sentences[error.code ?? ''] ?? `cannot listen on ${host}:${port}: ${error.message}`, {
    cause: error,
  });
}
