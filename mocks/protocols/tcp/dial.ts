import { connect, type Socket } from 'node:net';
import type { Side } from '../../../contracts/contract.ts';
import { type Address, UnreachableError } from '../../adapter.ts';

/**
 * Connects to an address.
 * @throws {UnreachableError} when nobody answers there
 * @throws the signal's reason when it is aborted first
 */
export async function dial({ host, port }: Address, connectTimeoutMs: number, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted();
  const socket = connect({ host, port, allowHalfOpen: true, noDelay: true });
  try {
    await connected(socket, connectTimeoutMs, signal);
    return socket;
  } catch (cause) {
    socket.destroy();
    signal.throwIfAborted();
    throw unreachable({ host, port }, cause as NodeJS.ErrnoException);
  }
}

/** Why nobody could be reached. */
export function unreachable({ host, port }: Address, cause: NodeJS.ErrnoException): UnreachableError {
  const reason = cause.code ?? cause.message;
  return new UnreachableError(`nobody answers at ${host}:${port} (${reason}); is the destination running there?`, {
    cause,
  });
}

/** Why a connection that stood is gone. */
export function brokenBy(side: Side, cause: NodeJS.ErrnoException): Error {
  return new Error(`the ${side} broke the connection (${cause.code ?? cause.message})`, { cause });
}

function connected(socket: Socket, connectTimeoutMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (error?: Error) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      socket.removeListener('error', finish);
      if (error === undefined) resolve();
      else reject(error);
    };
    const abort = () => finish(new Error('aborted'));
    const timer = setTimeout(() => finish(new Error(`no answer within ${connectTimeoutMs} ms`)), connectTimeoutMs);
    signal.addEventListener('abort', abort, { once: true });
    socket.once('error', finish);
    socket.once('connect', () => finish());
  });
}
