import { containerPath, objectPath } from '../../../contracts/common/object-storage.ts';
import { type BlobStore, blobClient } from './blob-client.ts';
import { expectStatus, type StoreClient } from './store-client.ts';

/** The objects of the contract's container (its bucket, at S3), as fixtures need them. */
export interface ObjectFixtures {
  /** Makes the container if it is not there. */
  ensureContainer(): Promise<void>;
  /** @returns its ETag */
  put(name: string, contentType: string, body: Uint8Array): Promise<string>;
  /** Deletes it if it is there. */
  delete(name: string): Promise<void>;
  /** The names that begin with the prefix; at most as many as one answer holds. */
  names(prefix: string): Promise<string[]>;
}

/** Objects of a server of the Azure Blob protocol. */
export class Objects implements ObjectFixtures {
  readonly #client: StoreClient;

  constructor(store: BlobStore) {
    this.#client = blobClient(store);
  }

  async ensureContainer(): Promise<void> {
    await expectStatus(this.#client, [201, 409], { method: 'PUT', target: `${containerPath}?restype=container` });
  }

  async put(name: string, contentType: string, body: Uint8Array): Promise<string> {
    const headers = { 'x-ms-blob-type': 'BlockBlob', 'content-type': contentType };
    const request = { method: 'PUT', target: objectPath(name), headers, body };
    const response = await expectStatus(this.#client, [201], request);
    return response.headers.etag ?? '';
  }

  /** Its content, or undefined when it is not there. */
  async get(name: string): Promise<Buffer | undefined> {
    const request = { method: 'GET', target: objectPath(name) };
    const { status, body } = await expectStatus(this.#client, [200, 404], request);
    return status === 200 ? body : undefined;
  }

  async delete(name: string): Promise<void> {
    await expectStatus(this.#client, [202, 404], { method: 'DELETE', target: objectPath(name) });
  }

  async names(prefix: string): Promise<string[]> {
    const query = `restype=container&comp=list&prefix=${encodeURIComponent(prefix)}`;
    const { body } = await expectStatus(this.#client, [200], { method: 'GET', target: `${containerPath}?${query}` });
    return [...body.toString('utf8').matchAll(/<Name>([^<]*)<\/Name>/g)].map(([, name = '']) => name);
  }
}
