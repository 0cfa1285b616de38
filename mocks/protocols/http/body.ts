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
 * Reads a request's body to its end.
 * @throws {BodyError} as soon as it is larger than the limit; the rest is left unread
 */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limitBytes) return void chunks.push(chunk);
      request.pause();
      reject(oversized(limitBytes));
    });
    request.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    request.on('error', reject);
  });
}
