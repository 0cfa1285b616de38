import type { Rule } from './rules.ts';
import { Scope } from './scope.ts';
import { type Strictness, strictBelow } from './strict.ts';
import { equalJson, show, showWithKind } from './values.ts';
import { type Mismatch, mostMismatches, report, reportBelow, type Walk } from './walk.ts';

type List = readonly unknown[];

/** Compares two arrays. */
export function compareLists(walk: Walk, expected: List, actual: List, scope: Scope, strict: Strictness): void {
  if (scope.rules.length === 0) comparePlainLists(walk, expected, actual, scope, strict);
  // Pact asks nothing of a list whose example is empty, whatever the matcher.
  else if (expected.length === 0) return;
  else if (scope.any) compareByAny(walk, expected, actual, scope, strict);
  else compareByAll(walk, expected, actual, scope, strict);
}

const isSpecial = ({ name }: Rule) => name === 'arrayContains' || name === 'eachValue';

function compareByAll(walk: Walk, expected: List, actual: List, scope: Scope, strict: Strictness): void {
  const before = walk.out.length;
  if (!scope.rules.every(isSpecial)) compareItems(walk, expected, actual, scope, strict);
  const itemsFit = walk.out.length === before;
  for (const rule of scope.rules) {
    if (isSpecial(rule)) compareSpecial(walk, rule, expected, actual, scope, strict);
    else if (itemsFit || rule.name !== 'equality') checkList(walk, rule, expected, actual, scope.cascaded);
  }
}

/** A list may meet one of several rules; their mismatches count only when it meets none. */
function compareByAny(walk: Walk, expected: List, actual: List, scope: Scope, strict: Strictness): void {
  const found: Mismatch[] = [];
  for (const rule of scope.rules) {
    const attempt: Walk = { ...walk, out: [] };
    if (isSpecial(rule)) compareSpecial(attempt, rule, expected, actual, scope, strict);
    else {
      checkList(attempt, rule, expected, actual, scope.cascaded);
      compareItems(attempt, expected, actual, scope, strict);
    }
    if (attempt.out.length === 0) return;
    found.push(...attempt.out);
  }
  walk.out.push(...found);
}

function compareSpecial(walk: Walk, rule: Rule, expected: List, actual: List, scope: Scope, strict: Strictness): void {
  if (rule.name === 'arrayContains') compareVariants(walk, rule, expected, actual, strict);
  else if (!scope.cascaded) compareItems(walk, expected, actual, Scope.ofEach(rule), strict);
}

function checkList(walk: Walk, rule: Rule, expected: List, actual: List, cascaded: boolean): void {
  switch (rule.name) {
    case 'equality':
      if (!equalJson(expected, actual)) report(walk, rule.name, show(expected), showWithKind(actual));
      break;
    case 'notEmpty':
      if (actual.length === 0) report(walk, rule.name, 'an array that is not empty', showWithKind(actual));
      break;
    case 'null':
    case 'statusCode':
      report(walk, rule.name, rule.words(expected), showWithKind(actual));
      break;
    case 'type':
      if (!cascaded) checkSize(walk, rule, actual.length, 'item');
      break;
  }
}

/** Judges the `min` and `max` of a `type` matcher, on the items of an array or the keys of an object. */
export function checkSize(walk: Walk, { min, max }: Rule, size: number, unit: string): void {
  const tooFew = min !== undefined && size < min;
  const tooMany = max !== undefined && size > max;
  if (!tooFew && !tooMany) return;
  const plural = (count: number) => `${count} ${unit}${count === 1 ? '' : 's'}`;
  const limits = [
    min === undefined ? '' : `at least ${plural(min)}`,
    max === undefined ? '' : `at most ${plural(max)}`,
  ];
  report(walk, 'type', limits.filter(Boolean).join(' and '), plural(size));
}

/** Items beyond the example are compared with its first one. */
function compareItems(walk: Walk, expected: List, actual: List, scope: Scope, strict: Strictness): void {
  const length = Math.max(expected.length, actual.length);
  for (let at = 0; at < length && walk.out.length < mostMismatches; at += 1) {
    const example = at < expected.length ? expected[at] : expected[0];
    if (at < actual.length) visitItem(walk, example, actual[at], at, scope, strict);
    else if (scope.child(at).rules.length === 0) {
      reportBelow(walk, at, 'missing', show(example), 'nothing (the item is missing)');
    }
  }
}

function visitItem(walk: Walk, expected: unknown, actual: unknown, at: number, scope: Scope, strict: Strictness): void {
  walk.path.push(at);
  walk.visit(walk, expected, actual, scope.child(at), strictBelow(strict, at));
  walk.path.pop();
}

function comparePlainLists(walk: Walk, expected: List, actual: List, scope: Scope, strict: Strictness): void {
  const both = Math.min(expected.length, actual.length);
  for (let at = 0; at < both; at += 1) visitItem(walk, expected[at], actual[at], at, scope, strict);
  if (expected.length === actual.length) return;
  const words = expected.length === 0 ? 'an empty array' : `an array of ${expected.length}`;
  report(walk, 'length', words, showWithKind(actual));
}

function compareVariants(walk: Walk, rule: Rule, expected: List, actual: List, strict: Strictness): void {
  const all = rule.variants?.length ? rule.variants : expected.map((_, index) => ({ index, rules: [] }));
  for (const variant of all) {
    if (variant.index >= expected.length) {
      report(walk, rule.name, `an example for variant ${variant.index}`, `${expected.length} examples`);
      continue;
    }
    const example = expected[variant.index];
    const scope = Scope.ofVariant(variant);
    if (!actual.some((item) => fitsVariant(walk, example, item, scope, strict))) {
      report(walk, rule.name, `an item like ${show(example)}`, showWithKind(actual));
    }
  }
}

function fitsVariant(walk: Walk, example: unknown, item: unknown, scope: Scope, strict: Strictness): boolean {
  const bindings = walk.bindings && new Map(walk.bindings);
  const attempt: Walk = { ...walk, path: [], out: [], bindings };
  walk.visit(attempt, example, item, scope, strictBelow(strict, 0));
  if (attempt.out.length > 0) return false;
  for (const [name, value] of bindings ?? []) walk.bindings?.set(name, value);
  return true;
}
