import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { execa } from 'execa';

const root = resolve(import.meta.dirname, '../..');

async function tool(name: string, args: string[]): Promise<{ exitCode: number | undefined; output: string }> {
  const { exitCode, all } = await execa(resolve(root, 'node_modules/.bin', name), args, {
    cwd: root,
    reject: false,
    all: true,
  });
  return { exitCode, output: all };
}

test('every file is formatted and free of lint', async () => {
  const { exitCode, output } = await tool('biome', ['check', '--max-diagnostics=40', '.']);
  expect(exitCode === 0 ? '' : output).toBe('');
}, 60_000);

test('every file keeps its types', async () => {
  const { exitCode, output } = await tool('tsc', ['--noEmit', '-p', '.']);
  expect(exitCode === 0 ? '' : output).toBe('');
}, 120_000);
