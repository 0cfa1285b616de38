import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadContracts } from '../../contracts/catalogue.ts';
import { rowOf, wholeConnections } from '../../contracts/parts.ts';
import { refusalsText, survivorsText } from '../../harness/report/strength-text.ts';
import { wholeStrengths } from '../../harness/report/whole.ts';
import type { Strength } from '../../harness/strength/measure.ts';
import { nearMissShares } from '../../harness/strength/near-miss.ts';
import { measureStrength } from '../../harness/strength/run.ts';

const openLines = new Set(['HTTP', 'HTTPS', 'TCP', 'SIP/TCP', 'SIP/UDP']);
const contracts = await loadContracts();
const numbers = wholeConnections(contracts).map(({ connection }) => connection);
let parts: readonly Strength[];
let whole: readonly Strength[];

beforeAll(async () => {
  parts = await measureStrength({ contracts, signal: new AbortController().signal });
  whole = wholeStrengths(parts);
}, 600_000);

function strengthOf(connection: number): Strength {
  const found = whole.find(({ contract }) => contract.connection === connection);
  if (found === undefined) throw new Error(`connection ${connection} was not measured`);
  return found;
}

describe.each(numbers)('connection %i', (connection) => {
  test('refuses every break, and names it', () => {
    const strength = strengthOf(connection);
    expect(survivorsText([strength])).toBe('');
    expect(strength.total).toBeGreaterThan(0);
    expect(strength.killed).toBe(strength.total);
  });

  test('bears every tolerant change', () => {
    const { tolerant } = strengthOf(connection);
    expect(refusalsText([strengthOf(connection)])).toBe('');
    expect(tolerant.total).toBeGreaterThan(0);
    expect(tolerant.accepted).toBe(tolerant.total);
  });

  test('frees nothing without a reason', () => {
    expect(strengthOf(connection).free.filter(({ reason }) => reason.trim() === '')).toEqual([]);
  });
});

/** What is left of a message that has lost most of itself may well look more like another one. */
const least = 0.99;

test('the nearest interaction is the right one, on every protocol', () => {
  const shares = nearMissShares(parts);
  expect(shares.filter(({ sought, found }) => sought === 0 || found < least * sought)).toEqual([]);
});

test('the breaks of HTTP, TCP and SIP go over the wire', () => {
  const silent = parts.filter(({ contract, carried }) => carried === 0 && openLines.has(rowOf(contract).protocol));
  expect(silent.map(({ contract }) => contract.connection)).toEqual([]);
});

test('the first mismatch names the exact field, on every protocol', () => {
  const shares = nearMissShares(parts);
  expect(shares.length).toBeGreaterThan(0);
  expect(shares.filter(({ total, exact }) => total === 0 || exact < least * total)).toEqual([]);
});
