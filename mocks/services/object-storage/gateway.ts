import { randomUUID } from 'node:crypto';
import type { HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import { wireRequest } from '../../protocols/http/wire.ts';
import { blobClient } from './blob-client.ts';
import { forward } from './forward.ts';
import { signSharedKey } from './shared-key.ts';
import type { StorageWorld } from './world.ts';

/**
 * Answers from the store behind the gateway, except where that cannot: it is never busy, its key never changes, and it
 * has another code for a wrong signature than the service has.
 */
export async function answer(request: HttpRequest, world: StorageWorld): Promise<HttpResponse> {
  if (world.busy) return refusal(request, 503, 'ServerBusy', 'The server is currently unable to receive requests.');
  if (!isAuthentic(request, world)) {
    return refusal(request, 403, 'AuthenticationFailed', 'Server failed to authenticate the request.');
  }
  return await forward(request, blobClient(await world.store()).send);
}

function isAuthentic({ method, headers = {}, ...request }: HttpRequest, world: StorageWorld): boolean {
  const url = wireRequest({ method, ...request }).target;
  const account = { name: world.account.name, key: world.acceptedKey };
  return headers.authorization === signSharedKey({ method, url, headers, account });
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
