import type { StepMismatch } from '../../contracts/conversation.ts';
import { formatSegments, related, type Segments } from './paths.ts';

/** How a verdict has to name one break. */
export type Naming =
  /**
   * By the place in the message, in its step. A message of a step that need not come, or of which nothing is left, may be named by
   * its title: it is one that nothing asks for, once it is no longer taken for its step.
   */
  | { kind: 'field'; step: number; paths: readonly string[]; title?: string }
  /**
   * By what happened to the message as a whole; where one of two swapped messages may stand in the other's place, by what is
   * wrong with the other one in its step.
   */
  | { kind: 'message'; rules: readonly string[]; titles: readonly string[]; steps?: readonly number[] };

/** One way to break a record that keeps its contract. */
export interface Break {
  operator: string;
  /** The step that is broken, counted from 1; 0 for a message that belongs to none. */
  step: number;
  /** The place in the message; empty for the message as a whole. */
  at: Segments;
  naming: Naming;
}

/** The path of a break, as reports print it. */
export function pathOf({ at }: Pick<Break, 'at'>): string {
  return formatSegments(at);
}

/** Whether a mismatch of the broken side names the break. */
export function namesBreak(naming: Naming, mismatch: StepMismatch): boolean {
  const { step, rule, path, title } = mismatch;
  if (naming.kind === 'message') {
    // A forbidden message is called by its title and by what makes it forbidden.
    return (
      naming.steps?.includes(step) ||
      (naming.rules.includes(rule) && naming.titles.some((each) => title === each || title.startsWith(`${each} with `)))
    );
  }
  if (rule === 'unexpected-message') return title === naming.title;
  return step === naming.step && naming.paths.some((each) => related(path, each));
}

/** Whether a mismatch names the exact field of the break, and nothing around it. */
export function namesExactly(naming: Naming, mismatch: StepMismatch): boolean {
  if (naming.kind === 'message' || mismatch.rule === 'unexpected-message') return namesBreak(naming, mismatch);
  // What is forbidden belongs to no step.
  return (mismatch.step === naming.step || mismatch.rule === 'forbidden') && naming.paths.includes(mismatch.path);
}
