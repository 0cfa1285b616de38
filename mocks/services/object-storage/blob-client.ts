import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Address } from '../../adapter.ts';
import { type StorageAccount, signSharedKey } from './shared-key.ts';

/** A server of the Azure Blob protocol, and the account to use there. */
export interface BlobStore {
  address: Address;
  account: StorageAccount;
}

/** A request before it is signed; the target is path and query, percent-encoded. */
export interface BlobRequest {
  method: string;
  target: string;
  headers?: Readonly<Record<string, string>>;
  body?: Uint8Array;
}

export interface BlobResponse {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** The version of the service that our own requests speak. */
export const SERVICE_VERSION = '2021-12-02';

const REQUEST_TIMEOUT_MS = 10_000;
const RESPONSE_BYTES = 16 * 1024 * 1024;

/** Sends signed requests to a store. */
export interface BlobClient {
  /** @throws Error when the store cannot be reached, or does not answer within 10 s or 16 MiB */
  send(request: BlobRequest, signal?: AbortSignal): Promise<BlobResponse>;
  /** @throws Error when the store does not serve its account yet */
  assertServes(signal: AbortSignal): Promise<void>;
}

export function blobClient(store: BlobStore): BlobClient {
  const send = (request: BlobRequest, signal?: AbortSignal) => exchange(store, signed(store.account, request), signal);
  return {
    send,
    async assertServes(signal) {
      const { status } = await send({ method: 'GET', target: `/${store.account.name}?comp=list&maxresults=1` }, signal);
      if (status !== 200) throw new Error(`listing its containers gave status ${status}`);
    },
  };
}

/** The request with date, version, length and signature. Headers that it brings along are kept but for the signature. */
export function signed(account: StorageAccount, request: BlobRequest): BlobRequest {
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

async function exchange({ address }: BlobStore, request: BlobRequest, signal?: AbortSignal): Promise<BlobResponse> {
  const limit = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  const { method, target, headers, body } = request;
  const options = {
    host: address.host,
    port: address.port,
    method,
    path: target,
    headers: { ...headers },
    agent: false as const,
    signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
  };
  return await new Promise<BlobResponse>((resolve, reject) => {
    const sent = address.ca === undefined ? httpRequest(options) : httpsRequest({ ...options, ca: address.ca });
    sent.on('error', reject);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('error', reject);
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > RESPONSE_BYTES) sent.destroy(new Error(`the store answers with more than ${RESPONSE_BYTES} bytes`));
        else chunks.push(chunk);
      });
      response.on('end', () => {
        const received = Object.entries(response.headers).map(([name, value]) => [name, [value].flat().join(', ')]);
        resolve({
          status: response.statusCode ?? 0,
          headers: Object.fromEntries(received),
          body: Buffer.concat(chunks),
        });
      });
    });
    sent.end(body);
  });
}
