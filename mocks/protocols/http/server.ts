import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { HttpFault, HttpResponse } from '../../../contracts/messages/http.ts';
import { rowOf } from '../../../contracts/parts.ts';
import type { MockServer, ServeOptions } from '../../adapter.ts';
import { listenOn } from '../../listen.ts';
import { BodyError, readBody } from './body.ts';
import { answerConnect } from './forward-proxy.ts';
import { type HttpLimits, httpLimits } from './limits.ts';
import { rawResponse } from './raw-response.ts';
import { type Asker, Resolver } from './resolver.ts';
import type { CertificateKind } from './service.ts';
import { trackSockets } from './sockets.ts';
import { refusalOf } from './tls.ts';
import { TransportSetup } from './transport.ts';
import { logicalRequest, messageToSend } from './wire.ts';

const noBytes = new Uint8Array();
const endedEarly = 'the source ended the connection before its request was whole';

/**
 * Listens and answers by contract, straight on node:http; on node:https where a contract's row says HTTPS.
 * @throws {Error} when the port is in use, or the service mock cannot answer HTTP
 */
export async function startServer(options: ServeOptions, limits: HttpLimits = httpLimits): Promise<MockServer> {
  options.signal?.throwIfAborted();
  const resolver = new Resolver(options, limits);
  const transport = options.contracts.some(isTls)
    ? await TransportSetup.make(options.listen.host, resolver, limits)
    : undefined;
  const face = new ListeningFace(resolver, limits, transport);
  const { port } = await listenOn(face.server, options.listen);
  try {
    await resolver.open();
    options.signal?.throwIfAborted();
  } catch (error) {
    await face.close();
    throw error;
  }
  const { ca: _, ...listen } = options.listen;
  const address = { ...listen, port, ...(transport === undefined ? {} : { ca: transport.certificates.ca }) };
  const close = () => face.close();
  const { plainWorld } = resolver;
  const adapt = async () => {
    const values = await transport?.adapt(address);
    face.showCertificate();
    return values;
  };
  options.signal?.addEventListener('abort', close, { once: true });
  return {
    address,
    setState: async (state) => {
      const set = await resolver.setState(state);
      return {
        values: { ...(await adapt()), ...set.values },
        undo: async () => {
          await set.undo();
          await adapt();
        },
      };
    },
    exchanges: () => resolver.exchanges(),
    settled: () => resolver.settled(),
    clear: () => resolver.clear(),
    ...(plainWorld && {
      inspect: () => plainWorld.inspect(),
      reset: async () => {
        resolver.reset();
        await adapt();
      },
    }),
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
  readonly #transport: TransportSetup | undefined;
  #shown: CertificateKind = 'valid';
  readonly #failed = new WeakSet<Socket>();
  /** Sockets whose TLS handshake is done, with the common name in the source's certificate. */
  readonly #secured = new WeakMap<Socket, string | undefined>();
  readonly #endSockets: () => void;
  readonly #stop = new AbortController();
  #closed: Promise<void> | undefined;

  constructor(resolver: Resolver, limits: HttpLimits, transport: TransportSetup | undefined) {
    this.#resolver = resolver;
    this.#limits = limits;
    this.#transport = transport;
    const timing = {
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.idleTimeoutMs,
      handshakeTimeout: limits.headersTimeoutMs,
      connectionsCheckingInterval: Math.min(1_000, Math.ceil(limits.headersTimeoutMs / 4)),
      maxHeaderSize: limits.headerBytes,
      optimizeEmptyRequests: true,
      // node:http would refuse such a request by itself, and nobody would know of it.
      requireHostHeader: false,
    };
    this.server =
      transport === undefined ? createServer(timing) : createTlsServer({ ...timing, ...transport.serverOptions() });
    this.#endSockets = trackSockets(this.server);
    this.server.on('request', (request, response) => this.#serve(request, response));
    this.server.on('checkExpectation', (request, response) => {
      const reason = `the expectation "${request.headers.expect}" is not known; there is 100-continue`;
      this.#refuseRequest(request, response, 417, reason);
    });
    this.server.on('connect', (request, socket) => void answerConnect(request, socket, resolver));
    this.server.on('clientError', (error, socket) => this.#refuse(error, socket as Socket));
    this.server.on('tlsClientError', (error: Error, socket: TLSSocket) => this.#refuseHandshake(error, socket));
    this.server.on('secureConnection', (socket: TLSSocket) => this.#watchHandshake(socket));
  }

  /** Shows the certificate that the service mock wants to show now. Idle connections that have seen another one are ended. */
  showCertificate(): void {
    const { certificate } = this.#resolver.transport;
    if (certificate === this.#shown || this.#transport === undefined || !('setSecureContext' in this.server)) return;
    this.#shown = certificate;
    const server = this.server as ReturnType<typeof createTlsServer>;
    server.setSecureContext(this.#transport.serverOptions());
    server.closeIdleConnections();
  }

  /** Stops listening and ends every connection. */
  close(): Promise<void> {
    this.#closed ??= new Promise<void>((resolve) => {
      this.#stop.abort();
      this.server.close(() => resolve());
      this.#endSockets();
    })
      .then(() => this.#transport?.close())
      .then(() => this.#resolver.close());
    return this.#closed;
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    if (request.headers.host === undefined && request.httpVersion === '1.1') {
      this.#refuseRequest(request, response, 400, 'it has no Host header (RFC 9112, section 3.2)');
      return;
    }
    if (!hasBody(request)) return void this.#answer(request, response, noBytes);
    readBody(
      request,
      this.#limits.bodyBytes,
      (bytes) => void this.#answer(request, response, bytes),
      (error) => this.#fail(request, response, error),
    );
  }

  /** Waits for nothing, unless the request's parts or the service mock take their time. */
  async #answer(request: IncomingMessage, response: ServerResponse, bytes: Uint8Array): Promise<void> {
    try {
      const logical = logicalRequest(request.method ?? '', request.url ?? '/', request.headers, bytes);
      const content = logical instanceof Promise ? await logical : logical;
      const clientCertificate = this.#transport && this.#secured.get(request.socket);
      const identified = clientCertificate === undefined ? content : { ...content, clientCertificate };
      const reply = this.#resolver.answer(identified, new Waiting(response));
      send(response, reply instanceof Promise ? await reply : reply);
    } catch (error) {
      this.#fail(request, response, error instanceof Error ? error : new Error(String(error)));
    }
  }

  #fail(request: IncomingMessage, response: ServerResponse, error: Error): void {
    if (error instanceof BodyError) {
      this.#refuseRequest(request, response, error.status, error.message);
      return;
    }
    this.#recordOnce(request.socket, new Error(endedEarly, { cause: error }));
    response.destroy();
  }

  /** Says why a request is not answered, to the source and to the record, and ends the connection. */
  #refuseRequest(request: IncomingMessage, response: ServerResponse, status: number, reason: string): void {
    this.#recordOnce(request.socket, new Error(`${request.method} ${request.url}: ${reason}`));
    response.on('finish', () => request.socket.destroySoon());
    send(response, { status, headers: { 'content-type': 'text/plain', connection: 'close' }, body: reason });
  }

  /** What node:http could not read as a request, or waited for in vain. */
  #refuse(error: NodeJS.ErrnoException, socket: Socket): void {
    // node:https tells a failed handshake here too; it is recorded where it is told first as what it is.
    if (this.#transport !== undefined && !this.#secured.has(socket)) return;
    if (error.code === 'ECONNRESET' && socket.bytesRead === 0) return void socket.destroy();
    const reason = this.#reasonOf(error);
    this.#recordOnce(socket, new Error(reason, { cause: error }));
    if (!socket.writable) return void socket.destroy();
    const status = refusals.get(error.code ?? '') ?? 400;
    socket.end(rawResponse(status, { 'content-type': 'text/plain; charset=utf-8' }, Buffer.from(reason)));
  }

  #reasonOf(error: NodeJS.ErrnoException): string {
    const { headersTimeoutMs, requestTimeoutMs, headerBytes } = this.#limits;
    switch (error.code) {
      case 'ERR_HTTP_REQUEST_TIMEOUT':
        return `the source sent no whole request in time (headers: ${headersTimeoutMs} ms, all: ${requestTimeoutMs} ms)`;
      case 'HPE_HEADER_OVERFLOW':
        return `the start line and headers are larger than ${headerBytes} bytes, the most that a mock reads`;
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
    const { certificate } = this.#resolver.transport;
    if (refused && certificate !== 'valid') this.#recordRefusal(certificate);
    else this.#resolver.record(new Error(`the TLS handshake failed: ${reasonOf(error)}`, { cause: error }));
    socket.destroy();
  }

  /** A source that looks at the certificate after the handshake, as Node does, leaves without a request. */
  #watchHandshake(socket: TLSSocket): void {
    this.#secured.set(socket, socket.authorized ? commonNameOf(socket) : undefined);
    const { certificate } = this.#resolver.transport;
    if (certificate === 'valid') return;
    socket.once('close', () => {
      if (socket.bytesRead === 0 && !this.#stop.signal.aborted) this.#recordRefusal(certificate);
    });
  }

  #recordRefusal(certificate: Exclude<CertificateKind, 'valid'>): void {
    const content: HttpFault = { fault: 'tls', detail: refusalOf[certificate] };
    this.#resolver.record(undefined, [{ from: 'destination', content, atMs: Date.now() }]);
  }
}

/** What is answered where node:http could not read a request; 400 to all else. */
const refusals: ReadonlyMap<string, number> = new Map([
  ['ERR_HTTP_REQUEST_TIMEOUT', 408],
  ['HPE_HEADER_OVERFLOW', 431],
]);

function commonNameOf(socket: TLSSocket): string | undefined {
  const { CN: name } = socket.getPeerCertificate().subject;
  return Array.isArray(name) ? name[0] : name;
}

/** A source that waits for its response. */
class Waiting implements Asker {
  readonly #response: ServerResponse;
  #gone: AbortController | undefined;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  get signal(): AbortSignal {
    if (this.#gone === undefined) {
      const gone = new AbortController();
      const response = this.#response;
      response.once('close', () => {
        if (!response.writableFinished) gone.abort();
      });
      if (response.destroyed) gone.abort();
      this.#gone = gone;
    }
    return this.#gone.signal;
  }
}

/** A request without either of these ends with its headers (RFC 9112, section 6.3). */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
}

function send(response: ServerResponse, reply: HttpResponse | HttpFault): void {
  if ('fault' in reply) {
    response.destroy();
    return;
  }
  const { headers, body } = messageToSend(reply, response.req.method);
  // The head is ISO-8859-1, and what is written at once has one encoding.
  response.writeHead(reply.status, headers).end(body, 'latin1');
}

/** OpenSSL's own words, where they are: its messages begin with numbers and end with its source code's lines. */
function reasonOf(error: Error): string {
  return 'reason' in error && typeof error.reason === 'string' ? error.reason : error.message;
}
