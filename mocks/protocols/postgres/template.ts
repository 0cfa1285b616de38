import { chmodSync, cpSync, existsSync, lchownSync, readdirSync } from 'node:fs';
import { appendFile, cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import type { OsUser } from './binaries.ts';

/** It takes one second; the rest is for machines under load. */
const INITDB_TIMEOUT_MS = 60_000;

/**
 * Settings of every server. It lives for one run: nothing has to survive a power cut, and everything is logged, since the log
 * is how the harness knows who sent what.
 */
const SETTINGS = `
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
autovacuum = off
shared_buffers = 16MB
max_connections = 60
io_method = sync
# Files of the data directory, which goes as a whole, instead of shared memory that a kill -9 leaves behind.
dynamic_shared_memory_type = mmap
password_encryption = scram-sha-256
# Passwords are random; more rounds would only make every connection slower.
scram_iterations = 1
timezone = UTC
log_timezone = UTC
lc_messages = C
logging_collector = on
log_destination = jsonlog
log_directory = log
log_filename = server
log_rotation_age = 0
log_rotation_size = 0
log_statement = all
log_connections = authorization
log_disconnections = on
log_parameter_max_length = -1
log_parameter_max_length_on_error = -1
log_checkpoints = off
`;

/** The superuser comes through a socket in a folder that only the server's user and root can enter. */
const ACCESS = `local all all trust
host all all all scram-sha-256
`;

export interface DataDirectoryOptions {
  /** The folder above `bin`, where the server's user can run it. */
  home: string;
  version: string;
  /** Whom the server runs as, when that is not the harness's own user. */
  user: OsUser | undefined;
  /** Where it is to be; the folder above belongs to the server's user. */
  path: string;
  signal?: AbortSignal;
}

/** Where the template of a version is kept; one for every version, so that an update makes its own. */
export function templatePath(version: string): string {
  const cache = process.env.XDG_CACHE_HOME || join(process.env.HOME || homedir(), '.cache');
  return join(cache, 'voxpact', `postgres-${version}`, 'data');
}

/**
 * Makes a fresh data directory. Nearly all the time of a PostgreSQL's first start goes into initdb, so its result is kept as
 * a template and only copied from then on.
 */
export async function makeDataDirectory(options: DataDirectoryOptions): Promise<void> {
  const { path, user, version } = options;
  const template = templatePath(version);
  if (existsSync(template)) {
    // At once: a thousand small files take 60 ms this way, and up to a second through the thread pool.
    cpSync(template, path, { recursive: true });
    if (user !== undefined) giveTo(user, path);
    chmodSync(path, 0o700);
  } else {
    await initdb(options);
    await keep(path, template);
  }
  await appendFile(join(path, 'postgresql.conf'), SETTINGS);
  await writeFile(join(path, 'pg_hba.conf'), ACCESS);
}

async function initdb({ home, path, user, signal }: DataDirectoryOptions): Promise<void> {
  const layout = ['--encoding=UTF8', '--locale=C', '--wal-segsize=1', '--no-sync', '--no-instructions'];
  const result = await execa(join(home, 'bin', 'initdb'), ['-D', path, '-U', 'postgres', '--auth=trust', ...layout], {
    ...user,
    cwd: dirname(path),
    timeout: INITDB_TIMEOUT_MS,
    reject: false,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  signal?.throwIfAborted();
  if (!result.failed) return;
  const reason = result.stderr.trim().split('\n').at(-1) || result.shortMessage;
  throw new Error(`PostgreSQL could not make its data directory ${path}: ${reason}`, { cause: result.cause });
}

/**
 * Keeps a copy as the template. It gets its name when it is complete, so another harness sees all of it or nothing; of two
 * that make one at once the first wins. Without a cache folder to write to, the next start is only slower.
 */
async function keep(path: string, template: string): Promise<void> {
  let copy: string | undefined;
  try {
    await mkdir(dirname(template), { recursive: true });
    copy = await mkdtemp(`${template}-`);
    await cp(path, copy, { recursive: true });
    await rename(copy, template);
  } catch {
    if (copy !== undefined) await rm(copy, { recursive: true, force: true });
  }
}

function giveTo({ uid, gid }: OsUser, path: string): void {
  lchownSync(path, uid, gid);
  for (const name of readdirSync(path, { recursive: true, encoding: 'utf8' })) lchownSync(join(path, name), uid, gid);
}
