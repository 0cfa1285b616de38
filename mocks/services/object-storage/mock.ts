import type { HttpRequest } from '../../../contracts/messages/http.ts';
import { type Address, OtherKindError, UnreachableError } from '../../adapter.ts';
import type { HttpServiceMock, PrepareContext } from '../../protocols/http/service.ts';
import { wireRequest } from '../../protocols/http/wire.ts';
import { emulatorAccount } from './account.ts';
import { blobClient } from './blob-client.ts';
import { answer } from './gateway.ts';
import { Objects } from './objects.ts';
import { startAzurite } from './server.ts';
import { signSharedKey } from './shared-key.ts';
import { storageStates } from './states.ts';
import { type OpenStore, StorageWorld } from './world.ts';

/** How long a storage of the user's may take to answer its first request. */
const ANSWER_TIMEOUT_MS = 5_000;

/** A mock of Object storage, whose world holds a running server. */
export interface ObjectStorageMock extends HttpServiceMock<StorageWorld> {
  /** Starts the store now, rather than at the first request. @throws Error when it cannot be started */
  open(world: StorageWorld): Promise<void>;
  /** Stops the store. Closing twice is allowed. */
  close(world: StorageWorld): Promise<void>;
}

/**
 * Object storage of Azure: a gateway in front of a store that answers.
 * @param openStore gives the store of one world: Azurite when absent, any server of the Azure Blob protocol otherwise
 */
export function objectStorage(openStore: () => Promise<OpenStore> = openAzurite): ObjectStorageMock {
  return {
    system: 'Object storage',
    notModelled: [
      'storage on a persistent volume, which uses no HTTP; S3 has a mock of its own',
      'the refusal of requests whose x-ms-date is older than 15 minutes',
      'the spacing of JSON objects, which are written anew, and therefore their Content-MD5',
      'shared access signatures, leases, snapshots, versions and blocks, beyond what Azurite knows of them',
    ],
    createWorld: () => new StorageWorld(openStore, emulatorAccount),
    respond: (request, world) => answer(request, world),
    states: storageStates((store) => new Objects(store)),
    prepare: sign,
    inFrontOf: (at) => objectStorage(() => runningStore(at)),
    open: async (world) => void (await world.store()),
    close: (world) => world.close(),
  };
}

/** An Azurite of its own for one world, on any free port. */
export async function openAzurite(): Promise<OpenStore> {
  return await startAzurite({ host: '127.0.0.1', port: 0 });
}

/** A server of the Azure Blob protocol that runs already; the address's user and password are account and key. */
async function runningStore(at: Address): Promise<OpenStore> {
  const account = { name: at.user ?? emulatorAccount.name, key: at.password ?? emulatorAccount.key };
  const store = { address: at, account, stop: async () => {} };
  try {
    await blobClient(store).assertServes(AbortSignal.timeout(ANSWER_TIMEOUT_MS));
  } catch (cause) {
    if (cause instanceof OtherKindError) throw cause;
    throw new UnreachableError(`no Azure Blob storage answers at ${at.host}:${at.port} to account ${account.name}`, {
      cause,
    });
  }
  return store;
}

/** Dates and signs a request as the source would, with the address's user and password as account and key. */
function sign(request: HttpRequest, { at }: PrepareContext): HttpRequest {
  const account = { name: at.user ?? emulatorAccount.name, key: at.password ?? emulatorAccount.key };
  const dated = { ...request.headers, 'x-ms-date': new Date().toUTCString() };
  const { target, headers } = wireRequest({ ...request, headers: dated });
  const { authorization: _, ...signed } = headers;
  return {
    ...request,
    headers: {
      ...dated,
      ...('content-length' in headers ? { 'content-length': String(headers['content-length']) } : {}),
      authorization: signSharedKey({ method: request.method, url: target, headers: signed, account }),
    },
  };
}

export default objectStorage();
