import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import type { Interaction } from '../../../contracts/contract.ts';
import { compile, generate } from '../../../contracts/matching.ts';
import { credentialValues, isSipRequest } from '../../../contracts/messages/sip.ts';
import type { Address } from '../../adapter.ts';
import { errorCode } from '../../error-code.ts';
import { freePort } from '../../ports.ts';
import { isAuthenticated, ScenarioError } from './render.ts';
import { assertIpv4, type SipTransport } from './transport.ts';

/** How to get SIPp, for errors. */
export const SIPP_MISSING = "Run bin/setup, or install Debian's package sip-tester.";

const VERSION_TIMEOUT_MS = 5_000;

/** SIPp's exit code for a port of its own that somebody else has. */
export const EXIT_PORT_IN_USE = 254;

let checked: Promise<string> | undefined;

/**
 * Makes sure, once in a process, that the SIPp on this machine is one whose exit codes and logs are known (3.6 or 3.7).
 * @returns its version
 * @throws Error with one sentence when it is not there or of another version
 */
export function preflight(): Promise<string> {
  checked ??= sippVersion('sipp').catch((error: unknown) => {
    checked = undefined;
    throw error;
  });
  return checked;
}

/** The version that `command -v` prints; errors as of {@link preflight}. */
export async function sippVersion(command: string): Promise<string> {
  // The exit code of `sipp -v` is 99, which means nothing.
  const result = await execa(command, ['-v'], { reject: false, stdin: 'ignore', timeout: VERSION_TIMEOUT_MS });
  if (result.failed && errorCode(result.cause) === 'ENOENT') {
    throw new Error(`sipp is not on this machine. ${SIPP_MISSING}`, { cause: result.cause });
  }
  const version = /SIPp v(\d+\.\d+\.\d+)/.exec(result.stdout)?.[1];
  if (version !== undefined && /^3\.[67]\./.test(version)) return version;
  const got = version === undefined ? 'says no version' : `is ${version}`;
  throw new Error(`SIPp 3.6 or 3.7 is needed, but the sipp on this machine ${got}. ${SIPP_MISSING}`);
}

/** The files of a run, all in its own directory. */
export const sippFiles = {
  scenario: 'scenario.xml',
  log: 'messages.log',
  errors: 'errors.log',
  statistics: 'statistics.csv',
};

/** A zone by its rule, not by its file: without one the C library looks at /etc/localtime again for each message that is logged. */
export const sippEnvironment = {
  TZ: 'UTC0',
  // Every call makes and frees the same few hundred pieces of memory: the C library keeps them at hand, in large pages, where it can.
  GLIBC_TUNABLES: [
    ...['glibc.malloc.tcache_count=4096', 'glibc.malloc.mxfast=0'],
    ...['glibc.malloc.hugetlb=1', 'glibc.malloc.top_pad=33554432'],
  ].join(':'),
};

/**
 * Where the sockets for media are bound, over which none are sent. SIPp gives up when it cannot have its port or the second one after
 * it, so each SIPp gets a loopback address of its own: all of 127/8 is this machine, and its port is taken by nobody there.
 */
export function mediaArguments(): string[] {
  const host = ['127', ...[1, 2, 3].map(() => randomInt(1, 255))].join('.');
  return ['-mi', host, '-mp', '61000'];
}

/**
 * Arguments that a source and a destination share: where to bind, also for the sockets that SIPp opens besides (control, media),
 * which would otherwise listen on all interfaces, and what to log.
 * @throws Error with one sentence for an address of IPv6
 */
export async function commonArguments(
  local: Pick<Address, 'host' | 'port'>,
  transport: SipTransport,
): Promise<string[]> {
  assertIpv4(local.host);
  const control = await freePort();
  return [
    ...['-sf', sippFiles.scenario, '-i', local.host, '-p', String(local.port)],
    ...['-t', transport === 'TCP' ? 't1' : 'u1'],
    ...[...mediaArguments(), '-ci', '127.0.0.1', '-cp', String(control)],
    // It would end itself when it has come late to its work some times, as on a machine that is busy or has slept.
    ...['-watchdog_interval', '0'],
    ...['-nostdin', '-trace_msg', '-message_file', sippFiles.log, '-trace_err', '-error_file', sippFiles.errors],
  ];
}

/** What SIPp counted, by column name (`SuccessfulCall(C)`). */
export type Statistics = ReadonlyMap<string, string>;

/** The last row of a statistics file (`-trace_stat`), or undefined where SIPp wrote none. */
export function parseStatistics(text: string): Statistics | undefined {
  const [names, ...rows] = text.split('\n').filter((line) => line.trim() !== '');
  const last = rows.at(-1);
  if (names === undefined || last === undefined) return undefined;
  const values = last.split(';');
  return new Map(names.split(';').map((name, at) => [name, values[at] ?? '']));
}

/** How a call went by SIPp's own account. */
export interface CallOutcome {
  /** The message log. */
  log: Buffer;
  /** Columns `Failed...(C)` that are not zero; empty when SIPp counted the call as successful. */
  failures: string[];
  /** True only when exit code and statistics agree that one call was made and succeeded. */
  succeeded: boolean;
  /** SIPp's exit code; undefined when it was killed. */
  exitCode: number | undefined;
  /** True when it had to be killed because it did not end by itself. */
  timedOut: boolean;
  /** What it wrote to its error file and to stderr. */
  errors: string;
}

/** How a SIPp ended, in words. */
export function endOf({ exitCode }: CallOutcome): string {
  return exitCode === undefined ? 'sipp was killed' : `sipp ended with exit code ${exitCode}`;
}

/** SIPp's own `-timeout` comes first; this is for a SIPp that does not keep it. */
const KILL_AFTER_MS = 1_000;

export interface CallRun {
  directory: string;
  args: readonly string[];
  /** Whom to call; absent where SIPp is called. */
  to?: Pick<Address, 'host' | 'port'>;
  /** Limit of one awaited message, in milliseconds. */
  stepTimeoutMs: number;
  /** Limit of the whole call, in milliseconds. */
  callTimeoutMs: number;
  signal: AbortSignal;
  /** Whether a message that the scenario does not await now ends the call. */
  abortsOnUnexpected: boolean;
}

/**
 * Arguments for the answer to a challenge; none where the interaction has none. SIPp would put an address of its own in place of
 * the Request-URI.
 * @throws ScenarioError when the provider states give no user or password for it
 */
export function authentication(interaction: Interaction, values: Readonly<Record<string, string>>): string[] {
  const requests = interaction.steps
    .map(({ content }): unknown => generate(compile(content), values))
    .filter(isSipRequest);
  const answer = requests.find(isAuthenticated);
  // The first one of its kind is the one that was challenged; its URI is no reference to another step.
  const challenged = requests.find(({ method }) => method === answer?.method);
  if (challenged === undefined) return [];
  const user = values[credentialValues.user];
  const password = values[credentialValues.password];
  if (user === undefined || password === undefined) {
    const names = Object.values(credentialValues).join(' and ');
    throw new ScenarioError(`"${interaction.description}" needs ${names} from its provider states`);
  }
  return ['-au', user, '-ap', password, '-auth_uri', challenged.requestUri.replace(/^sips?:/, '')];
}

/**
 * Runs SIPp for one call, placed or taken. It is over when this resolves, whatever happened.
 * @param run.directory holds the scenario, and takes the logs
 * @throws the signal's reason when aborted
 */
export async function runCall({
  directory,
  args,
  to,
  stepTimeoutMs,
  callTimeoutMs,
  signal,
  abortsOnUnexpected,
}: CallRun): Promise<CallOutcome> {
  const result = await execa(
    'sipp',
    [
      ...(to === undefined ? [] : [`${to.host}:${to.port}`]),
      ...args,
      // Without -timeout_error a running call is not cut; see SIPp issue 509 for the exit code.
      ...['-m', '1', '-r', '1000', '-timeout', `${callTimeoutMs}ms`, '-timeout_error'],
      ...['-recv_timeout', String(stepTimeoutMs), '-default_behaviors', abortsOnUnexpected ? 'abortunexp' : 'none'],
      ...['-trace_stat', '-stf', sippFiles.statistics, '-fd', '1'],
    ],
    {
      cwd: directory,
      env: sippEnvironment,
      stdin: 'ignore',
      stdout: 'ignore',
      reject: false,
      cancelSignal: signal,
      timeout: callTimeoutMs + KILL_AFTER_MS,
      forceKillAfterDelay: KILL_AFTER_MS,
    },
  );
  signal.throwIfAborted();
  const read = (file: string) => readFile(`${directory}/${file}`).catch(() => Buffer.alloc(0));
  const statistics = parseStatistics((await read(sippFiles.statistics)).toString());
  const failures = [...(statistics ?? [])]
    .filter(([name, value]) => /^Failed.+\(C\)$/.test(name) && name !== 'FailedCall(C)' && Number(value) > 0)
    .map(([name]) => name.slice(0, -'(C)'.length));
  return {
    log: await read(sippFiles.log),
    failures,
    succeeded:
      result.exitCode === 0 && statistics?.get('SuccessfulCall(C)') === '1' && statistics.get('FailedCall(C)') === '0',
    exitCode: result.exitCode,
    timedOut: result.timedOut,
    errors: `${(await read(sippFiles.errors)).toString()}${result.stderr}`,
  };
}
