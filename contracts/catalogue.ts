import { readdirSync } from 'node:fs';
import { connectionByNumber, systemSlug } from './architecture.ts';
import { type Contract, ContractError } from './contract.ts';

const folder = new URL('./connections/', import.meta.url);

/** The name a contract's file must have: \`26-tenant-service--config-service\`, without its ending. */
export function contractFileName(number: number): string | undefined {
  const row = connectionByNumber(number);
  if (row === undefined) return undefined;
  return `${String(number).padStart(2, '0')}-${systemSlug(row.source)}--${systemSlug(row.destination)}`;
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
  const expected = contractFileName(contract.connection);
  const name = file.replace(/\.[jt]s$/, '');
  if (name !== expected) {
    throw new ContractError(
      `contracts/connections/${file}: it holds connection ${contract.connection}, whose file is called ${expected}`,
    );
  }
  return contract;
}

/**
 * Loads every contract of the connections folder, ordered by number.
 * @throws {ContractError} naming the file that cannot be loaded, has no contract, is named for another connection, or is
 * the second one of its connection
 */
export async function loadContracts(base: URL = folder): Promise<Contract[]> {
  const files = readdirSync(base).filter((file) => /\.[jt]s$/.test(file) && !/\.(test|d)\.[jt]s$/.test(file));
  const contracts = await Promise.all(files.map((file) => load(file, base)));
  for (const [index, { connection }] of contracts.entries()) {
    const first = contracts.findIndex((each) => each.connection === connection);
    if (first === index) continue;
    throw new ContractError(
      `contracts/connections/${files[index]}: connection ${connection} has its contract in ${files[first]} already`,
    );
  }
  return contracts.sort((a, b) => a.connection - b.connection);
}
