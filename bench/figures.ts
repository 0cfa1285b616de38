import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The middle one of several figures; NaN of none. */
export const median = (figures: readonly number[]): number =>
  figures.toSorted((a, b) => a - b)[figures.length >> 1] ?? Number.NaN;

/** A median with the least and the most of what it is the middle of, as `0.82 [0.79–0.85]`; nothing of none. */
export function withSpread(figures: readonly number[], digits: number): string {
  if (figures.length === 0) return '';
  const [middle, least, most] = [median(figures), Math.min(...figures), Math.max(...figures)];
  return `${middle.toFixed(digits)} [${least.toFixed(digits)}–${most.toFixed(digits)}]`;
}

/** User and system time that a process has taken so far, where the kernel tells it in its ticks of 10 ms; NaN elsewhere. */
export function cpuMicrosOf({ pid }: ChildProcess): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  } catch {
    return Number.NaN;
  }
}

/**
 * Takes every cell of a table once per round, in an order of each round's own: none has always the same one before it, which
 * may still be busy with what it was asked. Round 0 warms all up and does not count.
 */
export async function inRounds<Cell>(
  cells: readonly Cell[],
  rounds: number,
  take: (cell: Cell, counts: boolean) => Promise<void>,
): Promise<void> {
  for (let round = 0; round <= rounds; round += 1) {
    for (const cell of shuffled(cells)) await take(cell, round > 0);
    process.stderr.write(`round ${round} of ${rounds}\n`);
  }
}

function shuffled<T>(all: readonly T[]): T[] {
  return all
    .map((each) => ({ each, at: Math.random() }))
    .sort((left, right) => left.at - right.at)
    .map(({ each }) => each);
}

/** What one target has done over what another has, round by round. */
export function ratios<Load>(of: readonly Load[], over: readonly Load[], figure: (load: Load) => number): number[] {
  return over.flatMap((load, round) => {
    const own = of[round];
    return own === undefined ? [] : [figure(own) / figure(load)];
  });
}
