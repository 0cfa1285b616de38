import { chown } from 'node:fs/promises';
import { join } from 'node:path';
import type { Address } from '../../adapter.ts';
import { assertFree, freePort } from '../../ports.ts';
import { runDirectory, type ServerProcess, startProcess } from '../../process.ts';
import { findBinaries, MISSING, reachable, serverUser } from './binaries.ts';
import { closeSession, HARNESS_APPLICATION, openSession } from './client.ts';
import { makeDataDirectory } from './template.ts';

/** A warm start takes a tenth of a second; the rest is for machines under load. */
const READY_TIMEOUT_MS = 30_000;
const PROBE_TIMEOUT_MS = 2_000;
const STOP_TIMEOUT_MS = 5_000;

/** The superuser of a server of ours. */
export const SUPERUSER = 'postgres';

/** A PostgreSQL server of our own. */
export interface PostgresServer {
  address: Address;
  /** The folder of its Unix socket, through which the superuser needs no password. */
  socketFolder: string;
  /** Stops it and keeps its data, as an outage does. Sessions are ended by the server. */
  stop(): Promise<void>;
  /** Starts it again at the same address. */
  start(): Promise<void>;
  /** Stops it and removes its data. Closing twice is allowed. */
  close(): Promise<void>;
}

/**
 * Starts the real PostgreSQL with its data in memory. It is ready when it answers SELECT 1.
 * @param listen port 0 takes any free port
 * @throws Error with one sentence when the server is not installed, the port is in use, or it does not start
 */
export async function startPostgres(listen: Address, signal?: AbortSignal): Promise<PostgresServer> {
  const binaries = findBinaries();
  await assertFree(listen);
  const address = { host: listen.host, port: listen.port === 0 ? await freePort(listen.host) : listen.port };
  const user = serverUser();
  const directory = await runDirectory('postgres');
  let running: ServerProcess | undefined;
  const stop = async () => {
    const process = running;
    running = undefined;
    await process?.stop();
  };
  const close = async () => {
    await stop();
    await directory.remove();
  };
  try {
    if (user !== undefined) await chown(directory.path, user.uid, user.gid);
    const home = reachable(binaries, user, directory);
    const data = join(directory.path, 'data');
    await makeDataDirectory({ home, version: binaries.version, user, path: data, ...(signal && { signal }) });
    const start = async () => {
      running = await startProcess({
        name: 'PostgreSQL',
        command: join(home, 'bin', 'postgres'),
        args: ['-D', data, '-p', String(address.port), '-h', address.host, '-k', directory.path],
        cwd: directory.path,
        ...user,
        ready: () => probe(directory.path, address.port),
        readyTimeoutMs: READY_TIMEOUT_MS,
        // The fast shutdown: it does not wait for clients to leave.
        stopSignal: 'SIGINT',
        stopTimeoutMs: STOP_TIMEOUT_MS,
        missing: MISSING,
        ...(signal === undefined ? {} : { signal }),
      });
    };
    await start();
    return { address, socketFolder: directory.path, stop, start, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function probe(host: string, port: number): Promise<void> {
  const client = await openSession({
    at: { host, port },
    role: SUPERUSER,
    database: 'postgres',
    application: HARNESS_APPLICATION,
    connectTimeoutMs: PROBE_TIMEOUT_MS,
    statementTimeoutMs: PROBE_TIMEOUT_MS,
  });
  try {
    await client.query('SELECT 1');
  } finally {
    await closeSession(client);
  }
}
