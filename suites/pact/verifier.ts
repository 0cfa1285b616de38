import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const verifyTimeoutMs = 25_000;

/** A message that a provider sends, for a request that is the example. */
export interface ExampleMessage {
  request?: unknown;
  metadata: Readonly<Record<string, unknown>>;
  content: unknown;
}

/** What the official Verifier is to verify. */
export interface VerifierJob {
  provider: string;
  files: readonly string[];
  /** The URL of an HTTP provider. */
  at?: string;
  /** Where its provider states are set. */
  states?: string;
  /** What completes its requests, from `request-filters.ts`. */
  filter?: 'signed' | 'formKept';
  /** What a provider of messages sends, by description. */
  messages?: Readonly<Record<string, ExampleMessage>>;
}

/** The official Verifier, ready for several jobs, one after the other. */
export interface OfficialVerifier {
  /** @returns the verdict of each interaction, by description: OK, or the mismatches in the Verifier's own words */
  verify(job: VerifierJob): Promise<Record<string, string>>;
  stop(): Promise<void>;
}

export function startVerifier(): OfficialVerifier {
  const child = fork(join(import.meta.dirname, 'verifier-child.ts'), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
  });
  const exit = once(child, 'exit');
  return {
    verify: async (job) => {
      child.send(job);
      const answered = once(child, 'message', { signal: AbortSignal.timeout(verifyTimeoutMs) });
      const ended = exit.then(([code]) => {
        throw new Error(`the Verifier's process ended with ${code} before its report`);
      });
      const [report] = (await Promise.race([answered, ended])) as [string];
      return results(report);
    },
    stop: async () => {
      child.disconnect();
      await exit;
    },
  };
}

interface InteractionResult {
  description: string;
  result: string;
  mismatch?: { mismatches?: { mismatch: string }[] };
}

/** The verdicts of a report of the official Verifier, by description. */
export function results(report: string): Record<string, string> {
  const { interactionResults } = JSON.parse(report.replace(/^[^{]*/, '')) as {
    interactionResults: InteractionResult[];
  };
  return Object.fromEntries(
    interactionResults.map(({ description, result, mismatch }) => {
      const words = mismatch?.mismatches?.map((each) => each.mismatch) ?? [];
      return [description, [result, ...words.sort()].join('; ')];
    }),
  );
}
