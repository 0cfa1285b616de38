import { describe, expect, test } from '@jest/globals';
import { compileRules, type Mismatch, match } from '../../contracts/matching.ts';
import { type Case, randomCases } from './cases.ts';
import { directedCases } from './directed-cases.ts';
import { knownDifferences } from './known-differences.ts';
import { judgeRequests, judgeResponses, type Response } from './pact-engine.ts';

const limitMs = 60_000;
const everywhere = ['$'];
const nowhere: string[] = [];

/** A case on which the two engines do not agree, with all that is needed to see why. */
function disagreement(one: Case, value: unknown, pact: boolean, ours: readonly Mismatch[]) {
  const { name, example, rules } = one;
  const texts = { example: JSON.stringify(example), rules: JSON.stringify(rules), value: JSON.stringify(value) };
  return { name, pact: pact ? 'matches' : 'differs', ours: ours.map(({ message }) => message), ...texts };
}

async function disagreements(
  cases: readonly Case[],
  subject: (one: Case) => Parameters<typeof judgeRequests>[0][0]['subject'],
) {
  const questions = cases.map((one) => ({
    subject: subject(one),
    bodies: one.values.map((value) => JSON.stringify(value)),
  }));
  const verdicts = await judgeRequests(questions);
  return cases.flatMap((one, index) => {
    const compiled = compileRules(one.example, one.rules);
    return one.values.flatMap((value, at) => {
      const ours = match(compiled, value, { strict: everywhere });
      const pact = verdicts[index]?.[at] === true;
      return pact === (ours.length === 0) ? [] : [disagreement(one, value, pact, ours)];
    });
  });
}

const countOf = (cases: readonly Case[]) => cases.reduce((sum, { values }) => sum + values.length, 0);

// Changing the seed changes every case; a failure prints the case itself, so nobody needs to replay it.
const random = randomCases(20_261_123, 150, 7);
const templates = random.filter(({ template }) => template !== undefined);
const responses = random.flatMap((one) => one.values.slice(1, 2).map((value) => ({ one, value })));

describe('our matching against the engine of Pact', () => {
  test(
    `${countOf(directedCases)} requests at the edges of each matcher`,
    async () => {
      expect(countOf(directedCases)).toBeGreaterThan(3_000);
      expect(await disagreements(directedCases, ({ example, rules }) => ({ example, rules }))).toEqual([]);
    },
    limitMs,
  );

  test(
    `${countOf(random)} random requests, by example and rules`,
    async () => {
      expect(countOf(random)).toBeGreaterThan(2_000);
      expect(await disagreements(random, ({ example, rules }) => ({ example, rules }))).toEqual([]);
    },
    limitMs,
  );

  test(
    `${countOf(templates)} random requests, by templates in the integration form`,
    async () => {
      expect(countOf(templates)).toBeGreaterThan(800);
      expect(await disagreements(templates, ({ template }) => ({ template }))).toEqual([]);
    },
    limitMs,
  );

  test(
    `${responses.length} random responses, by the Verifier`,
    async () => {
      expect(responses.length).toBeGreaterThan(200);
      const questions = responses.map(({ one: { example, rules }, value }): Response => ({ example, rules, value }));
      const verdicts = await judgeResponses(questions);
      const found = responses.flatMap(({ one, value }, index) => {
        const ours = match(compileRules(one.example, one.rules), value, { strict: nowhere });
        const pact = verdicts[index] === true;
        return pact === (ours.length === 0) ? [] : [disagreement(one, value, pact, ours)];
      });
      expect(found).toEqual([]);
      expect(new Set(verdicts)).toEqual(new Set([true, false]));
    },
    limitMs,
  );

  test(
    'statuses, by the Verifier',
    async () => {
      const classes = ['info', 'success', 'redirect', 'clientError', 'serverError', 'nonError', 'error', [200, 404]];
      const asked = classes.flatMap((status) =>
        [200, 299, 300, 404, 500, 599].map((actual) => {
          const matchers = [{ match: 'statusCode', status }];
          return { expected: 200, rules: { $: { combine: 'AND' as const, matchers } }, actual };
        }),
      );
      const verdicts = await judgeResponses(asked.map((status) => ({ example: 'a', rules: {}, value: 'a', status })));
      const ours = asked.map(({ expected, rules, actual }) => {
        return match(compileRules(expected, rules), actual, { strict: nowhere }).length === 0;
      });
      expect(ours).toEqual(verdicts);
      expect(new Set(verdicts)).toEqual(new Set([true, false]));
    },
    limitMs,
  );

  test.each(knownDifferences)('known difference: $reason', async ({ example, rule, value, pact, ours }) => {
    const subject = { example: { x: example }, rules: { '$.x': { combine: 'AND' as const, matchers: [rule] } } };
    const body = `{"x":${value}}`;
    expect(await judgeRequests([{ subject, bodies: [body] }])).toEqual([[pact]]);
    const compiled = compileRules(subject.example, subject.rules);
    expect(match(compiled, JSON.parse(body), { strict: everywhere }).length === 0).toBe(ours);
  });
});
