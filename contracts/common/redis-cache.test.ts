import { describe, expect, test } from '@jest/globals';
import { loadContracts } from '../catalogue.ts';
import type { Interaction } from '../contract.ts';
import { compile, match } from '../matching.ts';
import type { RedisCommand } from '../messages/redis.ts';
import { rowOf } from '../parts.ts';
import { ttlUpTo } from './redis-cache.ts';

const accepts = (ms: number, actual: unknown): boolean =>
  match(compile(ttlUpTo(ms)), actual, { strict: [], bindings: new Map() }).length === 0;

describe('a time to live that has just been set', () => {
  test.each([14_400_000, 14_399_999, 14_390_000])('of four hours may be %d', (actual) => {
    expect(accepts(14_400_000, actual)).toBe(true);
  });
  test.each([14_400_001, 14_389_999, 1, -1, -2, '14400000', null])('of four hours is not %p', (actual) => {
    expect(accepts(14_400_000, actual)).toBe(false);
  });
  test('that is short still has a second', () => {
    expect([5_000, 4_999, 1_000].map((actual) => accepts(5_000, actual))).toEqual([true, true, true]);
    expect([5_001, 999, 0, -2].map((actual) => accepts(5_000, actual))).toEqual([false, false, false, false]);
  });
});

/** The keys of each transaction and of each command that names several: a cluster takes them only if they share a slot. */
function together({ steps }: Interaction): string[][] {
  const groups: string[][] = [];
  let transaction: string[] | undefined;
  for (const { from, optional, content } of steps) {
    if (from !== 'source' || optional) continue;
    const command = compile(content).example as unknown as RedisCommand;
    if (command.command === 'MULTI') transaction = [];
    if (command.command === 'EXEC' && transaction !== undefined) groups.push(transaction);
    const keys = JSON.stringify(command).match(/[a-z]+:\{[^}]+\}:[^"]*/g) ?? [];
    transaction?.push(...keys);
    if (keys.length > 1) groups.push(keys);
  }
  return groups;
}

const contracts = (await loadContracts()).filter((contract) => rowOf(contract).listens === 'Redis');
const groups = contracts
  .flatMap(({ interactions }) => interactions.flatMap(together))
  .filter((keys) => keys.length > 1);

test('keys that are used together carry one hash tag', () => {
  expect(groups.length).toBeGreaterThan(5);
  for (const keys of groups) expect(new Set(keys.map((key) => /\{([^}]+)\}/.exec(key)?.[1])).size).toBe(1);
});
