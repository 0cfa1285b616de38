import { bucketPath, keyPath } from '../../../../contracts/common/s3-storage.ts';
import type { ObjectFixtures } from '../objects.ts';
import { expectStatus, type Store, type StoreClient } from '../store-client.ts';
import { s3Client } from './client.ts';

/** Objects of a server of the S3 protocol. */
export class S3Objects implements ObjectFixtures {
  readonly #client: StoreClient;

  constructor(store: Store) {
    this.#client = s3Client(store);
  }

  async ensureContainer(): Promise<void> {
    // A bucket that is there already is a conflict everywhere but in the first region of AWS.
    await expectStatus(this.#client, [200, 409], { method: 'PUT', target: bucketPath });
  }

  async put(name: string, contentType: string, body: Uint8Array): Promise<string> {
    const request = { method: 'PUT', target: keyPath(name), headers: { 'content-type': contentType }, body };
    const response = await expectStatus(this.#client, [200], request);
    return response.headers.etag ?? '';
  }

  async delete(name: string): Promise<void> {
    await expectStatus(this.#client, [204], { method: 'DELETE', target: keyPath(name) });
  }

  async names(prefix: string): Promise<string[]> {
    const target = `${bucketPath}?list-type=2&prefix=${encodeURIComponent(prefix)}`;
    const { body } = await expectStatus(this.#client, [200], { method: 'GET', target });
    return [...body.toString('utf8').matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, name = '']) => name);
  }
}
