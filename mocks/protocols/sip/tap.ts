import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Side } from '../../../contracts/contract.ts';
import type { Address, Tap } from '../../adapter.ts';
import { errorCode, errorMessage } from '../../error-code.ts';
import { SipFramer } from './framing.ts';
import { SipRecord } from './record.ts';
import { assertIpv4 } from './transport.ts';

/** Turns of the event loop without a byte after which nothing is on its way within this machine. */
const QUIET_TURNS = 5;
/** A free TCP port may be taken for UDP. */
const MOST_ATTEMPTS = 5;

/**
 * Listens for SIP on TCP and on UDP, forwards every byte as it came, and records the messages by Call-ID.
 * It sees what passes its own address: a peer that answers to the Via's address instead of the packet's source goes past it.
 * @param record where it puts them; a record of its own when absent
 * @throws Error with one sentence when the port is in use, and for an address of IPv6
 */
export async function tap(listen: Address, forward: Address, record = new SipRecord()): Promise<Tap> {
  for (const { host } of [listen, forward]) assertIpv4(host);
  for (let attempt = 1; ; attempt += 1) {
    const recorder = new SipTap(forward, record);
    try {
      await recorder.listen(listen);
      return recorder;
    } catch (cause) {
      await recorder.close();
      if (errorCode(cause) !== 'EADDRINUSE') throw cause;
      if (listen.port === 0 && attempt < MOST_ATTEMPTS) continue;
      const { host, port } = listen;
      throw new Error(`port ${port} on ${host} is in use; stop what listens there, or choose another port.`, { cause });
    }
  }
}

class SipTap implements Tap {
  address: Address = { host: '', port: 0 };
  readonly #forward: Address;
  readonly #record: SipRecord;
  readonly #server: Server;
  readonly #udp: UdpSocket = createSocket('udp4');
  readonly #streams = new Set<Socket>();
  /** Towards the destination, one for each source, so that answers find their way back. */
  readonly #sockets = new Map<string, UdpSocket>();
  #seenBytes = 0;
  #closed: Promise<void> | undefined;

  constructor(forward: Address, record: SipRecord) {
    this.#forward = forward;
    this.#record = record;
    this.#server = createServer({ allowHalfOpen: true }, (source) => this.#accept(source));
    this.#udp.on('message', (bytes, from) => this.#takeDatagram(bytes, from));
  }

  async listen({ host, port }: Address): Promise<void> {
    this.#server.listen({ host, port });
    await once(this.#server, 'listening');
    const address = this.#server.address();
    const bound = typeof address === 'object' && address !== null ? address.port : port;
    this.#udp.bind({ address: host, port: bound });
    await once(this.#udp, 'listening');
    this.address = { host, port: bound };
  }

  exchanges() {
    return this.#record.exchanges();
  }

  async settled(): Promise<void> {
    for (let quiet = 0, seen = this.#seenBytes; quiet < QUIET_TURNS; quiet += 1) {
      await nextTurn();
      if (seen !== this.#seenBytes) quiet = 0;
      seen = this.#seenBytes;
    }
  }

  close(): Promise<void> {
    this.#closed ??= (async () => {
      for (const stream of this.#streams) stream.destroy();
      for (const socket of this.#sockets.values()) socket.close();
      await Promise.all([
        new Promise<void>((resolve) => this.#udp.close(() => resolve())),
        new Promise<void>((resolve) => this.#server.close(() => resolve())),
      ]);
    })();
    return this.#closed;
  }

  #accept(source: Socket): void {
    const { host, port } = this.#forward;
    const destination = connect({ host, port, allowHalfOpen: true });
    this.#pass(source, destination, 'source');
    this.#pass(destination, source, 'destination');
  }

  #pass(from: Socket, to: Socket, side: Side): void {
    this.#streams.add(from);
    let framer: SipFramer | undefined = new SipFramer();
    from.on('data', (bytes: Buffer) => {
      to.write(bytes);
      this.#seenBytes += bytes.length;
      try {
        for (const message of framer?.push(bytes) ?? []) this.#take(message, side, 'TCP');
      } catch (cause) {
        // Nothing after it can be read either; it still passes.
        framer = undefined;
        this.#record.fail(
          new Error(`the ${side} sent what is no SIP message: ${errorMessage(cause)}`, { cause }),
          'TCP',
        );
      }
    });
    from.on('end', () => {
      const rest = framer?.rest().toString('latin1') ?? '';
      if (rest !== '') {
        const text = `the ${side} ended the connection in the middle of a message: "${rest.slice(0, 60).trim()}"`;
        this.#record.fail(new Error(text), 'TCP');
      }
      to.end();
    });
    from.on('error', (cause) => {
      this.#record.fail(new Error(`the connection of the ${side} broke: ${cause.message}`, { cause }), 'TCP');
    });
    from.on('close', () => {
      this.#streams.delete(from);
      to.destroySoon();
    });
  }

  #take(bytes: Buffer, from: Side, transport: 'TCP' | 'UDP'): void {
    this.#record.add({ from, bytes, atMs: Date.now() }, transport);
  }

  #takeDatagram(bytes: Buffer, source: RemoteInfo): void {
    this.#seenBytes += bytes.length;
    if (!isKeepAlive(bytes)) this.#take(bytes, 'source', 'UDP');
    this.#towardsDestination(source).send(bytes, this.#forward.port, this.#forward.host);
  }

  #towardsDestination({ address, port }: RemoteInfo): UdpSocket {
    const key = `${address}:${port}`;
    const known = this.#sockets.get(key);
    if (known !== undefined) return known;
    const socket = createSocket('udp4');
    this.#sockets.set(key, socket);
    socket.on('message', (bytes) => {
      this.#seenBytes += bytes.length;
      if (!isKeepAlive(bytes)) this.#take(bytes, 'destination', 'UDP');
      this.#udp.send(bytes, port, address);
    });
    socket.on('error', (cause) => {
      this.#record.fail(
        new Error(`the datagrams of ${key} could not be forwarded: ${cause.message}`, { cause }),
        'UDP',
      );
    });
    return socket;
  }
}

/** Line ends alone keep a binding alive and are no message (RFC 5626, section 4.4). */
function isKeepAlive(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0x0d || byte === 0x0a);
}
