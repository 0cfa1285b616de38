import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { HttpFault, HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import type { Address } from '../../adapter.ts';
import { httpLimits } from './limits.ts';
import type { KeyedCertificate } from './tls.ts';
import { logicalResponse, wireRequest } from './wire.ts';

/** How long to wait for a whole response, and what ends the wait before that. */
export interface SendOptions {
  /** Counted from when the request has been sent: a slow connection is not a slow answer. */
  timeoutMs: number;
  signal: AbortSignal;
  bodyBytes?: number;
  /** What the source shows in the TLS handshake when it is asked. */
  certificate?: KeyedCertificate;
  /** A tunnel to a destination that speaks TLS; a connection of its own when absent. */
  through?: Socket;
}

/** The system's and OpenSSL's names of what a source can meet instead of a response. */
const refused = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EADDRNOTAVAIL']);
const closed = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED']);
const tls = /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|EPROTO$)/;

/**
 * Sends one request on a connection of its own and waits for the whole response.
 * @returns the response, or what came instead of one
 * @throws {Error} when the answer is not HTTP, is larger than the limit, or the signal was aborted
 */
export async function send(request: HttpRequest, at: Address, options: SendOptions): Promise<HttpResponse | HttpFault> {
  options.signal.throwIfAborted();
  const patience = new Patience(options.timeoutMs);
  try {
    const signal = AbortSignal.any([patience.signal, options.signal]);
    return await exchange(request, at, { ...options, signal, patience });
  } catch (error) {
    options.signal.throwIfAborted();
    if (patience.signal.aborted) return { fault: 'timeout', detail: patience.spent };
    return faultOf(error);
  } finally {
    patience.end();
  }
}

/** What a forward proxy said to a CONNECT, and the tunnel if it opened one. */
export interface Connected {
  answer: HttpResponse | HttpFault;
  tunnel?: Socket;
}

/**
 * Asks a forward proxy for a tunnel.
 * @param request a CONNECT whose path is what it asks for
 * @throws {Error} when the answer is not HTTP, or the signal was aborted
 */
export async function openTunnel(
  request: HttpRequest,
  proxy: Address,
  { timeoutMs, signal }: Pick<SendOptions, 'timeoutMs' | 'signal'>,
): Promise<Connected> {
  const patience = AbortSignal.any([AbortSignal.timeout(timeoutMs), signal]);
  const { target, headers } = wireRequest(request);
  const options = { host: proxy.host, port: proxy.port, method: 'CONNECT', path: target, headers, agent: false };
  const sent = httpRequest({ ...options, signal: patience });
  try {
    return await new Promise<Connected>((resolve, reject) => {
      sent.on('error', reject);
      sent.on('connect', (response, socket: Socket) => {
        const { statusCode: status = 0 } = response;
        const opened = status >= 200 && status < 300;
        if (!opened) socket.destroy();
        const said = logicalResponse(status, response.headers, new Uint8Array());
        said.then((answer) => resolve(opened ? { answer, tunnel: socket } : { answer }), reject);
      });
      sent.end();
    });
  } catch (error) {
    signal.throwIfAborted();
    if (patience.aborted) return { answer: { fault: 'timeout', detail: `no tunnel within ${timeoutMs} ms` } };
    return { answer: faultOf(error) };
  }
}

/** The limits of one exchange: one for getting the request out, then one for the whole response. */
class Patience {
  readonly #over = new AbortController();
  readonly #answerTimeoutMs: number;
  #timer: NodeJS.Timeout;
  spent: string;

  constructor(answerTimeoutMs: number) {
    this.#answerTimeoutMs = answerTimeoutMs;
    this.spent = `the request could not be sent within ${httpLimits.sendTimeoutMs} ms`;
    this.#timer = setTimeout(() => this.#over.abort(), httpLimits.sendTimeoutMs);
  }

  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** The request is out; from now on it is the answer that is awaited. */
  sent(): void {
    clearTimeout(this.#timer);
    this.spent = `no whole response within ${this.#answerTimeoutMs} ms`;
    this.#timer = setTimeout(() => this.#over.abort(), this.#answerTimeoutMs);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

interface Exchange extends Omit<SendOptions, 'timeoutMs'> {
  patience: Patience;
}

async function exchange(
  request: HttpRequest,
  at: Address,
  { signal, patience, bodyBytes = httpLimits.bodyBytes, certificate, through }: Exchange,
): Promise<HttpResponse> {
  const { target, headers, bytes } = wireRequest(request);
  const options = { host: at.host, port: at.port, method: request.method, path: target, headers, agent: false, signal };
  const secured = { ca: at.ca, ...certificate, ...(through === undefined ? {} : { socket: through }) };
  const sent = at.ca === undefined ? httpRequest(options) : httpsRequest({ ...options, ...secured });
  sent.once('finish', () => patience.sent());
  // A destination may answer and close before it has read everything; the answer counts, not the failed write.
  const response = await responseTo(sent, bytes);
  try {
    const body = await readAll(response, bodyBytes);
    return await logicalResponse(response.statusCode ?? 0, response.headers, body);
  } finally {
    sent.destroy();
  }
}

function responseTo(sent: ClientRequest, bytes: Buffer): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sent.on('response', resolve);
    sent.on('error', reject);
    sent.end(bytes);
  });
}

async function readAll(response: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limitBytes)
      throw new Error(`the response body is larger than ${limitBytes} bytes, the most that is read`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function faultOf(error: unknown): HttpFault {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (refused.has(code)) return { fault: 'refused', detail: code };
  if (closed.has(code)) return { fault: 'closed', detail: code };
  if (tls.test(code)) return { fault: 'tls', detail: code };
  if (code.startsWith('HPE_')) throw new Error(`the answer is not HTTP/1.1: ${message}`, { cause: error });
  throw error;
}
