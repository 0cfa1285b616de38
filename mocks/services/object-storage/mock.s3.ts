import type { HttpRequest } from '../../../contracts/messages/http.ts';
import { type Address, OtherKindError, UnreachableError } from '../../adapter.ts';
import type { PrepareContext } from '../../protocols/http/service.ts';
import { wireRequest } from '../../protocols/http/wire.ts';
import { exampleAccessKey, type StorageAccount } from './account.ts';
import type { ObjectStorageMock } from './mock.ts';
import { s3Client } from './s3/client.ts';
import { answer } from './s3/gateway.ts';
import { S3Objects } from './s3/objects.ts';
import { startS3Proxy } from './s3/server.ts';
import { hostOf, signV4 } from './s3/signature.ts';
import { storageStates } from './states.ts';
import { type OpenStore, StorageWorld } from './world.ts';

/** How long a storage of the user's may take to answer its first request. */
const ANSWER_TIMEOUT_MS = 5_000;

/**
 * Object storage of AWS: a gateway in front of a store that answers.
 * @param openStore gives the store of one world: S3Proxy when absent, any server of the S3 protocol otherwise
 */
export function s3Storage(openStore: () => Promise<OpenStore> = openS3Proxy): ObjectStorageMock {
  return {
    system: 'Object storage',
    notModelled: [
      'buckets in the host name: the bucket comes first in the path',
      'the refusal of requests whose x-amz-date is older than 15 minutes',
      'bodies that are signed in chunks, temporary credentials, and signatures in the query',
      'the spacing of JSON objects, which are written anew, and therefore their checksums',
      'regions, versions and multipart uploads, beyond what S3Proxy knows of them',
    ],
    createWorld: () => new StorageWorld(openStore, exampleAccessKey),
    respond: (request, world) => answer(request, world),
    states: storageStates((store) => new S3Objects(store)),
    prepare: sign,
    inFrontOf: (at) => s3Storage(() => runningStore(at)),
    open: async (world) => void (await world.store()),
    close: (world) => world.close(),
  };
}

/** An S3Proxy of its own for one world, on any free port. */
export async function openS3Proxy(): Promise<OpenStore> {
  return await startS3Proxy({ host: '127.0.0.1', port: 0 });
}

/** A server of the S3 protocol that runs already; the address's user and password are access key id and secret access key. */
async function runningStore(at: Address): Promise<OpenStore> {
  const account = accountOf(at);
  const store = { address: at, account, stop: async () => {} };
  try {
    await s3Client(store).assertServes(AbortSignal.timeout(ANSWER_TIMEOUT_MS));
  } catch (cause) {
    if (cause instanceof OtherKindError) throw cause;
    throw new UnreachableError(`no S3 storage answers at ${at.host}:${at.port} to access key ${account.name}`, {
      cause,
    });
  }
  return store;
}

/** Dates and signs a request as the source would. */
async function sign(request: HttpRequest, { at }: PrepareContext): Promise<HttpRequest> {
  const { target, headers, bytes } = wireRequest(request);
  const { authorization: _signature, 'x-amz-content-sha256': _hash, ...given } = headers;
  const signed = { method: request.method, target, headers: { ...given, host: hostOf(at) }, body: bytes };
  return { ...request, headers: await signV4(signed, accountOf(at)) };
}

function accountOf({ user, password }: Address): StorageAccount {
  return { name: user ?? exampleAccessKey.name, key: password ?? exampleAccessKey.key };
}

export default s3Storage();
