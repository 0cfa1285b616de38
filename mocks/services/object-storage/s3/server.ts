import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Address } from '../../../adapter.ts';
import { classPath, type JavaServer } from '../../../jars.ts';
import { assertFree, freePort } from '../../../ports.ts';
import { type RunDirectory, runDirectory, type ServerProcess, startProcess } from '../../../process.ts';
import { exampleAccessKey, type StorageAccount } from '../account.ts';
import { s3Client } from './client.ts';

/** A running S3Proxy: a real server of the S3 protocol, with its data in memory. */
export interface S3Proxy {
  address: Address;
  /** The one access key that it knows. */
  account: StorageAccount;
  process: ServerProcess;
  /** Stops it and removes what it wrote. Stopping twice is allowed. */
  stop(): Promise<void>;
}

/** Where it is to listen; port 0 asks for a free one. */
export interface S3ProxyOptions extends Pick<Address, 'host' | 'port'> {
  account?: StorageAccount;
  signal?: AbortSignal;
}

/** Its jars, as `bin/setup` copies them. */
export const s3proxyJars: JavaServer = {
  name: 'S3Proxy',
  artifact: 's3proxy',
  pom: join(import.meta.dirname, 'jars', 'pom.xml'),
};

/** A cold start takes 1 s on two idle cores; the rest is for machines under load. */
const READY_TIMEOUT_MS = 60_000;

/** Quick to start rather than quick in the long run: no concurrent collector, no second compiler. */
const JVM_OPTIONS = ['-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData', '-Xshare:auto'];

/**
 * Starts S3Proxy and waits until it answers a signed request.
 * @throws Error with one sentence when Java or the jars are missing, the port is in use, or it is not ready in time
 */
export async function startS3Proxy(options: S3ProxyOptions): Promise<S3Proxy> {
  const { host, account = exampleAccessKey, signal } = options;
  const jars = classPath(s3proxyJars);
  await assertFree(options);
  const address = { host, port: options.port === 0 ? await freePort(host) : options.port };
  const client = s3Client({ address, account });
  const directory = await runDirectory('s3proxy');
  try {
    const started = await startProcess({
      name: 'S3Proxy',
      command: 'java',
      args: [
        ...JVM_OPTIONS,
        '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
        '-cp',
        jars,
        'org.gaul.s3proxy.Main',
        '--properties',
        await writeSettings(directory, address, account),
      ],
      cwd: directory.path,
      ready: (_process, stop) => client.assertServes(stop),
      readyTimeoutMs: READY_TIMEOUT_MS,
      // Its data is thrown away, so there is nothing that it could do in good order.
      stopSignal: 'SIGKILL',
      missing: 'It needs Java 17 or newer: run bin/setup.',
      ...(signal === undefined ? {} : { signal }),
    });
    return { address, account, process: started, stop: () => stop(started, directory) };
  } catch (error) {
    await directory.remove();
    throw error;
  }
}

/** @returns the file, which is as private as its folder */
async function writeSettings(
  { path }: RunDirectory,
  { host, port }: Address,
  { name, key }: StorageAccount,
): Promise<string> {
  const settings = {
    's3proxy.endpoint': `http://${host}:${port}`,
    's3proxy.authorization': 'aws-v4',
    's3proxy.identity': name,
    's3proxy.credential': key,
    'jclouds.provider': 'transient',
  };
  const file = join(path, 's3proxy.properties');
  const lines = Object.entries(settings).map(([property, value]) => `${property}=${value}\n`);
  await writeFile(file, lines.join(''));
  return file;
}

async function stop(started: ServerProcess, directory: RunDirectory): Promise<void> {
  await started.stop();
  await directory.remove();
}
