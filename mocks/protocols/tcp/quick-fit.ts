import type { Rule } from '../../../contracts/matching/rules.ts';
import type { Scope } from '../../../contracts/matching/scope.ts';
import { type Strictness, strictBelow, strictness } from '../../../contracts/matching/strict.ts';
import { isArray, isObject, type JsonObject, kindOf } from '../../../contracts/matching/values.ts';
import type { Compiled } from '../../../contracts/matching.ts';

type Fits = (actual: unknown) => boolean;

/** The names that a template binds, and those that it asks for. */
interface Names {
  bound: Set<string>;
  asked: Set<string>;
}

/**
 * A test that costs a tenth of a match and says yes only where a match without bindings finds nothing; its no is no verdict.
 * @param strict as in the options of `match`
 * @returns undefined for a template that asks for more than single values, such as lists of any length
 */
export function quickFit({ example, scope }: Compiled, strict: readonly string[]): Fits | undefined {
  const names: Names = { bound: new Set(), asked: new Set() };
  const fits = fitsOf(example, scope, strictness(strict), names);
  return [...names.asked].some((name) => names.bound.has(name)) ? undefined : fits;
}

function fitsOf(expected: unknown, scope: Scope, strict: Strictness, names: Names): Fits | undefined {
  for (const name of scope.binds) names.bound.add(name);
  for (const { binding } of scope.rules) if (binding !== undefined) names.asked.add(binding);
  if (isArray(expected)) return fitsList(expected, scope, strict, names);
  if (isObject(expected)) return fitsMap(expected, scope, strict, names);
  return fitsLeaf(expected, scope);
}

function fitsLeaf(expected: unknown, { rules, any }: Scope): Fits | undefined {
  if (rules.length === 0) return (actual) => actual === expected;
  const tests = rules.map((rule) => testOf(rule, expected)).filter((test) => test !== undefined);
  const [test] = tests;
  if (test === undefined || tests.length < rules.length) return undefined;
  if (tests.length === 1) return test;
  return any ? undefined : (actual) => tests.every((each) => each(actual));
}

function testOf({ name, test }: Rule, expected: unknown): Fits | undefined {
  if (test !== undefined) return test;
  const kind = kindOf(expected);
  const asksForKind = (name === 'type' || name === 'bound') && kind !== 'none';
  return asksForKind ? (actual) => kindOf(actual) === kind : undefined;
}

function fitsList(expected: readonly unknown[], scope: Scope, strict: Strictness, names: Names): Fits | undefined {
  if (scope.rules.length > 0) return undefined;
  const items: Fits[] = [];
  for (const [at, item] of expected.entries()) {
    const fits = fitsOf(item, scope.child(at), strictBelow(strict, at), names);
    if (fits === undefined) return undefined;
    items.push(fits);
  }
  return (actual) => isArray(actual) && actual.length === items.length && items.every((fits, at) => fits(actual[at]));
}

function fitsMap(expected: JsonObject, scope: Scope, strict: Strictness, names: Names): Fits | undefined {
  if (scope.rules.length > 0) return undefined;
  const keys = Object.keys(expected);
  const members: Fits[] = [];
  for (const key of keys) {
    // A key that every object answers to would have to be asked for twice.
    if (key in Object.prototype) return undefined;
    const fits = fitsOf(expected[key], scope.child(key), strictBelow(strict, key), names);
    if (fits === undefined) return undefined;
    members.push(fits);
  }
  const mayHaveMore = strict !== true;
  const strictKeys = strict === true || strict === undefined ? [] : [...strict.children.keys()];
  const absent = strictKeys.filter((key) => !Object.hasOwn(expected, key));
  return (actual) => {
    if (!isObject(actual)) return false;
    for (let at = 0; at < keys.length; at += 1) {
      if (members[at]?.(actual[keys[at] as string]) !== true) return false;
    }
    for (const key of absent) if (actual[key] !== undefined) return false;
    return mayHaveMore || Object.keys(actual).length === keys.length;
  };
}
