import { type Address, UnreachableError } from '../../adapter.ts';
import { errorCode, errorMessage } from '../../error-code.ts';
import { NotPostgresError } from './client.ts';

interface Circumstances {
  signal: AbortSignal;
  timeoutMs: number;
}

const NOBODY = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'ENOENT',
]);

/** True when there is nobody at the address at all. */
export function isUnreachable(error: unknown): boolean {
  // What the library says when the first contact has no answer in time.
  return NOBODY.has(errorCode(error) ?? '') || errorMessage(error) === 'timeout expired';
}

/** True when nobody took the connection, or whoever did let it go before the first word. */
export function isNoServer(error: unknown): boolean {
  return errorCode(error) === 'ECONNREFUSED' || isLost(error);
}

/** What went wrong with a server that gave no answer, in one sentence for people; the error itself is kept as `cause`. */
export function sentenceOf(error: unknown, at: Address, { signal, timeoutMs }: Circumstances): Error {
  const where = `PostgreSQL at ${at.host}:${at.port}`;
  const text = errorMessage(error);
  const because = (sentence: string) => new Error(`${where} ${sentence}`, { cause: error });
  if (signal.aborted) return because('was not asked further: the interaction was given up.');
  if (text === 'timeout expired') {
    return new UnreachableError(`${where} did not let anybody in within ${timeoutMs} ms.`, { cause: error });
  }
  if (isUnreachable(error)) {
    return new UnreachableError(`${where} takes no connections: ${errorCode(error)}.`, { cause: error });
  }
  if (text === 'Query read timeout') return because(`did not answer within ${timeoutMs} ms.`);
  if (isLost(error)) return because('closed the connection in the middle of the interaction.');
  if (error instanceof NotPostgresError) return because(`does not speak its protocol: ${text}.`);
  return because(`could not be asked: ${text}.`);
}

/** True when a connection that stood was lost; the library says so in several ways. */
export function isLost(error: unknown): boolean {
  return (
    ['ECONNRESET', 'EPIPE'].includes(errorCode(error) ?? '') ||
    /^Connection terminated|^Client has encountered a connection error/.test(errorMessage(error))
  );
}
