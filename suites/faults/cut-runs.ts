import { expect } from '@jest/globals';
import { explain } from '../../harness/report/explain.ts';
import type { Run } from '../../harness/verify/run.ts';
import { bin, inChild } from '../audit/run.ts';
import type { CuttingRelay } from './cutting-relay.ts';

/** How the adapters say that a connection was lost. */
const lost = /the connection was lost|closed the connection|ECONNRESET/;

/** Some numbers from 1 to the last one, in the order of a seed's own (Lehmer's generator). */
export function moments(seed: number, last: number, count: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return 1 + (state % last);
  });
}

/**
 * Verifies undisturbed, then with every connection lost at some moments, then undisturbed again. What the harness could not
 * judge, and whatever broke, is one interaction at most, and is said to come from the loss.
 */
export async function expectVerdicts(relay: CuttingRelay, verify: () => Promise<Run>, count: number): Promise<void> {
  const undisturbed = async () => {
    relay.cutAt();
    const { connections, verdict } = await verify();
    expect(connections.flatMap(explain)).toEqual([]);
    expect(verdict).toBe('passed');
    return relay.pieces;
  };
  for (const moment of moments(7, await undisturbed(), count)) {
    relay.cutAt(moment);
    const { connections, verdict } = await verify();
    const sides = connections.flatMap(({ destination, source }) => [destination, source]);
    const worse = sides.flatMap((side) => side?.interactions ?? []).filter((each) => /failed|error/.test(each.verdict));
    const said = connections.flatMap(explain).map(({ sentences }) => sentences.join('\n'));
    expect({ moment, worse: worse.length, said }).toEqual({
      moment,
      worse: worse.length === 0 ? 0 : 1,
      said: said.map(() => expect.stringMatching(lost)),
    });
    expect(verdict === 'passed').toBe(said.length === 0);
  }
  await undisturbed();
}

/** The command itself, with every connection lost at a moment: it prints its verdict, ends with that, and has not crashed. */
export async function expectExit(relay: CuttingRelay, moment: number, ...args: string[]): Promise<void> {
  relay.cutAt(moment);
  const { exitCode, stdout, stderr } = await inChild(process.execPath, [bin, 'verify', ...args, '--json']);
  const { verdict } = JSON.parse(stdout) as { verdict: 'passed' | 'failed' | 'error' };
  expect(relay.pieces).toBeGreaterThan(moment);
  expect(exitCode).toBe({ passed: 0, failed: 1, error: 2 }[verdict]);
  expect(stderr).not.toMatch(/^\s+at /m);
}
