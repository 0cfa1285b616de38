import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Address } from '../../adapter.ts';
import { freePort } from '../../ports.ts';
import { runDirectory, type ServerProcess, startProcess } from '../../process.ts';
import { connect } from './client.ts';
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
  signal?: AbortSignal;
}

/** How often a port may be lost to somebody else between choosing and binding it. */
const PORT_ATTEMPTS = 3;
const administrator = 'admin';

/**
 * Starts the machine's own redis-server, in memory, on a free port. Not through redis-memory-server: where the program is
 * missing that downloads and compiles one, and each of its servers has a second process to watch it.
 * @throws Error with one sentence when the program is missing or does not come up
 */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const { host = '127.0.0.1' } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startAt({ host, port: await freePort(host) }, options);
    } catch (error) {
      if (attempt === PORT_ATTEMPTS || !/Address already in use/.test(String(error))) throw error;
    }
  }
}

async function startAt({ host, port }: Address, options: RedisServerOptions): Promise<RedisServer> {
  const { command = 'redis-server', signal } = options;
  const address = { host, port, user: administrator, password: randomUUID() };
  const directory = await runDirectory('redis');
  try {
    const configuration = join(directory.path, 'redis.conf');
    // In a file and not among the arguments, which every user of the machine can read.
    await writeFile(configuration, configurationOf(address, directory.path), { mode: 0o600 });
    const process = await startProcess({
      name: 'redis-server',
      command,
      args: [configuration],
      ready: async (_, probeSignal) => {
        const client = await connect({ at: address, observer: true, signal: probeSignal });
        client.disconnect();
      },
      readyTimeoutMs: redisLimits.readyTimeoutMs,
      missing: 'Run bin/setup, or install the package redis-server.',
      ...(signal === undefined ? {} : { signal }),
    });
    const stop = async () => {
      await process.stop();
      await directory.remove();
    };
    return { address, process, stop };
  } catch (error) {
    await directory.remove();
    throw error;
  }
}

/** One database, as in a cluster; nothing is saved; only the administrator may come in. */
function configurationOf({ host, port, password }: Address, path: string): string {
  return [
    `bind ${host}`,
    `port ${port}`,
    `dir ${path}`,
    'save ""',
    'appendonly no',
    'databases 1',
    `user ${administrator} on >${password} ~* &* +@all`,
    'user default off',
    '',
  ].join('\n');
}
