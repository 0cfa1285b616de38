import { world as fixture } from '../../../contracts/world.ts';
import type { BlobStore } from '../object-storage/blob-client.ts';
import { Objects } from '../object-storage/objects.ts';
import { type AudioStore, AudioStoreError } from './audio-store.ts';

/** Recordings in a running server of the Azure Blob protocol, under the names of connection 24. @param open gives the server */
export function blobAudio(open: () => Promise<BlobStore>): AudioStore {
  let container: Promise<Objects> | undefined;
  const ensureContainer = async (): Promise<Objects> => {
    const objects = new Objects(await open());
    await objects.ensureContainer();
    return objects;
  };
  const use = async <T>(act: (objects: Objects) => Promise<T>): Promise<T> => {
    try {
      container ??= ensureContainer();
      return await act(await container);
    } catch (cause) {
      container = undefined;
      throw new AudioStoreError('the recordings cannot be reached', { cause });
    }
  };
  return {
    put: (name, audio) => use(async (objects) => void (await objects.put(name, 'audio/wav', audio))),
    get: (name) => use((objects) => objects.get(name)),
    delete: (name) => use((objects) => objects.delete(name)),
    names: () => use((objects) => objects.names(`${fixture.tenant.uuid}/`)),
  };
}
