import { readdirSync } from 'node:fs';
import { connectionByNumber, type SystemName, systemSlug } from './architecture.ts';
import { type Contract, ContractError } from './contract.ts';
import { rowOf } from './parts.ts';

const folder = new URL('./connections/', import.meta.url);

/**
 * The name that a contract's file must have, without its ending: `26-tenant-service--config-service`, and for a part, which may have
 * another source or destination than its row, `24-voicemail--object-storage.s3`. Undefined when the table has no such row.
 */
export function contractFileName(contract: Pick<Contract, 'connection' | 'part'>): string | undefined {
  const { connection, part } = contract;
  if (connectionByNumber(connection) === undefined) return undefined;
  const { source, destination } = rowOf(contract);
  const ends = `${systemSlug(source)}--${systemSlug(destination)}`;
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

/** Whether one of the systems is an end of the contract in a file: as the row of the table has it, or as a part is named. */
function endsAt(file: string, systems: readonly SystemName[]): boolean {
  const { dials, listens } = connectionByNumber(numberOf(file)) ?? {};
  const [, ends = ''] = /^\d+-([^.]*)/.exec(file) ?? [];
  return systems.some((system) => [dials, listens].includes(system) || ends.split('--').includes(systemSlug(system)));
}

/**
 * The connections that have a contract, in ascending order; known by the names of the files, of which none is loaded.
 * @param systems those only that one of these is an end of
 */
export function contractedNumbers(systems?: readonly SystemName[], base: URL = folder): number[] {
  const files = contractFiles(base).filter((file) => systems === undefined || endsAt(file, systems));
  return [...new Set(files.map(numberOf))].filter((number) => connectionByNumber(number) !== undefined);
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
