import type { ServiceMock } from '../../adapter.ts';

/** A row of an answer, by column. */
export type Row = Readonly<Record<string, unknown>>;

/** What the state handlers of a database act on. */
export interface PostgresWorld {
  /** The password of every role that the harness makes; random, for one run. */
  password: string;
  /** Runs SQL as the superuser, in the service's own database unless another one is named. */
  run(sql: string, values?: readonly unknown[], database?: string): Promise<readonly Row[]>;
  /**
   * Takes the server away: sessions are ended and new ones find nobody.
   * @returns how to bring it back
   * @throws Error with one sentence when the server is not the harness's own
   */
  outage(): Promise<() => Promise<void>>;
}

/** A database that real services use: what is in it, and the states it can be put in. */
export interface PostgresService extends ServiceMock<PostgresWorld> {
  /** The database that the contracts are about; `prepare` makes it. */
  database: string;
  /** The role that the source of the contracts has there. */
  role: string;
  /** Makes roles, databases and tables in a new server. */
  prepare(world: PostgresWorld): Promise<void>;
}
