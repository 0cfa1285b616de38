import { randomUUID } from 'node:crypto';
import { access, constants, writeFile } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import type { Address } from '../../adapter.ts';
import { errorMessage } from '../../error-code.ts';
import { freePort } from '../../ports.ts';
import { runDirectory, type ServerProcess, type SuperviseOptions, superviseProcess } from '../../process.ts';
import { connect } from './client.ts';
import { Instance } from './instance.ts';
import { redisLimits } from './limits.ts';

/** A running redis-server of ours. */
export interface RedisServer {
  /** With the login of the administrator; the default user is off. */
  address: Address;
  process: ServerProcess;
  /** Ends the server and removes its data. Stopping twice is allowed. */
  stop(): Promise<void>;
}

export interface RedisServerOptions {
  host?: string;
  /** The program; Debian's by its name when absent. */
  command?: string;
  /** Further lines of its configuration. */
  settings?: readonly string[];
  signal?: AbortSignal;
}

/** How often a port may be lost to somebody else between choosing and binding it. */
const PORT_ATTEMPTS = 3;
const administrator = 'admin';

/**
 * Starts the machine's own redis-server through redis-memory-server, in memory, on a free port.
 * @throws Error with one sentence when the program is missing or does not come up
 */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const { host = '127.0.0.1', command = 'redis-server' } = options;
  const program = await pathOf(command);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startAt({ host, port: await freePort(host) }, program, options);
    } catch (error) {
      if (attempt === PORT_ATTEMPTS || !/Address already in use/.test(String(error))) throw error;
    }
  }
}

async function startAt(
  { host, port }: Address,
  program: string,
  { settings = [], signal }: RedisServerOptions,
): Promise<RedisServer> {
  const address = { host, port, user: administrator, password: randomUUID() };
  const directory = await runDirectory('redis');
  const configuration = join(directory.path, 'redis.conf');
  const instance = new Instance({ program, at: address, configuration });
  const cleanUp = async () => {
    // By now only the process that watches it is left.
    await instance.kill();
    await directory.remove();
  };
  try {
    // In a file and not among the arguments, which every user of the machine can read.
    const lines = [...configurationOf(address, directory.path), ...settings, ''];
    await writeFile(configuration, lines.join('\n'), { mode: 0o600 });
    const options: SuperviseOptions = {
      name: 'redis-server',
      ready: async (_, probeSignal) => {
        const client = await connect({ at: address, observer: true, signal: probeSignal });
        client.disconnect();
      },
      readyTimeoutMs: redisLimits.readyTimeoutMs,
      ...(signal === undefined ? {} : { signal }),
    };
    const process = await superviseProcess(options, (how) =>
      instance.spawn(how).catch((cause: unknown) => {
        throw new Error(`redis-server could not be started from ${program}: ${errorMessage(cause)}`, { cause });
      }),
    );
    const stop = async () => {
      await process.stop();
      await cleanUp();
    };
    return { address, process, stop };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

/** Finds a program the way a shell does. @throws Error with one sentence when it is not there */
async function pathOf(command: string): Promise<string> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = resolve(folder, command);
    const runs = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return path;
  }
  throw new Error('redis-server is not on this machine. Run bin/setup, or install the package redis-server.');
}

/** One database, as in a cluster; only the administrator may come in. */
function configurationOf({ password }: Address, path: string): string[] {
  return [`dir ${path}`, 'databases 1', `user ${administrator} on >${password} ~* &* +@all`, 'user default off'];
}
