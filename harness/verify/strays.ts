import type { Contract } from '../../contracts/contract.ts';
import type { StepMismatch } from '../../contracts/conversation.ts';
import type { MessageProfile } from '../../contracts/messages/profile.ts';
import { candidates, NearMissSearch, nearMissText, UnmatchedMessageError } from '../../contracts/near-miss.ts';
import type { Exchange, MockServer } from '../../mocks/adapter.ts';

/** What came from a source while no interaction was under way, and belongs to none. */
export interface Stray {
  /** What kind of message it is. */
  title: string;
  /** The near miss, or what went wrong with it. */
  message: string;
}

/** All that sources may send to one destination, to find what a message there comes closest to. */
export class KnownMessages {
  readonly #search: NearMissSearch;
  readonly #profile: MessageProfile;

  /** @param contracts all that end at the destination: what one of them holds is no stray, whichever is verified now */
  constructor(contracts: readonly Contract[], profile: MessageProfile) {
    this.#search = new NearMissSearch(candidates(contracts, 'source'), 'source', profile);
    this.#profile = profile;
  }

  /** Adds the near miss to every mismatch that is about a message nobody asked for. */
  explain(mismatches: readonly StepMismatch[], failure: Error | undefined): StepMismatch[] {
    // The mock has said it already.
    if (failure instanceof UnmatchedMessageError) return [...mismatches];
    return mismatches.map((each) =>
      each.side === 'source' && each.unasked !== undefined
        ? { ...each, message: `${each.message}\n${this.#nearMiss(each.unasked)}` }
        : each,
    );
  }

  /** What of the exchanges is in no interaction. */
  strays(exchanges: readonly Exchange[]): Stray[] {
    return exchanges.flatMap(({ messages, failure }) => {
      const sent = messages.filter(({ from }) => from === 'source').map(({ content }) => content);
      if (failure !== undefined) {
        const title = sent[0] === undefined ? 'no message' : this.#profile.title(sent[0]);
        return [{ title, message: failure.message }];
      }
      return sent
        .filter((content) => this.#search.nearest(content)?.mismatches.length !== 0)
        .map((content) => ({ title: this.#profile.title(content), message: this.#nearMiss(content) }));
    });
  }

  #nearMiss(content: unknown): string {
    return nearMissText(content, this.#search.nearest(content), this.#profile);
  }
}

/** Keeps the exchanges that a destination sees between interactions apart from those that belong to one. */
export class Interludes {
  readonly #server: MockServer;
  readonly #between: Exchange[] = [];
  /** The last exchange that is accounted for. */
  #upTo: number;

  constructor(server: MockServer) {
    this.#server = server;
    this.#upTo = this.#lastId();
  }

  /** An interaction begins: what came since the last one ended lies between them. */
  begin(): number {
    this.#between.push(...this.#server.exchanges().filter(({ id }) => id > this.#upTo));
    this.#upTo = this.#lastId();
    return this.#upTo;
  }

  /** An interaction is over: all that is recorded by now was its own. */
  end(): void {
    this.#upTo = this.#lastId();
  }

  /** What came between the interactions, and after the last one. */
  exchanges(): readonly Exchange[] {
    this.begin();
    return this.#between;
  }

  #lastId(): number {
    return this.#server.exchanges().at(-1)?.id ?? 0;
  }
}
