import type { Matcher } from '../matchers.ts';

/** A whole number whose digits fit the pattern; Pact holds patterns against the JSON text of any value. */
export const numberOf = (pattern: string, example: number): Matcher<number> => ({
  'pact:matcher:type': [{ 'pact:matcher:type': 'integer' }, { 'pact:matcher:type': 'regex', regex: pattern }],
  value: example,
});
