import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import {
  type HttpRequest,
  type HttpResponse,
  isHttpRequest,
  isHttpResponse,
} from '../../../contracts/messages/http.ts';
import type { Address, Line } from '../../adapter.ts';
import { listenOn } from '../../listen.ts';
import { readBody } from './body.ts';
import { send } from './client.ts';
import { httpLimits } from './limits.ts';
import { trackSockets } from './sockets.ts';
import { logicalRequest, wireResponse } from './wire.ts';

const answerTimeoutMs = 5_000;
const nothing: HttpResponse = { status: 204 };

/** The headers about one connection (RFC 9110, section 7.6.1), and the count of a body's octets. */
const ownHeaders = ['connection', 'keep-alive', 'transfer-encoding', 'content-length'];

/** Without what the stack sets; only the length that answers a HEAD is the message's own. */
function withoutOwn<M extends HttpRequest | HttpResponse>(message: M): M {
  if (message.headers === undefined) return message;
  const left = Object.entries(message.headers).filter(
    ([name]) => !ownHeaders.includes(name) || (name === 'content-length' && message.body === undefined),
  );
  return { ...message, headers: Object.fromEntries(left) };
}

/** Opens a line over HTTP/1.1: the client that plays sources at one end, node:http at the other. */
export async function openLine(): Promise<Line> {
  const end = new FarEnd();
  await end.listen();
  return end;
}

/** The listening end. It answers what it is told to, and keeps the request that it read last. */
class FarEnd implements Line {
  readonly ownPaths = ownHeaders.map((name) => `$.headers.${name}`);
  readonly #server = createServer();
  readonly #endSockets = trackSockets(this.#server);
  #at: Address = { host: '127.0.0.1', port: 0 };
  #answer: HttpResponse = nothing;
  #read: HttpRequest | undefined;
  #closed: Promise<void> | undefined;

  constructor() {
    this.#server.on('request', (request, response) => void this.#serve(request, response));
    this.#server.on('clientError', (_, socket) => (socket as Socket).destroy());
  }

  async listen(): Promise<void> {
    this.#at = await listenOn(this.#server, this.#at);
  }

  async carry(content: unknown): Promise<unknown> {
    this.#read = undefined;
    try {
      if (isHttpRequest(content)) {
        this.#answer = nothing;
        await this.#send(withoutOwn(content));
        return this.#read;
      }
      if (!isHttpResponse(content)) return undefined;
      this.#answer = withoutOwn(content);
      // A response without a body may state the length of one where HEAD was asked.
      const got = await this.#send({ method: content.body === undefined ? 'HEAD' : 'GET', path: '/' });
      return isHttpResponse(got) ? got : undefined;
    } catch {
      // node:http refuses to write it, or to read it.
      return undefined;
    }
  }

  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#endSockets();
    });
    return this.#closed;
  }

  #send(request: Parameters<typeof send>[0]) {
    const { signal } = new AbortController();
    return send(request, this.#at, { timeoutMs: answerTimeoutMs, signal });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const bytes = await new Promise<Buffer>((resolve, reject) => {
        readBody(request, httpLimits.bodyBytes, resolve, reject);
      });
      this.#read = await logicalRequest(request.method ?? '', request.url ?? '/', request.headers, bytes);
      const { headers, bytes: body } = wireResponse(this.#answer, request.method);
      response.writeHead(this.#answer.status, headers).end(body);
    } catch {
      response.destroy();
    }
  }
}
