import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { loadCodec } from './load-codec.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxpact-codec-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function module(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

test("a site's own codec is loaded", async () => {
  const path = await module(
    'own.mjs',
    "export default { name: 'own', encode: () => new Uint8Array(), control: () => undefined, decoder: () => ({ push: () => [], end: () => [] }) };",
  );
  expect((await loadCodec(path)).name).toBe('own');
});

test('a module that is not there', async () => {
  const path = join(folder, 'absent.mjs');
  await expect(loadCodec(path)).rejects.toThrow(`codec ${path} cannot be loaded: there is no such file`);
});

test('a module without a codec', async () => {
  const path = await module('half.mjs', 'export default { encode() {} };');
  await expect(loadCodec(path)).rejects.toThrow(
    `codec ${path}: expected a default export with the functions encode, control, decoder; it has no control, no decoder`,
  );
});

test('a module that fails while loading', async () => {
  const path = await module('broken.mjs', "throw new Error('no licence');");
  await expect(loadCodec(path)).rejects.toThrow(`codec ${path} cannot be loaded: no licence`);
});
