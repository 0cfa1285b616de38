import { leafFits } from './leaves.ts';
import type { Scope } from './scope.ts';
import { type Strictness, strictBelow } from './strict.ts';
import { equalJson, isArray, isObject, type JsonObject, keysOf } from './values.ts';

/** What a glance at a value tells: it fits, it differs, or only the comparison that reports every difference can tell. */
export type Glance = (actual: unknown) => 'fits' | 'differs' | 'unclear';

const unclear: Glance = () => 'unclear';

/** Makes the glance of an example and its rules. It knows plain values and rules of single values, and stops at what differs. */
export function makeGlance(example: unknown, scope: Scope, strict: Strictness): Glance {
  if (scope.binds.length > 0) return unclear;
  if (isArray(example)) return scope.rules.length === 0 ? glanceAtList(example, scope, strict) : unclear;
  if (isObject(example)) return scope.rules.length === 0 ? glanceAtMap(example, scope, strict) : unclear;
  return glanceAtLeaf(example, scope);
}

function glanceAtLeaf(example: unknown, { rules, any }: Scope): Glance {
  const [rule] = rules;
  if (typeof example === 'string' && rule === undefined) return (actual) => (actual === example ? 'fits' : 'differs');
  if (rule === undefined) return (actual) => (equalJson(example, actual) ? 'fits' : 'differs');
  if (any || rules.length > 1 || rule.binding !== undefined) return unclear;
  return (actual) => (leafFits(rule, example, actual) ? 'fits' : 'differs');
}

function glanceAtList(example: readonly unknown[], scope: Scope, strict: Strictness): Glance {
  const items = example.map((item, at) => makeGlance(item, scope.child(at), strictBelow(strict, at)));
  return (actual) => {
    if (!isArray(actual) || actual.length !== items.length) return 'differs';
    let seen: ReturnType<Glance> = 'fits';
    for (let at = 0; at < items.length; at += 1) {
      const item = (items[at] as Glance)(actual[at]);
      if (item === 'differs') return item;
      if (item === 'unclear') seen = item;
    }
    return seen;
  };
}

function glanceAtMap(example: JsonObject, scope: Scope, strict: Strictness): Glance {
  const keys = keysOf(example);
  // These are found in every object.
  if (keys.some((key) => key in Object.prototype)) return unclear;
  const known = new Set(keys);
  const members = keys.map((key) => {
    return { key, glance: makeGlance(example[key], scope.child(key), strictBelow(strict, key)) };
  });
  return (actual) => {
    if (!isObject(actual)) return 'differs';
    let seen: ReturnType<Glance> = 'fits';
    for (const { key, glance } of members) {
      const value = actual[key];
      const member = value === undefined ? 'differs' : glance(value);
      if (member === 'differs') return member;
      if (member === 'unclear') seen = member;
    }
    return strict !== undefined && hasUnexpected(actual, known, strict) ? 'unclear' : seen;
  };
}

function hasUnexpected(
  actual: JsonObject,
  known: ReadonlySet<string>,
  strict: Exclude<Strictness, undefined>,
): boolean {
  for (const key in actual) if (!known.has(key) && (strict === true || strict.children.has(key))) return true;
  return false;
}
