import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Contract, Interaction } from '../../contracts/contract.ts';

/** The path of a committed pact file. @param name without its ending */
export const pactFile = (name: string): string =>
  fileURLToPath(new URL(`../../contracts/pacts/${name}.json`, import.meta.url));

/** The interactions of a contract that a committed file holds; its metadata say why it has no others. */
export function interactionsIn(name: string, { interactions }: Contract): Interaction[] {
  const file = JSON.parse(readFileSync(pactFile(name), 'utf8')) as { interactions: { description: string }[] };
  const held = new Set(file.interactions.map(({ description }) => description));
  return interactions.filter(({ description }) => held.has(description));
}
