import { OtherKindError } from '../../../adapter.ts';
import { exchange, type Store, type StoreClient } from '../store-client.ts';
import { hostOf, signV4 } from './signature.ts';

/** A client of the S3 protocol, with the bucket in the path. */
export function s3Client({ address, account }: Store): StoreClient {
  const send: StoreClient['send'] = async (request, signal) => {
    const length = request.body === undefined && request.method !== 'PUT' ? {} : lengthOf(request.body);
    const { authorization: _, ...given } = request.headers ?? {};
    const headers = await signV4({ ...request, headers: { ...given, ...length, host: hostOf(address) } }, account);
    return await exchange(address, { ...request, headers }, signal);
  };
  return {
    send,
    async assertServes(signal) {
      const { status, headers, body } = await send({ method: 'GET', target: '/' }, signal);
      if ('x-ms-request-id' in headers) {
        throw new OtherKindError(`at ${address.host}:${address.port} is a storage of Azure, not of S3`);
      }
      if (status !== 200 || !body.includes('<ListAllMyBucketsResult')) {
        throw new Error(`asked for its buckets, it answered with status ${status} and no list of them`);
      }
    },
  };
}

function lengthOf(body: Uint8Array | undefined): { 'content-length': string } {
  return { 'content-length': String(body?.length ?? 0) };
}
