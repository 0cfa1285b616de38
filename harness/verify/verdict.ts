import type { StepMismatch } from '../../contracts/conversation.ts';
import type { UnreachedStep } from './reached.ts';
import type { SeenMessages } from './seen.ts';
import type { StandardFindings } from './standard.ts';
import type { Stray } from './strays.ts';

/** How a check ended. `error` is the harness's own trouble or a peer that was never reached; nothing was proven then. */
export type Verdict = 'passed' | 'failed' | 'skipped' | 'error';

/** Setting the provider states, exchanging messages, judging its own, undoing the states; or the run was interrupted. */
export type Phase = 'setup' | 'exchange' | 'judging' | 'teardown' | 'interrupt';

/** How one interaction ended on one side of its connection. */
export interface InteractionResult {
  description: string;
  verdict: Verdict;
  /** What broke the contract; empty unless the verdict is `failed`. */
  mismatches: readonly StepMismatch[];
  /** What the protocol's standard says of the messages; absent where none is known, or nothing was exchanged. */
  standard?: StandardFindings;
  /** Why it was skipped, what the error was, or what went wrong beside the broken contract. */
  reason?: string;
  /** What the harness was about when the error came. */
  during?: Phase;
  /** How many messages were exchanged; none means that it was not exercised. */
  messages: number;
  /** The messages themselves, for a drawing; absent where the protocol has no conversations to draw. */
  seen?: SeenMessages;
  /** The steps of the side under test that did not come; empty where that side cannot be judged. */
  unreached: readonly UnreachedStep[];
  durationMs: number;
}

/** How one side of a connection ended. */
export interface SideResult {
  verdict: Verdict;
  /** Why nothing could be judged, when the verdict is `skipped` or `error` as a whole. */
  reason?: string;
  interactions: readonly InteractionResult[];
  /** What a source sent outside of all interactions; absent where there was nothing. */
  strays?: readonly Stray[];
  /** What the protocol's standard says of what came outside of all interactions. */
  between?: StandardFindings;
}

/** The verdict of a whole from those of its parts: one bad part is enough, and no part at all proves nothing. */
export function combine(parts: readonly { verdict: Verdict }[]): Verdict {
  if (parts.some(({ verdict }) => verdict === 'error')) return 'error';
  if (parts.some(({ verdict }) => verdict === 'failed')) return 'failed';
  if (parts.some(({ verdict }) => verdict === 'passed')) return 'passed';
  return parts.length === 0 ? 'error' : 'skipped';
}
