import {
  type HttpMessage,
  type HttpRequest,
  type HttpResponse,
  isHttpRequest,
  isHttpResponse,
} from '../../../contracts/messages/http.ts';
import type { Spelling } from '../../adapter.ts';
import { httpLimits } from './limits.ts';
import { MessageReader, type ReadMessage } from './message-reader.ts';
import { logicalRequest, logicalResponse, wireRequest, wireResponse } from './wire.ts';

type Row = readonly [name: string, value: string];
type Write = (rows: Row[]) => string[];

/** Ways to write the header lines of a message (RFC 9110, sections 5.1 and 5.3; RFC 9112, section 5.1). */
const ways: readonly (readonly [change: string, write: Write])[] = [
  ['header order', (rows) => rows.toReversed().map(([name, value]) => `${name}: ${value}`)],
  ['header case', (rows) => rows.map(([name, value]) => `${name.toUpperCase()}: ${value}`)],
  ['no space after the colon', (rows) => rows.map(([name, value]) => `${name}:${value}`)],
  ['space after the value', (rows) => rows.map(([name, value]) => `${name}: \t${value} `)],
];

/**
 * Writes a message in every other way that HTTP/1.1 allows, and reads it back.
 * @throws {Error} when our own parser does not take one of them
 */
export async function respell(content: unknown): Promise<Spelling[]> {
  const readBack = (write: Write): Promise<HttpMessage> | undefined => {
    if (isHttpRequest(content)) return requestReadBack(content, write);
    return isHttpResponse(content) ? responseReadBack(content, write) : undefined;
  };
  const spellings = await Promise.all(
    ways.map(async ([change, write]) => ({ change, content: await readBack(write) })),
  );
  return spellings.filter(({ content: read }) => read !== undefined);
}

async function requestReadBack(request: HttpRequest, write: Write): Promise<HttpRequest> {
  const { target, headers, bytes } = wireRequest(request);
  const start = `${request.method} ${target} HTTP/1.1`;
  const read = readWhole('REQUEST', start, write(Object.entries(headers)), bytes);
  const { method, url, chunks } = read;
  const { clientCertificate } = request;
  // The certificate is shown beside the message, however that is written.
  const shown = clientCertificate === undefined ? {} : { clientCertificate };
  return { ...(await logicalRequest(method, url, read.headers, Buffer.concat(chunks))), ...shown };
}

async function responseReadBack(response: HttpResponse, write: Write): Promise<HttpResponse> {
  const { headers, bytes } = wireResponse(response, response.body === undefined ? 'HEAD' : undefined);
  const read = readWhole('RESPONSE', `HTTP/1.1 ${response.status} -`, write(Object.entries(headers)), bytes);
  return logicalResponse(read.status, read.headers, Buffer.concat(read.chunks));
}

function readWhole(kind: 'REQUEST' | 'RESPONSE', start: string, lines: readonly string[], body: Buffer): ReadMessage {
  let read: ReadMessage | undefined;
  const complete = (message: ReadMessage) => {
    read = message;
  };
  const reader = new MessageReader(kind, { head: () => body.length > 0, complete }, httpLimits.bodyBytes);
  const failure = reader.push(Buffer.concat([Buffer.from(`${[start, ...lines].join('\r\n')}\r\n\r\n`), body]));
  reader.end();
  if (failure !== undefined || read === undefined)
    throw new Error(`"${start}" could not be read back`, { cause: failure });
  return read;
}
