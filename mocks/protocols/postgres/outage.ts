import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { PostgresContent } from '../../../contracts/messages/postgres.ts';
import type { Address, ObservedMessage } from '../../adapter.ts';

/** The longest startup packet that PostgreSQL takes itself (MAX_STARTUP_PACKET_LENGTH). */
const STARTUP_LIMIT_BYTES = 10_000;
/** PostgreSQL manual, "Message Formats": StartupMessage 3.0, and the requests that may come before it. */
const PROTOCOL_MAJOR = 3;
const SSL_REQUEST = 80_877_103;
const GSS_REQUEST = 80_877_104;

/** Whom a client says it is when it opens a session. */
export interface Attempt {
  role: string;
  database: string;
}

/** What stands where a server was. */
export interface StandIn {
  /** Leaves the place. Closing twice is allowed. */
  close(): Promise<void>;
}

/**
 * Stands where a server was, notes who asks for it, and lets go without a word: nothing answers, as with a server that is
 * down behind a load balancer, and the harness still knows that somebody tried.
 */
export async function standInForAbsent(at: Address, tried: (attempt: Attempt) => void): Promise<StandIn> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    let bytes = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      const packet = firstPacket(bytes);
      if (packet === 'encryption') {
        bytes = bytes.subarray(8);
        socket.write('N');
      } else if (packet !== 'incomplete') {
        if (packet !== 'unknown') tried(packet);
        socket.resetAndDestroy();
      }
    });
  });
  server.listen({ host: at.host, port: at.port });
  await once(server, 'listening');
  return {
    async close() {
      if (!server.listening) return;
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The messages that stand for such an attempt. */
export function attemptMessages({ role, database }: Attempt): ObservedMessage[] {
  const atMs = Date.now();
  return [
    { from: 'source', content: { verb: 'CONNECT', role, database } satisfies PostgresContent, atMs },
    { from: 'destination', content: { fault: 'refused' } satisfies PostgresContent, atMs },
  ];
}

/** Reads the first packet of a client as far as it is there. */
export function firstPacket(bytes: Buffer): Attempt | 'encryption' | 'incomplete' | 'unknown' {
  if (bytes.length < 8) return 'incomplete';
  const length = bytes.readInt32BE(0);
  const code = bytes.readInt32BE(4);
  if (length === 8 && (code === SSL_REQUEST || code === GSS_REQUEST)) return 'encryption';
  if (length < 8 || length > STARTUP_LIMIT_BYTES || code >> 16 !== PROTOCOL_MAJOR) return 'unknown';
  if (bytes.length < length) return 'incomplete';
  const words = bytes.toString('utf8', 8, length).split('\0');
  const settings = new Map<string, string>();
  for (let at = 0; at + 1 < words.length; at += 2) settings.set(words[at] ?? '', words[at + 1] ?? '');
  const role = settings.get('user') ?? '';
  return { role, database: settings.get('database') ?? role };
}
