import type { Rule } from './rules.ts';
import type { Scope } from './scope.ts';
import { equalJson, kindOf, show, showWithKind } from './values.ts';
import { report, type Walk } from './walk.ts';

/** Compares where the example is a leaf: text, number, boolean, null or bytes. */
export function compareLeaf(walk: Walk, expected: unknown, actual: unknown, scope: Scope): void {
  const { rules } = scope;
  if (rules.length === 0) {
    if (!equalJson(expected, actual)) report(walk, 'equality', show(expected), showWithKind(actual));
    return;
  }
  const failed = rules.filter((rule) => !leafFits(rule, expected, actual));
  if (failed.length === 0) return;
  if (!scope.any) {
    for (const rule of failed) report(walk, rule.name, rule.words(expected), showWithKind(actual));
  } else if (failed.length === rules.length) {
    const names = failed.map(({ name }) => name).join(' or ');
    report(walk, names, failed.map((rule) => rule.words(expected)).join(' or '), showWithKind(actual));
  }
}

/** Rules about the structure of arrays and objects ask nothing of a leaf, not even its value; so it is in Pact. */
export function leafFits(rule: Rule, expected: unknown, actual: unknown): boolean {
  if (rule.test !== undefined) return rule.test(actual);
  switch (rule.name) {
    case 'type':
    case 'bound':
      return kindOf(actual) === kindOf(expected) && kindOf(actual) !== 'none';
    case 'equality':
    case 'values':
      return equalJson(expected, actual);
    default:
      return true;
  }
}
