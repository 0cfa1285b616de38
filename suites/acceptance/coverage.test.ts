import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connections } from '../../contracts/architecture.ts';
import { main } from '../../harness/cli.ts';
import { requireAll } from '../../harness/verify/require.ts';
import { unproven } from '../../harness/verify/run.ts';
import { catalogueWithout } from '../catalogue.ts';

async function voxpact(...args: string[]) {
  const out: string[] = [];
  const notes: string[] = [];
  const exitCode = await main(args, {
    print: (text) => out.push(text),
    note: (text) => notes.push(text),
    terminal: false,
    ...catalogueWithout(22),
    signal: new AbortController().signal,
  });
  return { exitCode, stdout: out.join('\n'), stderr: notes.join('\n') };
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'voxpact-coverage-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('voxpact verify --require all', () => {
  test('is 0 where everything asked for was exercised, and list --report says how often', async () => {
    const { exitCode, stdout } = await voxpact('verify', '26', '--require', 'all', '--report', folder);
    expect(stdout).toMatch(/\nexercised: (\d+) of \1 interactions, (\d+) of \2 negative ones, /);
    expect(stdout).toContain(', 0 of what is required missing, ');
    expect(exitCode).toBe(0);
    const { holes, coverage } = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));
    expect(holes).toEqual([]);
    expect(coverage.neverExercised).toEqual([]);

    const listed = await voxpact('list', '--report', folder);
    expect(listed.exitCode).toBe(0);
    expect(listed.stdout).toContain('\n26\tTenant Service\tConfig Service\tread the own tenant back\t1\t1\n');
    expect(listed.stdout).toMatch(/\n3\tBilling Data Service\tTenant Service\t[^\t]+\tnot asked for\tnot asked for\n/);
    const json = JSON.parse((await voxpact('list', '--report', folder, '--json')).stdout);
    expect(json.connections[25].exercised[0]).toEqual({
      description: expect.any(String),
      destination: 1,
      source: 1,
    });
  });

  test('is 1 and names every connection of the service that has no contract', async () => {
    const { exitCode, stdout } = await voxpact('verify', '--service', 'config-service', '--require', 'all');
    expect(stdout.split('\n').filter((line) => line.startsWith('required: '))).toEqual([
      'required: connection 22 Dial Plan Service -> Config Service has no contract',
    ]);
    expect(exitCode).toBe(1);
  });

  test('means the whole table where nothing is chosen', () => {
    const { holes = [] } = requireAll(unproven('nothing was run'), connections);
    expect(holes).toHaveLength(60);
    expect(holes.at(-1)?.message).toBe('connection 60 Voice SIP Proxy Service -> Kafka has no contract');
  });

  test('is 1 where the source under test sends nothing', async () => {
    const { exitCode, stdout } = await voxpact('verify', '26', '--exec', 'true', '--require', 'all');
    expect(exitCode).toBe(1);
    expect(stdout).toContain(
      'required: connection 26 Tenant Service -> Config Service, source, "read the own tenant back" was not exercised',
    );
    expect(stdout).toContain('never exercised: connection 26, source, "read the own tenant back"');
  });

  test('knows no other demand', async () => {
    const { exitCode, stdout, stderr } = await voxpact('verify', '26', '--require', 'some');
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('Allowed choices are all.');
  });
});

test('voxpact list --report refuses a folder without a report', async () => {
  const missing = join(folder, 'nowhere');
  const { exitCode, stderr } = await voxpact('list', '--report', missing);
  expect(exitCode).toBe(2);
  expect(stderr).toBe(
    `voxpact: ${join(missing, 'report.json')} cannot be read; write one with "voxpact verify --report ${missing}": ` +
      `ENOENT: no such file or directory, open '${join(missing, 'report.json')}'`,
  );
});
