import { randomUUID } from 'node:crypto';
import type { HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import { logicalResponse, wireRequest } from '../../protocols/http/wire.ts';
import { blobClient } from './blob-client.ts';
import { signSharedKey } from './shared-key.ts';
import type { StorageWorld } from './world.ts';

/** What belongs to one connection only (RFC 9110, section 7.6.1), and what is stated anew for the other one. */
const hopHeaders = new Set(['connection', 'keep-alive', 'transfer-encoding', 'host', 'expect', 'content-length']);

/**
 * Answers from the store behind the gateway, except where that cannot: it is never busy, its key never changes, and it
 * has another code for a wrong signature than the service has.
 */
export async function answer(request: HttpRequest, world: StorageWorld): Promise<HttpResponse> {
  if (world.busy) return refusal(request, 503, 'ServerBusy', 'The server is currently unable to receive requests.');
  if (!isAuthentic(request, world)) {
    return refusal(request, 403, 'AuthenticationFailed', 'Server failed to authenticate the request.');
  }
  return await forward(request, world);
}

function isAuthentic({ method, headers = {}, ...request }: HttpRequest, world: StorageWorld): boolean {
  const url = wireRequest({ method, ...request }).target;
  const account = { name: world.account.name, key: world.acceptedKey };
  return headers.authorization === signSharedKey({ method, url, headers, account });
}

async function forward(request: HttpRequest, world: StorageWorld): Promise<HttpResponse> {
  const store = await world.store();
  const { target, bytes } = wireRequest(request);
  const headers = withoutHops(request.headers ?? {});
  // JSON is written anew on its way, in another spacing perhaps, which no digest of the old one fits.
  if (headers['content-type']?.includes('json')) delete headers['content-md5'];
  const response = await blobClient(store).send({
    method: request.method,
    target,
    headers,
    ...(bytes.length === 0 ? {} : { body: bytes }),
  });
  const logical = await logicalResponse(response.status, response.headers, response.body);
  return { ...logical, headers: responseHeaders(request.method, response.headers) };
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

function refusal({ method }: HttpRequest, status: number, code: string, message: string): HttpResponse {
  const requestId = randomUUID();
  const head: HttpResponse = { status, headers: { 'x-ms-error-code': code, 'x-ms-request-id': requestId } };
  if (method === 'HEAD') return head;
  const details = `RequestId:${requestId}\nTime:${new Date().toISOString()}`;
  return {
    ...head,
    headers: { ...head.headers, 'content-type': 'application/xml' },
    body:
      '<?xml version="1.0" encoding="utf-8"?>' +
      `<Error><Code>${code}</Code><Message>${message}\n${details}</Message></Error>`,
  };
}
