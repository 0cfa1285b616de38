import { parsePath, type Segments } from '../../../contracts/matching/path.ts';
import type { Compiled } from '../../../contracts/matching.ts';
import type { Candidate } from '../../../contracts/near-miss.ts';

/** Candidates for one message. Where each of them asks for a text of its own in one place, that text is looked up. */
export class CandidateGroup<C extends Candidate> {
  readonly #all: readonly C[];
  readonly #place: Segments | undefined;
  readonly #byText: ReadonlyMap<unknown, readonly C[]>;

  constructor(all: readonly C[]) {
    const place = placeThatTellsApart(all);
    this.#all = all;
    this.#place = place;
    this.#byText = place === undefined ? new Map() : Map.groupBy(all, (each) => valueAt(each.compiled.example, place));
  }

  /** Those that may fit the message, in their order. */
  for(message: unknown): readonly C[] {
    if (this.#place === undefined) return this.#all;
    return this.#byText.get(valueAt(message, this.#place)) ?? [];
  }
}

/** The place where the candidates have most different texts; undefined when there is none that all of them have. */
function placeThatTellsApart([first, ...others]: readonly Candidate[]): Segments | undefined {
  let best: Segments | undefined;
  let most = 1;
  for (const path of first?.leaves.keys() ?? []) {
    const place = segmentsOf(path);
    const all = [first, ...others] as Candidate[];
    if (place === undefined || !all.every(({ compiled }) => asksForText(compiled, place))) continue;
    const different = new Set(all.map(({ compiled }) => valueAt(compiled.example, place))).size;
    if (different <= most) continue;
    best = place;
    most = different;
  }
  return best;
}

function segmentsOf(path: string): Segments | undefined {
  return parsePath(path)?.flatMap((token): Segments => {
    if (token.kind === 'field') return [token.name];
    return token.kind === 'index' ? [token.index] : [];
  });
}

/** Whether nothing but the very text of the example fits in this place. */
function asksForText({ example, scope }: Compiled, place: Segments): boolean {
  const at = place.reduce((above, segment) => above.child(segment), scope);
  return at.rules.length === 0 && typeof valueAt(example, place) === 'string';
}

function valueAt(message: unknown, place: Segments): unknown {
  let value = message;
  for (const segment of place)
    value = (value as Readonly<Record<string | number, unknown>> | null | undefined)?.[segment];
  return value;
}
