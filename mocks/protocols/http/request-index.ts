import type { Contract, Interaction, Step } from '../../../contracts/contract.ts';
import { compile, testOf } from '../../../contracts/matching.ts';
import { type HttpRequest, httpProfile, isHttpRequest } from '../../../contracts/messages/http.ts';
import { type Candidate, candidate, NearMissSearch, type UnmatchedMessageError } from '../../../contracts/near-miss.ts';
import { CandidateGroup } from './candidate-group.ts';
import type { RequestMatch } from './service.ts';

const strict = httpProfile.strict.source;

interface Entry extends Candidate {
  /** What the template says in place of both; a matcher where they may vary. */
  method: unknown;
  path: unknown;
  fits(request: HttpRequest): boolean;
}

/** The requests of all contracts of a destination, found by method and path in one look-up, however many there are. */
export class RequestIndex {
  /** By path, then by method: a text that is put together for each look-up costs more than a second one. */
  readonly #exact: ReadonlyMap<unknown, ReadonlyMap<unknown, CandidateGroup<Entry>>>;
  /** Requests whose path or method is a matcher. */
  readonly #patterns: readonly Entry[];
  readonly #search: NearMissSearch;

  constructor(contracts: readonly Contract[]) {
    const all = contracts.flatMap((contract) =>
      contract.interactions.flatMap((interaction) =>
        interaction.steps.flatMap((step) => entriesOf(contract, interaction, step)),
      ),
    );
    const isExact = ({ method, path }: Entry) => typeof method === 'string' && typeof path === 'string';
    this.#exact = mapValues(
      Map.groupBy(all.filter(isExact), ({ path }) => path),
      (ofPath) =>
        mapValues(
          Map.groupBy(ofPath, ({ method }) => method),
          (entries) => new CandidateGroup(entries),
        ),
    );
    this.#patterns = all.filter((entry) => !isExact(entry));
    this.#search = new NearMissSearch(all, 'source', httpProfile);
  }

  /**
   * The interaction that the request belongs to. Where several have the same request, it is the one most of whose states
   * are set.
   */
  find(request: HttpRequest, states: ReadonlySet<string>): RequestMatch | undefined {
    const candidates = this.#exact.get(request.path)?.get(request.method)?.for(request) ?? [];
    let best: { entry: Entry; score: number } | undefined;
    for (const entry of this.#patterns.length === 0 ? candidates : [...candidates, ...this.#patterns]) {
      if (!entry.fits(request)) continue;
      const score = statesInForce(entry.interaction, states);
      if (best === undefined || score > best.score) best = { entry, score };
    }
    return best?.entry;
  }

  /** What to tell the sender of a request that is in no contract: the near miss. */
  unmatched(request: HttpRequest): UnmatchedMessageError {
    return this.#search.unmatched(request);
  }
}

function entriesOf(contract: Contract, interaction: Interaction, step: Step): Entry[] {
  const template = step.content;
  if (step.from !== 'source' || !isHttpRequest(template)) return [];
  const { method, path } = template as { method: unknown; path: unknown };
  // A template without a query means: none. Said outright, the strictness below $.query sees an unexpected one.
  const compiled = compile({ query: {}, ...template });
  // A request stands alone here: what it repeats of an earlier message is for the judge, who has seen that one.
  const fits = testOf(compiled, { strict, boundFits: true });
  return [{ ...candidate(contract, interaction, compiled), method, path, fits }];
}

function mapValues<K, V, W>(map: ReadonlyMap<K, V>, change: (value: V) => W): Map<K, W> {
  return new Map([...map].map(([key, value]) => [key, change(value)]));
}

function statesInForce(interaction: Interaction, states: ReadonlySet<string>): number {
  return interaction.given.filter((state) => states.has(state.name)).length;
}
