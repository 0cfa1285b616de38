import type { ProviderState } from '../../../contracts/contract.ts';
import type { HttpFault, HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import {
  type Exchange,
  type ObservedMessage,
  type ServeOptions,
  type StateSet,
  UnknownStateError,
} from '../../adapter.ts';
import { Journal } from '../../journal.ts';
import type { HttpLimits } from './limits.ts';
import { RequestIndex } from './request-index.ts';
import { type HttpServiceMock, isHttpServiceMock } from './service.ts';

type Reply = HttpResponse | HttpFault;

/** What a resolver is made of: the mock's contracts and behaviour, without an address. */
export type ResolverOptions = Pick<ServeOptions, 'contracts' | 'service' | 'world'>;

/**
 * What stands behind both faces of an HTTP mock, the MSW handlers and the listening server: it recognises a request by
 * the contracts, lets the service mock answer from its world, and keeps the record.
 */
export class Resolver {
  readonly service: HttpServiceMock<unknown>;
  readonly #world: unknown;
  readonly #index: RequestIndex;
  readonly #journal: Journal;
  readonly #limits: HttpLimits;
  readonly #states: ProviderState[] = [];
  #stateNames = new Set<string>();
  #underWay = 0;
  #closed: Promise<void> | undefined;

  /** @throws {TypeError} when the service mock cannot answer HTTP */
  constructor({ contracts, service, world }: ResolverOptions, limits: HttpLimits) {
    if (!isHttpServiceMock(service)) {
      throw new TypeError(`the mock of ${service.system} cannot answer HTTP: it has no createWorld() and respond()`);
    }
    this.service = service;
    this.#world = world ?? service.createWorld();
    this.#index = new RequestIndex(contracts);
    this.#journal = new Journal(limits.journalExchanges);
    this.#limits = limits;
  }

  /** Which certificate the mock wants to show now. */
  get certificate() {
    return this.service.certificate?.(this.#world) ?? 'valid';
  }

  /** Answers and records one request. @param signal aborted when the source waits no longer */
  async answer(request: HttpRequest, signal: AbortSignal): Promise<Reply> {
    this.#underWay += 1;
    const atMs = Date.now();
    try {
      const { reply, failure } = await this.#reply(request, signal);
      const messages: ObservedMessage[] = [
        { from: 'source', content: request, atMs },
        { from: 'destination', content: reply, atMs: Date.now() },
      ];
      this.#journal.add(failure === undefined ? { messages } : { messages, failure });
      return reply;
    } finally {
      this.#underWay -= 1;
    }
  }

  async #reply(request: HttpRequest, signal: AbortSignal): Promise<{ reply: Reply; failure?: Error }> {
    const found = this.#index.find(request, this.#stateNames);
    if (found === undefined) {
      const failure = this.#index.unmatched(request);
      return { reply: plain(500, failure.message), failure };
    }
    try {
      const { contract, interaction } = found;
      const reply = this.service.respond(request, this.#world, { contract, interaction, signal });
      if (!(reply instanceof Promise) && !isWithheld(reply)) return { reply };
      return { reply: await this.#unlessAborted(reply, signal) };
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const failure = new Error(`the mock of ${this.service.system} failed: ${reason}`, { cause });
      return { reply: plain(500, failure.message), failure };
    }
  }

  /** The reply, or the timeout that the source had when it gave up before. */
  async #unlessAborted(reply: Reply | Promise<Reply>, signal: AbortSignal): Promise<Reply> {
    const { promise: givenUp, resolve: giveUp } = Promise.withResolvers<Reply>();
    const abort = () => giveUp({ fault: 'timeout' });
    const timer = setTimeout(abort, this.#limits.withholdTimeoutMs);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    try {
      const first = await Promise.race([reply, givenUp]);
      return isWithheld(first) ? await givenUp : first;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    }
  }

  /** Records what never became a request: garbage, an oversized body, a silent peer, a refused handshake. */
  record(failure: Error | undefined, messages: readonly ObservedMessage[] = []): void {
    this.#journal.add(failure === undefined ? { messages } : { messages, failure });
  }

  /** Sets a provider state on the mock's world. @throws {UnknownStateError} naming the states that exist */
  async setState(state: ProviderState): Promise<StateSet> {
    const states = this.service.states;
    const handler = Object.hasOwn(states, state.name) ? states[state.name] : undefined;
    if (handler === undefined) {
      throw new UnknownStateError(
        `the mock of ${this.service.system} has no handler for the state "${state.name}"; ` +
          `it has: ${Object.keys(states).join(', ')}`,
      );
    }
    // The world was made by this very mock, whose handlers take it; the common type hides that.
    const { values = {}, undo } = await handler(this.#world as never, state.params);
    this.#states.push(state);
    this.#countStates();
    return { values, undo: () => this.#undo(state, undo) };
  }

  async #undo(state: ProviderState, undo: StateSet['undo'] | undefined): Promise<void> {
    const at = this.#states.indexOf(state);
    if (at < 0) return;
    this.#states.splice(at, 1);
    this.#countStates();
    await undo?.();
  }

  #countStates(): void {
    this.#stateNames = new Set(this.#states.map((state) => state.name));
  }

  /** Starts what the mock's world stands on. @throws what the service mock throws, after it was closed again */
  async open(): Promise<void> {
    try {
      await this.service.open?.(this.#world);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Stops what the mock's world stands on. */
  close(): Promise<void> {
    this.#closed ??= Promise.resolve(this.service.close?.(this.#world));
    return this.#closed;
  }

  exchanges(): readonly Exchange[] {
    return this.#journal.exchanges();
  }

  clear(): void {
    this.#journal.clear();
  }

  /** Resolves when no answer is owed any more; bounded, since a withheld answer may be owed for long. */
  async settled(): Promise<void> {
    const until = Date.now() + this.#limits.settleTimeoutMs;
    // What has reached this machine but not this program is read within the next turns of the event loop.
    for (let quietTurns = 0; quietTurns < 5 && Date.now() < until; ) {
      await new Promise((resolve) => setTimeout(resolve, quietTurns));
      quietTurns = this.#underWay === 0 ? quietTurns + 1 : 0;
    }
  }
}

function isWithheld(reply: Reply): boolean {
  return 'fault' in reply && reply.fault === 'timeout';
}

function plain(status: number, body: string): HttpResponse {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}
