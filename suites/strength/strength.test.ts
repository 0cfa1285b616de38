import { beforeAll, describe, expect, test } from '@jest/globals';
import { connections } from '../../contracts/architecture.ts';
import type { strengthJson } from '../../harness/report/strength-json.ts';
import { voxpactWithin } from '../acceptance/voxpact.ts';

type Measured = ReturnType<typeof strengthJson>;

const openLines = new Set(['HTTP', 'HTTPS', 'TCP', 'SIP/TCP', 'SIP/UDP']);
const limitMs = 600_000;
let exitCode: number | undefined;
let measured: Measured;

// A process of its own: in the sandbox of a test, judging takes more than twice its time.
beforeAll(async () => {
  const ended = await voxpactWithin(limitMs, 'strength', '--near-miss', '--json');
  exitCode = ended.exitCode;
  const said = JSON.parse(ended.stdout) as Measured | { reason: string };
  if ('reason' in said) throw new Error(said.reason);
  measured = said;
}, limitMs);

test('every contract is measured, and is strong', () => {
  expect(measured.connections.map(({ number }) => number)).toEqual(connections.map(({ number }) => number));
  expect(exitCode).toBe(0);
});

describe.each(connections)('connection $number', ({ number, protocol }) => {
  const strength = () => {
    const found = measured.connections.find((each) => each.number === number);
    if (found === undefined) throw new Error(`connection ${number} was not measured`);
    return found;
  };

  test('refuses every break, and names it', () => {
    const { survivors, total, killed, carried } = strength();
    expect(survivors).toEqual([]);
    expect(total).toBeGreaterThan(0);
    expect(killed).toBe(total);
    if (openLines.has(protocol)) expect(carried).toBeGreaterThan(0);
  });

  test('bears every tolerant change', () => {
    const { refused, total, accepted } = strength().tolerant;
    expect(refused).toEqual([]);
    expect(total).toBeGreaterThan(0);
    expect(accepted).toBe(total);
  });

  test('frees nothing without a reason', () => {
    expect(strength().free.filter(({ reason }) => reason.trim() === '')).toEqual([]);
  });
});

/** What is left of a message that has lost most of itself may well look more like another one. */
const least = 0.99;

test('on every protocol the nearest interaction is the right one, and the first mismatch names the exact field', () => {
  const shares = measured.nearMiss ?? [];
  expect(new Set(shares.map(({ protocol }) => protocol))).toEqual(new Set(connections.map(({ protocol }) => protocol)));
  expect(shares.filter(({ sought, found }) => sought === 0 || found < least * sought)).toEqual([]);
  expect(shares.filter(({ total, exact }) => total === 0 || exact < least * total)).toEqual([]);
});
