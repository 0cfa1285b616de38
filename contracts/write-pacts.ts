import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadContracts } from './catalogue.ts';
import { formatPact, toPact } from './pact.ts';

/**
 * Writes `contracts/pacts/` anew from the contracts; a file that no contract gives any more is removed. With `--check` it
 * writes nothing, and ends with exit code 1 and a sentence for each file that is not what the contracts give.
 */
const folder = new URL('./pacts/', import.meta.url);
const files = toPact(await loadContracts());
mkdirSync(folder, { recursive: true });
const spare = readdirSync(folder).filter((name) => name.endsWith('.json') && !files.has(name));

function staleness([name, file]: [string, Parameters<typeof formatPact>[0]]): string[] {
  const path = new URL(name, folder);
  if (!existsSync(path)) return [`contracts/pacts/${name} is missing; "npm run pacts" writes it`];
  if (readFileSync(path, 'utf8') === formatPact(file)) return [];
  return [`contracts/pacts/${name} is stale; "npm run pacts" writes it anew`];
}

if (process.argv.includes('--check')) {
  const sentences = [
    ...[...files].flatMap(staleness),
    ...spare.map((name) => `contracts/pacts/${name} is of no contract; "npm run pacts" removes it`),
  ];
  for (const sentence of sentences) console.error(sentence);
  if (sentences.length > 0) process.exitCode = 1;
} else {
  for (const name of spare) rmSync(new URL(name, folder));
  for (const [name, file] of files) writeFileSync(new URL(name, folder), formatPact(file));
  console.log(`${files.size} pact files written`);
}
