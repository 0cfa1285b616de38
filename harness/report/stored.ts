import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from '../../contracts/architecture.ts';
import type { Contract, Interaction, Side } from '../../contracts/contract.ts';
import { wholeConnections } from '../../contracts/parts.ts';
import { UsageError } from '../errors.ts';
import type { verifyJson } from './json.ts';

type StoredRun = ReturnType<typeof verifyJson>;

const sides = ['destination', 'source'] as const;

/** How often one interaction was exercised on each side: a number, or why there is none. */
export type TimesBySide = Readonly<Record<Side, number | 'not judged' | 'not asked for'>>;

/** A run as `verify --report` left it in a folder. */
export class StoredReport {
  readonly startedAt: string;
  readonly verdict: string;
  readonly reason: string | undefined;
  readonly #run: StoredRun;

  private constructor(run: StoredRun) {
    this.#run = run;
    this.startedAt = run.startedAt;
    this.verdict = run.verdict;
    this.reason = run.reason;
  }

  /** @throws {UsageError} when the folder holds no report of `voxpact verify` that says what was exercised */
  static read(folder: string): StoredReport {
    const file = join(folder, 'report.json');
    const advice = `write one with "voxpact verify --report ${folder}"`;
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (cause) {
      throw new UsageError(`${file} cannot be read; ${advice}`, { cause });
    }
    const run = parsed(text);
    if (run === undefined)
      throw new UsageError(`${file} is no report of schema voxpact/verify/1 with coverage; ${advice}`);
    return new StoredReport(run);
  }

  /** How often an interaction was exercised in the run. */
  times(contract: Contract, { description, only }: Interaction): TimesBySide {
    const connection = this.#run.connections.find(({ number }) => number === contract.connection);
    const [destination, source] = sides.map((side) => {
      if (only !== undefined && only.side !== side) return 'not judged';
      const part = connection?.[side];
      if (part === undefined) return 'not asked for';
      return part.interactions.find((each) => each.description === description)?.exercised ?? 0;
    }) as [TimesBySide['destination'], TimesBySide['source']];
    return { destination, source };
  }
}

function parsed(text: string): StoredRun | undefined {
  try {
    const run = JSON.parse(text) as Partial<StoredRun> | null;
    // Written before there was coverage, it does not say what was exercised.
    return run?.schema === 'voxpact/verify/1' && run.coverage !== undefined ? (run as StoredRun) : undefined;
  } catch {
    return undefined;
  }
}

/** One line of `voxpact list --report`: an interaction, or a connection that has none. */
export interface ListedInteraction {
  row: Connection;
  interaction?: Interaction;
  times?: TimesBySide;
}

/** All interactions of the table's rows with how often a run exercised them; a row without contract is there too. */
export function listedInteractions(
  rows: readonly Connection[],
  contracts: readonly Contract[],
  report: StoredReport,
): ListedInteraction[] {
  const whole = wholeConnections(contracts);
  return rows.flatMap((row): ListedInteraction[] => {
    const contract = whole.find(({ connection }) => connection === row.number);
    if (contract === undefined) return [{ row }];
    return contract.interactions.map((interaction) => ({
      row,
      interaction,
      times: report.times(contract, interaction),
    }));
  });
}
