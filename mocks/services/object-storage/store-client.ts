import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Address } from '../../adapter.ts';
import type { StorageAccount } from './account.ts';

/** A server that keeps objects, and the account to use there. */
export interface Store {
  address: Address;
  account: StorageAccount;
}

/** A request before it is signed; the target is path and query, percent-encoded. */
export interface StoreRequest {
  method: string;
  target: string;
  headers?: Readonly<Record<string, string>>;
  body?: Uint8Array;
}

export interface StoreResponse {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

const REQUEST_TIMEOUT_MS = 10_000;
const RESPONSE_BYTES = 16 * 1024 * 1024;

/** Sends signed requests to a store. */
export interface StoreClient {
  /** @throws Error when the store cannot be reached, or does not answer within 10 s or 16 MiB */
  send(request: StoreRequest, signal?: AbortSignal): Promise<StoreResponse>;
  /** @throws Error when the store does not serve its account yet */
  assertServes(signal: AbortSignal): Promise<void>;
}

/**
 * Sends a request as it is.
 * @throws Error when the store cannot be reached, or does not answer within 10 s or 16 MiB
 */
export async function exchange(address: Address, request: StoreRequest, signal?: AbortSignal): Promise<StoreResponse> {
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
  return await new Promise<StoreResponse>((resolve, reject) => {
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

/**
 * Sends a request of our own, whose answer must have one of these statuses.
 * @throws Error naming the status and the store's code when it has another one
 */
export async function expectStatus(
  client: StoreClient,
  statuses: readonly number[],
  request: StoreRequest,
): Promise<StoreResponse> {
  const response = await client.send(request);
  if (statuses.includes(response.status)) return response;
  const code = /<Code>([^<]*)<\/Code>/.exec(response.body.toString('utf8'))?.[1] ?? 'no code';
  throw new Error(
    `${request.method} ${request.target} expected status ${statuses.join(' or ')}, got ${response.status} (${code})`,
  );
}
