import type { Verdict } from '../../harness/verify/verdict.ts';

/** What a user, or a CI server, has in hands when a run is over. */
export interface Aftermath {
  exitCode: number;
  stdout: string;
  stderr: string;
  /** What JUnit's file holds; undefined where no report was asked for or none can be had. */
  junit?: string;
}

/** How JUnit classes a run: a broken contract is a failure, all else that is not green is an error. */
export type JUnitClass = 'failure' | 'error' | 'none';

/** One thing that goes wrong, and what must come of it. */
export interface Situation {
  name: string;
  /** Brings it about, cleans up after it, and returns what is left in the user's hands. */
  happen(): Promise<Aftermath>;
  exitCode: 1 | 2 | 129 | 130 | 137 | 143;
  /** `verdict` of the JSON document on stdout; undefined where the process was ended before it could print one. */
  json: Verdict | undefined;
  /** The classes that JUnit's file has; `none` where no file could be written. */
  junit: JUnitClass;
  /** What the user reads about it, in the report or on stderr. */
  sentence: string | RegExp;
}

type Classes = Pick<Situation, 'exitCode' | 'json' | 'junit'>;

/** The peer was reached, and broke its contract. */
export const broken: Classes = { exitCode: 1, json: 'failed', junit: 'failure' };
/** Nothing was proven: the harness's own trouble, or a peer that was never reached. */
export const unproven: Classes = { exitCode: 2, json: 'error', junit: 'error' };

/** An interaction of one connection, to try a wire with. */
export interface Wire {
  protocol: string;
  number: number;
  interaction: string;
}

/** The parts of an aftermath that the table speaks of. */
export interface Findings {
  exitCode: number;
  json: Verdict | undefined;
  junit: JUnitClass;
  /** Everything that a person may read of it, in plain text. */
  text: string;
}

/** Reads an aftermath. @throws {SyntaxError} when stdout holds anything but one JSON document */
export function findings({ exitCode, stdout, stderr, junit }: Aftermath): Findings {
  const document = stdout === '' ? undefined : (JSON.parse(stdout) as { verdict: Verdict });
  return {
    exitCode,
    json: document?.verdict,
    junit: junitClass(junit),
    text: [...texts(document), stderr, unescaped(junit ?? '')].join('\n'),
  };
}

function junitClass(xml: string | undefined): JUnitClass {
  if (xml === undefined) return 'none';
  if (/<error\b/.test(xml)) return 'error';
  return /<failure\b/.test(xml) ? 'failure' : 'none';
}

/** The strings of a JSON document. */
function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
}

function unescaped(xml: string): string {
  const entities: Readonly<Record<string, string>> = { quot: '"', apos: "'", lt: '<', gt: '>', '#xA': '\n', amp: '&' };
  return xml.replace(/&(quot|apos|lt|gt|#xA|amp);/g, (_, name: string) => entities[name] ?? '');
}
