import type { IncomingMessage } from 'node:http';

/** The body of a request went past the limit. */
export class OversizedBodyError extends Error {
  override name = 'OversizedBodyError';
}

/**
 * Reads a request's body to its end.
 * @throws {OversizedBodyError} as soon as it is larger than the limit; the rest is left unread
 */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limitBytes) return void chunks.push(chunk);
      request.pause();
      reject(new OversizedBodyError(`the body is larger than ${limitBytes} bytes, the most that a mock reads`));
    });
    request.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    request.on('error', reject);
  });
}
