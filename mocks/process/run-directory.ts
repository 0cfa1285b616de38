import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { harnessFolder } from './layout.ts';
import { forget, registry } from './registry.ts';
import { sweepOnce } from './sweep.ts';

/** A private folder for the data of one server. */
export interface RunDirectory {
  path: string;
  /** Removes the folder with all that is in it. Removing twice is allowed. */
  remove(): Promise<void>;
}

/**
 * Makes a private folder for a server's data, in memory (/dev/shm) where there is room for it. It goes with the harness,
 * whichever way that ends.
 * @param name what the folder is for, as a part of its name (`redis`).
 */
export async function runDirectory(name: string): Promise<RunDirectory> {
  await sweepOnce();
  const path = mkdtempSync(join(harnessFolder(), `${name}-`));
  registry().directories.add(path);
  return {
    path,
    async remove() {
      forget(path);
      registry().directories.delete(path);
    },
  };
}
