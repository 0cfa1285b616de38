import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Address } from '../../adapter.ts';
import { errorCode } from '../../error-code.ts';
import type { SipTransport } from './transport.ts';

/** How long the refusal of a datagram may take to come back. */
const REFUSAL_TIMEOUT_MS = 200;

const PROBE_EVERY_MS = 20;

/** Resolves when somebody listens at the address. @throws the signal's reason when aborted */
export async function untilListening(at: Address, transport: SipTransport, signal: AbortSignal): Promise<void> {
  const refuses = transport === 'TCP' ? refusesConnections : refusesDatagrams;
  while (await refuses(at)) await sleep(PROBE_EVERY_MS, undefined, { signal });
  signal.throwIfAborted();
}

async function refusesConnections({ host, port }: Pick<Address, 'host' | 'port'>): Promise<boolean> {
  const socket = connect(port, host);
  try {
    await once(socket, 'connect');
    return false;
  } catch {
    return true;
  } finally {
    socket.destroy();
  }
}

/**
 * Whether the machine at the address says that nobody listens at its UDP port (RFC 1122, 4.1.3.1). SIPp does not hear of
 * it: only a connected socket does. What is sent is the keep-alive that every SIP element ignores (RFC 5626, 4.4.1).
 */
export async function refusesDatagrams({ host, port }: Pick<Address, 'host' | 'port'>): Promise<boolean> {
  const socket = createSocket('udp4');
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<boolean>((resolve) => {
      socket.on('error', (error) => resolve(errorCode(error) === 'ECONNREFUSED'));
      socket.connect(port, host, () => {
        socket.send('\r\n\r\n');
        // Where this process has had to wait longer than that itself, the refusal is there and yet to be read.
        timer = setTimeout(() => setImmediate(() => resolve(false)), REFUSAL_TIMEOUT_MS);
      });
    });
  } finally {
    clearTimeout(timer);
    socket.close();
  }
}
