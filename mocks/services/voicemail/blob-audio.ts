import { world as fixture } from '../../../contracts/world.ts';
import type { BlobStore } from '../object-storage/blob-client.ts';
import { Objects } from '../object-storage/objects.ts';
import { type AudioStore, AudioStoreError } from './audio-store.ts';

/** Recordings in a running server of the Azure Blob protocol, under the names of connection 24. */
export function blobAudio(store: BlobStore): AudioStore {
  const objects = new Objects(store);
  let container: Promise<void> | undefined;
  const use = async <T>(act: () => Promise<T>): Promise<T> => {
    try {
      container ??= objects.ensureContainer();
      await container;
      return await act();
    } catch (cause) {
      container = undefined;
      throw new AudioStoreError('the recordings cannot be reached', { cause });
    }
  };
  return {
    put: (name, audio) => use(async () => void (await objects.put(name, 'audio/wav', audio))),
    get: (name) => use(() => objects.get(name)),
    delete: (name) => use(() => objects.delete(name)),
    names: () => use(() => objects.names(`${fixture.tenant.uuid}/`)),
  };
}
