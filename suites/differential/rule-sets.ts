import fc from 'fast-check';
import type { Json } from '../../contracts/matchers.ts';
import type { MatchingRule, MatchingRules } from '../../contracts/matching.ts';
import { keyName, leaf } from './values.ts';

/** An example with rules at paths that nobody would write, to hold the choice among paths and the cascade. */
export interface RuleCase {
  readonly example: Json;
  readonly rules: MatchingRules;
}

const matcher = fc.constantFrom<MatchingRule>(
  { match: 'type' },
  { match: 'type' },
  { match: 'type', min: 1 },
  { match: 'type', max: 1 },
  { match: 'type', min: 1, max: 2 },
  { match: 'equality' },
  { match: 'integer' },
  { match: 'decimal' },
  { match: 'number' },
  { match: 'boolean' },
  { match: 'null' },
  { match: 'regex', regex: '[a-c]+|1' },
  { match: 'include', value: 'a' },
  { match: 'date', format: 'yyyy-MM-dd' },
  { match: 'semver' },
  { match: 'notEmpty' },
  { match: 'values' },
  { match: 'eachKey', rules: [{ match: 'regex', regex: 'k\\d' }], value: '' },
  { match: 'eachValue', rules: [{ match: 'type' }], value: '' },
  { match: 'arrayContains', variants: [] },
);

const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('json'), { maxLength: 2 }),
    fc.dictionary(keyName, tie('json'), { maxKeys: 3 }),
  ),
}));

const step = fc.oneof(
  { weight: 4, arbitrary: keyName.map((name) => (/^[a-z]\w*$/.test(name) ? `.${name}` : `['${name}']`)) },
  { weight: 2, arbitrary: fc.constant('.*') },
  { weight: 2, arbitrary: fc.constant('[*]') },
  { weight: 1, arbitrary: fc.constantFrom('[0]', '[1]', '[3]') },
);

const path = fc.array(step, { maxLength: 3 }).map((steps) => ({ text: `$${steps.join('')}`, steps }));

const set = fc.record({
  combine: fc.constantFrom('AND' as const, 'OR' as const),
  matchers: fc.array(matcher, { minLength: 1, maxLength: 2 }),
});

/** Pact's choice between two paths of equal weight depends on the order of a hash map, so there is nothing to compare. */
function weight(steps: readonly string[]): number {
  return steps.reduce((product, one) => product * (one.includes('*') ? 1 : 2), 2) * (steps.length + 1);
}

const rules = fc
  .uniqueArray(fc.tuple(path, set), { minLength: 1, maxLength: 4, selector: ([{ steps }]) => weight(steps) })
  .map((entries): MatchingRules => Object.fromEntries(entries.map(([{ text }, one]) => [text, one])));

export const ruleSets: fc.Arbitrary<RuleCase> = fc.record({
  example: fc.dictionary(keyName, json, { minKeys: 1, maxKeys: 3 }),
  rules,
});
