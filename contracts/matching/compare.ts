import { likeWords } from './checks.ts';
import { compareLeaf } from './leaves.ts';
import { compareLists } from './lists.ts';
import { compareMaps } from './maps.ts';
import type { Rule } from './rules.ts';
import type { Scope } from './scope.ts';
import type { Strictness } from './strict.ts';
import { equalJson, isArray, isObject, keysOf, show, showWithKind } from './values.ts';
import { type Mismatch, report, type Walk } from './walk.ts';

function visit(walk: Walk, expected: unknown, actual: unknown, scope: Scope, strict: Strictness): void {
  const before = walk.out.length;
  const bound = scope.cascaded ? undefined : boundRule(walk, scope);
  if (bound !== undefined) compareBound(walk, bound, actual);
  else compareByKind(walk, expected, actual, scope, strict);
  if (scope.binds.length === 0 || walk.out.length > before) return;
  for (const name of scope.binds) walk.bindings?.set(name, actual);
}

/** The rule that asks for a value which has been bound by now. */
function boundRule({ bindings }: Walk, { rules }: Scope): Rule | undefined {
  for (const rule of rules) if (rule.binding !== undefined && bindings?.has(rule.binding) === true) return rule;
  return undefined;
}

function compareByKind(walk: Walk, expected: unknown, actual: unknown, scope: Scope, strict: Strictness): void {
  if (isArray(expected)) {
    if (isArray(actual)) compareLists(walk, expected, actual, scope, strict);
    else report(walk, 'type', likeWords(expected), showWithKind(actual));
  } else if (isObject(expected)) {
    if (isObject(actual)) compareMaps(walk, expected, actual, scope, strict);
    else report(walk, 'type', likeWords(expected), showWithKind(actual));
  } else {
    compareLeaf(walk, expected, actual, scope);
  }
}

function compareBound(walk: Walk, { binding = '' }: Rule, actual: unknown): void {
  const value = walk.bindings?.get(binding);
  if (equalJson(value, actual)) return;
  if (partsOf(value, actual) !== undefined) compareParts(walk, value, actual, `as in the value bound to ${binding}`);
  else report(walk, 'bound', `${show(value)}, the value bound to ${binding}`, showWithKind(actual));
}

/** Points at the parts that differ from what was said before. */
function compareParts(walk: Walk, value: unknown, actual: unknown, where: string): void {
  if (equalJson(value, actual)) return;
  const keys = partsOf(value, actual);
  for (const key of keys ?? []) {
    walk.path.push(key);
    compareParts(walk, (value as Parts)[key], (actual as Parts)[key], where);
    walk.path.pop();
  }
  if (keys !== undefined) return;
  const expected = value === undefined ? 'nothing' : show(value);
  report(walk, 'bound', `${expected}, ${where}`, actual === undefined ? 'nothing' : showWithKind(actual));
}

type Parts = Readonly<Record<string | number, unknown>>;

/** The keys or positions of two values of one kind; undefined where they can only be told apart as wholes. */
function partsOf(a: unknown, b: unknown): (string | number)[] | undefined {
  if (isArray(a) && isArray(b)) return a.length === b.length ? [...a.keys()] : undefined;
  return isObject(a) && isObject(b) ? [...new Set([...keysOf(a), ...keysOf(b)])] : undefined;
}

/** Compares a value with an example and its rules. @returns every mismatch; what `bind` finds goes into `bindings`. */
export function compare(
  expected: unknown,
  actual: unknown,
  scope: Scope,
  strict: Strictness,
  bindings: Map<string, unknown> | undefined,
): Mismatch[] {
  const out: Mismatch[] = [];
  visit({ path: [], out, bindings, visit }, expected, actual, scope, strict);
  return out;
}
