import type { SystemName } from '../../contracts/architecture.ts';
import type { Contract } from '../../contracts/contract.ts';

/** What a command needs of the world outside, so that tests can give it another one. */
export interface CommandContext {
  /** Writes a line of the result to standard output. */
  print(text: string): void;
  /** Writes a line of progress or trouble to standard error. */
  note(text: string): void;
  /** Whether standard output is a terminal that a person looks at. */
  terminal: boolean;
  /** The contracts of these connections, as far as they have any; all that there are when no numbers are given. */
  contracts(numbers?: readonly number[]): Promise<readonly Contract[]>;
  /**
   * The connections that have a contract, which asks for less than loading them.
   * @param systems those only that one of these is an end of
   */
  contracted(systems?: readonly SystemName[]): readonly number[];
  /** Aborted by Ctrl-C and by SIGTERM. */
  signal: AbortSignal;
}

/** 0: everything asked for was proven. 1: a contract is broken. 2: bad usage, or trouble of the harness's own. */
export type ExitCode = 0 | 1 | 2;
