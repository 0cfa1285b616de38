import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { HttpFault, HttpResponse } from '../../../contracts/messages/http.ts';
import { rowOf } from '../../../contracts/parts.ts';
import type { MockServer, ServeOptions } from '../../adapter.ts';
import { listenOn } from '../../listen.ts';
import { OversizedBodyError, readBody } from './body.ts';
import { type HttpLimits, httpLimits } from './limits.ts';
import { Resolver } from './resolver.ts';
import { trackSockets } from './sockets.ts';
import { type Certificates, makeCertificates } from './tls.ts';
import { logicalRequest, wireResponse } from './wire.ts';

const endedEarly = 'the source ended the connection before its request was whole';

/**
 * Listens and answers by contract, straight on node:http; on node:https where a contract's row says HTTPS.
 * @throws {Error} when the port is in use, or the service mock cannot answer HTTP
 */
export async function startServer(options: ServeOptions, limits: HttpLimits = httpLimits): Promise<MockServer> {
  options.signal?.throwIfAborted();
  const resolver = new Resolver(options, limits);
  const certificates = options.contracts.some(isTls) ? await makeCertificates(options.listen.host) : undefined;
  const face = new ListeningFace(resolver, limits, certificates);
  const { port } = await listenOn(face.server, options.listen);
  try {
    await resolver.open();
    options.signal?.throwIfAborted();
  } catch (error) {
    await face.close();
    throw error;
  }
  const { ca: _, ...listen } = options.listen;
  const address = { ...listen, port, ...(certificates === undefined ? {} : { ca: certificates.ca }) };
  const close = () => face.close();
  options.signal?.addEventListener('abort', close, { once: true });
  return {
    address,
    setState: async (state) => {
      const set = await resolver.setState(state);
      face.showCertificate();
      return {
        values: set.values,
        undo: async () => {
          await set.undo();
          face.showCertificate();
        },
      };
    },
    exchanges: () => resolver.exchanges(),
    settled: () => resolver.settled(),
    clear: () => resolver.clear(),
    close: async () => {
      options.signal?.removeEventListener('abort', close);
      await close();
    },
  };
}

function isTls(contract: ServeOptions['contracts'][number]): boolean {
  return rowOf(contract).protocol === 'HTTPS';
}

/** The face of a resolver that listens on a socket. */
class ListeningFace {
  readonly server: Server;
  readonly #resolver: Resolver;
  readonly #limits: HttpLimits;
  readonly #certificates: Certificates | undefined;
  readonly #failed = new WeakSet<Socket>();
  /** Sockets whose TLS handshake is done. */
  readonly #secured = new WeakSet<Socket>();
  readonly #endSockets: () => void;
  readonly #stop = new AbortController();
  #closed: Promise<void> | undefined;

  constructor(resolver: Resolver, limits: HttpLimits, certificates: Certificates | undefined) {
    this.#resolver = resolver;
    this.#limits = limits;
    this.#certificates = certificates;
    const timing = {
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.idleTimeoutMs,
      handshakeTimeout: limits.headersTimeoutMs,
      connectionsCheckingInterval: Math.min(1_000, Math.ceil(limits.headersTimeoutMs / 4)),
    };
    this.server =
      certificates === undefined ? createServer(timing) : createTlsServer({ ...timing, ...certificates.valid });
    this.#endSockets = trackSockets(this.server);
    this.server.on('request', (request, response) => void this.#serve(request, response));
    this.server.on('clientError', (error, socket) => this.#refuse(error, socket as Socket));
    this.server.on('tlsClientError', (error: Error, socket: TLSSocket) => this.#refuseHandshake(error, socket));
    this.server.on('secureConnection', (socket: TLSSocket) => this.#watchHandshake(socket));
  }

  /** Shows the certificate that the service mock wants to show now. Connections that are idle are ended. */
  showCertificate(): void {
    if (this.#certificates === undefined || !('setSecureContext' in this.server)) return;
    const server = this.server as ReturnType<typeof createTlsServer>;
    server.setSecureContext(this.#certificates[this.#resolver.certificate]);
    server.closeIdleConnections();
  }

  /** Stops listening and ends every connection. */
  close(): Promise<void> {
    this.#closed ??= new Promise<void>((resolve) => {
      this.#stop.abort();
      this.server.close(() => resolve());
      this.#endSockets();
    }).then(() => this.#resolver.close());
    return this.#closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.on('close', () => {
      if (!response.writableFinished) gone.abort();
    });
    try {
      const bytes = await readBody(request, this.#limits.bodyBytes);
      const logical = logicalRequest(request.method ?? '', request.url ?? '/', request.headers, bytes);
      const content = logical instanceof Promise ? await logical : logical;
      send(response, await this.#resolver.answer(content, gone.signal));
    } catch (error) {
      this.#fail(request, response, error instanceof Error ? error : new Error(String(error)));
    }
  }

  #fail(request: IncomingMessage, response: ServerResponse, error: Error): void {
    if (error instanceof OversizedBodyError) {
      const title = `${request.method} ${request.url}`;
      this.#recordOnce(request.socket, new OversizedBodyError(`${title}: ${error.message}`, { cause: error }));
      response.on('finish', () => request.socket.destroySoon());
      const headers = { 'content-type': 'text/plain', connection: 'close' };
      send(response, { status: 413, headers, body: error.message });
      return;
    }
    this.#recordOnce(request.socket, new Error(endedEarly, { cause: error }));
    response.destroy();
  }

  /** What node:http could not read as a request, or waited for in vain. */
  #refuse(error: NodeJS.ErrnoException, socket: Socket): void {
    // node:https tells a failed handshake here too; it is recorded where it is told first as what it is.
    if (this.#certificates !== undefined && !this.#secured.has(socket)) return;
    if (error.code === 'ECONNRESET' && socket.bytesRead === 0) return void socket.destroy();
    const silent = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
    this.#recordOnce(socket, new Error(this.#reasonOf(error), { cause: error }));
    if (!socket.writable) return void socket.destroy();
    socket.end(`HTTP/1.1 ${silent ? '408 Request Timeout' : '400 Bad Request'}\r\nConnection: close\r\n\r\n`);
  }

  #reasonOf(error: NodeJS.ErrnoException): string {
    const { headersTimeoutMs, requestTimeoutMs } = this.#limits;
    switch (error.code) {
      case 'ERR_HTTP_REQUEST_TIMEOUT':
        return `the source sent no whole request in time (headers: ${headersTimeoutMs} ms, all: ${requestTimeoutMs} ms)`;
      case 'HPE_INVALID_EOF_STATE':
      case 'ECONNRESET':
        return endedEarly;
      default:
        return `what the source sent is not HTTP/1.1: ${error.message}`;
    }
  }

  /** What goes wrong on a connection may be told by the parser and by the request; the first to tell is recorded. */
  #recordOnce(socket: Socket, failure: Error): void {
    if (this.#failed.has(socket)) return;
    this.#failed.add(socket);
    this.#resolver.record(failure);
  }

  #refuseHandshake(error: NodeJS.ErrnoException, socket: TLSSocket): void {
    // A source that refuses a certificate sends an alert, or just leaves.
    const refused = error.code === 'ECONNRESET' || error.code?.includes('ALERT') === true;
    if (refused && this.#resolver.certificate === 'expired') this.#recordRefusedCertificate();
    else this.#resolver.record(new Error(`the TLS handshake failed: ${reasonOf(error)}`, { cause: error }));
    socket.destroy();
  }

  /** A source that looks at the certificate after the handshake, as Node does, leaves without a request. */
  #watchHandshake(socket: TLSSocket): void {
    this.#secured.add(socket);
    if (this.#resolver.certificate !== 'expired') return;
    socket.once('close', () => {
      if (socket.bytesRead === 0 && !this.#stop.signal.aborted) this.#recordRefusedCertificate();
    });
  }

  #recordRefusedCertificate(): void {
    const content: HttpFault = { fault: 'tls', detail: 'CERT_HAS_EXPIRED' };
    this.#resolver.record(undefined, [{ from: 'destination', content, atMs: Date.now() }]);
  }
}

function send(response: ServerResponse, reply: HttpResponse | HttpFault): void {
  if ('fault' in reply) {
    response.destroy();
    return;
  }
  const { headers, bytes } = wireResponse(reply, response.req.method);
  response.writeHead(reply.status, headers).end(bytes);
}

/** OpenSSL's own words, where they are: its messages begin with numbers and end with its source code's lines. */
function reasonOf(error: Error): string {
  return 'reason' in error && typeof error.reason === 'string' ? error.reason : error.message;
}
