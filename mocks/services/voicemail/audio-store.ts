/** Where the recordings of messages are kept: an object storage, or what stands in for one. */
export interface AudioStore {
  /** @throws {AudioStoreError} as all of these */
  put(name: string, audio: Uint8Array): Promise<void>;
  /** Undefined when there is none of that name. */
  get(name: string): Promise<Buffer | undefined>;
  /** Deletes it if it is there. */
  delete(name: string): Promise<void>;
  names(): Promise<string[]>;
}

/** The store cannot be reached, or refuses. */
export class AudioStoreError extends Error {
  override name = 'AudioStoreError';
}

/** Recordings in the memory of this program, gone with it. */
export function memoryAudio(): AudioStore {
  const recordings = new Map<string, Buffer>();
  return {
    put: async (name, audio) => void recordings.set(name, Buffer.from(audio)),
    get: async (name) => recordings.get(name),
    delete: async (name) => void recordings.delete(name),
    names: async () => [...recordings.keys()],
  };
}

/** Remembers all recordings. @returns what puts them back, and takes away what has come since */
export async function remember(store: AudioStore): Promise<() => Promise<void>> {
  const before = new Map<string, Buffer>();
  for (const name of await store.names()) {
    const audio = await store.get(name);
    if (audio !== undefined) before.set(name, audio);
  }
  return async () => {
    const now = new Set(await store.names());
    const added = [...now].filter((name) => !before.has(name));
    const lost = [...before].filter(([name]) => !now.has(name));
    await Promise.all([
      ...added.map((name) => store.delete(name)),
      ...lost.map(([name, audio]) => store.put(name, audio)),
    ]);
  };
}
