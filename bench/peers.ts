import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, openSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../mocks/ports.ts';

/** A mock of others that has been started, and where it will listen. */
export interface Launched {
  process: ChildProcess;
  port: number;
}

export const host = '127.0.0.1';

const folder = join(tmpdir(), 'voxpact-bench-peers');
const readyTimeoutMs = 60_000;

/** A path within the installed packages. */
export const moduleOf = (...path: string[]): string => join(folder, 'node_modules', ...path);

/** Installs peers into a temporary folder, which stays for the next run. @param packages with their versions */
export function installPeers(packages: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel', 'error', '--prefix', folder];
  execFileSync('npm', ['install', ...options, ...packages], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** A folder of its own for what one start writes. */
export function workFolder(name: string): string {
  const made = join(folder, name);
  mkdirSync(made, { recursive: true });
  return made;
}

/** Starts a peer; what it prints goes into its folder, and it ends with this process. */
export function run(command: string, args: readonly string[], cwd: string): ChildProcess {
  const log = openSync(join(cwd, 'output.log'), 'w');
  const child = spawn(command, args, { cwd, stdio: ['ignore', log, log] });
  process.once('exit', () => child.kill());
  return child;
}

/** mountebank's package, in the version that the peers are compared in. */
export const mountebankPackage = 'mountebank@2.9.1';

/** Starts mountebank with one imposter, without its log. @param name of its folder */
export async function startMountebank(name: string, imposter: Readonly<Record<string, unknown>>): Promise<Launched> {
  const [admin, port] = [await freePort(), await freePort()];
  const cwd = workFolder(name);
  writeFileSync(join(cwd, 'imposters.json'), JSON.stringify({ imposters: [{ ...imposter, host, port }] }));
  const options = ['--nologfile', '--loglevel', 'error', '--pidfile', join(cwd, 'mb.pid'), '--host', host];
  const files = ['--configfile', 'imposters.json', '--port', String(admin)];
  return { process: run(process.execPath, [moduleOf('mountebank/bin/mb'), ...options, ...files], cwd), port };
}

/** Waits until a server answers. @throws {Error} when it takes too long */
export async function untilUp(name: string, isUp: () => Promise<boolean>): Promise<void> {
  const until = performance.now() + readyTimeoutMs;
  while (!(await isUp())) {
    if (performance.now() > until) throw new Error(`${name} does not answer within ${readyTimeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
