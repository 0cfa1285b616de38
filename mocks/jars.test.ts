import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { classPath, type JavaServer, jarFolder, jarVersion } from './jars.ts';

const before = process.env.XDG_CACHE_HOME;
let cache: string;
let server: JavaServer;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'voxpact-jars-'));
  process.env.XDG_CACHE_HOME = cache;
  const pom = join(cache, 'pom.xml');
  writeFileSync(pom, '<project>\n<example.version>1.2.3</example.version>\n</project>');
  server = { name: 'Example', artifact: 'example', pom };
});

afterEach(() => {
  if (before === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = before;
  rmSync(cache, { recursive: true });
});

test('the version is that of the pom', () => {
  expect(jarVersion(server)).toBe('1.2.3');
  expect(() => jarVersion({ ...server, artifact: 'other' })).toThrow('has no property other.version.');
});

test('jars that are missing, or a folder without them, are one sentence saying how to get them', () => {
  const folder = join(cache, 'voxpact', 'example-1.2.3');
  const sentence = `The Example jars are not in ${folder}: run bin/setup.`;
  expect(() => jarFolder(server)).toThrow(sentence);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'other-1.jar'), '');
  expect(() => classPath(server)).toThrow(sentence);
});

test('the class path holds all jars by name, and nothing else', () => {
  const folder = join(cache, 'voxpact', 'example-1.2.3');
  mkdirSync(folder, { recursive: true });
  for (const name of ['example-1.2.3.jar', 'another-2.jar', 'readme.txt']) writeFileSync(join(folder, name), '');
  expect(classPath(server)).toBe(`${join(folder, 'another-2.jar')}:${join(folder, 'example-1.2.3.jar')}`);
});
