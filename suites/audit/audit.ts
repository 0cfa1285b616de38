import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { registry } from '../../mocks/process/registry.ts';
import { type Aftermath, findings, type Situation } from './situation.ts';

/** Most situations wait for a peer that says nothing. */
const atOnce = 4;
/** The longest that a whole table may take. */
const tableTimeoutMs = 240_000;

/** Brings every situation of a table about, some at a time, and holds what comes of it against the table. */
export function audit(title: string, situations: readonly Situation[]): void {
  describe(title, () => {
    const results = new Map<Situation, PromiseSettledResult<Aftermath>>();

    // Not test.concurrent: Jest lets nothing be imported while it is between two of those.
    beforeAll(async () => {
      const left = [...situations];
      const work = async () => {
        for (let next = left.shift(); next !== undefined; next = left.shift()) {
          const [result] = await Promise.allSettled([next.happen()]);
          results.set(next, result);
        }
      };
      await Promise.all(Array.from({ length: atOnce }, work));
    }, tableTimeoutMs);

    test.each(situations.map((each) => [each.name, each] as const))('%s', (_, situation) => {
      const result = results.get(situation);
      if (result?.status !== 'fulfilled') throw result?.reason;
      const { exitCode, json, junit, sentence } = situation;
      const { text, ...found } = findings(result.value);
      expect({ ...found, text }).toEqual({ exitCode, json, junit, text: matching(sentence) });
      expect(text).not.toMatch(/\n\s+at .*:\d+|\[object Object\]/);
    });

    afterAll(() => {
      expect([...registry().processes.keys()]).toEqual([]);
      expect([...registry().directories]).toEqual([]);
    });
  });
}

function matching(sentence: string | RegExp) {
  return typeof sentence === 'string' ? expect.stringContaining(sentence) : expect.stringMatching(sentence);
}
