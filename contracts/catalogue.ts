import { readdirSync } from 'node:fs';
import { connectionByNumber, systemSlug } from './architecture.ts';
import { type Contract, ContractError } from './contract.ts';

const folder = new URL('./connections/', import.meta.url);

/**
 * The name that a contract's file must have, without its ending: `26-tenant-service--config-service`, and for a part
 * `24-voicemail--object-storage.s3`. Undefined when the table has no such row.
 */
export function contractFileName({ connection, part }: Pick<Contract, 'connection' | 'part'>): string | undefined {
  const row = connectionByNumber(connection);
  if (row === undefined) return undefined;
  const ends = `${systemSlug(row.source)}--${systemSlug(row.destination)}`;
  return `${String(connection).padStart(2, '0')}-${ends}${part === undefined ? '' : `.${part.name}`}`;
}

async function load(file: string, base: URL): Promise<Contract> {
  let contract: Contract | undefined;
  try {
    contract = ((await import(new URL(file, base).href)) as { default?: Contract }).default;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ContractError(`contracts/connections/${file}: ${reason}`, { cause });
  }
  if (contract?.connection === undefined || contract.interactions === undefined) {
    throw new ContractError(`contracts/connections/${file}: expected a default export made by defineContract()`);
  }
  const expected = contractFileName(contract);
  const name = file.replace(/\.[jt]s$/, '');
  if (name !== expected) {
    throw new ContractError(
      `contracts/connections/${file}: it holds connection ${contract.connection}, whose file is called ${expected}`,
    );
  }
  return contract;
}

/** A report names an interaction by its connection and its description, whichever part it stands in. */
function checkDescriptions(contracts: readonly Contract[], files: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const [index, { connection, interactions }] of contracts.entries()) {
    const file = files[index] as string;
    for (const { description } of interactions) {
      const key = `${connection} ${description}`;
      const first = seen.get(key);
      if (first !== undefined) {
        throw new ContractError(
          `contracts/connections/${file}: "${description}" is an interaction of ${first} already`,
        );
      }
      seen.set(key, file);
    }
  }
}

function contractFiles(base: URL): string[] {
  return readdirSync(base)
    .filter((file) => /\.[jt]s$/.test(file) && !/\.(test|d)\.[jt]s$/.test(file))
    .sort();
}

/** The number that a file is named for; NaN where it is named for none. */
const numberOf = (file: string): number => Number.parseInt(file, 10);

/** The connections that have a contract, in ascending order; known by the names of the files, of which none is loaded. */
export function contractedNumbers(base: URL = folder): number[] {
  return [...new Set(contractFiles(base).map(numberOf))].filter((number) => connectionByNumber(number) !== undefined);
}

/**
 * Loads the contracts of the connections folder, ordered by number, then by the names of their parts.
 * @param numbers the connections whose contracts are wanted; all when absent
 * @throws {ContractError} naming the file that cannot be loaded, has no contract, is named for another connection, or has an
 * interaction that another part of its connection has too
 */
export async function loadContracts(numbers?: readonly number[], base: URL = folder): Promise<Contract[]> {
  const files = contractFiles(base).filter((file) => numbers === undefined || numbers.includes(numberOf(file)));
  const contracts = await Promise.all(files.map((file) => load(file, base)));
  checkDescriptions(contracts, files);
  const partOf = ({ part }: Contract) => part?.name ?? '';
  return contracts.sort((a, b) => a.connection - b.connection || partOf(a).localeCompare(partOf(b)));
}
