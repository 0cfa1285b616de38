import { appendFile, mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { GrowingFile } from './growing-file.ts';

const keptBytes = 64 * 1024;
let folder: string;
let path: string;
const files: GrowingFile[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'growing-file-'));
  path = join(folder, 'log');
});
afterEach(async () => {
  await Promise.all(files.splice(0).map((file) => file.close()));
  await rm(folder, { recursive: true });
});

function growing(): GrowingFile {
  const file = new GrowingFile(path, keptBytes);
  files.push(file);
  return file;
}

/** Resolves when the file takes no more than so many bytes of its file system. */
async function untilSmall(bytes: number): Promise<void> {
  while ((await stat(path)).blocks * 512 > bytes) await sleep(20);
}

test('each part is read once, from when the file is there', async () => {
  const file = growing();
  expect(file.read()).toEqual({ bytes: Buffer.alloc(0), isTorn: false });
  await appendFile(path, 'one ');
  expect(file.read()).toEqual({ bytes: Buffer.from('one '), isTorn: false });
  await appendFile(path, 'two');
  expect(file.read()).toEqual({ bytes: Buffer.from('two'), isTorn: false });
  expect(file.position).toBe(7);
});

test('what was read is given back while the other process writes on at its place', async () => {
  const file = growing();
  const writer = await open(path, 'w');
  const piece = Buffer.alloc(keptBytes, 'x');
  for (let written = 0; written < 8; written += 1) {
    await writer.write(piece);
    expect(file.read()).toEqual({ bytes: piece, isTorn: false });
  }
  await untilSmall(keptBytes);
  await writer.write('more');
  expect(file.read()).toEqual({ bytes: Buffer.from('more'), isTorn: false });
  expect((await stat(path)).size).toBe(8 * keptBytes + 4);
  await writer.close();
});

test('of what nobody reads the last is kept, and said to follow on nothing', async () => {
  const file = growing();
  await appendFile(path, Buffer.concat([Buffer.alloc(10 * keptBytes, 'x'), Buffer.alloc(keptBytes, 'y')]));
  await untilSmall(2 * keptBytes);
  expect(file.read()).toEqual({ bytes: Buffer.alloc(keptBytes, 'y'), isTorn: true });
  await appendFile(path, 'z');
  expect(file.read()).toEqual({ bytes: Buffer.from('z'), isTorn: false });
});

test('a file whose space cannot be given back is one sentence', async () => {
  const file = growing();
  await appendFile(path, Buffer.alloc(3 * keptBytes));
  file.read();
  await rm(path);
  await expect(
    (async () => {
      for (;;) {
        file.read();
        await sleep(20);
      }
    })(),
  ).rejects.toThrow(/^\S+\/log cannot be kept small: .*No such file or directory/s);
});
