import { expect, test } from '@jest/globals';
import { assumed, type Contract, source } from '../../contracts/contract.ts';
import { main } from '../../harness/cli.ts';
import { measureStrength } from '../../harness/strength/run.ts';
import { catalogueWithout } from '../catalogue.ts';

async function voxpact(...args: string[]) {
  const printed: string[] = [];
  const noted: string[] = [];
  const { signal } = new AbortController();
  const context = { print: (text: string) => printed.push(text), note: (text: string) => noted.push(text) };
  const code = await main(['strength', ...args], { ...context, ...catalogueWithout(60), terminal: false, signal });
  return { code, stdout: printed.join('\n'), stderr: noted.join('\n') };
}

test('--json is one document of schema voxpact/strength/1, and 0 says that everything was refused', async () => {
  const { code, stdout } = await voxpact('26', '--json', '--near-miss');
  const { schema, connections, nearMiss } = JSON.parse(stdout);
  expect(schema).toBe('voxpact/strength/1');
  expect(connections).toHaveLength(1);
  const [{ number, total, killed, survivors, tolerant }] = connections;
  expect({ number, survivors }).toEqual({ number: 26, survivors: [] });
  expect(total).toBeGreaterThan(500);
  expect(killed).toBe(total);
  expect(tolerant).toEqual({ total: tolerant.total, accepted: tolerant.total, refused: [] });
  const [{ sought }] = nearMiss;
  expect(sought).toBeGreaterThan(100);
  expect(nearMiss).toEqual([{ protocol: 'HTTP', total, exact: total, sought, found: sought }]);
  expect(code).toBe(0);
});

test('without --json it is a table, what is free with its reason, and a total', async () => {
  const { code, stdout } = await voxpact('26');
  expect(stdout).toMatch(
    /^#\tsource\tdestination\tprotocol\tkilled\tover the wire\ttolerant\tfree\n26\tTenant Service\tConfig Service\tHTTP\t/,
  );
  expect(stdout).toMatch(/\nfree: connection 26, destination, \$\.headers\.date \(\d+ times\): it is the clock of /);
  expect(stdout).toMatch(
    /\nstrong: 1 connections, (\d+) of \1 breaks killed, \d+ of them sent over the wire, (\d+) of \2 tolerant changes accepted, \d+ free$/,
  );
  expect(code).toBe(0);
});

test('a connection without a contract ends with 2 and a sentence', async () => {
  const { code, stdout, stderr } = await voxpact('60');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toBe('voxpact: connection 60 has no contract; see "voxpact list"');
});

test('what could not be had is an error and never left out', async () => {
  const steps = [source<unknown>({ method: 'GET', path: '/never/contracted' })];
  const basis = assumed('for this test');
  const contract: Contract = {
    connection: 26,
    interactions: [
      { description: 'of an unknown state', basis, given: [{ name: 'no such state', params: {} }], steps },
    ],
  };
  await expect(measureStrength({ contracts: [contract], signal: new AbortController().signal })).rejects.toMatchObject({
    name: 'BaselineError',
    message: expect.stringMatching(
      /^connection 26 Tenant Service -> Config Service, "of an unknown state": no record of a kept contract could be had: .*no such state/,
    ),
  });
});
