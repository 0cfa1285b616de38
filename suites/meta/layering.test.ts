import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const root = resolve(import.meta.dirname, '../..');

/** Which of our folders each folder may import; the right side of contracts <- mocks <- harness <- suites. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  contracts: ['contracts'],
  docker: ['docker'],
  mocks: ['contracts', 'mocks'],
  harness: ['contracts', 'mocks', 'docker', 'harness'],
  suites: ['contracts', 'mocks', 'docker', 'harness', 'suites'],
};

/** Packages that know the bytes of one wire; only that wire's folders may import them. */
const onlyIn: Readonly<Record<string, readonly string[]>> = {
  msw: ['mocks/protocols/http/'],
  ioredis: ['mocks/protocols/redis/', 'mocks/services/redis/'],
  'redis-memory-server': ['mocks/protocols/redis/'],
  pg: ['mocks/protocols/postgres/', 'mocks/services/postgresql/'],
  '@smithy/core': ['mocks/services/object-storage/'],
  '@smithy/signature-v4': ['mocks/services/object-storage/'],
  '@platformatic/kafka': ['mocks/protocols/kafka/', 'mocks/services/kafka/'],
};

interface Import {
  file: string;
  line: number;
  target: string;
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

function importsIn(file: string, text: string): Import[] {
  return text.split('\n').flatMap((line, index) => {
    const target = /(?:from|import)\s*\(?\s*'([^']+)'/.exec(line)?.[1];
    return target === undefined ? [] : [{ file, line: index + 1, target }];
  });
}

function offences(imports: readonly Import[]): string[] {
  return imports.flatMap(({ file, line, target }) => {
    if (!target.startsWith('.')) {
      const allowed =
        onlyIn[target.startsWith('@') ? target.split('/').slice(0, 2).join('/') : (target.split('/')[0] ?? '')];
      const test = file.endsWith('.test.ts') || file.startsWith('suites/') || file.startsWith('bench/');
      const bad = allowed !== undefined && !test && !allowed.some((folder) => file.startsWith(folder));
      return bad ? [`${file}:${line} imports ${target}, which belongs to ${allowed.join(' and ')}`] : [];
    }
    const to = relative(root, resolve(root, dirname(file), target)).split('/')[0] ?? '';
    const from = file.split('/')[0] ?? '';
    const allowed = mayImport[from] ?? [];
    return allowed.includes(to) ? [] : [`${file}:${line} imports ${target}: ${from} must not import ${to}`];
  });
}

function cycles(imports: readonly Import[]): string[] {
  const graph = new Map<string, string[]>();
  for (const { file, target } of imports) {
    if (!target.startsWith('.')) continue;
    const to = relative(root, resolve(root, dirname(file), target));
    graph.set(file, [...(graph.get(file) ?? []), to]);
  }
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) {
      found.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      return;
    }
    if (done.has(file)) return;
    for (const next of graph.get(file) ?? []) walk(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) walk(file, []);
  return found;
}

const folders = Object.keys(mayImport).filter((folder) => readdirSync(root).includes(folder));
const all = folders.flatMap(sources).flatMap((file) => importsIn(file, readFileSync(join(root, file), 'utf8')));
const atRunTime = folders.flatMap(sources).flatMap((file) =>
  importsIn(
    file,
    readFileSync(join(root, file), 'utf8').replace(/^import type [^;]*;/gm, (text) => text.replace(/[^\n]/g, '')),
  ),
);

describe('imports', () => {
  test('run one way, contracts <- mocks <- harness <- suites, and wire packages stay in their folder', () => {
    expect(all.length).toBeGreaterThan(100);
    expect(offences(all)).toEqual([]);
  });

  test('have no circle at run time', () => {
    expect(cycles(atRunTime)).toEqual([]);
  });

  test('an import against the direction is named with file and line', () => {
    expect(offences(importsIn('contracts/a.ts', "\nimport { x } from '../mocks/adapter.ts';"))).toEqual([
      'contracts/a.ts:2 imports ../mocks/adapter.ts: contracts must not import mocks',
    ]);
    expect(offences(importsIn('harness/a.ts', "import { http } from 'msw';"))).toEqual([
      'harness/a.ts:1 imports msw, which belongs to mocks/protocols/http/',
    ]);
  });

  test('a circle is named file by file', () => {
    const imports = [...importsIn('mocks/a.ts', "import './b.ts';"), ...importsIn('mocks/b.ts', "import './a.ts';")];
    expect(cycles(imports)).toEqual(['mocks/a.ts -> mocks/b.ts -> mocks/a.ts']);
  });
});
