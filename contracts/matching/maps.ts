import { likeWords } from './checks.ts';
import { checkSize } from './lists.ts';
import type { Rule } from './rules.ts';
import { Scope } from './scope.ts';
import { type Strictness, strictBelow } from './strict.ts';
import {
  equalJson,
  hasKey,
  hasMoreKeys,
  isArray,
  isObject,
  type JsonObject,
  keysOf,
  show,
  showWithKind,
} from './values.ts';
import { report, reportBelow, type Walk } from './walk.ts';

/** Compares two objects. */
export function compareMaps(
  walk: Walk,
  expected: JsonObject,
  actual: JsonObject,
  scope: Scope,
  strict: Strictness,
): void {
  const { rules, cascaded } = scope;
  if (rules.length === 0) {
    compareByKey(walk, expected, actual, scope, strict);
    return;
  }
  const actualKeys = keysOf(actual);
  if (actualKeys.length > 0 && strict === true && keysOf(expected).length === 0) {
    for (const key of actualKeys) reportUnexpected(walk, key, actual[key]);
    return;
  }
  const before = walk.out.length;
  const forValues = ({ name }: Rule) => !cascaded && valueRules.has(name);
  if (!rules.every(forValues)) compareByKey(walk, expected, actual, scope, strict);
  const membersFit = walk.out.length === before;
  for (const rule of rules) {
    if (forValues(rule)) compareValues(walk, rule, expected, actual, scope, strict);
    else if (membersFit || rule.name !== 'equality') checkMap(walk, rule, expected, actual, cascaded);
  }
}

/** Rules that are about the values of a map and not about its keys; Pact counts `arrayContains` among them. */
const valueRules = new Set(['values', 'eachValue', 'arrayContains']);

function compareByKey(walk: Walk, expected: JsonObject, actual: JsonObject, scope: Scope, strict: Strictness): void {
  let known = 0;
  for (const key in expected) {
    const value = actual[key];
    if (value !== undefined && Object.hasOwn(actual, key)) {
      known += 1;
      visitMember(walk, expected[key], value, key, scope, strict);
    } else if (!scope.mapRule) reportMissing(walk, key, expected[key], scope);
  }
  if (strict !== undefined && !scope.mapRule && hasMoreKeys(actual, known)) {
    for (const key of keysOf(actual)) if (!hasKey(expected, key)) refuseUnknown(walk, key, actual[key], strict);
  }
  if (!scope.direct) return;
  for (const rule of scope.rules) if (rule.name === 'eachKey') compareEachKey(walk, rule, actual);
}

function visitMember(
  walk: Walk,
  expected: unknown,
  actual: unknown,
  key: string,
  scope: Scope,
  strict: Strictness,
): void {
  const below = scope.child(key);
  if (expected === actual && below.isPlain) return;
  walk.path.push(key);
  walk.visit(walk, expected, actual, below, strictBelow(strict, key));
  walk.path.pop();
}

/** Every value against the example of its key, or else against the first one, in the order of the keys. */
function compareValues(
  walk: Walk,
  rule: Rule,
  expected: JsonObject,
  actual: JsonObject,
  scope: Scope,
  strict: Strictness,
): void {
  const first = keysOf(expected).sort()[0];
  if (first === undefined) return;
  const own = rule.name === 'eachValue' ? Scope.ofEach(rule) : scope;
  for (const key of keysOf(actual)) {
    visitMember(walk, expected[hasKey(expected, key) ? key : first], actual[key], key, own, strict);
  }
}

/** The rules that Pact can apply to an object as a whole; it refuses every object under any other. */
const applicable = new Set('regex type equality notEmpty arrayContains eachKey eachValue values bound'.split(' '));

function checkMap(walk: Walk, rule: Rule, expected: JsonObject, actual: JsonObject, cascaded: boolean): void {
  const size = keysOf(actual).length;
  if (rule.name === 'type' && !cascaded) checkSize(walk, rule, size, 'key');
  else if (rule.name === 'notEmpty' && size === 0)
    report(walk, rule.name, 'an object that is not empty', '{} (object)');
  else if (!applicable.has(rule.name) || (rule.name === 'equality' && !equalJson(expected, actual))) {
    report(walk, rule.name, rule.words(expected), showWithKind(actual));
  }
}

/** Where only what lies below a key is strict, an object that the template does not have is an empty one (no query, say). */
function refuseUnknown(walk: Walk, key: string, value: unknown, strict: Strictness): void {
  if (strict === true) reportUnexpected(walk, key, value);
  else if (isObject(value) && strictBelow(strict, key) === true) {
    walk.path.push(key);
    for (const member of keysOf(value)) reportUnexpected(walk, member, value[member]);
    walk.path.pop();
  }
}

function reportUnexpected(walk: Walk, key: string, value: unknown): void {
  reportBelow(walk, key, 'unexpected', 'no such key', showWithKind(value));
}

function reportMissing(walk: Walk, key: string, example: unknown, scope: Scope): void {
  const { rules, any } = scope.child(key);
  const words = rules.map((rule) => rule.words(example)).join(any ? ' or ' : ' and ');
  const asked = isArray(example) || isObject(example) ? likeWords(example) : words || show(example);
  reportBelow(walk, key, 'missing', asked, 'nothing (the key is missing)');
}

function compareEachKey(walk: Walk, rule: Rule, actual: JsonObject): void {
  for (const key of keysOf(actual)) {
    for (const each of rule.each ?? []) {
      if (!keyFits(each, key)) reportBelow(walk, key, 'eachKey', `a key that is ${each.words(key)}`, show(key));
    }
  }
}

/** A key is text, so numbers are read from it. */
function keyFits(rule: Rule, key: string): boolean {
  switch (rule.name) {
    case 'type':
      return true;
    case 'number':
    case 'decimal':
      return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(key);
    case 'integer':
      return /^\+?\d+$/.test(key);
    case 'equality':
    case 'values':
      return key === '';
    default:
      return rule.test?.(key) === true;
  }
}
