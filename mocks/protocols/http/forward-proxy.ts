import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Address } from '../../adapter.ts';
import { listenOn } from '../../listen.ts';
import type { HttpLimits } from './limits.ts';
import { rawResponse } from './raw-response.ts';
import type { Resolver } from './resolver.ts';
import { trackSockets } from './sockets.ts';
import { logicalRequest, wireResponse } from './wire.ts';

/**
 * Answers a CONNECT by contract, on a connection that node:http has let go of (RFC 9110, section 9.3.6).
 * @param tunnelTo where the bytes go from then on, after a 2xx; without it no tunnel is opened, whatever the answer
 */
export async function answerConnect(
  request: IncomingMessage,
  socket: Duplex,
  resolver: Resolver,
  tunnelTo?: Address,
): Promise<void> {
  const gone = new AbortController();
  socket.on('error', () => {});
  socket.once('close', () => gone.abort());
  const logical = await logicalRequest('CONNECT', request.url ?? '', request.headers, new Uint8Array());
  const reply = await resolver.answer(logical, gone);
  if ('fault' in reply) return void socket.destroy();
  if (tunnelTo !== undefined && reply.status >= 200 && reply.status < 300) return openTunnel(socket, tunnelTo);
  const { headers, bytes } = wireResponse(reply);
  socket.end(rawResponse(reply.status, headers, bytes));
}

function openTunnel(source: Duplex, { host, port }: Address): void {
  const destination: Socket = connect({ host, port, allowHalfOpen: true });
  destination.on('error', () => {});
  for (const [one, other] of [
    [source, destination],
    [destination, source],
  ] as const) {
    one.once('close', () => other.destroy());
  }
  destination.once('connect', () => {
    source.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    source.pipe(destination).pipe(source);
  });
}

/** A forward proxy in front of one mock: it opens tunnels to that mock, and to nowhere else. */
export class ForwardProxy {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly #server: Server;
  readonly #endSockets: () => void;

  private constructor(server: Server, endSockets: () => void, { host, port }: Address) {
    this.#server = server;
    this.#endSockets = endSockets;
    this.url = `http://${host}:${port}`;
  }

  /** @throws {Error} when there is no port to listen on */
  static async start(tunnelTo: Address, resolver: Resolver, limits: HttpLimits): Promise<ForwardProxy> {
    const server = createServer({
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      maxHeaderSize: limits.headerBytes,
    });
    const endSockets = trackSockets(server);
    server.on('connect', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (head.length > 0) socket.unshift(head);
      void answerConnect(request, socket, resolver, tunnelTo);
    });
    server.on('request', (request, response) => {
      const reason = `the forward proxy was asked for ${request.method} ${request.url}; it only opens tunnels, by CONNECT`;
      resolver.record(new Error(reason));
      response.writeHead(405, { 'content-type': 'text/plain', connection: 'close' }).end(reason);
    });
    server.on('clientError', (cause, socket) => {
      if ((socket as Socket).bytesRead === 0) return void socket.destroy();
      resolver.record(
        new Error(`what the source sent to the forward proxy is not HTTP/1.1: ${cause.message}`, { cause }),
      );
      socket.destroy();
    });
    return new ForwardProxy(server, endSockets, await listenOn(server, { host: tunnelTo.host, port: 0 }));
  }

  /** Stops listening and ends every tunnel. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#endSockets();
    });
  }
}
