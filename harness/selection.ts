import { connectionByNumber, connections, type SystemName, systemSlug, systems } from '../contracts/architecture.ts';
import type { Contract } from '../contracts/contract.ts';
import { rowOf } from '../contracts/parts.ts';
import { UsageError } from './errors.ts';

/**
 * The system that a user's word means: its printed name or its slug (`config-service`).
 * @throws {UsageError} listing the systems
 */
export function parseSystem(word: string): SystemName {
  const slug = systemSlug(word);
  const found = systems.find((system) => systemSlug(system) === slug);
  if (found === undefined) {
    throw new UsageError(`there is no service "${word}"; the services are ${systems.map(systemSlug).join(', ')}`);
  }
  return found;
}

/** A connection that was asked for, or one part of it. */
export interface Asked {
  number: number;
  /** The name of the part; `main` is the contract that has none. */
  part?: string;
}

/**
 * A connection as a user writes it: `24`, or one part of it, `24.s3`.
 * @throws {UsageError} when the table has no such row
 */
export function parseAsked(word: string): Asked {
  const [, digits, part] = /^(\d{1,3})(?:\.([a-z][a-z0-9-]*))?$/.exec(word) ?? [];
  const number = Number(digits);
  if (connectionByNumber(number) === undefined) {
    throw new UsageError(`"${word}" is no connection; expected a number from 1 to ${connections.length}`);
  }
  return part === undefined ? { number } : { number, part };
}

/** The name by which a part is asked for. */
export function partName({ part }: Contract): string {
  return part?.name ?? 'main';
}

/** What the user wants to see verified. */
export interface Selection {
  /** Everything when empty. */
  asked: readonly Asked[];
  /** Only connections that this system has a part in. */
  service?: SystemName;
}

/** The connections whose contracts have to be loaded for what was asked; undefined when that is all. */
export function numbersOf(asked: readonly Asked[]): number[] | undefined {
  return asked.length === 0 ? undefined : asked.map(({ number }) => number);
}

function isAsked(contract: Contract, asked: readonly Asked[]): boolean {
  return asked.some(
    ({ number, part }) => number === contract.connection && (part === undefined || part === partName(contract)),
  );
}

function checkAsked(contracts: readonly Contract[], asked: readonly Asked[]): void {
  const own = (number: number) => contracts.filter((contract) => contract.connection === number);
  const without = asked.map(({ number }) => number).filter((number) => own(number).length === 0);
  if (without.length > 0) {
    const [is, has] = without.length === 1 ? ['connection', 'has'] : ['connections', 'have'];
    throw new UsageError(`${is} ${without.join(', ')} ${has} no contract; see "voxpact list"`);
  }
  for (const each of asked) {
    const parts = own(each.number).map(partName);
    if (each.part === undefined || parts.includes(each.part)) continue;
    throw new UsageError(`connection ${each.number} has no part "${each.part}"; it has ${parts.join(', ')}`);
  }
}

/**
 * The contracts that a selection names.
 * @throws {UsageError} when a connection asked for has no contract or no such part, or when nothing is left
 */
export function select(contracts: readonly Contract[], { asked, service }: Selection): Contract[] {
  checkAsked(contracts, asked);
  const selected = contracts.filter((contract) => {
    const row = rowOf(contract);
    if (asked.length > 0 && !isAsked(contract, asked)) return false;
    return service === undefined || row.dials === service || row.listens === service;
  });
  if (selected.length === 0) {
    throw new UsageError(`no contract fits; nothing would be verified${service ? ` for ${service}` : ''}`);
  }
  return selected;
}
