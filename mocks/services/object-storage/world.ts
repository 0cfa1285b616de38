import { randomBytes } from 'node:crypto';
import type { StorageAccount } from './account.ts';
import type { Store } from './store-client.ts';

/** A store that was opened for a world, and how to give it back. */
export interface OpenStore extends Store {
  stop(): Promise<void>;
}

/** What stands behind the gateway, and what the gateway adds to it. */
export class StorageWorld {
  /** The account as the source knows it. */
  readonly account: StorageAccount;
  /** The key that is accepted now; another than the source's after a rotation. */
  acceptedKey: string;
  busy = false;
  readonly #open: () => Promise<OpenStore>;
  #store: Promise<OpenStore> | undefined;

  constructor(open: () => Promise<OpenStore>, account: StorageAccount) {
    this.#open = open;
    this.account = account;
    this.acceptedKey = account.key;
  }

  /** The store, which is started when it is first needed. */
  store(): Promise<OpenStore> {
    this.#store ??= this.#open();
    return this.#store;
  }

  rotateKey(): void {
    this.acceptedKey = randomBytes(64).toString('base64');
  }

  /** Gives the store back, if it was ever started. Closing twice is allowed. */
  async close(): Promise<void> {
    const store = this.#store;
    this.#store = undefined;
    // A store that did not start has nothing to give back; who asked for it was told.
    const opened = await store?.catch(() => undefined);
    await opened?.stop();
  }
}
