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

/**
 * A connection number as a user writes it.
 * @throws {UsageError} when the table has no such row
 */
export function parseNumber(word: string): number {
  const number = /^\d{1,3}$/.test(word) ? Number(word) : Number.NaN;
  if (connectionByNumber(number) === undefined) {
    throw new UsageError(`"${word}" is no connection; expected a number from 1 to ${connections.length}`);
  }
  return number;
}

/** What the user wants to see verified. */
export interface Selection {
  numbers: readonly number[];
  /** Only connections that this system has a part in. */
  service?: SystemName;
}

/**
 * The contracts that a selection names.
 * @throws {UsageError} when a connection asked for by number has no contract, or when nothing is left
 */
export function select(contracts: readonly Contract[], { numbers, service }: Selection): Contract[] {
  const without = numbers.filter((number) => !contracts.some((contract) => contract.connection === number));
  if (without.length > 0) {
    const [is, has] = without.length === 1 ? ['connection', 'has'] : ['connections', 'have'];
    throw new UsageError(`${is} ${without.join(', ')} ${has} no contract; see "voxpact list"`);
  }
  const selected = contracts.filter((contract) => {
    const row = rowOf(contract);
    const asked = numbers.length === 0 || numbers.includes(contract.connection);
    return asked && (service === undefined || row.dials === service || row.listens === service);
  });
  if (selected.length === 0) {
    throw new UsageError(`no contract fits; nothing would be verified${service ? ` for ${service}` : ''}`);
  }
  return selected;
}
