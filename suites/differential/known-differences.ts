import type { Json } from '../../contracts/matchers.ts';
import type { MatchingRule } from '../../contracts/matching.ts';

/** A case in which we say something else than Pact's engine, on purpose. */
export interface KnownDifference {
  readonly reason: string;
  readonly example: Json;
  readonly rule: MatchingRule;
  /** The value of the field, as JSON text. */
  readonly value: string;
  readonly pact: boolean;
  readonly ours: boolean;
}

export const knownDifferences: readonly KnownDifference[] = [
  {
    reason: 'JSON.parse reads 1.0 as 1, so nothing of the fraction is left to judge',
    example: 1.5,
    rule: { match: 'decimal' },
    value: '1.0',
    pact: true,
    ours: false,
  },
  {
    reason: 'JSON.parse reads 1.0 as 1, which is an integer',
    example: 1,
    rule: { match: 'integer' },
    value: '1.0',
    pact: false,
    ours: true,
  },
  {
    reason:
      'Pact judges a status outside the body and lets statusCode pass inside; our messages carry the status inside',
    example: 200,
    rule: { match: 'statusCode', status: 'success' },
    value: '500',
    pact: true,
    ours: false,
  },
];
