import { OtherKindError } from '../../adapter.ts';
import type { StorageAccount } from './account.ts';
import { signSharedKey } from './shared-key.ts';
import { exchange, type Store, type StoreClient, type StoreRequest } from './store-client.ts';

/** The version of the service that our own requests speak. */
export const SERVICE_VERSION = '2021-12-02';

/** A server of the Azure Blob protocol, and the account to use there. */
export type BlobStore = Store;

/** A client of the Azure Blob protocol. */
export function blobClient({ address, account }: BlobStore): StoreClient {
  const send: StoreClient['send'] = (request, signal) => exchange(address, signed(account, request), signal);
  return {
    send,
    async assertServes(signal) {
      const request = { method: 'GET', target: `/${account.name}?comp=list&maxresults=1` };
      const { status, headers } = await send(request, signal);
      if ('x-amz-request-id' in headers) {
        throw new OtherKindError(`at ${address.host}:${address.port} is an S3 storage, not one of Azure`);
      }
      if (status !== 200) throw new Error(`listing its containers gave status ${status}`);
    },
  };
}

/** The request with date, version, length and signature. Headers that it brings along are kept but for the signature. */
export function signed(account: StorageAccount, request: StoreRequest): StoreRequest {
  const { method, target, body } = request;
  const { authorization: _, ...given } = request.headers ?? {};
  const headers: Record<string, string> = {
    'x-ms-date': new Date().toUTCString(),
    'x-ms-version': SERVICE_VERSION,
    ...given,
    ...(body === undefined && method !== 'PUT' ? {} : { 'content-length': String(body?.length ?? 0) }),
  };
  const authorization = signSharedKey({ method, url: target, headers, account });
  return { ...request, headers: { ...headers, authorization } };
}
