import type { Json } from '../matchers.ts';
import type { MessageProfile } from './profile.ts';

/**
 * A value of a statement, typed as the column it stands for: numbers for whole-number columns up to 32 bits, booleans, and
 * text for everything else. A column in a value's place is `{ column }`; what only the server can work out is
 * `{ expression }`.
 */
export type SqlValue =
  | string
  | number
  | boolean
  | null
  | { readonly column: string }
  | { readonly expression: string }
  | readonly SqlValue[];

/** Values by column. */
export type SqlRow = Readonly<Record<string, SqlValue>>;

/**
 * Conditions that all hold, by column. A bare column is "equals"; any other operator follows the column: `state <>`,
 * `dbid IN`, `email IS NULL` (with the value true). Alternatives stand as a list under `OR`.
 */
export type SqlConditions = { readonly [column: string]: SqlValue | readonly SqlConditions[] };

/** Another table of a SELECT, and what joins it to the ones before. */
export interface SqlJoin {
  kind: 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'CROSS';
  on: SqlConditions;
}

/**
 * One SQL statement, by what it does instead of how it is written: no white space, no aliases, no parameter numbers, and a
 * constant is the same as a parameter. Tables carry their schema. Columns stand alone where the statement has one table,
 * and behind their table's name (`cfg_person.dbid`) where it has several.
 */
export interface SqlStatement {
  /** The database role that sends it. */
  role: string;
  /** `SELECT`, `INSERT`, `UPDATE`, `DELETE`, `BEGIN`, `COMMIT`, `ROLLBACK`; another statement's own first word. */
  verb: string;
  /**
   * How far a transaction is kept from what others commit meanwhile, as its BEGIN asks for it: `READ COMMITTED`, which the
   * server takes where nothing is asked for, `REPEATABLE READ` or `SERIALIZABLE` (manual, 13.2).
   */
  isolation?: string;
  /** The table written to, or the first one read. */
  table?: string;
  /** What a SELECT asks for. */
  columns?: readonly string[];
  /** The other tables of a SELECT. */
  joins?: Readonly<Record<string, SqlJoin>>;
  /** What an INSERT or UPDATE writes. */
  set?: SqlRow;
  where?: SqlConditions;
  orderBy?: readonly string[];
  /** Columns that a writing statement asks back. */
  returning?: readonly string[];
  /** Parts that have no place above (`LIMIT`, `ON CONFLICT`, a whole unusual statement), as text by their keyword. */
  other?: Readonly<Record<string, string>>;
}

/** The opening of a session. Written out only where that is the point; any other statement opens one as needed. */
export interface SqlConnect {
  verb: 'CONNECT';
  role: string;
  database: string;
}

/** What the server answers a statement or the opening of a session. */
export interface SqlResult {
  /** `00000` for success, else the error's code; its text is for people and differs between versions and languages. */
  sqlstate: string;
  /** What was done: the first word of the server's command tag. A COMMIT of a failed transaction says `ROLLBACK`. */
  command?: string;
  /** Of the statement that is answered, or the error's own. */
  table?: string;
  /** As the error names it. */
  column?: string;
  /** As the error names it. */
  constraint?: string;
  rowCount?: number;
  rows?: readonly { readonly [column: string]: Json }[];
}

/** What the server holds once all statements are done, as another session finds it. */
export interface SqlHeld {
  holds: {
    table: string;
    where: SqlConditions;
    /** All columns of the rows that meet the conditions. */
    rows: readonly { readonly [column: string]: Json }[];
  };
}

/** No server took the session. */
export interface SqlFault {
  fault: 'refused';
}

export type PostgresSource = SqlStatement | SqlConnect;
export type PostgresDestination = SqlResult | SqlHeld | SqlFault;
export type PostgresContent = PostgresSource | PostgresDestination;

/** The SQLSTATE of success. */
export const SUCCESS = '00000';

/**
 * How PostgreSQL messages are compared: a statement must do what the contract says and nothing else, of an answer only what
 * the contract names is looked at.
 */
export const postgresProfile: MessageProfile = {
  strict: { source: ['$'], destination: [] },
  identity: {
    source: ['$.verb', '$.table', '$.role', '$.database'],
    destination: ['$.command', '$.table', '$.holds.table', '$.sqlstate', '$.fault'],
  },
  free: {
    source: [],
    destination: [
      {
        path: '$.constraint',
        reason: 'the names of constraints are those of one schema; SQLSTATE and column say the same on any',
      },
    ],
  },
  title(content) {
    const { verb, table, role, database, holds, fault, sqlstate, command } = fields(content);
    if (verb === 'CONNECT') return `a session of ${role} on database ${database}`;
    if (verb !== undefined) return named(verb, table);
    if (holds !== undefined) return `what ${fields(holds).table} holds`;
    if (fault !== undefined) return 'no server';
    if (sqlstate !== undefined) return `SQLSTATE ${sqlstate}${command || table ? ` for ${named(command, table)}` : ''}`;
    return 'not a PostgreSQL message';
  },
};

function fields(content: unknown): Record<string, unknown> {
  return typeof content === 'object' && content !== null ? { ...content } : {};
}

function named(...words: unknown[]): string {
  return words.filter((word) => word !== undefined).join(' ');
}
