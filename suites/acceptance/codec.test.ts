import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadContracts } from '../../contracts/catalogue.ts';
import { rowOf } from '../../contracts/parts.ts';
import { type RunningMock, startMock, voxpact } from './voxpact.ts';

interface Verified {
  number: number;
  destination?: { verdict: string };
  source?: { verdict: string };
}

const text = fileURLToPath(new URL('../../mocks/protocols/tcp/text-codec.ts', import.meta.url));
const jsonLines = fileURLToPath(new URL('../../mocks/protocols/tcp/fixtures/json-lines-codec.ts', import.meta.url));

const overTcp = (await loadContracts()).filter((contract) => rowOf(contract).protocol === 'TCP');
const tcpNumbers = [...new Set(overTcp.map(({ connection }) => String(connection)))];

describe.each([
  ['the default codec', []],
  ['the text codec', ['--codec', text]],
])('%s', (_, codec) => {
  test('carries every TCP connection in both directions', async () => {
    const { exitCode, stdout } = await voxpact('verify', ...tcpNumbers, ...codec, '--json');
    const { connections } = JSON.parse(stdout) as { connections: Verified[] };
    const notPassed = connections.filter(({ destination, source }) =>
      [destination, source].some((side) => side?.verdict !== 'passed'),
    );
    expect({ exitCode, notPassed }).toEqual({ exitCode: 0, notPassed: [] });
    expect(new Set(connections.map(({ number }) => String(number)))).toEqual(new Set(tcpNumbers));
  }, 60_000);
});

describe("TCP with a site's own codec", () => {
  test('connection 03 is verified on both sides; the file is named from the working directory', async () => {
    const { exitCode, stdout } = await voxpact('verify', '3', '--codec', relative('.', jsonLines), '--json');
    const [{ destination, source }] = JSON.parse(stdout).connections;
    expect([exitCode, destination.verdict, source.verdict]).toEqual([0, 'passed', 'passed']);
  }, 60_000);

  describe('spoken by a mock in a process of its own', () => {
    let mock: RunningMock;
    beforeAll(async () => {
      mock = await startMock('voice-rq-service', '--codec', jsonLines);
    }, 60_000);
    afterAll(() => mock?.stop());
    const verify = (...args: string[]) =>
      voxpact('verify', '30', '--at', mock.address, '--states', `${mock.control}/states`, ...args, '--json');

    test('it is understood by whoever speaks the same', async () => {
      const { exitCode, stdout } = await verify('--codec', jsonLines);
      expect([exitCode, JSON.parse(stdout).verdict]).toEqual([0, 'passed']);
    }, 60_000);

    test('and not by another codec', async () => {
      const { exitCode, stdout } = await verify('--codec', text);
      expect(exitCode).not.toBe(0);
      expect(stdout).toContain('a frame of the destination cannot be read: ');
    }, 60_000);
  });
});

describe('a codec that cannot be had is one sentence and exit code 2', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'voxpact-codec-'));
    writeFileSync(join(folder, 'none.mjs'), 'export const codec = {};');
    writeFileSync(join(folder, 'throws.mjs'), "throw new Error('no licence');");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const functions = 'expected a default export with the functions encode, control, decoder; it has no encode';
  test.each([
    [['verify', '3'], 'absent.mjs', (path: string) => `codec ${path} cannot be loaded: there is no such file`],
    [
      ['mock', 'tenant-service'],
      'absent.mjs',
      (path: string) => `codec ${path} cannot be loaded: there is no such file`,
    ],
    [['verify', '3'], 'none.mjs', (path: string) => `codec ${path}: ${functions}, no control, no decoder`],
    [['verify', '3'], 'throws.mjs', (path: string) => `codec ${path} cannot be loaded: no licence`],
    [['verify', '26'], 'none.mjs', () => '--codec is for TCP messages, and none of the connections asked for is TCP'],
  ])('%j --codec %s', async (args, file, sentence) => {
    const path = join(folder, file);
    const { exitCode, stdout, stderr } = await voxpact(...args, '--codec', path);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr.split('\n')[0]).toContain(`voxpact: ${sentence(path)}`);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

describe('voxpact codec', () => {
  test('passes a good codec, check by check', async () => {
    const { exitCode, stdout } = await voxpact('codec', text, '--json');
    const { schema, findings } = JSON.parse(stdout) as { schema: string; findings: { passed: boolean }[] };
    expect([exitCode, schema]).toEqual([0, 'voxpact/codec/1']);
    expect(findings.length).toBeGreaterThan(5);
    expect(findings.filter(({ passed }) => !passed)).toEqual([]);
  }, 60_000);

  test('fails one that loses what it is given, and says where', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'voxpact-codec-'));
    try {
      const file = join(folder, 'forgetful.mjs');
      writeFileSync(
        file,
        `import codec from ${JSON.stringify(jsonLines)};
        export default { ...codec, encode: ({ name }) => codec.encode({ name, attributes: {} }) };`,
      );
      const { exitCode, stdout } = await voxpact('codec', file);
      expect(exitCode).toBe(1);
      expect(stdout).toMatch(/\tfailed\t/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 60_000);
});
