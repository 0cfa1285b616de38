import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { kafkaJars, kafkaVersion } from './jars.ts';

const before = process.env.XDG_CACHE_HOME;
let cache: string;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'voxpact-jars-'));
  process.env.XDG_CACHE_HOME = cache;
});

afterEach(() => {
  if (before === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = before;
  rmSync(cache, { recursive: true });
});

test('the version is that of the pom', () => {
  expect(kafkaVersion()).toMatch(/^4\.\d+\.\d+$/);
});

test('jars that are missing, or a folder without them, are one sentence saying how to get them', () => {
  const directory = join(cache, 'voxpact', `kafka-${kafkaVersion()}`);
  const sentence = `The Kafka jars are not in ${directory}: run bin/setup.`;
  expect(kafkaJars).toThrow(sentence);
  mkdirSync(directory, { recursive: true });
  expect(kafkaJars).toThrow(sentence);
});

test('jars that are there are found where bin/setup puts them', () => {
  const directory = join(cache, 'voxpact', `kafka-${kafkaVersion()}`);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, `kafka_2.13-${kafkaVersion()}.jar`), '');
  expect(kafkaJars()).toBe(directory);
});
