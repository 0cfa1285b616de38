import { connectionTitle } from '../../contracts/architecture.ts';
import type { Contract, Side } from '../../contracts/contract.ts';
import type { StepMismatch } from '../../contracts/conversation.ts';
import { rowOf } from '../../contracts/parts.ts';
import type { ConnectionResult } from '../verify/run.ts';
import { faults, ownFault } from '../verify/standard.ts';
import type { InteractionResult, SideResult } from '../verify/verdict.ts';
import type { Ladder } from './ladder.ts';

/** One thing that went wrong, as a person reads it. */
export interface Explanation {
  /** Connection, side and interaction. */
  where: string;
  /** What was expected and what came, a sentence each. */
  sentences: readonly string[];
  fix: string;
  /** The messages, where there is a conversation to be drawn. */
  ladder?: Ladder;
}

function systemUnderTest(contract: Contract, side: Side): string {
  const row = rowOf(contract);
  return side === 'source' ? row.dials : row.listens;
}

const reportIt = 'report it: what the harness sends has to keep the rules too';

function fixForFaults(system: string): string {
  return `change what ${system} sends; the standard of the protocol asks for it, and no contract can allow it`;
}

function fixFor(contract: Contract, side: Side, result: InteractionResult): string {
  const show = `"voxpact show ${contract.connection}" prints what is promised`;
  const system = systemUnderTest(contract, side);
  if (result.verdict === 'failed' && result.mismatches.length === 0) return fixForFaults(system);
  if (result.verdict === 'failed')
    return `change what ${system} sends, or the contract where it asks too much; ${show}`;
  if (result.during === 'interrupt') return 'run it again to its end; nothing was proven';
  if (result.during === 'setup') return `provide a handler for the provider state; ${show}`;
  if (result.during === 'judging') return reportIt;
  if (result.during === 'teardown') return `see that the handler of the provider state can undo it; ${show}`;
  if (side === 'source') return `see that ${system} reaches the address it is given and ends well; nothing was proven`;
  return `see that ${system} is up and reachable, then run it again; nothing was proven`;
}

/** The drawing of what was exchanged; undefined where there is nothing to be drawn. */
export function ladderOf(contract: Contract, { seen }: InteractionResult): Ladder | undefined {
  const { dials, listens } = rowOf(contract);
  return seen && { ends: { source: dials, destination: listens }, seen };
}

/** A mismatch below a message says which message; one of a whole message says it already. */
function sentenceFor({ path, title, step, message }: StepMismatch): string {
  return path === '$' || step === 0 ? message : `${title}: ${message}`;
}

function explainInteraction(contract: Contract, side: Side, result: InteractionResult): Explanation {
  const ladder = ladderOf(contract, result);
  return {
    ...(ladder && { ladder }),
    where: `${connectionTitle(rowOf(contract))}, ${side}, "${result.description}"`,
    sentences: [
      ...result.mismatches.map(sentenceFor),
      ...faults(result.standard).map(({ sentence }) => sentence),
      ...(result.reason === undefined ? [] : [result.reason]),
    ],
    fix: fixFor(contract, side, result),
  };
}

function explainStrays(contract: Contract, side: Side, { strays }: SideResult): Explanation[] {
  if (strays === undefined) return [];
  return [
    {
      where: `${connectionTitle(rowOf(contract))}, ${side}, between the interactions`,
      sentences: strays.map(({ message }) => message),
      fix: `stop what ${systemUnderTest(contract, side)} sends beside its contracts, or write a contract for it`,
    },
  ];
}

function explainBetween(contract: Contract, side: Side, { between }: SideResult): Explanation[] {
  const broken = faults(between);
  const own = ownFault(between);
  if (broken.length === 0 && own === undefined) return [];
  return [
    {
      where: `${connectionTitle(rowOf(contract))}, ${side}, between the interactions`,
      sentences: [...broken.map(({ sentence }) => sentence), ...(own === undefined ? [] : [own])],
      fix: broken.length === 0 ? reportIt : fixForFaults(systemUnderTest(contract, side)),
    },
  ];
}

function explainSide(contract: Contract, side: Side, result: SideResult): Explanation[] {
  return [explainInteractions, explainStrays, explainBetween].flatMap((each) => each(contract, side, result));
}

function explainInteractions(contract: Contract, side: Side, result: SideResult): Explanation[] {
  const bad = result.interactions.filter(({ verdict }) => verdict === 'failed' || verdict === 'error');
  if (bad.length > 0) return bad.map((each) => explainInteraction(contract, side, each));
  if (result.verdict !== 'error' || ownFault(result.between) !== undefined) return [];
  const system = systemUnderTest(contract, 'destination');
  return [
    {
      where: `${connectionTitle(rowOf(contract))}, ${side}`,
      sentences: [result.reason ?? 'no interaction was run'],
      fix: `see that ${system} can be started or reached, then run it again; nothing was proven`,
    },
  ];
}

/** Everything that failed or could not be judged on a connection, in the order of the contract. */
export function explain({ contract, destination, source }: ConnectionResult): Explanation[] {
  return [
    ...(destination === undefined ? [] : explainSide(contract, 'destination', destination)),
    ...(source === undefined ? [] : explainSide(contract, 'source', source)),
  ];
}
