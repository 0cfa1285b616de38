import type { HttpBody, HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import { bodyKind, formatFields, writeBody } from '../../../contracts/messages/http-body.ts';
import { decodeContent, encodeContent } from './coding.ts';
import { decodeBody, decodeSimpleBody, fields } from './content.ts';

/** Headers as node:http and the fetch API give them. */
export type WireHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Headers in logical form: lower-case names, several values of one name joined (RFC 9110, section 5.3). */
export function logicalHeaders(headers: WireHeaders): Record<string, string> {
  const logical: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) logical[name.toLowerCase()] = typeof value === 'string' ? value : value.join(', ');
  }
  return logical;
}

/**
 * A request in logical form. Waits only for a multipart body.
 * @throws {BodyError} when its content coding cannot be taken off
 */
export function logicalRequest(
  method: string,
  target: string,
  wireHeaders: WireHeaders,
  bytes: Uint8Array,
): HttpRequest | Promise<HttpRequest> {
  const headers = logicalHeaders(wireHeaders);
  const { path, query } = splitTarget(target);
  const head: HttpRequest = { method, path, query, headers };
  return withBody(head, headers, bytes);
}

/** A response in logical form. @throws {BodyError} when its content coding cannot be taken off */
export async function logicalResponse(
  status: number,
  wireHeaders: WireHeaders,
  bytes: Uint8Array,
): Promise<HttpResponse> {
  const headers = logicalHeaders(wireHeaders);
  const head: HttpResponse = { status, headers };
  return withBody(head, headers, bytes);
}

function withBody<T extends { body?: HttpBody }>(head: T, headers: Record<string, string>, coded: Uint8Array) {
  if (coded.length === 0) return head;
  const contentType = headers['content-type'];
  const bytes = isCoded(headers, coded) ? decodeContent(headers['content-encoding'], coded) : coded;
  if (bodyKind(contentType) === 'multipart') {
    return decodeBody(contentType, bytes).then((body) => addBody(head, body));
  }
  return addBody(head, decodeSimpleBody(contentType, bytes));
}

function addBody<T extends { body?: HttpBody }>(head: T, body: HttpBody | undefined): T {
  if (body !== undefined) head.body = body;
  return head;
}

/** Whether a body is read through its content coding. Bytes that nobody reads stay as they were sent. */
function isCoded(headers: Readonly<Record<string, string>>, { length }: string | Uint8Array): boolean {
  const { 'content-encoding': coding, 'content-type': type } = headers;
  return coding !== undefined && length > 0 && type !== undefined && bodyKind(type) !== 'binary';
}

/** Path and query of a request target in origin form or absolute form (RFC 9112, section 3.2). */
function splitTarget(target: string): { path: string; query: Record<string, string | string[]> } {
  const origin = target.startsWith('/') ? target : target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, '') || '/';
  const at = origin.indexOf('?');
  if (at < 0) return { path: upperCaseEscapes(origin), query: {} };
  return { path: upperCaseEscapes(origin.slice(0, at)), query: fields(origin.slice(at + 1)) };
}

/** Hex digits of percent-encoding are the same in either case (RFC 3986, section 6.2.2.1). */
function upperCaseEscapes(path: string): string {
  return path.includes('%') ? path.replace(/%[0-9a-f]{2}/gi, (each) => each.toUpperCase()) : path;
}

/** A logical request as node:http sends it. The length is always stated; a body's content type is the message's own. */
export function wireRequest(request: HttpRequest): { target: string; headers: Record<string, string>; bytes: Buffer } {
  const query = formatFields(request.query ?? {});
  const bytes = Buffer.from(encoded(request));
  const length = bytes.length > 0 || request.method === 'POST' || request.method === 'PUT';
  return {
    target: query === '' ? request.path : `${request.path}?${query}`,
    headers: { ...request.headers, ...(length ? { 'content-length': String(bytes.length) } : {}) },
    bytes,
  };
}

/** Statuses whose responses end with their headers (RFC 9110, sections 6.4.1 and 15.2). */
export const isBodiless = (status: number) => status < 200 || status === 204 || status === 304;

/** As {@link messageToSend}, with the body as bytes. */
export function wireResponse(
  response: HttpResponse,
  method?: string,
): { headers: Record<string, string>; bytes: Buffer } {
  const { headers, body } = messageToSend(response, method);
  return { headers, bytes: Buffer.from(body) };
}

/**
 * A logical response as node:http sends it, with the body as text where it is ASCII: node:http then writes it and the head at
 * once. A body without a content type is sent as text.
 * @param method of the request; a response to HEAD states the length of the body that it leaves out, or the length that it chooses
 */
export function messageToSend(
  response: HttpResponse,
  method?: string,
): { headers: Record<string, string>; body: string | Buffer } {
  const body = encoded(response);
  if (method === 'HEAD' && body.length === 0) return { headers: { ...response.headers }, body };
  const measured = { ...response.headers, 'content-length': String(body.length) };
  if (method === 'HEAD') return { headers: measured, body: '' };
  if (!isBodiless(response.status)) return { headers: measured, body };
  const { 'content-length': stated, ...headers } = response.headers ?? {};
  // A 304 may state the length that a 200 would have had; the others have none (RFC 9110, section 8.6).
  const own = stated !== undefined && response.status === 304 ? { 'content-length': stated } : {};
  return { headers: { ...headers, ...own }, body: '' };
}

/** A body as it is sent: as text where it is ASCII, so that the length is the same. */
function encoded({ headers = {}, body }: Pick<HttpRequest, 'headers' | 'body'>): string | Buffer {
  const plain = writeBody(headers['content-type'], body);
  if (isCoded(headers, plain)) return encodeContent(headers['content-encoding'], Buffer.from(plain));
  return typeof plain === 'string' && Buffer.byteLength(plain) > plain.length ? Buffer.from(plain) : plain;
}
