import { types } from 'node:util';
import { Redis } from 'ioredis';
import { type Address, LostConnectionError, UnreachableError } from '../../adapter.ts';
import { errorCode, errorMessage } from '../../error-code.ts';
import { redisLimits } from './limits.ts';
import { errorCodeOf } from './text.ts';
import { asError } from './undos.ts';

/** The name that the harness's own connections give themselves, so that no record takes them for a source. */
export const observerName = 'voxpact-observer';

const DISCONNECT_TIMEOUT_MS = 100;
const RECONNECT_AFTER_MS = 20;

/** How to connect to a server. */
export interface ConnectOptions {
  /** `user` and `password` of the address are the login; the server's default user without a password when absent. */
  at: Address;
  /** True for the harness's own look at the server: such a connection is in no record. */
  observer?: boolean;
  /** True to take the connection up again when it is lost; what was under way then is refused all the same. */
  lasting?: boolean;
  /** How long connecting and each command may take; the limits of this folder when absent. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

/** Where a server is, as a person writes it; never with its password. */
export function place({ host, port }: Pick<Address, 'host' | 'port'>): string {
  return `Redis at ${host}:${port}`;
}

/**
 * Connects and logs in. A lost connection is not taken up again by itself, unless asked for: it is a finding.
 * @throws {UnreachableError} when nobody listens there or nobody answers
 * @throws Error when what answers is no Redis or refuses the login; the reason of `signal` when that is aborted
 */
export async function connect({ at, observer, lasting, timeoutMs, signal }: ConnectOptions): Promise<Redis> {
  signal?.throwIfAborted();
  const limitMs = timeoutMs ?? redisLimits.connectTimeoutMs;
  const client = new Redis({
    host: at.host,
    port: at.port,
    ...(at.user === undefined ? {} : { username: at.user }),
    ...(at.password === undefined ? {} : { password: at.password }),
    ...(at.ca === undefined ? {} : { tls: { ca: at.ca } }),
    ...(observer ? { connectionName: observerName } : {}),
    protocol: 2,
    lazyConnect: true,
    enableReadyCheck: false,
    enableOfflineQueue: lasting === true,
    disableClientInfo: true,
    maxRetriesPerRequest: 0,
    retryStrategy: lasting ? () => RECONNECT_AFTER_MS : null,
    // The client waits so long before it lets go of a socket, even of one that is closed already.
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    commandTimeout: timeoutMs ?? redisLimits.stepTimeoutMs,
  });
  let heard: unknown;
  client.on('error', (error: unknown) => {
    heard ??= error;
  });
  const limit = AbortSignal.any([AbortSignal.timeout(limitMs), ...(signal === undefined ? [] : [signal])]);
  const giveUp = () => client.disconnect();
  limit.addEventListener('abort', giveUp);
  try {
    await client.connect();
    // Only now is it known that somebody at the other end speaks Redis and has accepted the login.
    await client.call('PING');
    return client;
  } catch (error) {
    client.disconnect();
    signal?.throwIfAborted();
    throw connectFailure(at, limit.aborted, heard ?? error);
  } finally {
    limit.removeEventListener('abort', giveUp);
  }
}

function connectFailure(at: Address, tooLate: boolean, cause: unknown): Error {
  const message = errorMessage(cause);
  const code = errorCode(cause);
  const refusal = errorCodeOf({ message });
  if (tooLate || message === timedOut) {
    return new UnreachableError(`${place(at)} took the connection but did not answer in time.`, { cause });
  }
  if (code !== undefined) return new UnreachableError(`${place(at)} cannot be reached (${code}).`, { cause });
  if (closed.test(message)) return new UnreachableError(`${place(at)} closed the connection at once.`, { cause });
  if (['WRONGPASS', 'NOAUTH', 'NOPERM'].includes(refusal)) {
    return new Error(`${place(at)} refused the login of user ${at.user ?? 'default'} (${refusal}).`, { cause });
  }
  const why = message.replace(/\.? Please report this\.$/, '');
  return new Error(`${place(at)} does not speak RESP, the protocol of Redis: ${why}.`, { cause });
}

/** What the client says when a command takes too long, and when the connection is gone. */
const timedOut = 'Command timed out';
const closed = /^Connection is closed|ECONNRESET|EPIPE|Stream isn't writeable|^Reached the max retries per request/;

/** Whether what the client says is that its connection is gone. */
export function isLost(error: unknown): boolean {
  return closed.test(errorMessage(error));
}

/** How often something is begun that the connection is lost under. */
const PERSISTENT_ATTEMPTS = 5;

/** Does again what was under way when a lasting connection was lost: only for what may be done twice. */
export async function persistently(act: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await act();
      return;
    } catch (error) {
      if (!isLost(error) || attempt === PERSISTENT_ATTEMPTS) throw error;
    }
  }
}

/** Whether a connection did not come about since the server's certificate is not to be trusted. */
export function refusesCertificate(error: unknown): boolean {
  const code = errorCode(types.isNativeError(error) ? error.cause : undefined);
  return /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_)/.test(code ?? '');
}

/**
 * What the client says of a lost connection or a late answer, as a sentence with the server's address.
 * @param sent what a source sent and got no answer to; absent for what the harness asked for itself
 */
export function inWords(cause: unknown, at: Address, sent?: string): Error {
  if (errorMessage(cause) === timedOut) {
    return new Error(`${place(at)} did not answer${sent === undefined ? '' : ` ${sent}`} in time.`, { cause });
  }
  if (cause instanceof UnreachableError || !isLost(cause)) return asError(cause);
  if (sent !== undefined) return closedBefore(sent, at);
  return new LostConnectionError('observer', `the connection to ${place(at)} was lost; it was the harness's own.`);
}

/** A source lost its connection while it waited for the answer to what it had sent. */
export function closedBefore(sent: string, at: Address): LostConnectionError {
  return new LostConnectionError('source', `${place(at)} closed the connection before it answered ${sent}.`);
}

/** Whether it is the server that said so, and not the connection. */
export function isReplyError(error: unknown): error is Error {
  return types.isNativeError(error) && error.name === 'ReplyError';
}
