import type { IncomingMessage } from 'node:http';

/** A body that a peer sent and that is not read; the message says why, the status is what to answer a request with. */
export class BodyError extends Error {
  override name = 'BodyError';
  readonly status: 400 | 413 | 415;

  constructor(status: BodyError['status'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/** A body larger than the limit. */
export const oversized = (limitBytes: number) =>
  new BodyError(413, `the body is larger than ${limitBytes} bytes, the most that a mock reads`);

/**
 * Reads a request's body to its end, and calls one of the two once.
 * @param failed gets a {@link BodyError} as soon as the body is larger than the limit, the rest being left unread; or what broke it off
 */
export function readBody(
  request: IncomingMessage,
  limitBytes: number,
  done: (bytes: Buffer) => void,
  failed: (error: Error) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  const end = () => done(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= limitBytes) return void chunks.push(chunk);
    request.off('end', end).off('error', failed).pause();
    failed(oversized(limitBytes));
  });
  request.on('end', end).on('error', failed);
}
