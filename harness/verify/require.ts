import { type Connection, connectionTitle } from '../../contracts/architecture.ts';
import type { Side } from '../../contracts/contract.ts';
import { type ConnectionResult, type Run, sideTitle } from './run.ts';
import { combine, type SideResult } from './verdict.ts';

/** One thing that `--require all` asks for and the run did not do. */
export interface Hole {
  /** The connection's number. */
  connection: number;
  /** Absent where the whole connection has no contract. */
  side?: Side;
  /** The description of the interaction; absent where the hole is not about one. */
  interaction?: string;
  /** One sentence. */
  message: string;
}

function holesOfSide({ contract }: ConnectionResult, side: Side, result: SideResult): Hole[] {
  const connection = contract.connection;
  const title = sideTitle(contract, side);
  const unexercised = contract.interactions
    .filter(({ only }) => only === undefined || only.side === side)
    .flatMap(({ description }): Hole[] => {
      const tried = result.interactions.find((each) => each.description === description);
      if (tried !== undefined && tried.messages > 0) return [];
      const why = tried?.reason ?? result.reason;
      const message = `${title}, "${description}" was not exercised${why === undefined ? '' : `: ${why}`}`;
      return [{ connection, side, interaction: description, message }];
    });
  const strays = (result.strays ?? []).map(({ title: what }): Hole => {
    return { connection, side, message: `${title}: ${what} was seen, which is in no interaction of a connection` };
  });
  return [...unexercised, ...strays];
}

/**
 * What is missing from a complete proof: connections without a contract, interactions that were not exercised on a side
 * that was asked for and can be judged, and traffic that is in no interaction of any connection.
 * @param asked the rows that were asked for
 */
export function holes(run: Run, asked: readonly Connection[]): Hole[] {
  return asked.flatMap((row): Hole[] => {
    const results = run.connections.filter(({ contract }) => contract.connection === row.number);
    if (results.length === 0) {
      return [{ connection: row.number, message: `${connectionTitle(row)} has no contract` }];
    }
    return results.flatMap((result) => [
      ...(result.destination === undefined ? [] : holesOfSide(result, 'destination', result.destination)),
      ...(result.source === undefined ? [] : holesOfSide(result, 'source', result.source)),
    ]);
  });
}

/** A run under the demand that nothing be missing: it has failed when something is, and says what. */
export function requireAll(run: Run, asked: readonly Connection[]): Run {
  const found = holes(run, asked);
  return {
    ...run,
    holes: found,
    verdict: found.length === 0 ? run.verdict : combine([run, { verdict: 'failed' }]),
  };
}
