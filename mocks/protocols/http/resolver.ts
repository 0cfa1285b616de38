import type { Contract, Interaction, ProviderState } from '../../../contracts/contract.ts';
import type { HttpFault, HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import {
  type Exchange,
  type ObservedMessage,
  type ServeOptions,
  type StateSet,
  UnknownStateError,
} from '../../adapter.ts';
import { PlainWorld } from '../../common/plain-world.ts';
import { Journal } from '../../journal.ts';
import type { HttpLimits } from './limits.ts';
import { RequestIndex } from './request-index.ts';
import {
  type HttpServiceMock,
  isHttpServiceMock,
  type RequestMatch,
  type RespondContext,
  type Transport,
} from './service.ts';

type Reply = HttpResponse | HttpFault;

interface Outcome {
  reply: Reply;
  failure?: Error;
}

/** Whoever waits for an answer. */
export interface Asker {
  /** Aborted when it waits no longer. Asked for only where an answer takes its time, so it may be made then. */
  readonly signal: AbortSignal;
}

/** What a resolver is made of: the mock's contracts and behaviour, without an address. */
export type ResolverOptions = Pick<ServeOptions, 'contracts' | 'service' | 'world'>;

/**
 * What stands behind both faces of an HTTP mock, the MSW handlers and the listening server: it recognises a request by
 * the contracts, lets the service mock answer from its world, and keeps the record.
 */
export class Resolver {
  readonly service: HttpServiceMock<unknown>;
  readonly #world: unknown;
  /** Undefined where the world is a running server. */
  readonly plainWorld: PlainWorld | undefined;
  readonly #index: RequestIndex;
  readonly #journal: Journal;
  readonly #limits: HttpLimits;
  /** One object for each state that is set. */
  readonly #states: { name: string }[] = [];
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
    this.plainWorld = PlainWorld.of(this.#world);
    this.#index = new RequestIndex(contracts);
    this.#journal = new Journal(limits.journalExchanges);
    this.#limits = limits;
  }

  /** How the mock wants to be reached now. */
  get transport(): Transport {
    return this.service.transport?.(this.#world) ?? { certificate: 'valid', proxies: [] };
  }

  /** Answers and records one request, at once where the service mock does. @param asker who waits for the answer */
  answer(request: HttpRequest, asker: Asker): Reply | Promise<Reply> {
    const atMs = Date.now();
    const outcome = this.#outcome(request, asker);
    return outcome instanceof Promise ? this.#later(outcome, request, atMs) : this.#recorded(outcome, request, atMs);
  }

  async #later(outcome: Promise<Outcome>, request: HttpRequest, atMs: number): Promise<Reply> {
    this.#underWay += 1;
    try {
      return this.#recorded(await outcome, request, atMs);
    } finally {
      this.#underWay -= 1;
    }
  }

  #recorded({ reply, failure }: Outcome, request: HttpRequest, atMs: number): Reply {
    const messages: ObservedMessage[] = [
      { from: 'source', content: request, atMs },
      { from: 'destination', content: reply, atMs: Date.now() },
    ];
    this.record(failure, messages);
    return reply;
  }

  #outcome(request: HttpRequest, asker: Asker): Outcome | Promise<Outcome> {
    const found = this.#index.find(request, this.#stateNames);
    if (found === undefined) {
      const failure = this.#index.unmatched(request);
      return { reply: plain(500, failure.message), failure };
    }
    try {
      const reply = this.service.respond(request, this.#world, new Context(found, asker));
      if (!(reply instanceof Promise) && !isWithheld(reply)) return { reply };
      return this.#unlessAborted(reply, asker.signal).then(
        (awaited) => ({ reply: awaited }),
        (cause: unknown) => this.#failed(cause),
      );
    } catch (cause) {
      return this.#failed(cause);
    }
  }

  #failed(cause: unknown): Outcome {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const failure = new Error(`the mock of ${this.service.system} failed: ${reason}`, { cause });
    return { reply: plain(500, failure.message), failure };
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
    const standing = { name: state.name };
    this.#states.push(standing);
    this.#countStates();
    return { values, undo: () => this.#undo(standing, undo) };
  }

  /** Ends every state, without its undo: the world is put back as a whole. */
  reset(): void {
    this.#states.splice(0);
    this.#countStates();
    this.plainWorld?.reset();
  }

  async #undo(standing: { name: string }, undo: StateSet['undo'] | undefined): Promise<void> {
    const at = this.#states.indexOf(standing);
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

class Context implements RespondContext {
  readonly contract: Contract;
  readonly interaction: Interaction;
  readonly #asker: Asker;

  constructor({ contract, interaction }: RequestMatch, asker: Asker) {
    this.contract = contract;
    this.interaction = interaction;
    this.#asker = asker;
  }

  get signal(): AbortSignal {
    return this.#asker.signal;
  }
}

function isWithheld(reply: Reply): boolean {
  return 'fault' in reply && reply.fault === 'timeout';
}

function plain(status: number, body: string): HttpResponse {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}
