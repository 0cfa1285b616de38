import fc from 'fast-check';
import type { Json } from '../../contracts/matchers.ts';
import { compile, type MatchingRules, TemplateError } from '../../contracts/matching.ts';
import { ruleSets } from './rule-sets.ts';
import { templates } from './templates.ts';
import { valuesNear } from './values.ts';

/** One thing to compare both engines by: an example with rules, and values to hold against it. */
export interface Case {
  readonly name: string;
  readonly example: Json;
  readonly rules: MatchingRules;
  /** The template in Pact's integration form, where the case came from one that Pact reads alike. */
  readonly template?: unknown;
  readonly values: readonly Json[];
}

/** Pact's integration form keeps the text to include where the example is, so the two must be the same. */
function sameInPact(template: unknown): boolean {
  if (typeof template !== 'object' || template === null) return true;
  if ('include' in template && 'value' in template && template.include !== template.value) return false;
  return Object.values(template).every(sameInPact);
}

function fromTemplate(template: unknown, name: string, seed: number, valueCount: number): Case | undefined {
  try {
    const { example, rules } = compile(template);
    const values = fc.sample(valuesNear(example), { seed, numRuns: valueCount });
    const whole = sameInPact(template) ? { template } : {};
    return { name, example, rules, ...whole, values: [example, ...values] };
  } catch (error) {
    if (error instanceof TemplateError) return undefined;
    throw error;
  }
}

/** Cases from random templates, and from random rules at random paths; the same seed makes the same cases. */
export function randomCases(seed: number, count: number, valueCount: number): Case[] {
  const fromTemplates = fc
    .sample(templates, { seed, numRuns: count })
    .map((template, index) => fromTemplate(template, `template ${index}`, seed + index, valueCount));
  const fromRules = fc.sample(ruleSets, { seed, numRuns: count }).map(({ example, rules }, index): Case => {
    const values = fc.sample(valuesNear(example), { seed: seed + index, numRuns: valueCount });
    return { name: `rules ${index}`, example, rules, values: [example, ...values] };
  });
  return [...fromTemplates.filter((one) => one !== undefined), ...fromRules];
}
