import { expect, test } from '@jest/globals';
import type { Contract, Interaction } from '../../contracts/contract.ts';
import type { ConnectionResult } from '../verify/run.ts';
import type { SideResult, Verdict } from '../verify/verdict.ts';
import { verifyJson } from './json.ts';
import { wholeResults, wholeStrengths } from './whole.ts';

const contract = (description: string, part?: string): Contract => ({
  connection: 24,
  ...(part === undefined ? {} : { part: { name: part } }),
  interactions: [{ description, given: [], steps: [] } as unknown as Interaction],
});
const side = (description: string, verdict: Verdict, more: Partial<SideResult> = {}): SideResult => ({
  verdict,
  interactions: [{ description, verdict, mismatches: [], messages: 1, unreached: [], durationMs: 1 }],
  ...more,
});

const azure: ConnectionResult = { contract: contract('put'), destination: side('put', 'passed') };
const s3: ConnectionResult = {
  contract: contract('store', 's3'),
  destination: side('store', 'failed', { reason: 'no', strays: [{ title: 'GET /', message: 'unasked' }] }),
};

test('one bad part makes the connection bad; nothing of either part is lost', () => {
  const [whole, ...others] = wholeResults([azure, s3]);
  expect(others).toEqual([]);
  expect(whole?.source).toBeUndefined();
  expect(whole?.destination).toMatchObject({ verdict: 'failed', reason: 'no', strays: [{ title: 'GET /' }] });
  expect(whole?.destination?.interactions.map(({ description }) => description)).toEqual(['put', 'store']);
});

test('a connection of two parts stands once in the JSON of a run, and counts once', () => {
  const run = { startedAt: '', durationMs: 1, verdict: 'failed' as const, connections: [azure, s3] };
  const { connections, totals } = verifyJson(run);
  expect(connections.map(({ number }) => number)).toEqual([24]);
  expect(totals.connections).toEqual({ passed: 0, failed: 1, skipped: 0, error: 0 });
  expect(totals.interactions).toEqual({ passed: 1, failed: 1, skipped: 0, error: 0 });
});

test('the strength of a connection is that of its parts together', () => {
  const strength = (of: Contract, killed: number) => ({
    contract: of,
    total: 10,
    killed,
    carried: 5,
    exact: killed,
    nearMiss: { sought: 4, found: 4 },
    survivors: [],
    free: [],
    tolerant: { total: 2, accepted: 2, refused: [] },
  });
  expect(wholeStrengths([strength(azure.contract, 10), strength(s3.contract, 9)])).toMatchObject([
    {
      total: 20,
      killed: 19,
      carried: 10,
      exact: 19,
      nearMiss: { sought: 8, found: 8 },
      tolerant: { total: 4, accepted: 4, refused: [] },
    },
  ]);
});
