import type { ChildProcess } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode, errorMessage } from './error-code.ts';
import { eventually, groupMembers, kernelProcess, signalGroup } from './process/kernel.ts';
import { harnessFolder, identityText, ownIdentity, recordName } from './process/layout.ts';
import { OutputTail } from './process/output.ts';
import { forget, registry } from './process/registry.ts';
import { OWNER_VARIABLE, sweepOnce } from './process/sweep.ts';

export { endInGoodOrder, stopEverything } from './process/registry.ts';
export { type RunDirectory, runDirectory } from './process/run-directory.ts';
export { sweepStale } from './process/sweep.ts';

/** How a process ended: by an exit code or by a signal. */
export interface Exit {
  code: number | null;
  signal: string | null;
}

/** A server process that belongs to this harness and ends with it. */
export interface ServerProcess {
  pid: number;
  /** The last 64 KiB of stdout and stderr. */
  output(): string;
  /** Resolves when the process has ended, whoever ended it. Never rejects. */
  exited: Promise<Exit>;
  /**
   * Ends the process: the stop signal, then SIGKILL after `stopTimeoutMs`; what is left of its process group is killed
   * with it. Stopping twice is allowed.
   */
  stop(): Promise<void>;
}

/** How to know that a server serves, and how to end it. */
export interface SuperviseOptions {
  /** The program as a person knows it, for errors: `redis-server`. */
  name: string;
  /**
   * A probe by the server's own protocol. It is tried again while it rejects, until `readyTimeoutMs`.
   * Its signal is aborted when nobody waits for it any more.
   */
  ready(process: ServerProcess, signal: AbortSignal): Promise<void>;
  readyTimeoutMs: number;
  /** What asks the program to end in good order; SIGTERM when absent (PostgreSQL: SIGINT is the fast shutdown). */
  stopSignal?: NodeJS.Signals;
  /** How long it may take to do so before it is killed; 5000 when absent. */
  stopTimeoutMs?: number;
  /** Gives up the start; the process is ended. A process that is ready is not concerned. */
  signal?: AbortSignal;
}

/** What is to be started. */
export interface StartOptions extends SuperviseOptions {
  command: string;
  args: readonly string[];
  /** Added to the environment of the harness. */
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  /** User and group to run as, where the harness is root and the server refuses to be (PostgreSQL). */
  uid?: number;
  gid?: number;
  /** A sentence that says how to get the program. */
  missing: string;
}

/** How a server must be spawned to be supervised: as the head of a process group, and known as this harness's own. */
export interface Spawning {
  detached: true;
  env: Readonly<Record<string, string>>;
}

const PROBE_EVERY_MS = 20;
const STOP_TIMEOUT_MS = 5_000;
/** How long output may still come after the end of the process. */
const DRAIN_TIMEOUT_MS = 500;
/** How long the kernel may take to end what was killed. */
const REAP_TIMEOUT_MS = 2_000;

/**
 * Starts a server in its own process group and waits until it serves. It is stopped when this process ends, in whatever
 * way; after a kill -9, by the next start.
 * @throws Error with one sentence when the program is not there, ends early, or is not ready in time; `cause` holds the
 * last failure of the probe. The reason of `signal` when that is aborted.
 */
export async function startProcess(options: StartOptions): Promise<ServerProcess> {
  return await superviseProcess(options, (spawning) => launch(options, spawning));
}

/**
 * As `startProcess`, for a program that somebody else spawns: a package that starts its server itself.
 * @param spawn must spawn the way it is told, `env` being added to the environment of the harness, with stdout and stderr
 * as pipes; what it throws is thrown on
 */
export async function superviseProcess(
  options: SuperviseOptions,
  spawn: (how: Spawning) => Promise<ChildProcess>,
): Promise<ServerProcess> {
  options.signal?.throwIfAborted();
  await sweepOnce();
  options.signal?.throwIfAborted();
  const child = await spawn({ detached: true, env: { [OWNER_VARIABLE]: identityText(ownIdentity()) } });
  const output = new OutputTail();
  const server = supervise(child, output, options);
  try {
    await untilReady(options, server, output);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

async function launch(options: StartOptions, { detached, env }: Spawning): Promise<ChildProcess> {
  const { command, args, cwd, uid, gid } = options;
  // Loaded for the first process only: it takes as long as all the rest of a command.
  const { execa } = await import('execa');
  const subprocess = execa(command, args, {
    env: { ...options.env, ...env },
    ...(cwd === undefined ? {} : { cwd }),
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
    detached,
    cleanup: false,
    stdin: 'ignore',
    buffer: false,
    reject: false,
    encoding: 'buffer',
  });
  if (subprocess.pid === undefined) throw couldNotStart(options, (await subprocess).cause);
  return subprocess.nodeChildProcess;
}

function supervise(child: ChildProcess, output: OutputTail, options: SuperviseOptions): ServerProcess {
  const { pid } = child;
  const { name, stopSignal = 'SIGTERM', stopTimeoutMs = STOP_TIMEOUT_MS } = options;
  if (pid === undefined) throw new Error(`${name} could not be started: it has no process.`);
  const record = join(harnessFolder(), recordName({ pid, startTime: kernelProcess(pid)?.startTime ?? '0' }));
  writeFileSync(record, `${name}\n`);
  for (const stream of [child.stdout, child.stderr]) if (stream !== null) output.follow(stream);
  const ended = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const drained = new Promise<void>((resolve) => child.once('close', () => resolve()));

  // The number is ours only while somebody of the group lives: what the leader forked is ended at once with it.
  const gone = ended.then(async () => {
    if (signalGroup(pid, 'SIGKILL')) await eventually(() => groupMembers(pid).length === 0, REAP_TIMEOUT_MS);
    registry().processes.delete(pid);
    forget(record);
  });
  const exited = ended.then(async (exit) => {
    // A daemon that left the group may keep the pipes open for good.
    await withinMs(drained, DRAIN_TIMEOUT_MS);
    return exit;
  });
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= end({ pid, ended, gone, stopSignal, stopTimeoutMs });
    return stopped;
  };
  registry().processes.set(pid, { pid, record, stop });
  return { pid, output: () => output.text(), exited, stop };
}

interface Ending {
  pid: number;
  ended: Promise<Exit>;
  gone: Promise<void>;
  stopSignal: NodeJS.Signals;
  stopTimeoutMs: number;
}

async function end({ pid, ended, gone, stopSignal, stopTimeoutMs }: Ending): Promise<void> {
  if (!registry().processes.has(pid)) return await gone;
  signalGroup(pid, stopSignal);
  if (!(await withinMs(ended, stopTimeoutMs))) signalGroup(pid, 'SIGKILL');
  await gone;
}

/** @returns whether it happened within the limit. */
async function withinMs(event: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  const timer = new AbortController();
  const late = sleep(timeoutMs, false, { signal: timer.signal }).catch(() => false);
  try {
    return await Promise.race([event.then(() => true), late]);
  } finally {
    timer.abort();
  }
}

async function untilReady(options: SuperviseOptions, server: ServerProcess, output: OutputTail): Promise<void> {
  const { name, readyTimeoutMs } = options;
  const given = new AbortController();
  const limit = AbortSignal.any([given.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  let lastFailure: unknown;
  const probing = (async () => {
    for (;;) {
      try {
        return await options.ready(server, limit);
      } catch (error) {
        lastFailure = error;
      }
      await sleep(PROBE_EVERY_MS, undefined, { signal: limit });
    }
  })();
  const early = server.exited.then(({ code, signal }) => {
    const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
    throw new Error(`${name} ended before it was ready (${how}).${output.quoted()}`, { cause: lastFailure });
  });
  const late = sleep(readyTimeoutMs, undefined, { signal: limit }).then(() => {
    const why = lastFailure === undefined ? '' : ` The last probe said: ${errorMessage(lastFailure)}.`;
    throw new Error(`${name} was not ready within ${readyTimeoutMs} ms.${why}${output.quoted()}`, {
      cause: lastFailure,
    });
  });
  const outcomes = [probing, early, late];
  try {
    await Promise.race(outcomes);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw error;
  } finally {
    given.abort();
    // The losers of the race end in their own time, with nobody left to tell.
    for (const outcome of outcomes) outcome.catch(() => {});
  }
}

function couldNotStart({ name, command, cwd, missing }: StartOptions, cause: unknown): Error {
  if (cwd !== undefined && !existsSync(cwd)) {
    return new Error(`${name} could not be started: its working directory ${cwd} is not there.`, { cause });
  }
  if (errorCode(cause) === 'ENOENT') {
    return new Error(`${name} is not on this machine. ${missing}`, { cause });
  }
  return new Error(`${name} could not be started from ${command}: ${errorMessage(cause)}`, { cause });
}
