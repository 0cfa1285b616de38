import { compare } from '../../contracts/matching/compare.ts';
import type { Rule } from '../../contracts/matching/rules.ts';
import { Scope } from '../../contracts/matching/scope.ts';
import { type Strictness, strictBelow, strictness } from '../../contracts/matching/strict.ts';
import { equalJson, hasKey, isArray, isObject, type JsonObject, keysOf } from '../../contracts/matching/values.ts';
import type { Compiled } from '../../contracts/matching.ts';
import type { Segments } from './paths.ts';

/** One place of a message that keeps its contract, and what the contract asks there. */
export interface Place {
  at: Segments;
  /** Where the judge points when the place is broken: the list, for an item that may stand anywhere in it. */
  reportedAt: Segments;
  value: unknown;
  /** False for a part that the contract does not speak of. */
  named: boolean;
  /** Whether it may not be left out: a member that the contract names, and none that a rule about all members lets in. */
  owed: boolean;
  /** `forbidden` where an unknown member is a mismatch, `tolerated` where a reader has to bear it, else `open` to the rule. */
  unknownMember: 'forbidden' | 'tolerated' | 'open';
  /** Whether another value would keep the contract here. */
  fits(value: unknown): boolean;
}

interface Walk {
  out: Place[];
  /** What was remembered before, and what this message adds, in the order of the judge. */
  bindings: Map<string, unknown>;
}

interface Here {
  at: Segments;
  reportedAt: Segments;
  expected: unknown;
  actual: unknown;
  scope: Scope;
  strict: Strictness;
  owed: boolean;
}

/** Rules by which the members of a map need not be those of the example. */
const mapRules = new Set(['values', 'eachValue', 'eachKey']);

/**
 * Every place of a message, in the order of the template.
 * @param content a message that keeps the contract
 * @param context.strict the profile's paths below which an unknown member is a mismatch
 * @param context.bindings what was remembered before this message
 */
export function placesOf(
  { example, scope }: Compiled,
  content: unknown,
  context: { strict: readonly string[]; bindings: ReadonlyMap<string, unknown> },
): Place[] {
  const walk: Walk = { out: [], bindings: new Map(context.bindings) };
  const strict = strictness(context.strict);
  visit(walk, { at: [], reportedAt: [], expected: example, actual: content, scope, strict, owed: false });
  return walk.out;
}

function visit(walk: Walk, here: Here): void {
  const { at, reportedAt, expected, actual, scope, strict, owed } = here;
  const remembered = isRemembered(walk, scope);
  if (remembered) equalPlaces(walk, here);
  else {
    const bindings = new Map(walk.bindings);
    const fits = (value: unknown) => compare(expected, value, scope, strict, new Map(bindings)).length === 0;
    const unknownMember = !isObject(actual) || hasMapRule(scope) ? 'open' : strict === true ? 'forbidden' : 'tolerated';
    walk.out.push({ at, reportedAt, value: actual, named: true, owed, unknownMember, fits });
    if (isArray(expected) && isArray(actual)) visitItems(walk, here, expected, actual);
    else if (isObject(expected) && isObject(actual)) visitMembers(walk, here, expected, actual);
  }
  for (const name of scope.binds) walk.bindings.set(name, actual);
}

function isRemembered({ bindings }: Walk, { cascaded, rules }: Scope): boolean {
  return !cascaded && rules.some(({ binding }) => binding !== undefined && bindings.has(binding));
}

/** A value that was said before has to come again as it was, down to its last member. */
function equalPlaces(
  walk: Walk,
  { at, reportedAt, actual, owed }: Pick<Here, 'at' | 'reportedAt' | 'actual' | 'owed'>,
) {
  const fits = (value: unknown) => equalJson(actual, value);
  walk.out.push({ at, reportedAt, value: actual, named: true, owed, unknownMember: 'forbidden', fits });
  for (const [key, value] of childrenOf(actual)) {
    // Where an item is left out, those behind it take its place: that is the list's to tell.
    const owed = typeof key === 'string';
    equalPlaces(walk, { at: [...at, key], reportedAt: [...reportedAt, key], actual: value, owed });
  }
}

function childrenOf(value: unknown): (readonly [string | number, unknown])[] {
  if (isArray(value)) return value.map((item, index) => [index, item] as const);
  return isObject(value) ? keysOf(value).map((key) => [key, value[key]] as const) : [];
}

function hasMapRule({ cascaded, rules }: Scope): boolean {
  return !cascaded && rules.some(({ name }) => mapRules.has(name));
}

function below(here: Here, key: string | number, expected: unknown, actual: unknown, scope: Scope): Here {
  return {
    at: [...here.at, key],
    reportedAt: [...here.reportedAt, key],
    expected,
    actual,
    scope,
    strict: strictBelow(here.strict, key),
    owed: true,
  };
}

function visitMembers(walk: Walk, here: Here, expected: JsonObject, actual: JsonObject): void {
  const { scope } = here;
  const each = scope.cascaded ? undefined : scope.rules.find(({ name }) => name === 'values' || name === 'eachValue');
  if (each !== undefined) {
    visitValues(walk, here, each, expected, actual);
    return;
  }
  const owed = !hasMapRule(scope);
  for (const key of keysOf(expected)) {
    if (hasKey(actual, key)) visit(walk, { ...below(here, key, expected[key], actual[key], scope.child(key)), owed });
  }
  if (!owed) return;
  for (const key of keysOf(actual)) if (!hasKey(expected, key)) unnamed(walk, here, key, actual[key]);
}

function visitValues(walk: Walk, here: Here, rule: Rule, expected: JsonObject, actual: JsonObject): void {
  const first = keysOf(expected).sort()[0] ?? '';
  const own = rule.name === 'eachValue' ? Scope.ofEach(rule) : here.scope;
  for (const key of keysOf(actual)) {
    const example = expected[hasKey(expected, key) ? key : first];
    visit(walk, { ...below(here, key, example, actual[key], own.child(key)), owed: false });
  }
}

function unnamed(walk: Walk, here: Here, key: string | number, value: unknown): void {
  const at = [...here.at, key];
  const reportedAt = [...here.reportedAt, key];
  // What a profile calls strict is strict too where the contract does not speak of it: no query is an empty one.
  const unknownMember = isObject(value) && strictBelow(here.strict, key) === true ? 'forbidden' : 'open';
  walk.out.push({ at, reportedAt, value, named: false, owed: false, unknownMember, fits: () => true });
}

type List = readonly unknown[];

function visitItems(walk: Walk, here: Here, expected: List, actual: List): void {
  const { scope } = here;
  const variants = scope.rules.find(({ name }) => name === 'arrayContains')?.variants;
  if (variants !== undefined) {
    visitVariants(walk, here, variants, expected, actual);
    return;
  }
  if (expected.length === 0) {
    for (const [index, item] of actual.entries()) unnamed(walk, here, index, item);
    return;
  }
  const each = scope.cascaded ? undefined : scope.rules.find(({ name }) => name === 'eachValue');
  const own = each === undefined ? scope : Scope.ofEach(each);
  for (const [index, item] of actual.entries()) {
    const example = index < expected.length ? expected[index] : expected[0];
    visit(walk, { ...below(here, index, example, item, own.child(index)), owed: false });
  }
}

/** Only an item that alone makes up for a variant can be broken; the judge points at the list then. */
function visitVariants(
  walk: Walk,
  here: Here,
  variants: NonNullable<Rule['variants']>,
  expected: List,
  actual: List,
): void {
  for (const variant of variants) {
    const scope = Scope.ofVariant(variant);
    const strict = strictBelow(here.strict, 0);
    const example = expected[variant.index];
    const fitting = [...actual.keys()].filter(
      (index) => compare(example, actual[index], scope, strict, new Map(walk.bindings)).length === 0,
    );
    const [index] = fitting;
    if (index === undefined || fitting.length > 1) continue;
    const before = walk.out.length;
    visit(walk, { ...below(here, index, example, actual[index], scope), strict, owed: false });
    for (const place of walk.out.slice(before)) place.reportedAt = here.reportedAt;
  }
}
