import { createSocket } from 'node:dgram';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

/** A peer that does something wrong. */
export interface Peer {
  host: string;
  port: number;
  /** `127.0.0.1:PORT`. */
  at: string;
  close(): Promise<void>;
}

const host = '127.0.0.1';

function peerOf(port: number, close: () => Promise<void>): Peer {
  return { host, port, at: `${host}:${port}`, close };
}

async function listening(server: Server): Promise<Peer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  return peerOf(port, async () => {
    const closed = new Promise<void>((done) => server.close(() => done()));
    for (const socket of sockets) socket.destroy();
    await closed;
  });
}

/** Bytes that begin no message of any wire. */
export const garbage = Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 167 + 13) % 256));

/** Takes a connection and hands it over. */
export const tcpPeer = (take: (socket: Socket) => void): Promise<Peer> => listening(createServer(take));
/** Takes a connection and what comes on it, and never says a word. */
export const silentPeer = (): Promise<Peer> => tcpPeer((socket) => void socket.resume());
/** Hangs up on whoever calls. */
export const closingPeer = (): Promise<Peer> => tcpPeer((socket) => void socket.end());
/** Answers the first words with garbage. */
export const garbagePeer = (): Promise<Peer> =>
  tcpPeer((socket) => void socket.once('data', () => socket.write(garbage)));
/** Answers over TLS, then hangs up. */
export const tlsPeer = (options: TlsOptions): Promise<Peer> =>
  listening(
    createTlsServer(options, (socket) => void socket.on('error', () => {}).end()).on('tlsClientError', () => {}),
  );
export const httpPeer = (answer: RequestListener): Promise<Peer> => listening(createHttpServer(answer));

/** Takes datagrams; answers each with the bytes, if there are any. */
export async function udpPeer(answer?: Buffer): Promise<Peer> {
  const socket = createSocket('udp4');
  if (answer !== undefined) socket.on('message', (_, from) => socket.send(answer, from.port, from.address));
  await new Promise<void>((done) => socket.bind(0, host, done));
  const { port } = socket.address();
  return peerOf(port, () => new Promise<void>((done) => socket.close(() => done())));
}

/** Where nobody listens: a port that was free a moment ago. */
export async function nobody(): Promise<Peer> {
  const peer = await silentPeer();
  await peer.close();
  return { ...peer, close: async () => {} };
}

/** Uses a peer, and closes it whatever comes of that. */
export async function withPeer<T>(started: Promise<Peer>, use: (peer: Peer) => Promise<T>): Promise<T> {
  const peer = await started;
  try {
    return await use(peer);
  } finally {
    await peer.close();
  }
}
