import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { commonArguments, parseStatistics, preflight, sippVersion } from './sipp.ts';

const folder = mkdtempSync(join(tmpdir(), 'voxpact-sipp-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A program that prints what an odd SIPp would. */
function program(name: string, output: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\necho '${output}'\nexit 99\n`);
  chmodSync(path, 0o755);
  return path;
}

test('a SIPp does not end itself where the machine has kept it waiting, and listens nowhere but on loopback', async () => {
  const args = (await commonArguments({ host: '127.0.0.1', port: 5060 }, 'UDP')).join(' ');
  expect(args).toContain('-watchdog_interval 0');
  expect(args).toMatch(/-i 127[.]0[.]0[.]1 .*-mi 127[.]\S+ .*-ci 127[.]0[.]0[.]1 /);
});

describe('preflight', () => {
  test('takes the SIPp of this machine', async () => {
    expect(await preflight()).toMatch(/^3\.[67]\.\d+$/);
  });

  test('takes 3.7', async () => {
    expect(await sippVersion(program('newer', ' SIPp v3.7.3-TLS-PCAP.'))).toBe('3.7.3');
  });

  test('names an old version', async () => {
    await expect(sippVersion(program('older', 'SIPp v3.4.1.'))).rejects.toThrow(
      "SIPp 3.6 or 3.7 is needed, but the sipp on this machine is 3.4.1. Run bin/setup, or install Debian's package sip-tester.",
    );
  });

  test('names a program that is none', async () => {
    await expect(sippVersion(program('other', 'hello'))).rejects.toThrow(
      'SIPp 3.6 or 3.7 is needed, but the sipp on this machine says no version.',
    );
  });

  test('says how to get it', async () => {
    await expect(sippVersion(join(folder, 'absent'))).rejects.toThrow(
      "sipp is not on this machine. Run bin/setup, or install Debian's package sip-tester.",
    );
  });
});

describe('statistics', () => {
  test('the last row counts', () => {
    const statistics = parseStatistics('StartTime;FailedCall(C);\n2026-11-23\t02:08;0;\n2026-11-23\t02:09;1;\n');
    expect(statistics?.get('FailedCall(C)')).toBe('1');
  });

  test.each(['', 'StartTime;FailedCall(C);\n'])('no row is no statistics: %j', (text) => {
    expect(parseStatistics(text)).toBeUndefined();
  });
});
