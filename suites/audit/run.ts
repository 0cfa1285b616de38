import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { loadContracts } from '../../contracts/catalogue.ts';
import type { Contract, Interaction, Side } from '../../contracts/contract.ts';
import { main } from '../../harness/cli.ts';
import type { CommandContext } from '../../harness/commands/context.ts';
import { exitCodeOf } from '../../harness/commands/verify.ts';
import { verifyJson } from '../../harness/report/json.ts';
import { junitXml } from '../../harness/report/junit.ts';
import { type RunOptions, verify } from '../../harness/verify/run.ts';
import { catalogueWithout } from '../catalogue.ts';
import type { Aftermath } from './situation.ts';

/** The command line as users start it. */
export const bin = resolve(import.meta.dirname, '../../harness/bin.ts');
const childTimeoutMs = 60_000;

/** A folder of its own for as long as `use` takes. */
export async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'voxpact-audit-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What JUnit's file in a report folder holds. */
export function junitIn(folder: string): { junit?: string } {
  const file = join(folder, 'junit.xml');
  return existsSync(file) ? { junit: readFileSync(file, 'utf8') } : {};
}

/** `voxpact verify ... --json --report FOLDER` in this process. */
export function verifyHere(...args: string[]): Promise<Aftermath> {
  return verifyWithout(undefined, ...args);
}

/** The same, as if nobody had written a contract for one connection. */
export function verifyWithout(missing: number | undefined, ...args: string[]): Promise<Aftermath> {
  return inFolder(async (folder) => {
    const lines: { stdout: string[]; stderr: string[] } = { stdout: [], stderr: [] };
    const context: CommandContext = {
      print: (text) => lines.stdout.push(text),
      note: (text) => lines.stderr.push(text),
      terminal: false,
      ...catalogueWithout(missing),
      signal: new AbortController().signal,
    };
    const exitCode = await main(['verify', ...args, '--json', '--report', folder], context);
    return { exitCode, stdout: lines.stdout.join('\n'), stderr: lines.stderr.join('\n'), ...junitIn(folder) };
  });
}

/** A command line in a process of its own. */
export async function inChild(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Aftermath> {
  const {
    exitCode = -1,
    stdout,
    stderr,
  } = await execa(command, args, {
    env: { ...env },
    reject: false,
    stdin: 'ignore',
    timeout: childTimeoutMs,
  });
  return { exitCode, stdout, stderr };
}

/** The real `voxpact verify ... --json --report FOLDER`. */
export function verifyInChild(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Aftermath> {
  return inFolder(async (folder) => ({
    ...(await inChild(process.execPath, [bin, 'verify', ...args, '--json', '--report', folder], env)),
    ...junitIn(folder),
  }));
}

/** A contract of the repository with one of its interactions, which may be changed. */
export async function only(number: number, description: string, change: Partial<Interaction> = {}): Promise<Contract> {
  const contract = (await loadContracts([number]))[0];
  const interaction = contract?.interactions.find((each) => each.description === description);
  if (contract === undefined || interaction === undefined)
    throw new Error(`connection ${number} lacks "${description}"`);
  return { ...contract, interactions: [{ ...interaction, ...change }] };
}

/** Verifies made-up contracts the way the command does, and returns what that would leave. */
export async function verifyContracts(
  contracts: readonly Contract[],
  side: Side,
  options: Partial<RunOptions>,
): Promise<Aftermath> {
  const notes: string[] = [];
  const run = await verify({
    contracts,
    sides: [side],
    signal: new AbortController().signal,
    onProgress: ({ detail }) => void (detail === undefined || notes.push(detail)),
    ...options,
  });
  return {
    exitCode: exitCodeOf(run),
    stdout: JSON.stringify(verifyJson(run)),
    stderr: notes.join('\n'),
    junit: junitXml(run),
  };
}
