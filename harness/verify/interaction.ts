import type { Contract, Interaction, Side } from '../../contracts/contract.ts';
import { judge, type StepMismatch } from '../../contracts/conversation.ts';
import type { MessageProfile } from '../../contracts/messages/profile.ts';
import { type Observed, type StateSet, UnreachableError } from '../../mocks/adapter.ts';
import type { InteractionResult } from './verdict.ts';

/** Sets one provider state on whatever is behind the connection. */
export type SetState = (state: Interaction['given'][number]) => Promise<StateSet>;

/** What it takes to try one interaction. */
export interface Trial {
  contract: Contract;
  interaction: Interaction;
  /** The side under test. */
  side: Side;
  profile: MessageProfile;
  setState: SetState;
  /** Makes the interaction happen and returns what was seen. */
  run(values: Readonly<Record<string, string>>): Promise<Observed>;
  signal: AbortSignal;
}

type Outcome = Pick<InteractionResult, 'verdict' | 'mismatches' | 'messages' | 'reason'>;

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function failureMismatch(side: Side, failure: Error, interaction: Interaction, seen: number): StepMismatch {
  return {
    side,
    step: 0,
    title: '',
    path: '$',
    rule: 'failure',
    expected: `${interaction.steps.length} steps`,
    got: `${seen} messages`,
    message: reasonOf(failure),
  };
}

function outcomeOf(
  { interaction, side, profile, signal }: Trial,
  observed: Observed,
  values: StateSet['values'],
): Outcome {
  const { messages, failure } = observed;
  const count = messages.length;
  if (signal.aborted) return { verdict: 'error', reason: 'interrupted', mismatches: [], messages: count };
  if (failure instanceof UnreachableError) {
    return { verdict: 'error', reason: failure.message, mismatches: [], messages: count };
  }
  const mismatches = judge(interaction, messages, profile, side, values);
  if (failure !== undefined) mismatches.push(failureMismatch(side, failure, interaction, count));
  if (mismatches.length > 0) return { verdict: 'failed', mismatches, messages: count };
  if (count === 0) return { verdict: 'error', reason: 'nothing was exchanged', mismatches: [], messages: 0 };
  return { verdict: 'passed', mismatches: [], messages: count };
}

async function withStates(trial: Trial): Promise<Outcome> {
  const undos: StateSet['undo'][] = [];
  const values: Record<string, string> = {};
  let outcome: Outcome;
  try {
    for (const state of trial.interaction.given) {
      const set = await trial.setState(state);
      undos.push(set.undo);
      Object.assign(values, set.values);
    }
    outcome = outcomeOf(trial, await trial.run(values), values);
  } catch (error) {
    outcome = { verdict: 'error', reason: reasonOf(error), mismatches: [], messages: 0 };
  }
  for (const undo of undos.reverse()) {
    try {
      await undo();
    } catch (error) {
      if (outcome.verdict !== 'error') outcome = { ...outcome, verdict: 'error', reason: reasonOf(error) };
    }
  }
  return outcome;
}

/**
 * Sets the provider states of one interaction, runs it, judges the side under test, and undoes the states.
 * It never throws: trouble of the harness's own is the verdict `error` with its reason.
 */
export async function tryInteraction(trial: Trial): Promise<InteractionResult> {
  const { interaction, side } = trial;
  const { description } = interaction;
  if (interaction.only !== undefined && interaction.only.side !== side) {
    const { reason } = interaction.only;
    return { description, verdict: 'skipped', reason, mismatches: [], messages: 0, durationMs: 0 };
  }
  const startedAt = performance.now();
  const outcome = await withStates(trial);
  return { description, ...outcome, durationMs: Math.round((performance.now() - startedAt) * 10) / 10 };
}
