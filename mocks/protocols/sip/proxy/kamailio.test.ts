import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { assertFree } from '../../../ports.ts';
import { eventually, groupMembers } from '../../../process/kernel.ts';
import { sweepStale } from '../../../process.ts';
import { startPlainKamailio } from '../fixtures/kamailio.ts';
import { proxyConfig } from './config.ts';

const GONE_TIMEOUT_MS = 20_000;
const host = '127.0.0.1';

test('Kamailio ends with all its processes, and its port is free again', async () => {
  const { kamailio, port } = await startPlainKamailio();
  const { pid } = kamailio.process;
  expect(groupMembers(pid).length).toBeGreaterThan(1);
  await Promise.all([kamailio.close(), kamailio.close()]);
  expect(groupMembers(pid)).toEqual([]);
  await assertFree({ host, port }, 'TCP');
  await assertFree({ host, port }, 'UDP');
});

test('what a killed harness leaves of Kamailio is cleaned up by the next start', async () => {
  const script = join(import.meta.dirname, '..', 'fixtures', 'kamailio-harness.ts');
  const harness = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(harness.stdout, 'data');
  const { pid, port }: { pid: number; port: number } = JSON.parse(String(line));
  expect(groupMembers(pid).length).toBeGreaterThan(1);
  harness.kill('SIGKILL');
  await once(harness, 'exit');
  await sweepStale();
  // Another harness may be sweeping at the same time.
  expect(await eventually(() => groupMembers(pid).length === 0, GONE_TIMEOUT_MS)).toBe(true);
  await assertFree({ host, port }, 'TCP');
});

test('a machine without Kamailio is told how to get it', async () => {
  await expect(startPlainKamailio({ command: 'kamailio-that-nobody-has' })).rejects.toThrow(
    "kamailio is not on this machine. Run bin/setup, or install Debian's package kamailio.",
  );
});

test('a configuration that Kamailio does not take is said in its own words', async () => {
  const config: typeof proxyConfig = (plan) => proxyConfig(plan).replace('loose_route()', 'loose_rout()');
  await expect(startPlainKamailio({ config })).rejects.toThrow(
    /^kamailio ended before it was ready \(exit code 255\)\..*loose_rout/s,
  );
});

test('a port that is taken is said in its own words', async () => {
  const { kamailio, port } = await startPlainKamailio();
  try {
    const plan = {
      host,
      port,
      reachedAt: { host, port },
      domain: 'voice.example',
      numbers: new Map(),
      sourceDomains: [],
    };
    await expect(startPlainKamailio({ plan })).rejects.toThrow('Address already in use');
  } finally {
    await kamailio.close();
  }
});

test('a start may be given up', async () => {
  const reason = new Error('given up on purpose');
  await expect(startPlainKamailio({ signal: AbortSignal.abort(reason) })).rejects.toThrow(reason);
});
