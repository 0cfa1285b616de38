import { containerPath, objectPath } from '../../../contracts/common/object-storage.ts';
import { type BlobClient, type BlobRequest, type BlobResponse, type BlobStore, blobClient } from './blob-client.ts';

/** The objects of the contract's container, as fixtures need them. */
export class Objects {
  readonly #client: BlobClient;

  constructor(store: BlobStore) {
    this.#client = blobClient(store);
  }

  /** Makes the container if it is not there. */
  async ensureContainer(): Promise<void> {
    await this.#expect([201, 409], { method: 'PUT', target: `${containerPath}?restype=container` });
  }

  /** @returns its ETag */
  async put(name: string, contentType: string, body: Uint8Array): Promise<string> {
    const headers = { 'x-ms-blob-type': 'BlockBlob', 'content-type': contentType };
    const response = await this.#expect([201], { method: 'PUT', target: objectPath(name), headers, body });
    return response.headers.etag ?? '';
  }

  /** Its content, or undefined when it is not there. */
  async get(name: string): Promise<Buffer | undefined> {
    const { status, body } = await this.#expect([200, 404], { method: 'GET', target: objectPath(name) });
    return status === 200 ? body : undefined;
  }

  /** Deletes it if it is there. */
  async delete(name: string): Promise<void> {
    await this.#expect([202, 404], { method: 'DELETE', target: objectPath(name) });
  }

  /** The names that begin with the prefix; at most the 5000 that one answer holds. */
  async names(prefix: string): Promise<string[]> {
    const query = `restype=container&comp=list&prefix=${encodeURIComponent(prefix)}`;
    const { body } = await this.#expect([200], { method: 'GET', target: `${containerPath}?${query}` });
    return [...body.toString('utf8').matchAll(/<Name>([^<]*)<\/Name>/g)].map(([, name = '']) => name);
  }

  async #expect(statuses: readonly number[], request: BlobRequest): Promise<BlobResponse> {
    const response = await this.#client.send(request);
    if (statuses.includes(response.status)) return response;
    const code = response.headers['x-ms-error-code'] ?? 'no code';
    throw new Error(
      `${request.method} ${request.target} expected status ${statuses.join(' or ')}, got ${response.status} (${code})`,
    );
  }
}
