import type { Contract, FreePart, Side } from '../../contracts/contract.ts';
import type { StepMismatch } from '../../contracts/conversation.ts';
import { isObject } from '../../contracts/matching/values.ts';
import type { MessageProfile } from '../../contracts/messages/profile.ts';
import { NearMissSearch } from '../../contracts/near-miss.ts';
import { rowOf } from '../../contracts/parts.ts';
import type { Line } from '../../mocks/adapter.ts';
import type { Destination } from '../peers/destinations.ts';
import type { Baseline } from './baseline.ts';
import { carried } from './carry.ts';
import { namesBreak, namesExactly, pathOf } from './mutant.ts';
import { type Mutant, mutantsOf, type Wiring } from './mutants.ts';
import { findsInteraction, sourceMessages } from './near-miss.ts';
import { covers, type Segments } from './paths.ts';
import { protocolOperators } from './protocol-operators.ts';
import { changePath, tolerantChanges } from './tolerant.ts';
import { VariantJudge } from './variant-judge.ts';

interface Located {
  /** The interaction's description. */
  interaction: string;
  side: Side;
  /** Counted from 1; 0 for a message that belongs to no step. */
  step: number;
  path: string;
}

/** A break that the judge let through, or whose verdict names something else. */
export interface Survivor extends Located {
  operator: string;
  /** What would kill it, as something to do. */
  remedy: string;
}

/** A break that the judge let through, and rightly so. */
export interface FreeSurvivor extends Located {
  operator: string;
  reason: string;
}

/** A change that has to be borne, and what the judge said against it. */
export interface Refusal extends Located {
  change: string;
  message: string;
}

/** How much a green verdict of one connection is worth. */
export interface Strength {
  contract: Contract;
  total: number;
  killed: number;
  /** How many went over a wire before they were judged; the others were judged as they stand in the record. */
  carried: number;
  /** Of those killed, the ones whose first mismatch names the exact field. */
  exact: number;
  /** Of the broken messages, those that no interaction holds, and those whose nearest interaction is the right one. */
  nearMiss: { sought: number; found: number };
  survivors: Survivor[];
  free: FreeSurvivor[];
  tolerant: { total: number; accepted: number; refused: Refusal[] };
}

function emptyStrength(contract: Contract): Strength {
  const tolerant = { total: 0, accepted: 0, refused: [] };
  return {
    contract,
    total: 0,
    killed: 0,
    carried: 0,
    exact: 0,
    nearMiss: { sought: 0, found: 0 },
    survivors: [],
    free: [],
    tolerant,
  };
}

/** Why a place is free; one with members is, if all of them are. */
function freeReason(parts: readonly FreePart[], at: Segments, value: unknown): string | undefined {
  const own = parts.find(({ path }) => covers(path, at))?.reason;
  if (own !== undefined || !isObject(value)) return own;
  const reasons = Object.entries(value).map(([key, member]) => freeReason(parts, [...at, key], member));
  return reasons.includes(undefined) ? undefined : [...new Set(reasons)].join('; ');
}

const judgeOf = ({ interaction, messages, side, values }: Baseline, profile: MessageProfile) =>
  new VariantJudge(interaction, messages, profile, side, values);

/** What the breaks of one contract are tried on. */
interface Bench {
  line: Line | undefined;
  /** Every message that a source may send by the contract. */
  sent: NearMissSearch;
}

/** Breaks one side's record in every way, over the wire where there is a line, and notes what the judge makes of it. */
export async function measureBreaks(
  strength: Strength,
  baseline: Baseline,
  wiring: Wiring,
  { line, sent }: Bench,
): Promise<void> {
  const { interaction, side } = baseline;
  const { profile } = wiring;
  const judge = judgeOf(baseline, profile);
  const free = [...(interaction.free ?? []), ...(profile.free?.[side] ?? [])];
  for (const mutant of mutantsOf(baseline, wiring)) {
    const messages = line && (await carried(mutant, line));
    const mismatches = judge.judge(messages ?? mutant.messages);
    const killed = mismatches.some((mismatch) => namesBreak(mutant.naming, mismatch));
    const where = { interaction: interaction.description, side, step: mutant.step, path: pathOf(mutant) };
    const reason = killed || mutant.at.length === 0 ? undefined : freeReason(free, mutant.at, mutant.value);
    if (reason !== undefined) {
      strength.free.push({ ...where, operator: mutant.operator, reason });
      continue;
    }
    strength.total += 1;
    if (messages !== undefined) strength.carried += 1;
    if (!killed)
      strength.survivors.push({ ...where, operator: mutant.operator, remedy: remedyFor(mutant, mismatches) });
    else {
      strength.killed += 1;
      const found = findsInteraction(mutant, baseline, sent, profile, pathOf(mutant));
      if (found !== undefined) strength.nearMiss.sought += 1;
      if (found) strength.nearMiss.found += 1;
      if (namesExactly(mutant.naming, mismatches[0] as StepMismatch)) strength.exact += 1;
    }
  }
}

/** A verdict that is red for another reason is no proof that the break was seen. */
function remedyFor({ remedy }: Mutant, [mismatch]: readonly StepMismatch[]): string {
  return mismatch === undefined ? remedy : `${remedy}; the verdict is red, but it says "${mismatch.message}"`;
}

/** Changes one side's record in every way that has to be borne, and notes what the judge refuses. */
export async function measureTolerance(
  strength: Strength,
  baseline: Baseline,
  { profile, adapter }: Wiring & Pick<Destination, 'adapter'>,
): Promise<void> {
  const { interaction, side } = baseline;
  const judge = judgeOf(baseline, profile);
  for (const change of await tolerantChanges(baseline, profile, adapter)) {
    const [mismatch] = judge.judge(change.messages);
    strength.tolerant.total += 1;
    if (mismatch === undefined) strength.tolerant.accepted += 1;
    else {
      const where = { interaction: interaction.description, side, step: change.step, path: changePath(change) };
      strength.tolerant.refused.push({ ...where, change: change.change, message: mismatch.message });
    }
  }
}

/** Measures one contract by the records of its interactions. */
export async function measureContract(
  contract: Contract,
  records: readonly Baseline[],
  adapter: Destination['adapter'],
): Promise<Strength> {
  const wiring = { profile: adapter.profile, operators: protocolOperators[rowOf(contract).protocol], adapter };
  const strength = emptyStrength(contract);
  const sent = new NearMissSearch(sourceMessages(contract), 'source', adapter.profile);
  const bench = { line: await adapter.openLine?.(), sent };
  try {
    for (const baseline of records) {
      await measureBreaks(strength, baseline, wiring, bench);
      await measureTolerance(strength, baseline, wiring);
    }
  } finally {
    await bench.line?.close();
  }
  return strength;
}
