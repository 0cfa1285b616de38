import type { HttpBody, HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import { encodeBody, formatFields } from '../../../contracts/messages/http-body.ts';
import { decodeBody, decodeSimpleBody, fields } from './content.ts';

/** Headers as node:http and the fetch API give them. */
export type WireHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Headers in logical form: lower-case names, several values of one name joined (RFC 9110, section 5.3). */
export function logicalHeaders(headers: WireHeaders): Record<string, string> {
  const logical: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) logical[name.toLowerCase()] = typeof value === 'string' ? value : value.join(', ');
  }
  return logical;
}

/** A request in logical form. Waits only for a multipart body. */
export function logicalRequest(
  method: string,
  target: string,
  wireHeaders: WireHeaders,
  bytes: Uint8Array,
): HttpRequest | Promise<HttpRequest> {
  const headers = logicalHeaders(wireHeaders);
  const { path, query } = splitTarget(target);
  const head: HttpRequest = { method, path, query, headers };
  return withBody(head, headers['content-type'], bytes);
}

/** A response in logical form. */
export async function logicalResponse(
  status: number,
  wireHeaders: WireHeaders,
  bytes: Uint8Array,
): Promise<HttpResponse> {
  const headers = logicalHeaders(wireHeaders);
  const head: HttpResponse = { status, headers };
  return withBody(head, headers['content-type'], bytes);
}

function withBody<T extends { body?: HttpBody }>(head: T, contentType: string | undefined, bytes: Uint8Array) {
  const add = (body: HttpBody | undefined): T => (body === undefined ? head : { ...head, body });
  if (contentType?.toLowerCase().startsWith('multipart/')) return decodeBody(contentType, bytes).then(add);
  return add(decodeSimpleBody(contentType, bytes));
}

/** Path and query of a request target in origin form or absolute form (RFC 9112, section 3.2). */
function splitTarget(target: string): { path: string; query: Record<string, string | string[]> } {
  const origin = target.startsWith('/') ? target : target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, '') || '/';
  const at = origin.indexOf('?');
  if (at < 0) return { path: origin, query: {} };
  return { path: origin.slice(0, at), query: fields(origin.slice(at + 1)) };
}

/** A logical request as node:http sends it. The length is always stated; a body's content type is the message's own. */
export function wireRequest(request: HttpRequest): { target: string; headers: Record<string, string>; bytes: Buffer } {
  const query = formatFields(request.query ?? {});
  const bytes = encodeBody(request.headers?.['content-type'], request.body);
  const length = bytes.length > 0 || request.method === 'POST' || request.method === 'PUT';
  return {
    target: query === '' ? request.path : `${request.path}?${query}`,
    headers: { ...request.headers, ...(length ? { 'content-length': String(bytes.length) } : {}) },
    bytes,
  };
}

/**
 * A logical response as node:http sends it. A body without a content type is sent as text.
 * @param method of the request; a response to HEAD states the length that it chooses, and has no body
 */
export function wireResponse(
  response: HttpResponse,
  method?: string,
): { headers: Record<string, string>; bytes: Buffer } {
  const bytes = encodeBody(response.headers?.['content-type'], response.body);
  if (method === 'HEAD') return { headers: { ...response.headers }, bytes: Buffer.alloc(0) };
  const empty = bytes.length === 0 && (response.status === 204 || response.status === 304);
  return { headers: { ...response.headers, ...(empty ? {} : { 'content-length': String(bytes.length) }) }, bytes };
}
