import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';

const root = resolve(import.meta.dirname, '../..');

/** All that goes into the package or is needed to build it. */
const packed = [
  'bin',
  'contracts',
  'harness',
  'mocks',
  'LICENSE',
  'README.md',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
];

/** A folder elsewhere with the packed package in its node_modules, beside the packages that it depends on. */
function unpackedBeside(folder: string, tarball: string): Promise<unknown> {
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, 'voxpact'), { recursive: true });
  for (const entry of readdirSync(join(root, 'node_modules'))) {
    if (!entry.startsWith('.')) symlinkSync(join(root, 'node_modules', entry), join(modules, entry));
  }
  return execa('tar', ['-xzf', tarball, '-C', join(modules, 'voxpact'), '--strip-components=1']);
}

describe('what npm pack makes', () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'voxpact-package-'));
    // A build of its own: another copy of the suite may be building in the checkout.
    const copy = join(folder, 'checkout');
    for (const part of packed) cpSync(join(root, part), join(copy, part), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    await execa('npm', ['pack', '--pack-destination', folder], { cwd: copy });
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? 'none';
    await unpackedBeside(folder, join(folder, tarball));
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const voxpact = (...args: string[]) =>
    execa('node', [join(folder, 'node_modules/voxpact/dist/harness/bin.js'), ...args], {
      cwd: folder,
      // What is compiled of this copy goes with it.
      env: { NODE_COMPILE_CACHE: join(folder, 'compiled') },
      reject: false,
      stdin: 'ignore',
    });

  test('names its command, its exports, its engine and its licence, and ships no tests', () => {
    const shipped = join(folder, 'node_modules/voxpact');
    const manifest = JSON.parse(readFileSync(join(shipped, 'package.json'), 'utf8'));
    expect(manifest).toMatchObject({ license: 'Apache-2.0', bin: { voxpact: 'dist/harness/bin.js' } });
    const files = readdirSync(shipped, { recursive: true }).map(String);
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', manifest.bin.voxpact]));
    expect(files.filter((file) => file.includes('.test.') || file.startsWith('suites'))).toEqual([]);
  });

  test('lists and verifies from another folder', async () => {
    const list = await voxpact('list', '--json');
    expect(JSON.parse(list.stdout).connections).toHaveLength(60);
    const verified = await voxpact('verify', '26', '--json');
    expect(JSON.parse(verified.stdout)).toMatchObject({ verdict: 'passed' });
    expect(verified.exitCode).toBe(0);
  }, 60_000);

  test('can be imported by its name', async () => {
    const script =
      "import { connections, defineContract } from 'voxpact'; console.log(connections.length, typeof defineContract)";
    const { stdout } = await execa('node', ['--input-type=module', '-e', script], { cwd: folder });
    expect(stdout).toBe('60 function');
  }, 30_000);
});
