import type { Interaction, Side } from '../../contracts/contract.ts';
import type { ConnectionResult, Run } from '../verify/run.ts';
import type { InteractionResult } from '../verify/verdict.ts';

/** How many of something there are, and how many of them a run exercised. */
export interface Tally {
  total: number;
  exercised: number;
}

/** One interaction on one side of its connection. */
export interface Place {
  connection: number;
  side: Side;
  interaction: string;
}

/** What a run exercised of the contracts that it verified, and what it never reached. */
export interface Coverage {
  interactions: Tally;
  /** Those about an error, a refusal or something that must not happen. */
  negative: Tally;
  /** Those that only one side can be judged by. */
  oneSided: Tally;
  /** Steps that a peer may leave out, each on the side that sends it. */
  optionalSteps: Tally;
  /** Not exercised on a side that was asked for and can be judged. */
  neverExercised: readonly (Place & { negative: boolean })[];
  /** Optional steps that did not come though their interaction was exercised. */
  neverSeen: readonly (Place & { step: number; title: string })[];
  /** Only the other side could be judged. */
  notJudged: readonly (Place & { reason: string })[];
  /** The numbers of the table's connections that no contract is written for; absent where nobody looked. */
  withoutContract?: readonly number[];
}

interface Tried extends Place {
  of: Interaction;
  result: InteractionResult | undefined;
}

/** How often an interaction was exercised on a side of its connection in one run. */
export function timesExercised(result: Pick<InteractionResult, 'messages'> | undefined): number {
  return result !== undefined && result.messages > 0 ? 1 : 0;
}

function placesOf({ contract, destination, source }: ConnectionResult): Tried[] {
  const sides = [['destination', destination] as const, ['source', source] as const];
  return sides.flatMap(([side, part]) =>
    contract.interactions.flatMap((of): Tried[] => {
      if (part === undefined) return [];
      const result = part.interactions.find(({ description }) => description === of.description);
      return [{ connection: contract.connection, side, interaction: of.description, of, result }];
    }),
  );
}

function isJudged({ of, side }: Tried): boolean {
  return of.only === undefined || of.only.side === side;
}

function placeOf({ connection, side, interaction }: Place): Place {
  return { connection, side, interaction };
}

/** Counts each interaction of a connection once, however many sides it was exercised on; several connections may have the same. */
function tally(tried: readonly Tried[]): Tally {
  const interactions = Map.groupBy(tried, ({ connection, interaction }) => `${connection} ${interaction}`);
  const exercised = [...interactions.values()].filter((sides) =>
    sides.some(({ result }) => timesExercised(result) > 0),
  );
  return { total: interactions.size, exercised: exercised.length };
}

function optionalSteps(judged: readonly Tried[]): Pick<Coverage, 'optionalSteps' | 'neverSeen'> {
  const total = judged.flatMap(({ of, side }) =>
    of.steps.filter(({ from, optional }) => optional && from === side),
  ).length;
  const unseen = judged.flatMap((each) =>
    (each.result?.unreached ?? []).filter(({ optional }) => optional).map(({ step, title }) => ({ each, step, title })),
  );
  const neverSeen = unseen
    .filter(({ each }) => timesExercised(each.result) > 0)
    .map(({ each, step, title }) => ({ ...placeOf(each), step, title }));
  return { optionalSteps: { total, exercised: total - unseen.length }, neverSeen };
}

/** What a run reached of its contracts. */
export function coverageOf(run: Run): Coverage {
  const tried = run.connections.flatMap(placesOf);
  const judged = tried.filter(isJudged);
  return {
    interactions: tally(tried),
    negative: tally(tried.filter(({ of }) => of.negative)),
    oneSided: tally(tried.filter(({ of }) => of.only !== undefined)),
    ...optionalSteps(judged),
    neverExercised: judged
      .filter(({ result }) => timesExercised(result) === 0)
      .map((each) => ({ ...placeOf(each), negative: each.of.negative === true })),
    notJudged: tried
      .filter((each) => !isJudged(each))
      .map((each) => ({ ...placeOf(each), reason: each.of.only?.reason ?? '' })),
    ...(run.withoutContract === undefined ? {} : { withoutContract: run.withoutContract }),
  };
}
