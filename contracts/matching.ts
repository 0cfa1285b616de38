/**
 * Pact's matching rules at run time. A whole message is one JSON document with the root `$`; there is no separate reading of
 * headers or queries, so a matcher on a header value judges it as text. What a rule means, which rule wins at a path and how
 * rules cascade is Pact's own (the Rust engine behind its tools), held to it by `suites/differential`.
 */
import type { Json } from './matchers.ts';
import { compare } from './matching/compare.ts';
import { TemplateError } from './matching/errors.ts';
import { fillSlots } from './matching/generate.ts';
import { type Glance, makeGlance } from './matching/glance.ts';
import { type MatchingRules, parseRules, writeRules } from './matching/rules.ts';
import { Scope } from './matching/scope.ts';
import { strictness } from './matching/strict.ts';
import { type Generator, readTemplate, type Slot } from './matching/template.ts';
import type { Mismatch } from './matching/walk.ts';

export { TemplateError } from './matching/errors.ts';
export type { Glance } from './matching/glance.ts';
export type { MatchingRule, MatchingRules, RuleSet } from './matching/rules.ts';
export type { Generator } from './matching/template.ts';
export type { Mismatch } from './matching/walk.ts';

/** A template made ready to be matched often. */
export interface Compiled {
  /** The template with every matcher replaced by its example. */
  readonly example: Json;
  /** The rules as a pact file holds them, with paths from `$`. */
  readonly rules: MatchingRules;
  /** The generators as a pact file holds them, by path. */
  readonly generators: Readonly<Record<string, Generator>>;
  /** The rules in the form that `match` walks. */
  readonly scope: Scope;
  /** The places that `generate` fills. */
  readonly slots: readonly Slot[];
}

export interface MatchOptions {
  /** Paths below which a key that the template does not name is a mismatch; `['$']` for everywhere, `[]` for nowhere. */
  readonly strict: readonly string[];
  /** What `bind` has kept so far in this interaction, and where it keeps more; without it `bound` asks for the type only. */
  readonly bindings?: Map<string, unknown>;
}

const nowhere: readonly string[] = [];

/**
 * Compiles a template: plain values must be equal, matchers of `matchers.ts` say what may vary.
 * @throws {TemplateError} naming the path: an unknown matcher, a pattern or format that cannot be read, an example that is missing
 * or that its own matcher refuses, a value that is no JSON (bytes are allowed), more than 200 levels.
 */
export function compile(template: unknown): Compiled {
  const { example, entries, generators, slots } = readTemplate(template);
  const compiled: Compiled = { example, rules: writeRules(entries), generators, scope: Scope.root(entries), slots };
  const [mismatch] = match(compiled, example, { strict: nowhere });
  if (mismatch !== undefined) {
    throw new TemplateError(
      mismatch.path,
      `the example does not fit: expected ${mismatch.expected}, got ${mismatch.got}`,
    );
  }
  return compiled;
}

/**
 * Compiles an example and the rules that a pact file gives for it.
 * @param rules `matchingRules.body` of a V3 or V4 file: `{'$.id': {combine: 'AND', matchers: [{match: 'integer'}]}}`
 * @throws {TemplateError} for a path or a rule that cannot be read.
 */
export function compileRules(example: Json, rules: MatchingRules): Compiled {
  const entries = parseRules(rules, '$');
  return { example, rules, generators: {}, scope: Scope.root(entries), slots: [] };
}

/**
 * Compares a value with a template.
 * @param actual any value; it may be cyclic, since no walk goes deeper than the template
 * @returns every mismatch, in the order of the template; empty when the value fits
 * @throws {TemplateError} when a path of `options.strict` cannot be read
 */
export function match(compiled: Compiled, actual: unknown, options: MatchOptions): Mismatch[] {
  return compare(compiled.example, actual, compiled.scope, strictness(options.strict), options.bindings);
}

/** How a message is judged that stands alone: what was bound before it is not known. */
export interface AloneOptions extends Pick<MatchOptions, 'strict'> {
  /** Whether any value fits where `bound` asks for an earlier one; otherwise its type is asked for. */
  readonly boundFits?: boolean;
}

/**
 * Makes a quick judge of a template, for the many messages of a mock: what it says is what `match` would say, at a fraction of
 * the cost, since it names no difference. To what it calls unclear, ask `match`.
 */
export function glanceOf({ example, scope }: Compiled, { strict, boundFits = false }: AloneOptions): Glance {
  return makeGlance(example, scope, strictness(strict), boundFits);
}

/** Makes a test of single messages: `match` without its differences, asked only where a glance is not enough. */
export function testOf(compiled: Compiled, options: AloneOptions): (actual: unknown) => boolean {
  const { strict, boundFits = false } = options;
  const glance = glanceOf(compiled, options);
  return (actual) => {
    const seen = glance(actual);
    if (seen !== 'unclear') return seen === 'fits';
    return match(compiled, actual, { strict, bindings: new Map() }).every(({ rule }) => boundFits && rule === 'bound');
  };
}

/**
 * Makes a message of a template: its example, with what provider states gave and what was bound before.
 * @param values by name, for `fromState`; a name that is missing leaves the example
 * @param bindings by name, for `bound`; a name that is missing leaves the example
 */
export function generate(
  compiled: Compiled,
  values: Readonly<Record<string, string>>,
  bindings?: ReadonlyMap<string, unknown>,
): Json {
  return fillSlots(compiled.example, compiled.slots, values, bindings);
}
