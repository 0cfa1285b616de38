import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { loadContracts } from './catalogue.ts';
import { formatPact, toPact } from './pact.ts';

/** Writes `contracts/pacts/` anew from the contracts; a file that no contract gives any more is removed. */
const folder = new URL('./pacts/', import.meta.url);
const files = toPact(await loadContracts());
mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder)) {
  if (name.endsWith('.json') && !files.has(name)) rmSync(new URL(name, folder));
}
for (const [name, file] of files) writeFileSync(new URL(name, folder), formatPact(file));
console.log(`${files.size} pact files written`);
