import {
  brotliCompressSync,
  brotliDecompressSync,
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateSync,
  type ZlibOptions,
} from 'node:zlib';
import { errorCode } from '../../error-code.ts';
import { BodyError, oversized } from './body.ts';
import { httpLimits } from './limits.ts';

interface Coding {
  decode(bytes: Uint8Array, options: ZlibOptions): Buffer;
  encode(bytes: Uint8Array): Buffer;
}

const gzip: Coding = { decode: gunzipSync, encode: (bytes) => gzipSync(bytes) };

/** The content codings of RFC 9110, section 8.4.1, and Brotli (RFC 7932). */
const codings: ReadonlyMap<string, Coding> = new Map([
  ['gzip', gzip],
  ['x-gzip', gzip],
  ['deflate', { decode: inflateSync, encode: (bytes) => deflateSync(bytes) }],
  ['br', { decode: brotliDecompressSync, encode: (bytes) => brotliCompressSync(bytes) }],
  ['identity', { decode: (bytes) => Buffer.from(bytes), encode: (bytes) => Buffer.from(bytes) }],
]);

/**
 * Takes the codings off a body that a `Content-Encoding` lists, the last one first.
 * @throws {BodyError} when a coding is not known, the bytes are not in it, or what comes out is larger than the limit
 */
export function decodeContent(
  contentEncoding: string | undefined,
  bytes: Uint8Array,
  limitBytes = httpLimits.bodyBytes,
): Uint8Array {
  return listed(contentEncoding).reduceRight((coded, name) => {
    const coding = codings.get(name);
    if (coding === undefined) {
      throw new BodyError(
        415,
        `the content coding "${name}" is not known; these are: ${[...codings.keys()].join(', ')}`,
      );
    }
    try {
      return coding.decode(coded, { maxOutputLength: limitBytes });
    } catch (cause) {
      if (errorCode(cause) === 'ERR_BUFFER_TOO_LARGE') throw oversized(limitBytes);
      throw new BodyError(400, `the body is not in "${name}", as its Content-Encoding says`, { cause });
    }
  }, bytes);
}

/** Puts the codings on that a `Content-Encoding` lists; what is not known is the message's own affair. */
export function encodeContent(contentEncoding: string | undefined, bytes: Buffer): Buffer {
  return listed(contentEncoding).reduce((plain, name) => codings.get(name)?.encode(plain) ?? plain, bytes);
}

function listed(contentEncoding = ''): string[] {
  return contentEncoding
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
}
