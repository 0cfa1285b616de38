import type { Contract, Interaction, Side } from '../../contracts/contract.ts';
import { judge, type StepMismatch } from '../../contracts/conversation.ts';
import type { MessageProfile } from '../../contracts/messages/profile.ts';
import {
  LostConnectionError,
  type Observed,
  type StateSet,
  UnattainableStateError,
  UnreachableError,
} from '../../mocks/adapter.ts';
import { sentenceOf } from '../errors.ts';
import { unreachedSteps } from './reached.ts';
import { seenMessages } from './seen.ts';
import { checkStandard, faults, ownFault, type StandardFindings } from './standard.ts';
import type { KnownMessages } from './strays.ts';
import type { InteractionResult, Phase } from './verdict.ts';

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
  /** Makes the interaction happen and returns what was seen, with what went wrong beside the wire. */
  run(values: Readonly<Record<string, string>>): Promise<Observed & { trouble?: unknown }>;
  /** What a source may send there; unasked messages are explained by it. */
  known?: KnownMessages;
  signal: AbortSignal;
}

type Outcome = Pick<InteractionResult, 'verdict' | 'mismatches' | 'messages' | 'reason' | 'during'> &
  Partial<Pick<InteractionResult, 'unreached' | 'standard' | 'seen'>>;

function errorOutcome(during: Phase, reason: string, messages = 0): Outcome {
  return { verdict: 'error', during, reason, mismatches: [], messages };
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
    message: failure.message,
  };
}

function outcomeOf(
  { interaction, side, profile, known }: Trial,
  { messages, failure, trouble }: Observed & { trouble?: unknown },
  values: StateSet['values'],
  standard: StandardFindings | undefined,
): Outcome {
  const count = messages.length;
  if (failure instanceof UnreachableError) return errorOutcome('exchange', failure.message, count);
  // Who has trouble and sent nothing was not tested; who sent something wrong broke the contract, trouble or not.
  if (trouble !== undefined && count === 0) return errorOutcome('exchange', sentenceOf(trouble));
  const judged = judge(interaction, messages, profile, side, values);
  const mismatches = known?.explain(judged, failure) ?? judged;
  const loss = [failure, trouble].find((each) => each instanceof LostConnectionError);
  const isNobodysFault = loss !== undefined && (side === 'source' || loss.whose === 'observer');
  if (failure !== undefined && !(isNobodysFault && failure === loss)) {
    mismatches.push(failureMismatch(side, failure, interaction, count));
  }
  if (isNobodysFault) return afterLoss(loss, mismatches, count);
  if (mismatches.length + faults(standard).length > 0) {
    const reason = trouble === undefined ? {} : { reason: sentenceOf(trouble) };
    return { verdict: 'failed', mismatches, messages: count, ...reason };
  }
  if (trouble !== undefined) return errorOutcome('exchange', sentenceOf(trouble), count);
  if (count === 0) return errorOutcome('exchange', 'nothing was exchanged');
  const own = ownFault(standard);
  if (own !== undefined) return errorOutcome('judging', own, count);
  return { verdict: 'passed', mismatches: [], messages: count };
}

/** What was seen before the loss is judged all the same; what did not come may have come unseen, or not have been sent. */
function afterLoss(
  { message: reason }: LostConnectionError,
  found: readonly StepMismatch[],
  messages: number,
): Outcome {
  const mismatches = found.filter(({ rule }) => rule !== 'missing-message');
  if (mismatches.length === 0) return errorOutcome('exchange', reason, messages);
  return { verdict: 'failed', mismatches, messages, reason };
}

async function attempt(trial: Trial, undos: StateSet['undo'][]): Promise<Outcome> {
  const values: Record<string, string> = {};
  let during: Phase = 'setup';
  try {
    for (const state of trial.interaction.given) {
      const set = await trial.setState(state);
      undos.push(set.undo);
      Object.assign(values, set.values);
    }
    during = 'exchange';
    const observed = await trial.run(values);
    const { contract, interaction, profile, side } = trial;
    const { messages } = observed;
    const unreached = unreachedSteps(interaction, messages, profile, side, values);
    const standard = checkStandard(profile, { contract, messages, values }, side);
    const outcome = outcomeOf(trial, observed, values, standard);
    const { mismatches } = outcome;
    const seen = seenMessages({ interaction, profile, messages, values, mismatches, broken: standard?.broken ?? [] });
    return { ...outcome, unreached, ...(standard && { standard }), ...(seen && { seen }) };
  } catch (error) {
    if (!(error instanceof UnattainableStateError)) return errorOutcome(during, sentenceOf(error));
    return { verdict: 'skipped', reason: error.message, mismatches: [], messages: 0 };
  }
}

/** A state that cannot be undone makes the next verdict worthless; what was found before stands. */
function notUndone(outcome: Outcome, error: unknown): Outcome {
  const reason = `the provider states could not be undone: ${sentenceOf(error)}`;
  if (outcome.verdict === 'passed') return { ...outcome, verdict: 'error', during: 'teardown', reason };
  return outcome.verdict === 'failed' && outcome.reason === undefined ? { ...outcome, reason } : outcome;
}

async function withStates(trial: Trial): Promise<Outcome> {
  if (trial.signal.aborted) return errorOutcome('interrupt', 'interrupted');
  const undos: StateSet['undo'][] = [];
  let outcome = await attempt(trial, undos);
  for (const undo of undos.reverse()) {
    try {
      await undo();
    } catch (error) {
      outcome = notUndone(outcome, error);
    }
  }
  return trial.signal.aborted ? errorOutcome('interrupt', 'interrupted', outcome.messages) : outcome;
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
    return { description, verdict: 'skipped', reason, mismatches: [], messages: 0, unreached: [], durationMs: 0 };
  }
  const startedAt = performance.now();
  const outcome = await withStates(trial);
  const durationMs = Math.round((performance.now() - startedAt) * 10) / 10;
  return { description, unreached: unreachedSteps(interaction, [], trial.profile, side), ...outcome, durationMs };
}
