import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Interaction } from '../../contracts/contract.ts';
import type { Address } from '../../mocks/adapter.ts';
import { type Exit, type ServerProcess, superviseProcess } from '../../mocks/process.ts';
import type { Exercise } from './sides.ts';

/** How long an exec line may run for one interaction. */
const execTimeoutMs = 30_000;
/** How long it may take to end when it is told to. */
const stopTimeoutMs = 1_000;

/**
 * Exercises a source under test by a command line of its own, once for each interaction. The command finds in its
 * environment `VOXPACT_HOST` and `VOXPACT_PORT` to dial (where the wire has them also `VOXPACT_USER`, `VOXPACT_PASSWORD`,
 * `VOXPACT_DATABASE`, and in `VOXPACT_CA` the PEM to trust), `VOXPACT_INTERACTION`, and what the provider states gave as
 * `VOXPACT_STATE_<NAME>`; the harness judges what arrives. What it leaves running ends with it.
 */
export function execSource(command: string, signal: AbortSignal, timeoutMs = execTimeoutMs): Exercise {
  return async ({ description }, at, values) => {
    const line = await superviseProcess(
      { name: 'the exec line', ready: async () => {}, readyTimeoutMs: timeoutMs, stopTimeoutMs, signal },
      async ({ env, detached }) =>
        spawn(command, {
          shell: true,
          detached,
          stdio: ['ignore', 'pipe', 'pipe'],
          env: { ...process.env, ...environment(description, at, values), ...env },
        }),
    );
    try {
      const exit = await ended(line, timeoutMs, signal);
      const how = exit === undefined ? `did not end within ${timeoutMs} ms` : trouble(exit);
      if (how !== undefined) throw new Error(`the exec line ${how} for "${description}"${lastLine(line)}`);
    } finally {
      await line.stop();
    }
  };
}

function environment(
  description: Interaction['description'],
  at: Address,
  values: Readonly<Record<string, string>>,
): Record<string, string> {
  const states = Object.entries(values).map(([name, value]) => [`VOXPACT_STATE_${name.toUpperCase()}`, value]);
  return {
    VOXPACT_HOST: at.host,
    VOXPACT_PORT: String(at.port),
    VOXPACT_INTERACTION: description,
    ...(at.user === undefined ? {} : { VOXPACT_USER: at.user }),
    ...(at.password === undefined ? {} : { VOXPACT_PASSWORD: at.password }),
    ...(at.database === undefined ? {} : { VOXPACT_DATABASE: at.database }),
    ...(at.ca === undefined ? {} : { VOXPACT_CA: at.ca }),
    ...Object.fromEntries(states),
  };
}

/** How it ended; undefined when it did not in time. @throws the signal's reason when that comes first */
async function ended(line: ServerProcess, timeoutMs: number, signal: AbortSignal): Promise<Exit | undefined> {
  const over = new AbortController();
  const limit = AbortSignal.any([signal, over.signal]);
  try {
    return await Promise.race([line.exited, sleep(timeoutMs, undefined, { signal: limit })]);
  } finally {
    over.abort();
  }
}

function trouble({ code, signal }: Exit): string | undefined {
  if (code === 0) return undefined;
  return signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
}

function lastLine(line: ServerProcess): string {
  const last = line.output().trimEnd().split('\n').at(-1)?.trim() ?? '';
  return last === '' ? '' : `; the last that it said: ${JSON.stringify(last.slice(0, 200))}`;
}
