import { star, type Token } from './path.ts';
import type { PathRules, Rule, Variant } from './rules.ts';

/**
 * The rules that can still apply at one place of a value and below it.
 * Pact chooses among all rules by the weight of their paths: each name or index that is given counts 2, each star 1, multiplied,
 * times the length of the path; a rule whose path ends above the value cascades down to it. Scopes are the states of that search:
 * made once for each distinct place, so that a match asks one map for each key.
 */
export class Scope {
  /** The rules that win here, if any. */
  readonly rules: readonly Rule[];
  /** True when one of `rules` is enough. */
  readonly any: boolean;
  /** True when `rules` belong to a place above this one. */
  readonly cascaded: boolean;
  /** True when a rule of this very place stops the comparison of a map's keys. */
  readonly mapRule: boolean;
  /** True when any rule is for this very place. */
  readonly direct: boolean;
  readonly binds: readonly string[];
  /** True when no rule is left, here and below: the value must be equal, and nothing of it is remembered. */
  readonly isPlain: boolean;
  readonly #depth: number;
  readonly #live: readonly Candidate[];
  readonly #done: readonly Candidate[];
  readonly #named = new Map<string | number, Scope>();
  #otherKey: Scope | undefined;
  #otherNumericKey: Scope | undefined;
  #otherIndex: Scope | undefined;
  readonly #names: ReadonlySet<string>;
  readonly #hasNumbers: boolean;

  constructor(candidates: readonly Candidate[], depth: number) {
    this.#live = candidates.filter(({ entry, at }) => at < entry.tokens.length);
    this.#done = candidates.filter(({ entry, at }) => at >= entry.tokens.length);
    const best = heaviest(this.#done.filter(({ entry }) => entry.rules.length > 0));
    this.rules = best?.entry.rules ?? [];
    this.any = best?.entry.any ?? false;
    this.cascaded = best !== undefined && best.entry.tokens.length !== depth;
    const here = this.#done.filter(({ entry }) => entry.tokens.length === depth);
    this.direct = here.some(({ entry }) => entry.rules.length > 0);
    this.mapRule = here.some(({ entry }) => entry.rules.some(({ name }) => mapRules.has(name)));
    this.binds = here.flatMap(({ entry }) => entry.binds);
    this.isPlain = candidates.length === 0;
    this.#depth = depth;
    this.#names = new Set(this.#live.flatMap(({ entry, at }) => fragmentsOf(entry.tokens[at])));
    this.#hasNumbers = [...this.#names].some((name) => numericKey.test(name));
  }

  /** The scope of all rules, at the root. */
  static root(entries: readonly PathRules[]): Scope {
    return new Scope(
      entries.map((entry) => ({ entry, at: 0, weight: 2 })),
      0,
    );
  }

  /** Below `eachValue` Pact knows the rules of `eachValue` and no others. */
  static ofEach(rule: Rule): Scope {
    return cached(rule, () => [{ tokens: [star], rules: rule.each ?? [], any: false, binds: [] }]);
  }

  /** The rules of a variant start anew at the element. */
  static ofVariant(variant: Variant): Scope {
    return cached(variant, () => variant.rules);
  }

  /** The scope of a child, by its key or its position. */
  child(fragment: string | number): Scope {
    if (this.isPlain) return this;
    if (typeof fragment === 'number') {
      if (!this.#hasNumbers) {
        this.#otherIndex ??= this.#step('0', 0);
        return this.#otherIndex;
      }
      return this.#cached(fragment, String(fragment), fragment);
    }
    const known = this.#named.get(fragment);
    if (known !== undefined) return known;
    const position = positionOf(fragment);
    if (position !== undefined && !this.#hasNumbers) {
      this.#otherNumericKey ??= this.#step(fragment, position);
      return this.#otherNumericKey;
    }
    if (position !== undefined || this.#names.has(fragment)) return this.#cached(fragment, fragment, position);
    this.#otherKey ??= this.#step(fragment, undefined);
    return this.#otherKey;
  }

  #cached(key: string | number, text: string, position: number | undefined): Scope {
    const known = this.#named.get(key);
    if (known !== undefined) return known;
    const scope = this.#step(text, position);
    if (this.#named.size < cacheLimit) this.#named.set(key, scope);
    return scope;
  }

  #step(text: string, position: number | undefined): Scope {
    const next = [...this.#done];
    for (const { entry, at, weight } of this.#live) {
      const factor = tokenWeight(entry.tokens[at], text, position);
      if (factor > 0) next.push({ entry, at: at + 1, weight: weight * factor });
    }
    return new Scope(next, this.#depth + 1);
  }
}

const scopes = new WeakMap<object, Scope>();

function cached(key: object, entries: () => readonly PathRules[]): Scope {
  let scope = scopes.get(key);
  if (scope === undefined) {
    scope = Scope.root(entries());
    scopes.set(key, scope);
  }
  return scope;
}

interface Candidate {
  readonly entry: PathRules;
  /** How many of the tokens are behind us. */
  readonly at: number;
  readonly weight: number;
}

const mapRules: ReadonlySet<string> = new Set(['values', 'eachKey', 'eachValue']);
/** An object key of digits and an array index are the same to Pact's paths. */
const numericKey = /^\+?\d+$/;

/** Most keys begin with a letter, which is told faster without the pattern. */
function positionOf(key: string): number | undefined {
  return key < ':' && numericKey.test(key) ? Number(key) : undefined;
}

const cacheLimit = 1000;

function fragmentsOf(token: Token | undefined): string[] {
  if (token?.kind === 'field') return [token.name];
  return token?.kind === 'index' ? [String(token.index)] : [];
}

function tokenWeight(token: Token | undefined, text: string, position: number | undefined): number {
  switch (token?.kind) {
    case 'field':
      return token.name === text ? 2 : 0;
    case 'index':
      return token.index === position ? 2 : 0;
    case 'items':
      return position === undefined ? 0 : 1;
    case 'star':
      return 1;
    default:
      return 0;
  }
}

function heaviest(candidates: readonly Candidate[]): Candidate | undefined {
  const score = ({ entry, weight }: Candidate) => weight * (entry.tokens.length + 1);
  return candidates.reduce<Candidate | undefined>(
    (best, candidate) => (best === undefined || score(candidate) >= score(best) ? candidate : best),
    undefined,
  );
}
