import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { toAsyncApi } from '../asyncapi.ts';
import { loadContracts } from '../catalogue.ts';
import { tenantDatabase } from '../common/tenant-database-schema.ts';
import { toOpenApi } from '../openapi.ts';
import { schemaSql } from '../sql-schema.ts';
import { formatDocument } from './format.ts';

/**
 * Writes `contracts/openapi/`, `contracts/asyncapi/` and `contracts/sql/` anew from the contracts; a file that no contract gives any more is
 * removed. With `--check` it writes nothing, and ends with exit code 1 and a sentence for each file that is not what the
 * contracts give.
 */
const contracts = await loadContracts();
const folders: Readonly<Record<string, ReadonlyMap<string, object | string>>> = {
  openapi: toOpenApi(contracts),
  asyncapi: toAsyncApi(contracts),
  sql: new Map([['tenant-database.sql', schemaSql(tenantDatabase)]]),
};
const command = '"npm run documents"';

const textOf = (document: object | string) => (typeof document === 'string' ? document : formatDocument(document));

function spareIn(folder: URL, files: ReadonlyMap<string, unknown>): string[] {
  mkdirSync(folder, { recursive: true });
  return readdirSync(folder).filter((name) => !files.has(name));
}

function complaints(name: string, path: URL, text: string): string[] {
  if (!existsSync(path)) return [`contracts/${name} is missing; ${command} writes it`];
  return readFileSync(path, 'utf8') === text ? [] : [`contracts/${name} is stale; ${command} writes it anew`];
}

const sentences: string[] = [];
const isCheck = process.argv.includes('--check');
for (const [kind, files] of Object.entries(folders)) {
  const folder = new URL(`../${kind}/`, import.meta.url);
  for (const name of spareIn(folder, files)) {
    if (isCheck) sentences.push(`contracts/${kind}/${name} is of no contract; ${command} removes it`);
    else rmSync(new URL(name, folder));
  }
  for (const [name, document] of files) {
    const path = new URL(name, folder);
    if (isCheck) sentences.push(...complaints(`${kind}/${name}`, path, textOf(document)));
    else writeFileSync(path, textOf(document));
  }
  if (!isCheck) console.log(`contracts/${kind}: ${files.size} documents written`);
}
for (const sentence of sentences) console.error(sentence);
if (sentences.length > 0) process.exitCode = 1;
