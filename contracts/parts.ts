import { type Connection, connectionByNumber } from './architecture.ts';
import { type Contract, ContractError } from './contract.ts';

/**
 * The table's row of a contract; of a part, with what the part has otherwise.
 * @throws {ContractError} when the table has no such row
 */
export function rowOf({ connection, part }: Pick<Contract, 'connection' | 'part'>): Connection {
  const row = connectionByNumber(connection);
  if (row === undefined) throw new ContractError(`connection ${connection} is not in the connections table`);
  if (part === undefined) return row;
  const { name: _, source, destination, ...rest } = part;
  return {
    ...row,
    ...rest,
    ...(source === undefined ? {} : { source, dials: source }),
    ...(destination === undefined ? {} : { destination, listens: destination }),
  };
}

/** The port that a contract is about: its own, or the first that its row prints; undefined where there is none. */
export function portOf(contract: Contract): number | undefined {
  return contract.port ?? rowOf(contract).port.ports[0];
}

/** One contract a connection, by number: the interactions of all its parts together. */
export function wholeConnections(contracts: readonly Contract[]): Contract[] {
  return [...Map.groupBy(contracts, ({ connection }) => connection)]
    .map(([connection, parts]) => ({ connection, interactions: parts.flatMap(({ interactions }) => interactions) }))
    .sort((a, b) => a.connection - b.connection);
}
