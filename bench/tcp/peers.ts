import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listenOn } from '../../mocks/listen.ts';
import { answers, requests } from './frames.ts';

const folder = join(tmpdir(), 'voxpact-bench-peers');
const host = '127.0.0.1';

/** Installs the peers into a temporary folder, which stays for the next run. */
export function installPeers(): void {
  mkdirSync(folder, { recursive: true });
  const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel', 'error', '--prefix', folder];
  execFileSync('npm', ['install', ...options, 'mountebank@2.9.1'], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Starts mountebank's tcp imposter, in its binary mode as frames are no text; it is asked for one frame at a time. */
export async function mountebank(): Promise<{ process: ChildProcess; port: number }> {
  const [admin, port] = [await freePort(), await freePort()];
  const stubs = requests.map((request, at) => ({
    predicates: [{ equals: { data: base64(request) } }],
    responses: [{ is: { data: base64(answers[at] as Uint8Array) } }],
  }));
  const cwd = join(folder, 'mountebank-tcp');
  mkdirSync(cwd, { recursive: true });
  const imposters = [{ protocol: 'tcp', mode: 'binary', host, port, stubs }];
  writeFileSync(join(cwd, 'imposters.json'), JSON.stringify({ imposters }));
  const options = ['--nologfile', '--loglevel', 'error', '--pidfile', join(cwd, 'mb.pid'), '--host', host];
  const files = ['--configfile', 'imposters.json', '--port', String(admin)];
  const program = join(folder, 'node_modules', 'mountebank/bin/mb');
  const child = spawn(process.execPath, [program, ...options, ...files], {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  process.once('exit', () => child.kill());
  return { process: child, port };
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

/** A port that was free a moment ago, for programs that cannot say which one they took. */
async function freePort(): Promise<number> {
  const server = createServer();
  const { port } = await listenOn(server, { host, port: 0 });
  await new Promise((resolve) => server.close(resolve));
  return port;
}
