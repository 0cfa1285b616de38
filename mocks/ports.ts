import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, isIPv6 } from 'node:net';
import type { Address } from './adapter.ts';
import { errorCode } from './error-code.ts';

/** Below these live the system's services and the documented ports of most systems. */
const LOWEST_PORT = 12_000;
/** Linux's default; what it says itself is preferred. */
const LOWEST_EPHEMERAL_PORT = 32_768;
/** How many ports a process takes for itself at once, the first of which shows the others that it has. */
const BLOCK_SIZE = 32;
/** How many blocks it takes before it goes through its own again: so many ports are enough for the old ones to be free. */
const MOST_BLOCKS = 32;

/**
 * The ports that this process may use and no other: a block is its own while it holds the first port of it, which the system gives back
 * however the process ends.
 */
class OwnPorts {
  /** The first port of each block. */
  readonly #blocks: number[] = [];
  #drawn = 0;
  #claiming: Promise<void> | undefined;

  /** @throws Error when all ports are in use */
  async draw(): Promise<number> {
    const size = BLOCK_SIZE - 1;
    const turn = Math.floor(this.#drawn / size);
    const at = 1 + (this.#drawn % size);
    this.#drawn += 1;
    if (turn >= this.#blocks.length && this.#blocks.length < MOST_BLOCKS) await this.#claimOnce();
    return (this.#blocks[turn % this.#blocks.length] as number) + at;
  }

  async #claimOnce(): Promise<void> {
    this.#claiming ??= this.#claim();
    await this.#claiming;
    this.#claiming = undefined;
  }

  /** Where all are taken by others, the own ones have to do. */
  async #claim(): Promise<void> {
    const end = lowestEphemeralPort();
    const count = Math.floor((end - LOWEST_PORT) / BLOCK_SIZE);
    const start = randomInt(count);
    for (let tried = 0; tried < count; tried += 1) {
      const first = LOWEST_PORT + ((start + tried) % count) * BLOCK_SIZE;
      if (!(await holdUdp(first))) continue;
      this.#blocks.push(first);
      return;
    }
    if (this.#blocks.length === 0) throw new Error(`There is no free port from ${LOWEST_PORT} to ${end - 1}.`);
  }
}

const ownPorts = new OwnPorts();

/**
 * A port that is free now, for TCP and UDP, for servers that cannot bind port 0 themselves. No other process of ours is given it, and
 * this one not before a thousand others. It lies below the kernel's ephemeral ports, so that no outgoing connection takes it before
 * the server is up.
 * @throws Error when all ports are in use.
 */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  for (let tried = 0; tried < MOST_BLOCKS * BLOCK_SIZE; tried += 1) {
    const port = await ownPorts.draw();
    if ((await isFreeForTcp(host, port)) && (await isFreeForUdp(host, port))) return port;
  }
  throw new Error(`There is no free port on ${host} among those of this process.`);
}

/**
 * Makes sure that a server can listen there, before it fails in words of its own. Port 0 is always free.
 * @throws Error with one sentence when the port is in use.
 */
export async function assertFree(
  { host, port }: Pick<Address, 'host' | 'port'>,
  transport: 'TCP' | 'UDP' = 'TCP',
): Promise<void> {
  const isFree = transport === 'TCP' ? isFreeForTcp : isFreeForUdp;
  if (port === 0 || (await isFree(host, port))) return;
  throw new Error(`port ${port} on ${host} is in use; stop what listens there, or choose another port.`);
}

function lowestEphemeralPort(): number {
  let configured = Number.NaN;
  try {
    configured = Number.parseInt(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8'), 10);
  } catch {
    // Not Linux: its default is as good as any.
  }
  return configured > LOWEST_PORT + BLOCK_SIZE ? configured : LOWEST_EPHEMERAL_PORT;
}

/** Takes a port for as long as the process runs. @returns whether it was free */
async function holdUdp(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  try {
    socket.bind({ address: '127.0.0.1', port, exclusive: true });
    await once(socket, 'listening');
    socket.unref();
    return true;
  } catch (error) {
    socket.close();
    return rejectUnlessInUse(error);
  }
}

async function isFreeForTcp(host: string, port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, 'listening');
    return true;
  } catch (error) {
    return rejectUnlessInUse(error);
  } finally {
    server.close();
  }
}

async function isFreeForUdp(host: string, port: number): Promise<boolean> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  try {
    socket.bind({ address: host, port, exclusive: true });
    await once(socket, 'listening');
    return true;
  } catch (error) {
    return rejectUnlessInUse(error);
  } finally {
    socket.close();
  }
}

function rejectUnlessInUse(error: unknown): false {
  if (errorCode(error) === 'EADDRINUSE') return false;
  throw error;
}
