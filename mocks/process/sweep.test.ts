import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { assertFree } from '../ports.ts';
import { eventually, groupMembers, isAlive, kernelProcess, signalTo } from './kernel.ts';
import { recordName, rootFolders } from './layout.ts';
import { sweepStale } from './sweep.ts';

interface Started {
  pid: number;
  port: number;
  directory: string;
}

const GONE_TIMEOUT_MS = 10_000;
const children: ChildProcess[] = [];

/** Starts a harness of its own, in another process, and waits until its server serves. */
async function startHarness(ending: 'wait' | 'exit' | 'throw' = 'wait'): Promise<[ChildProcess, Started]> {
  const script = join(import.meta.dirname, 'fixtures', 'harness.ts');
  const harness = spawn(process.execPath, [script, ending], { stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(harness);
  const [line] = await once(harness.stdout, 'data');
  return [harness, JSON.parse(String(line))];
}

/** Another harness may sweep at the same time, so what counts is the end, not who brought it about. */
async function expectAllGone({ pid, port, directory }: Started): Promise<void> {
  expect(await eventually(() => groupMembers(pid).length === 0, GONE_TIMEOUT_MS)).toBe(true);
  expect(await eventually(() => !existsSync(directory), GONE_TIMEOUT_MS)).toBe(true);
  const isFree = () =>
    assertFree({ host: '127.0.0.1', port }).then(
      () => true,
      () => false,
    );
  expect(await eventually(isFree, GONE_TIMEOUT_MS)).toBe(true);
}

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await sweepStale();
});

describe('a harness that is told to end', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('by %s stops all it started and ends with exit code %i', async (signal, code) => {
    const [harness, started] = await startHarness();
    harness.kill(signal);
    expect(await once(harness, 'exit')).toEqual([code, null]);
    await expectAllGone(started);
  });

  test.each([
    ['exit', 3],
    ['throw', 1],
  ] as const)('by %s leaves nothing behind and keeps its exit code %i', async (ending, code) => {
    const [harness, started] = await startHarness(ending);
    if (harness.exitCode === null) await once(harness, 'exit');
    expect(harness.exitCode).toBe(code);
    await expectAllGone(started);
  });
});

describe('sweepStale', () => {
  test('frees what a harness left that was killed: processes, forks, port and directory', async () => {
    const [harness, started] = await startHarness();
    harness.kill('SIGKILL');
    await once(harness, 'exit');
    await sweepStale();
    await expectAllGone(started);
  });

  test('finds the forks of a server that is gone itself', async () => {
    const [harness, started] = await startHarness();
    expect(await eventually(() => groupMembers(started.pid).length === 2, 5_000)).toBe(true);
    harness.kill('SIGKILL');
    await once(harness, 'exit');
    signalTo(started.pid, 'SIGKILL');
    await sweepStale();
    await expectAllGone(started);
  });

  test('finds a server that was not recorded yet when its harness was killed', async () => {
    const [harness, started] = await startHarness();
    rmSync(
      join(
        dirname(started.directory),
        recordName({ pid: started.pid, startTime: kernelProcess(started.pid)?.startTime ?? '' }),
      ),
    );
    harness.kill('SIGKILL');
    await once(harness, 'exit');
    await sweepStale();
    await expectAllGone(started);
  });

  test('does not touch what belongs to a live harness', async () => {
    const [, started] = await startHarness();
    await sweepStale();
    expect(kernelProcess(started.pid)?.zombie).toBe(false);
    expect(existsSync(started.directory)).toBe(true);
  });

  test('does not kill a process that got a recycled pid', async () => {
    const innocent = spawn('sleep', ['300'], { stdio: 'ignore', detached: true });
    children.push(innocent);
    const pid = innocent.pid ?? 0;
    const startTime = kernelProcess(pid)?.startTime ?? '';
    // The folder of a harness whose pid, too, belongs to somebody else by now.
    const folder = join(rootFolders()[0] ?? '', `${process.pid}-1`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, recordName({ pid, startTime: '1' })), 'example-server\n');
    await sweepStale();
    expect(existsSync(folder)).toBe(false);
    expect(isAlive(pid, startTime)).toBe(true);
  });
});
