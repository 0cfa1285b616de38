import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
 *
 * Of each variable that holds a PEM there is another one, `<VARIABLE>_FILE`, with the path of a file that has it for the time
 * of the command: `VOXPACT_CA_FILE`, and where the source is given a certificate of its own
 * `VOXPACT_STATE_CLIENTCERTIFICATE_FILE` and `VOXPACT_STATE_CLIENTKEY_FILE`. Only this user can read them.
 */
export function execSource(command: string, signal: AbortSignal, timeoutMs = execTimeoutMs): Exercise {
  return async ({ description }, at, values) =>
    withPemFiles(environment(description, at, values), async (variables) => {
      const line = await superviseProcess(
        { name: 'the exec line', ready: async () => {}, readyTimeoutMs: timeoutMs, stopTimeoutMs, signal },
        async ({ env, detached }) =>
          spawn(command, {
            shell: true,
            detached,
            stdio: ['ignore', 'pipe', 'pipe'],
            env: { ...process.env, ...variables, ...env },
          }),
      );
      try {
        const exit = await ended(line, timeoutMs, signal);
        const how = exit === undefined ? `did not end within ${timeoutMs} ms` : trouble(exit);
        if (how !== undefined) throw new Error(`the exec line ${how} for "${description}"${lastLine(line)}`);
      } finally {
        await line.stop();
      }
    });
}

type Environment = Readonly<Record<string, string>>;

/** Adds the path of a file for each variable that holds a PEM; most programs take no other form. */
async function withPemFiles(variables: Environment, run: (variables: Environment) => Promise<void>): Promise<void> {
  const pems = Object.entries(variables).filter(([, value]) => value.startsWith('-----BEGIN '));
  if (pems.length === 0) return run(variables);
  const folder = await mkdtemp(join(tmpdir(), 'voxpact-pem-'));
  try {
    const files: Record<string, string> = {};
    for (const [name, pem] of pems) {
      const path = join(folder, `${name}.pem`);
      await writeFile(path, pem, { mode: 0o600 });
      files[`${name}_FILE`] = path;
    }
    await run({ ...variables, ...files });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
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
