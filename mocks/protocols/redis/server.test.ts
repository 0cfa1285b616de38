import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { assertFree } from '../../ports.ts';
import { eventually, groupMembers } from '../../process/kernel.ts';
import { rootFolders } from '../../process/layout.ts';
import { stopEverything, sweepStale } from '../../process.ts';
import { connect } from './client.ts';
import { startRedis } from './server.ts';

const GONE_TIMEOUT_MS = 10_000;

/** The processes whose arguments, one after the other, contain these. */
function processesWith(...args: (string | number)[]): string[] {
  const wanted = args.join('\0');
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(wanted);
    } catch {
      return false;
    }
  });
}
const watchdogs = (server: number, harness = process.pid) => processesWith('redis_killer.js', harness, server);

/** The folders with the data of a harness. */
function dataFolders(harness: number): string[] {
  return rootFolders()
    .filter(existsSync)
    .flatMap((root) => readdirSync(root).filter((name) => name.startsWith(`${harness}-`)));
}

const folders: string[] = [];

/** A folder from which programs can be run, which data folders in memory do not always allow. */
async function programFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'voxpact-program-'));
  folders.push(folder);
  return folder;
}

/** A shell script in the place of redis-server. */
async function program(script: string): Promise<string> {
  const path = join(await programFolder(), 'redis-server');
  await writeFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

/** The same, when it is asked for anything but its version. */
const serverProgram = (script: string) => program(`[ "$1" = --version ] && exec echo 1 2 3\n${script}`);

async function messageOf(failing: Promise<unknown>): Promise<string> {
  return await failing.then(
    () => 'did not fail',
    (error: Error) => error.message,
  );
}

afterEach(async () => {
  await stopEverything();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

describe('a program', () => {
  test('that is missing is one sentence that says how to get it', async () => {
    await expect(messageOf(startRedis({ command: 'redis-server-that-is-not-there' }))).resolves.toBe(
      'redis-server is not on this machine. Run bin/setup, or install the package redis-server.',
    );
  });

  test('that cannot say its version is reported with what it said', async () => {
    const command = await program('echo no library here >&2; exit 127');
    await expect(messageOf(startRedis({ command }))).resolves.toBe(
      `redis-server could not be started from ${command}: Command failed: ${command} --version\nno library here\n`,
    );
  });

  test('that is no redis-server is reported with what it said', async () => {
    const command = await serverProgram('echo reading; echo bad option "$1" >&2; exit 3');
    await expect(messageOf(startRedis({ command }))).resolves.toBe(
      'redis-server ended before it was ready (exit code 3). Its last output:\nreading\nbad option --save',
    );
  });

  test('that goes away after it said its version is an error, not a crash', async () => {
    const command = await program('rm "$0"; echo 1 2 3');
    await expect(messageOf(startRedis({ command }))).resolves.toBe(
      `redis-server could not be started from ${command}: Spawned Redis Instance PID is undefined`,
    );
  });

  test('gets no password among its arguments, which everybody can read', async () => {
    const command = await serverProgram('echo "$@"; exit 3');
    await expect(messageOf(startRedis({ command }))).resolves.toMatch(
      /output:\n--save {2}--appendonly no --bind 127\.0\.0\.1 --port \d+ --include \S+\/redis\.conf$/,
    );
  });

  test('that never gets ready is ended when the start is given up', async () => {
    const folder = await programFolder();
    const command = await serverProgram(
      `echo $$ > '${folder}/new'; mv '${folder}/new' '${folder}/pid'; exec sleep 300`,
    );
    const abort = new AbortController();
    const starting = messageOf(startRedis({ command, signal: abort.signal }));
    expect(await eventually(() => existsSync(join(folder, 'pid')), GONE_TIMEOUT_MS)).toBe(true);
    const pid = Number(await readFile(join(folder, 'pid'), 'utf8'));
    expect(groupMembers(pid).length).toBeGreaterThan(0);
    abort.abort(new Error('the user lost patience'));
    expect(await starting).toBe('the user lost patience');
    expect([groupMembers(pid), watchdogs(pid)]).toEqual([[], []]);
    const early = startRedis({ command, signal: abort.signal });
    expect(await messageOf(early)).toBe('the user lost patience');
  });

  test('may lie in a folder with a space in its name', async () => {
    const folder = join(await programFolder(), 'my programs');
    await mkdir(folder);
    const real = (process.env.PATH ?? '').split(delimiter).map((each) => join(each, 'redis-server'));
    const found = real.find((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
    await symlink(found ?? 'redis-server', join(folder, 'redis-server'));
    const server = await startRedis({ command: join(folder, 'redis-server') });
    const client = await connect({ at: server.address });
    expect(await client.ping()).toBe('PONG');
    client.disconnect();
    await server.stop();
  });
});

describe('a server', () => {
  test('lets only the administrator in, listens on loopback alone, and goes with its data', async () => {
    const server = await startRedis();
    const { host, port } = server.address;
    await expect(connect({ at: { host, port } })).rejects.toThrow(
      `Redis at ${host}:${port} refused the login of user default (NOAUTH).`,
    );
    const admin = await connect({ at: server.address });
    expect(await admin.config('GET', 'bind')).toEqual(['bind', '127.0.0.1']);
    expect(await admin.config('GET', 'save')).toEqual(['save', '']);
    const [, directory] = (await admin.config('GET', 'dir')) as [string, string];
    expect(readdirSync(directory)).toEqual(['redis.conf']);
    expect([directory, join(directory, 'redis.conf')].map((path) => statSync(path).mode & 0o777)).toEqual([
      0o700, 0o600,
    ]);
    admin.disconnect();
    await Promise.all([server.stop(), server.stop()]);
    expect(() => readdirSync(directory)).toThrow('ENOENT');
    await expect(connect({ at: server.address })).rejects.toThrow('cannot be reached (ECONNREFUSED)');
  });

  test('is ended with the process that watches it', async () => {
    const server = await startRedis();
    const { pid } = server.process;
    expect(await eventually(() => watchdogs(pid).length === 1, GONE_TIMEOUT_MS)).toBe(true);
    await server.stop();
    expect([groupMembers(pid), watchdogs(pid)]).toEqual([[], []]);
    await expect(assertFree(server.address)).resolves.toBeUndefined();
  });

  test('ends by itself when its harness is killed, and the next start removes its data', async () => {
    const script = join(import.meta.dirname, 'fixtures', 'harness.ts');
    const harness = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const harnessPid = harness.pid ?? 0;
    const [line] = await once(harness.stdout, 'data');
    const { pid, port }: { pid: number; port: number } = JSON.parse(String(line));
    expect(groupMembers(pid).length).toBe(1);
    expect(await eventually(() => watchdogs(pid, harnessPid).length === 1, GONE_TIMEOUT_MS)).toBe(true);
    harness.kill('SIGKILL');
    await once(harness, 'exit');
    expect(await eventually(() => groupMembers(pid).length === 0, GONE_TIMEOUT_MS)).toBe(true);
    expect(await eventually(() => watchdogs(pid, harnessPid).length === 0, GONE_TIMEOUT_MS)).toBe(true);
    await expect(assertFree({ host: '127.0.0.1', port })).resolves.toBeUndefined();
    await sweepStale();
    // Another harness may be sweeping the same folder.
    expect(await eventually(() => dataFolders(harnessPid).length === 0, GONE_TIMEOUT_MS)).toBe(true);
  });

  test('has a port of its own beside another one', async () => {
    const servers = await Promise.all([startRedis(), startRedis()]);
    expect(new Set(servers.map(({ address }) => address.port)).size).toBe(2);
    await Promise.all(servers.map((server) => server.stop()));
  });
});
