import { randomUUID } from 'node:crypto';
import type { HttpRequest, HttpResponse } from '../../../../contracts/messages/http.ts';
import { wireRequest } from '../../../protocols/http/wire.ts';
import type { StorageAccount } from '../account.ts';
import { forward } from '../forward.ts';
import type { StorageWorld } from '../world.ts';
import { s3Client } from './client.ts';
import { accessKeyIdOf, isSignedBy } from './signature.ts';

/** Answers from the store behind the gateway, except where that cannot: it is never busy, and its key never changes. */
export async function answer(request: HttpRequest, world: StorageWorld): Promise<HttpResponse> {
  if (world.busy) return slowDown(request);
  const store = await world.store();
  const account = await signerOf(request, world, store.account);
  return await forward(request, s3Client({ ...store, account }).send);
}

/** A key that no store knows. */
const WRONG_KEY = 'wrong';

/**
 * Who is to sign the request for the store: its own account in place of the source's. A request with a signature that is not
 * good gets none that is, so that the store refuses it in its own words.
 */
async function signerOf(
  { method, headers = {}, ...request }: HttpRequest,
  world: StorageWorld,
  ofStore: StorageAccount,
): Promise<StorageAccount> {
  const { target } = wireRequest({ method, ...request });
  const { name } = world.account;
  if (await isSignedBy({ method, target, headers }, { name, key: world.acceptedKey })) return ofStore;
  const named = accessKeyIdOf(headers);
  return { name: named === undefined || named === name ? ofStore.name : named, key: WRONG_KEY };
}

function slowDown({ method }: HttpRequest): HttpResponse {
  const requestId = randomUUID();
  const head: HttpResponse = { status: 503, headers: { 'x-amz-request-id': requestId } };
  if (method === 'HEAD') return head;
  return {
    ...head,
    headers: { ...head.headers, 'content-type': 'application/xml' },
    body:
      '<?xml version="1.0" encoding="UTF-8"?>' +
      `<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message><RequestId>${requestId}</RequestId></Error>`,
  };
}
