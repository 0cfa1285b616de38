import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Address } from '../../adapter.ts';
import { assertFree, freePort } from '../../ports.ts';
import { type RunDirectory, runDirectory, type ServerProcess, startProcess } from '../../process.ts';
import { emulatorAccount, type StorageAccount } from './account.ts';
import { blobClient } from './blob-client.ts';

/** A running Azurite: a real server of the Azure Blob protocol, with its data in memory. */
export interface Azurite {
  address: Address;
  /** The one account that it knows. */
  account: StorageAccount;
  process: ServerProcess;
  /** Stops it and removes what it wrote. Stopping twice is allowed. */
  stop(): Promise<void>;
}

/** Where it is to listen; port 0 asks for a free one. */
export interface AzuriteOptions extends Pick<Address, 'host' | 'port'> {
  account?: StorageAccount;
  signal?: AbortSignal;
}

const READY_TIMEOUT_MS = 20_000;
const MISSING = 'It comes with the npm packages: run bin/setup.';

/**
 * Starts Azurite and waits until it answers a signed request.
 * @throws Error with one sentence when the port is in use, or Azurite is not there or not ready in time
 */
export async function startAzurite(options: AzuriteOptions): Promise<Azurite> {
  const { host, account = emulatorAccount, signal } = options;
  await assertFree(options);
  const port = options.port === 0 ? await freePort(host) : options.port;
  const program = programFile();
  // It writes its log beside itself if it is not told where to run.
  const directory = await runDirectory('azurite');
  const client = blobClient({ address: { host, port }, account });
  try {
    const started = await startProcess({
      name: 'azurite',
      command: process.execPath,
      args: [program, '--blobHost', host, '--blobPort', String(port), ...FIXED_ARGUMENTS],
      env: { AZURITE_ACCOUNTS: `${account.name}:${account.key}` },
      cwd: directory.path,
      ready: (_process, stop) => client.assertServes(stop),
      readyTimeoutMs: READY_TIMEOUT_MS,
      missing: MISSING,
      ...(signal === undefined ? {} : { signal }),
    });
    return { address: { host, port }, account, process: started, stop: () => stop(started, directory) };
  } catch (error) {
    await directory.remove();
    throw error;
  }
}

/** Nothing on disk, no access log, nothing sent to anybody; versions newer than it knows are let in. */
const FIXED_ARGUMENTS = ['--inMemoryPersistence', '--skipApiVersionCheck', '--silent', '--disableTelemetry'];

async function stop(started: ServerProcess, directory: RunDirectory): Promise<void> {
  await started.stop();
  await directory.remove();
}

function programFile(): string {
  try {
    const manifest = createRequire(import.meta.url).resolve('azurite/package.json');
    return join(dirname(manifest), 'dist', 'src', 'blob', 'main.js');
  } catch (cause) {
    throw new Error(`azurite is not on this machine. ${MISSING}`, { cause });
  }
}
