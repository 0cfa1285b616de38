import { type Check, checks, count } from './checks.ts';
import { TemplateError } from './errors.ts';
import { formatTokens, hasPath, parsePath, type Token } from './path.ts';
import { isArray, isObject, type JsonObject, show } from './values.ts';

/** One matcher as a pact file holds it, `{ match: 'regex', regex: '\\d+' }`. */
export type MatchingRule = { readonly match: string; readonly [option: string]: unknown };

/** The matchers of one path of a pact file. */
export interface RuleSet {
  readonly combine?: 'AND' | 'OR';
  readonly matchers: readonly MatchingRule[];
}

/** Matching rules by path, as in the `matchingRules.body` of a V3 or V4 pact file. */
export type MatchingRules = Readonly<Record<string, RuleSet>>;

/** A variant of `arrayContains`: the index of its example, and rules whose paths start at one element. */
export interface Variant {
  readonly index: number;
  readonly rules: readonly PathRules[];
}

/** A matcher made ready to run. */
export interface Rule extends Omit<Check, 'json'> {
  readonly name: string;
  /** The form that goes into a pact file. */
  readonly json: MatchingRule;
  /** The rules of `eachKey` and `eachValue`. */
  readonly each?: readonly Rule[];
  readonly variants?: readonly Variant[];
}

/** The rules of one path. */
export interface PathRules {
  readonly tokens: readonly Token[];
  readonly rules: readonly Rule[];
  readonly any: boolean;
  /** Names under which `bind` keeps the value found here. */
  readonly binds: readonly string[];
}

type Structure = Check & Pick<Rule, 'each' | 'variants'>;
type Builder = (options: JsonObject, path: string) => Structure;

/** True when the example of a matcher holds further matchers. */
function hasMatcher(matcher: unknown): boolean {
  return isObject(matcher) && holdsMatcher(matcher.value);
}

function holdsMatcher(value: unknown): boolean {
  if (isArray(value)) return value.some(holdsMatcher);
  return isObject(value) && ('pact:matcher:type' in value || Object.values(value).some(holdsMatcher));
}

function eachRule(what: string): Builder {
  return (options, path) => {
    if (!isArray(options.rules) || options.rules.length === 0) {
      throw new TemplateError(path, `${what} needs at least one rule in rules, got ${show(options.rules)}`);
    }
    if (options.rules.some(hasMatcher) || (what === 'values' && hasMatcher(options))) {
      const advice = 'Pact ignores them; name the matcher as a rule, or use values for matchers by field';
      throw new TemplateError(path, `matchers below the example of eachValue or of a rule: ${advice}`);
    }
    const each = options.rules.map((rule) => createRule(rule, path));
    const json = { rules: each.map((rule) => rule.json), value: '' };
    return { words: (example) => `${what} of the kind ${show(example)}`, each, json };
  };
}

function variantsRule(options: JsonObject, path: string): Structure {
  const { variants } = options;
  if (!isArray(variants)) throw new TemplateError(path, `arrayContains needs variants, got ${show(variants)}`);
  const compiled = variants.map((variant, at): Variant => {
    if (!isObject(variant)) throw new TemplateError(path, `variant ${at} must be an object, got ${show(variant)}`);
    return { index: count(variant, 'index', path) ?? at, rules: parseRules(variant.rules ?? {}, path) };
  });
  return { words: () => 'an array with each variant', variants: compiled, json: { variants } };
}

const builders: Readonly<Record<string, Builder>> = {
  ...checks,
  eachKey: eachRule('keys'),
  eachValue: eachRule('values'),
  arrayContains: variantsRule,
};

const otherNames: Readonly<Record<string, string>> = {
  datetime: 'timestamp',
  min: 'type',
  max: 'type',
  'content-type': 'contentType',
  'status-code': 'statusCode',
  'not-empty': 'notEmpty',
  'each-key': 'eachKey',
  'each-value': 'eachValue',
  'array-contains': 'arrayContains',
};

/** Builds a rule by the name of its matcher; `options` hold what the matcher needs. */
export function buildRule(match: string, options: JsonObject, path: string): Rule {
  const name = otherNames[match] ?? match;
  const builder = Object.hasOwn(builders, name) ? builders[name] : undefined;
  if (builder === undefined) {
    throw new TemplateError(path, `there is no matcher ${show(match)}; known are ${Object.keys(builders).join(', ')}`);
  }
  const { json, ...built } = builder(options, path);
  return { name, ...built, json: { match: name, ...json } };
}

/** Reads a rule in the form of a pact file (`match`) or of a template (`pact:matcher:type`). */
export function createRule(value: unknown, path: string): Rule {
  const options = isObject(value) ? value : {};
  const match = options.match ?? options['pact:matcher:type'];
  if (typeof match === 'string') return buildRule(match, options, path);
  throw new TemplateError(path, `expected a matching rule with the field match, got ${show(value)}`);
}

/**
 * Reads the matching rules of a pact file.
 * @throws {TemplateError} for a path or a rule that cannot be read.
 */
export function parseRules(rules: unknown, at: string): PathRules[] {
  if (!isObject(rules)) throw new TemplateError(at, `expected matching rules by path, got ${show(rules)}`);
  return Object.entries(rules).map(([path, set]): PathRules => {
    const tokens = parsePath(path);
    if (tokens === undefined) throw new TemplateError(path, 'this is no path of a matching rule');
    if (!isObject(set) || !isArray(set.matchers)) throw new TemplateError(path, 'a rule needs a list of matchers');
    const combine = set.combine ?? 'AND';
    if (combine !== 'AND' && combine !== 'OR') {
      throw new TemplateError(path, `combine must be AND or OR, got ${show(combine)}`);
    }
    const compiled = set.matchers.map((rule) => createRule(rule, path));
    return { tokens, rules: compiled, any: combine === 'OR', binds: [] };
  });
}

/**
 * Writes rules as a pact file holds them; `bound`, which Pact lacks, becomes `type`.
 * @throws {TemplateError} for a rule below a key that has no path in a pact file.
 */
export function writeRules(entries: readonly PathRules[]): MatchingRules {
  const written: Record<string, RuleSet> = {};
  for (const { tokens, rules, any } of entries) {
    const matchers = rules.map(({ name, json }) => (name === 'bound' ? { match: 'type' } : json));
    const path = formatTokens(tokens);
    if (tokens.some((token) => token.kind === 'field' && !hasPath(token.name))) {
      throw new TemplateError(path, 'a pact file has no path for a key that is empty or holds an apostrophe');
    }
    if (matchers.length > 0) written[path] = { combine: any ? 'OR' : 'AND', matchers };
  }
  return written;
}
