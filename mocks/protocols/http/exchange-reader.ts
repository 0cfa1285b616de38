import type { HttpFault } from '../../../contracts/messages/http.ts';
import type { Observed, ObservedMessage } from '../../adapter.ts';
import type { HttpLimits } from './limits.ts';
import { MessageReader, type ReadMessage } from './message-reader.ts';
import { isBodiless, logicalRequest, logicalResponse } from './wire.ts';

interface Timed {
  message: ReadMessage;
  atMs: number;
}

/**
 * Reads both directions of one connection and pairs each request with its response. Requests that wait for a response
 * when the connection ends are paired with what the source got instead.
 */
export class ExchangeReader {
  readonly #record: (observed: Observed) => void;
  readonly #limits: HttpLimits;
  readonly #requests: MessageReader;
  readonly #responses: MessageReader;
  readonly #pending: Timed[] = [];
  #writing: Promise<void> = Promise.resolve();

  constructor(record: (observed: Observed) => void, limits: HttpLimits) {
    this.#record = record;
    this.#limits = limits;
    const onRequest = (message: ReadMessage) => {
      this.#pending.push({ message, atMs: Date.now() });
      return true;
    };
    const onResponse = ({ status }: ReadMessage) => this.#pending[0]?.message.method !== 'HEAD' && !isBodiless(status);
    const respond = (message: ReadMessage) => this.#respond(message);
    this.#requests = new MessageReader('REQUEST', { head: onRequest, complete: () => {} }, limits.bodyBytes);
    this.#responses = new MessageReader('RESPONSE', { head: onResponse, complete: respond }, limits.bodyBytes);
  }

  /** How many requests wait for their response. */
  get pending(): number {
    return this.#pending.length;
  }

  fromSource(chunk: Buffer): void {
    this.#unreadable('source', this.#requests.push(chunk));
  }

  fromDestination(chunk: Buffer): void {
    this.#unreadable('destination', this.#responses.push(chunk));
  }

  /** Takes note that one side sends no more. */
  endOf(side: 'source' | 'destination'): void {
    (side === 'source' ? this.#requests : this.#responses).end();
  }

  /** The connection has ended. @param by the side that ended it */
  close(by: 'source' | 'destination'): void {
    this.#responses.end();
    const content: HttpFault = { fault: by === 'source' ? 'timeout' : 'closed' };
    for (const request of this.#pending.splice(0)) {
      const answer: ObservedMessage = { from: 'destination', content, atMs: Date.now() };
      this.#write(request, async () => answer);
    }
  }

  /** Resolves when everything that was read has been recorded. */
  written(): Promise<void> {
    return this.#writing;
  }

  #respond(response: ReadMessage): void {
    if (response.status < 200 && response.status !== 101) return;
    const request = this.#pending.shift();
    const atMs = Date.now();
    if (request === undefined) {
      this.#record({
        messages: [],
        failure: new Error(`the destination sent a ${response.status} that nobody asked for`),
      });
      return;
    }
    this.#write(
      request,
      async () => {
        const content = await logicalResponse(response.status, response.headers, Buffer.concat(response.chunks));
        return { from: 'destination', content, atMs };
      },
      response,
    );
  }

  /** Records in the order of the responses, though reading a multipart body takes a moment. */
  #write(request: Timed, answer: () => Promise<ObservedMessage>, response?: ReadMessage): void {
    const { message, atMs } = request;
    const limit = this.#limits.bodyBytes;
    const title = `${message.method} ${message.url}`;
    const cut =
      message.size > limit || (response?.size ?? 0) > limit
        ? new Error(`${title}: a body is larger than ${limit} bytes, the most that is kept`)
        : undefined;
    this.#writing = this.#writing
      .then(async () => {
        const bytes = Buffer.concat(message.chunks);
        const content = await logicalRequest(message.method, message.url, message.headers, bytes);
        const messages: ObservedMessage[] = [{ from: 'source', content, atMs }, await answer()];
        this.#record(cut === undefined ? { messages } : { messages, failure: cut });
      })
      .catch((cause: Error) => {
        this.#record({ messages: [], failure: cut ?? new Error(`${title}: ${cause.message}`, { cause }) });
      });
  }

  #unreadable(side: 'source' | 'destination', cause: Error | undefined): void {
    if (cause === undefined) return;
    const failure = new Error(`what the ${side} sent is not HTTP/1.1 in clear; it was forwarded unread`, { cause });
    this.#record({ messages: [], failure });
  }
}
