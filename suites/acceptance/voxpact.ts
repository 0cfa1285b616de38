import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';

const bin = resolve(import.meta.dirname, '../../harness/bin.ts');
const commandTimeoutMs = 60_000;
const startTimeoutMs = 30_000;
const options = { reject: false, stdin: 'ignore', timeout: commandTimeoutMs } as const;

/** Runs the command line to its end. */
export function voxpact(...args: string[]) {
  return voxpactWithin(commandTimeoutMs, ...args);
}

/** Runs it where the end may take longer. */
export async function voxpactWithin(timeoutMs: number, ...args: string[]) {
  const { exitCode, stdout, stderr } = await execa('node', [bin, ...args], { ...options, timeout: timeoutMs });
  return { exitCode, stdout, stderr };
}

/** A `voxpact mock` that runs in a process of its own. */
export interface RunningMock {
  /** Its URL as it is printed: `http://127.0.0.1:PORT`. */
  address: string;
  /** The URL of its control. */
  control: string;
  /** What it has said on its standard error so far. */
  log(): string;
  /** Ctrl-C, and what it ended with. */
  stop(): Promise<number | undefined>;
}

/** Starts `voxpact mock` for one service on a free port. @throws when it prints no address in time */
export async function startMock(service: string, ...args: string[]): Promise<RunningMock> {
  const child = execa('node', [bin, 'mock', service, '--ports', 'ephemeral', ...args], options);
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const stop = async () => {
    child.kill('SIGINT');
    return (await child).exitCode;
  };
  try {
    const lines = createInterface({ input: child.stdout });
    const [line] = (await once(lines, 'line', { signal: AbortSignal.timeout(startTimeoutMs) })) as [string];
    const [, address, control] = line.split('\t');
    if (address === undefined || control?.startsWith('control ') !== true) throw new Error(`no address in "${line}"`);
    return { address, control: control.slice('control '.length), log: () => log, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
