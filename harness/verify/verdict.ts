import type { StepMismatch } from '../../contracts/conversation.ts';

/** How a check ended. `error` is the harness's own trouble or a peer that was never reached; nothing was proven then. */
export type Verdict = 'passed' | 'failed' | 'skipped' | 'error';

/** How one interaction ended on one side of its connection. */
export interface InteractionResult {
  description: string;
  verdict: Verdict;
  /** What broke the contract; empty unless the verdict is `failed`. */
  mismatches: readonly StepMismatch[];
  /** Why it was skipped or what the error was. */
  reason?: string;
  /** How many messages were exchanged. */
  messages: number;
  durationMs: number;
}

/** How one side of a connection ended. */
export interface SideResult {
  verdict: Verdict;
  /** Why nothing could be judged, when the verdict is `skipped` or `error` as a whole. */
  reason?: string;
  interactions: readonly InteractionResult[];
}

/** The verdict of a whole from those of its parts: one bad part is enough, and no part at all proves nothing. */
export function combine(parts: readonly { verdict: Verdict }[]): Verdict {
  if (parts.some(({ verdict }) => verdict === 'error')) return 'error';
  if (parts.some(({ verdict }) => verdict === 'failed')) return 'failed';
  if (parts.some(({ verdict }) => verdict === 'passed')) return 'passed';
  return parts.length === 0 ? 'error' : 'skipped';
}
