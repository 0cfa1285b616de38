import type { HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import { logicalResponse, wireRequest } from '../../protocols/http/wire.ts';
import type { StoreClient } from './store-client.ts';

/** What belongs to one connection only (RFC 9110, section 7.6.1), and what is stated anew for the other one. */
const hopHeaders = new Set(['connection', 'keep-alive', 'transfer-encoding', 'host', 'expect', 'content-length']);

/** Headers that hold a digest of the body, or tell which one. */
const digest = /^(content-md5|x-amz-content-sha256|x-amz-checksum-.*|x-amz-sdk-checksum-algorithm)$/;

/**
 * Passes a request on to the store behind a gateway, and its answer back.
 * @param send signs the request anew
 * @throws Error when the store cannot be reached
 */
export async function forward(request: HttpRequest, send: StoreClient['send']): Promise<HttpResponse> {
  const { target, bytes } = wireRequest(request);
  const body = bytes.length === 0 ? {} : { body: bytes };
  const response = await send({ method: request.method, target, headers: requestHeaders(request), ...body });
  const logical = await logicalResponse(response.status, response.headers, response.body);
  return { ...logical, headers: responseHeaders(request.method, response.headers) };
}

function requestHeaders(request: HttpRequest): Record<string, string> {
  const headers = withoutHops(request.headers ?? {});
  if (!headers['content-type']?.includes('json')) return headers;
  // JSON is written anew on its way, in another spacing perhaps, which no digest of the old one fits.
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !digest.test(name)));
}

/** A response to HEAD says how long the body would be; others are measured when they are sent. */
function responseHeaders(method: string, headers: Record<string, string>): Record<string, string> {
  const length = headers['content-length'];
  const kept = withoutHops(headers);
  return method === 'HEAD' && length !== undefined ? { ...kept, 'content-length': length } : kept;
}

function withoutHops(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopHeaders.has(name)));
}
