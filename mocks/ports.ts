import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Address } from './adapter.ts';
import { errorCode } from './error-code.ts';

/** Below these live the system's services and the documented ports of most systems. */
const LOWEST_PORT = 12_000;
/** Linux's default; what it says itself is preferred. */
const LOWEST_EPHEMERAL_PORT = 32_768;
/** Ports that one process may take before it reaches those where the next one began. */
const STRIDE = 97;

let candidates: Iterator<number> | undefined;

/**
 * A port that is free now, for TCP and UDP, for servers that cannot bind port 0 themselves. It is never given twice in one
 * process. It lies below the kernel's ephemeral ports, so that no outgoing connection takes it before the server is up, and
 * every process begins its search elsewhere, so that two at once do not meet.
 * @throws Error when all ports are in use.
 */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  candidates ??= range(LOWEST_PORT, lowestEphemeralPort(), process.pid);
  for (let next = candidates.next(); !next.done; next = candidates.next()) {
    if ((await isFreeForTcp(host, next.value)) && (await isFreeForUdp(host, next.value))) return next.value;
  }
  throw new Error(`There is no free port on ${host} from ${LOWEST_PORT} to ${lowestEphemeralPort() - 1}.`);
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

function* range(lowest: number, end: number, pid: number): Generator<number> {
  const size = end - lowest;
  for (let taken = 0; taken < size; taken += 1) yield lowest + ((pid * STRIDE + taken) % size);
}

function lowestEphemeralPort(): number {
  let configured = Number.NaN;
  try {
    configured = Number.parseInt(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8'), 10);
  } catch {
    // Not Linux: its default is as good as any.
  }
  return configured > LOWEST_PORT + STRIDE ? configured : LOWEST_EPHEMERAL_PORT;
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
  const socket = createSocket('udp4');
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
