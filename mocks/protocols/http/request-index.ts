import type { Contract, Interaction, Step } from '../../../contracts/contract.ts';
import { compile, type FixedValue, fixedValues, hasFixed, match } from '../../../contracts/matching.ts';
import { type HttpRequest, httpProfile, isHttpRequest } from '../../../contracts/messages/http.ts';
import { type Candidate, candidate, type UnmatchedMessageError, unmatched } from '../../../contracts/near-miss.ts';
import type { RequestMatch } from './service.ts';

const strict = httpProfile.strict.source;

interface Entry extends Candidate {
  /** What a request must have as it is, to be this one and not another of the same method and path. */
  fixed: readonly FixedValue[];
}

/** The requests of all contracts of a destination, found by method and path in one look-up, however many there are. */
export class RequestIndex {
  readonly #exact = new Map<string, Entry[]>();
  /** Requests whose path or method is a matcher. */
  readonly #patterns: Entry[] = [];

  constructor(contracts: readonly Contract[]) {
    for (const contract of contracts) {
      for (const interaction of contract.interactions) {
        for (const step of interaction.steps) this.#add(contract, interaction, step);
      }
    }
    for (const entries of [...this.#exact.values(), this.#patterns]) keepWhatTellsApart(entries);
  }

  #add(contract: Contract, interaction: Interaction, step: Step): void {
    const template = step.content;
    if (step.from !== 'source' || !isHttpRequest(template)) return;
    const { method, path } = template as { method: unknown; path: unknown };
    // A template without a query means: none. Said outright, the strictness below $.query sees an unexpected one.
    const compiled = compile({ query: {}, ...template });
    const entry = { ...candidate(contract, interaction, compiled), fixed: fixedValues(compiled) };
    if (typeof method === 'string' && typeof path === 'string') {
      const key = `${method} ${path}`;
      this.#exact.set(key, [...(this.#exact.get(key) ?? []), entry]);
    } else this.#patterns.push(entry);
  }

  /**
   * The interaction that the request belongs to. Where several have the same request, it is the one most of whose states
   * are set.
   */
  find(request: HttpRequest, states: ReadonlySet<string>): RequestMatch | undefined {
    const candidates = this.#exact.get(`${request.method} ${request.path}`) ?? [];
    let best: { entry: Entry; score: number } | undefined;
    for (const entry of this.#patterns.length === 0 ? candidates : [...candidates, ...this.#patterns]) {
      if (!fits(entry, request)) continue;
      const score = statesInForce(entry.interaction, states);
      if (best === undefined || score > best.score) best = { entry, score };
    }
    return best?.entry;
  }

  /** What to tell the sender of a request that is in no contract: the near miss. */
  unmatched(request: HttpRequest): UnmatchedMessageError {
    return unmatched(request, 'source', [...this.#exact.values()].flat().concat(this.#patterns), httpProfile);
  }
}

/** Leaves out what all of the entries have in common. */
function keepWhatTellsApart(entries: readonly Entry[]): void {
  for (const entry of entries) {
    entry.fixed = entry.fixed.filter((value) => !entries.every(({ compiled }) => hasFixed(compiled.example, [value])));
  }
}

/** A request stands alone here: what it repeats of an earlier message is for the judge, who has seen that one. */
function fits({ compiled, fixed }: Entry, request: HttpRequest): boolean {
  if (!hasFixed(request, fixed)) return false;
  return match(compiled, request, { strict, bindings: new Map() }).every(({ rule }) => rule === 'bound');
}

function statesInForce(interaction: Interaction, states: ReadonlySet<string>): number {
  return interaction.given.filter((state) => states.has(state.name)).length;
}
