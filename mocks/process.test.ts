import { existsSync, statSync } from 'node:fs';
import { runInThisContext } from 'node:vm';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { assertFree } from './ports.ts';
import { portOf, startServer } from './process/fixtures/start-server.ts';
import { eventually, groupMembers, kernelProcess } from './process/kernel.ts';
import { runDirectory, type ServerProcess, type StartOptions, startProcess, stopEverything } from './process.ts';

const never = () => Promise.reject(new Error('nobody answers'));

function shell(script: string, options: Partial<StartOptions> = {}): Promise<ServerProcess> {
  return startProcess({
    name: 'example-server',
    command: 'sh',
    args: ['-c', script],
    ready: async () => {},
    readyTimeoutMs: 10_000,
    missing: 'Install it.',
    ...options,
  });
}

async function messageOf(failing: Promise<unknown>): Promise<string> {
  return await failing.then(
    () => 'did not fail',
    (error: Error) => error.message,
  );
}

afterEach(stopEverything);

describe('startProcess', () => {
  test('gives a server that serves, in a process group of its own', async () => {
    const server = await startServer();
    expect(portOf(server)).toBeGreaterThan(0);
    expect(kernelProcess(server.pid)?.group).toBe(server.pid);
  });

  test('says in one sentence that the program is not there, and how to get it', async () => {
    const starting = shell('', { command: 'example-server-that-nobody-has', missing: 'Run bin/setup.' });
    await expect(messageOf(starting)).resolves.toBe('example-server is not on this machine. Run bin/setup.');
  });

  test('says that the working directory is not there, rather than the program', async () => {
    await expect(messageOf(shell('', { cwd: '/nowhere/at/all' }))).resolves.toBe(
      'example-server could not be started: its working directory /nowhere/at/all is not there.',
    );
  });

  test('quotes the output of a program that ends before it is ready', async () => {
    const starting = shell('echo reading config; echo "bad option --frobnicate" >&2; exit 7', { ready: never });
    await expect(messageOf(starting)).resolves.toBe(
      'example-server ended before it was ready (exit code 7). Its last output:\nreading config\nbad option --frobnicate',
    );
  });

  test('names the signal that ended a program before it was ready', async () => {
    await expect(messageOf(shell('kill -9 $$', { ready: never }))).resolves.toBe(
      'example-server ended before it was ready (signal SIGKILL).',
    );
  });

  test('ends a program that never gets ready, and says what the probe said', async () => {
    let pid = 0;
    const starting = shell('echo waiting for a lock; exec sleep 300', {
      readyTimeoutMs: 300,
      ready: (server) => {
        pid = server.pid;
        return never();
      },
    });
    await expect(messageOf(starting)).resolves.toBe(
      'example-server was not ready within 300 ms. The last probe said: nobody answers. Its last output:\nwaiting for a lock',
    );
    expect(groupMembers(pid)).toEqual([]);
  });

  test('does not wait for a probe that hangs, and tells it so', async () => {
    let told: AbortSignal | undefined;
    const ready: StartOptions['ready'] = (_server, signal) => {
      told = signal;
      return new Promise(() => {});
    };
    await expect(messageOf(shell('exec sleep 300', { ready, readyTimeoutMs: 100 }))).resolves.toBe(
      'example-server was not ready within 100 ms.',
    );
    expect(told?.aborted).toBe(true);
  });

  test('gives up when it is aborted, with the reason given', async () => {
    const abort = new AbortController();
    let pid = 0;
    const starting = shell('exec sleep 300', {
      signal: abort.signal,
      ready: (server) => {
        pid = server.pid;
        abort.abort(new Error('the user lost patience'));
        return never();
      },
    });
    await expect(messageOf(starting)).resolves.toBe('the user lost patience');
    expect(groupMembers(pid)).toEqual([]);
    await expect(messageOf(shell('', { signal: abort.signal }))).resolves.toBe('the user lost patience');
  });

  test('keeps the last 64 KiB of output', async () => {
    const server = await shell('seq 1 50000; echo the end');
    await server.exited;
    expect(server.output().length).toBe(64 * 1024);
    expect(server.output().endsWith('50000\nthe end\n')).toBe(true);
  });
});

describe('stop', () => {
  test('frees pid and port, with all that the server forked; stopping twice is allowed', async () => {
    const server = await startServer();
    const port = portOf(server);
    expect(await eventually(() => groupMembers(server.pid).length === 2, 5_000)).toBe(true);
    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
    expect(groupMembers(server.pid)).toEqual([]);
    expect(await server.exited).toEqual({ code: null, signal: 'SIGTERM' });
    await assertFree({ host: '127.0.0.1', port });
  });

  test('kills a server that does not end when asked', async () => {
    const server = await shell('trap "" TERM; echo deaf; while :; do sleep 0.05; done', {
      stopTimeoutMs: 100,
      ready: async (started) => {
        if (started.output() !== 'deaf\n') throw new Error('not deaf yet');
      },
    });
    await server.stop();
    expect(await server.exited).toEqual({ code: null, signal: 'SIGKILL' });
    expect(groupMembers(server.pid)).toEqual([]);
  });

  test('asks with the signal that the server understands', async () => {
    const server = await shell('trap "exit 5" INT; echo up; while :; do sleep 0.05; done', {
      stopSignal: 'SIGINT',
      ready: async (started) => {
        if (started.output() !== 'up\n') throw new Error('not up yet');
      },
    });
    await server.stop();
    expect(await server.exited).toEqual({ code: 5, signal: null });
  });

  test('is nothing to do when the server has ended by itself, whose forks go with it', async () => {
    const server = await shell('sleep 300 & exit 4');
    expect(await server.exited).toEqual({ code: 4, signal: null });
    await server.stop();
    expect(groupMembers(server.pid)).toEqual([]);
  });
});

describe('runDirectory', () => {
  test('is private, and goes when removed, as often as one likes', async () => {
    const [one, other] = await Promise.all([runDirectory('example'), runDirectory('example')]);
    expect(one.path).not.toBe(other.path);
    expect(statSync(one.path).mode & 0o777).toBe(0o700);
    await one.remove();
    await one.remove();
    expect(existsSync(one.path)).toBe(false);
    expect(existsSync(other.path)).toBe(true);
  });
});

test('stopEverything ends all processes and removes all directories', async () => {
  const servers = await Promise.all([startServer(), shell('exec sleep 300')]);
  const directory = await runDirectory('example');
  await Promise.all([stopEverything(), stopEverything()]);
  expect(servers.flatMap(({ pid }) => groupMembers(pid))).toEqual([]);
  expect(existsSync(directory.path)).toBe(false);
});

test('the handlers are on the real process, once, though Jest gives each test file a copy of it', async () => {
  const real: NodeJS.Process = runInThisContext('process');
  await (await runDirectory('example')).remove();
  jest.resetModules();
  const again = await import('./process.ts');
  await (await again.runDirectory('example')).remove();
  expect(again.stopEverything).not.toBe(stopEverything);
  expect(real.listenerCount('SIGHUP')).toBe(1);
});
