import type { ChildProcess } from 'node:child_process';
import { RedisInstance } from 'redis-memory-server';
import type { Address } from '../../adapter.ts';
import type { Spawning } from '../../process.ts';

/** What a server of redis-memory-server is to be. */
export interface InstanceOptions {
  /** Path of redis-server. It must be there: for one that is not, the package downloads and compiles one. */
  program: string;
  at: Pick<Address, 'host' | 'port'>;
  /** Path of a configuration file, read after what the package sets itself: nothing saved, address and port. */
  configuration: string;
}

/**
 * A server of redis-memory-server, with a second process that ends it when this one is gone. Its class for one server is
 * used rather than the one around it, which would take another port by itself and hold the process back until it serves.
 */
export class Instance extends RedisInstance {
  readonly #program: string;
  readonly #spawned = Promise.withResolvers<ChildProcess>();

  constructor({ program, at, configuration }: InstanceOptions) {
    super({
      instance: { ip: at.host, port: at.port, args: ['--include', configuration] },
      binary: { systemBinary: program },
    });
    this.#program = program;
  }

  /** Starts the server. @returns its process as soon as there is one. @throws Error when there is none */
  async spawn({ detached, env }: Spawning): Promise<ChildProcess> {
    this.opts.spawn = { detached, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] };
    // Once the process is there, its end is seen by whoever supervises it.
    this.run().catch(this.#spawned.reject);
    return await this.#spawned.promise;
  }

  /** The package gives the path in quotes when there is a space in it, which is no name of a file. */
  override _launchRedisServer(): ChildProcess {
    try {
      const child = super._launchRedisServer(this.#program);
      this.#spawned.resolve(child);
      return child;
    } catch (error) {
      // The package would report it a second time, to nobody.
      this.instanceFailed = () => {};
      throw error;
    }
  }
}
