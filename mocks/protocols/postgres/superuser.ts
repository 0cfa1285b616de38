import { isNativeError } from 'node:util/types';
import type pg from 'pg';
import { type Address, UnreachableError } from '../../adapter.ts';
import { errorMessage, tlsFailureCode } from '../../error-code.ts';
import { closeSession, HARNESS_APPLICATION, NotPostgresError, openSession } from './client.ts';
import { isLost, isUnreachable } from './failure.ts';
import type { Row } from './service.ts';

const STATEMENT_TIMEOUT_MS = 30_000;

/** The harness's own sessions with a server, one a database, opened when first needed and again after they were lost. */
export class Superuser {
  readonly #at: Address;
  readonly #sessions = new Map<string, Promise<pg.Client>>();

  /** @param at with the superuser as `user`; a folder as `host` means the Unix socket there */
  constructor(at: Address) {
    this.#at = at;
  }

  /** Runs SQL; without values it may be several statements, of which the last one's rows are returned. */
  async run(sql: string, values: readonly unknown[] = [], database = this.#at.database ?? 'postgres'): Promise<Row[]> {
    const client = await this.#session(database);
    try {
      const result = values.length === 0 ? await client.query(sql) : await client.query(sql, [...values]);
      const last: unknown = Array.isArray(result) ? result.at(-1) : result;
      return (last as pg.QueryResult<Record<string, unknown>>).rows;
    } catch (cause) {
      // What ends a session is said before the session has ended; the next statement gets another one.
      if (isNativeError(cause) && 'severity' in cause && cause.severity === 'FATAL') this.#sessions.delete(database);
      const why = isLost(cause) ? 'the connection was lost' : errorMessage(cause);
      throw new Error(`the harness could not run "${firstLine(sql)}" in database ${database}: ${why}`, { cause });
    }
  }

  /** Ends its sessions; the next statement opens another one. */
  async close(): Promise<void> {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    await Promise.all(sessions.map(async (session) => session.then(closeSession, () => {})));
  }

  #session(database: string): Promise<pg.Client> {
    const known = this.#sessions.get(database);
    if (known !== undefined) return known;
    const opened = this.#open(database);
    this.#sessions.set(database, opened);
    const forget = () => {
      if (this.#sessions.get(database) === opened) this.#sessions.delete(database);
    };
    // A session that was reset says so at once, and only much later that it has ended.
    opened.then((client) => client.once('end', forget).once('error', forget), forget);
    return opened;
  }

  async #open(database: string): Promise<pg.Client> {
    const role = this.#at.user ?? 'postgres';
    const client = await openSession({
      at: this.#at,
      role,
      database,
      application: HARNESS_APPLICATION,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    }).catch((cause: unknown) => {
      const server = `PostgreSQL at ${this.#at.host}:${this.#at.port}`;
      const said = errorMessage(cause);
      const untrusted = tlsFailureCode(cause);
      const failed = untrusted === undefined ? said : `TLS failed (${untrusted})`;
      const reason = cause instanceof NotPostgresError ? `what answers does not speak its protocol: ${said}` : failed;
      const Kind = isUnreachable(cause) ? UnreachableError : Error;
      throw new Kind(`the harness could not enter database ${database} of ${server} as ${role}: ${reason}`, { cause });
    });
    // What the harness does itself would only fill the log. Who may not switch it off is a source of noise, no more.
    await client.query('SET log_statement = none').catch(() => {});
    return client;
  }
}

function firstLine(sql: string): string {
  const line = sql.trim().replace(/\s+/g, ' ');
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
