import { type PostgresContent, type SqlResult, SUCCESS } from '../../../contracts/messages/postgres.ts';
import type { Exchange, ObservedMessage } from '../../adapter.ts';
import { HARNESS_APPLICATION } from './client.ts';
import type { LogEntry } from './log.ts';
import { type Logical, logical } from './statement.ts';
import type { Tables } from './tables.ts';

const RECORD_LIMIT = 1_000;

interface Open extends Exchange {
  messages: ObservedMessage[];
}

interface Session {
  /** As the log calls it. */
  id: string;
  exchange?: Open;
  inTransaction: boolean;
  /** The text of the last statement, to know an error's statement again. */
  statement?: string;
}

/** Words of clients about their own session, of no effect on what is stored. */
const HOUSEKEEPING = new Set([
  'SET',
  'RESET',
  'SHOW',
  'DISCARD',
  'DEALLOCATE',
  'LISTEN',
  'UNLISTEN',
  'SAVEPOINT',
  'RELEASE',
]);

/** How the log shows a statement, by the simple and by the extended protocol; a fetch goes on with one that it has shown. */
const STATEMENT = /^(?:statement|execute (?!fetch from )[^:]*): ([\s\S]*)$/;

function isOfClient({ application_name, backend_type = 'client backend' }: LogEntry): boolean {
  return application_name !== HARNESS_APPLICATION && backend_type === 'client backend';
}

/** Whether a line holds a statement of a source, for which the tables have to be known. */
export function hasStatement(entry: LogEntry): boolean {
  return isOfClient(entry) && (entry.error_severity === 'ERROR' || STATEMENT.test(entry.message ?? ''));
}

/**
 * Turns lines of the server's log into exchanges: a transaction is one, a statement outside of transactions is one, a
 * refused session is one. A transaction in which another session speaks goes on as a new exchange, so that the record keeps the
 * order of all that was sent. Of the answers the log shows errors only.
 */
export class Transcript {
  readonly #sessions = new Map<string, Session>();
  #exchanges: Open[] = [];
  #nextId = 1;

  /** The newest exchanges, oldest first. */
  get exchanges(): readonly Exchange[] {
    return this.#exchanges;
  }

  /** Forgets what is recorded. A transaction under way is recorded on as a new exchange. */
  clear(): void {
    this.#exchanges = [];
    for (const session of this.#sessions.values()) delete session.exchange;
  }

  /** Adds an exchange that the log cannot know. */
  add(messages: ObservedMessage[]): void {
    this.#open(messages);
  }

  /** Takes the next line. @param tables of the database that the line is about */
  take(entry: LogEntry, tables: Tables, atMs: number): void {
    const { session_id, message = '', error_severity } = entry;
    if (session_id === undefined || !isOfClient(entry)) return;
    const session = this.#sessions.get(session_id) ?? { id: session_id, inTransaction: false };
    this.#sessions.set(session_id, session);
    if (message.startsWith('disconnection:')) this.#sessions.delete(session_id);
    if (error_severity === 'ERROR') this.#error(entry, session, tables, atMs);
    if (error_severity === 'FATAL') this.#fatal(entry, session, atMs);
    if (error_severity === 'LOG') {
      const sql = STATEMENT.exec(message)?.[1];
      if (sql !== undefined) this.#statement(sql, entry, session, tables, atMs);
    }
  }

  #statement(sql: string, entry: LogEntry, session: Session, tables: Tables, atMs: number): void {
    session.statement = sql;
    const role = entry.user ?? '?';
    for (const each of logical(sql, parametersOf(entry.detail), tables)) {
      if (isHousekeeping(each)) continue;
      const content: PostgresContent = { role, ...each };
      const message: ObservedMessage = { from: 'source', content, atMs, session: session.id };
      const { exchange } = session;
      const isLast = exchange !== undefined && exchange === this.#exchanges.at(-1);
      if (session.inTransaction && isLast) exchange.messages.push(message);
      else session.exchange = this.#open([message]);
      if (each.verb === 'BEGIN') session.inTransaction = true;
      if (each.verb === 'COMMIT' || each.verb === 'ROLLBACK') session.inTransaction = false;
    }
  }

  #error(entry: LogEntry, session: Session, tables: Tables, atMs: number): void {
    // A statement that did not come to be executed (an unknown column, a missing right) is in the log only as part of its error.
    if (entry.statement !== undefined && entry.statement !== session.statement) {
      this.#statement(entry.statement, { ...entry, detail: entry.context ?? '' }, session, tables, atMs);
    }
    delete session.statement;
    session.exchange?.messages.push(answer(entry, atMs, session));
  }

  #fatal(entry: LogEntry, session: Session, atMs: number): void {
    const { user: role = '?', dbname: database = '?' } = entry;
    if (!['authentication', 'startup'].includes(entry.ps ?? '')) {
      session.exchange?.messages.push(answer(entry, atMs, session));
      return;
    }
    const content: PostgresContent = { verb: 'CONNECT', role, database };
    this.#open([{ from: 'source', content, atMs, session: session.id }, answer(entry, atMs, session)]);
  }

  #open(messages: ObservedMessage[]): Open {
    const exchange = { id: this.#nextId, messages };
    this.#nextId += 1;
    this.#exchanges.push(exchange);
    if (this.#exchanges.length > RECORD_LIMIT) this.#exchanges.shift();
    return exchange;
  }
}

function answer({ state_code }: LogEntry, atMs: number, { id, exchange }: Session): ObservedMessage {
  const last = exchange?.messages.findLast((each) => each.from === 'source')?.content;
  const table = typeof last === 'object' && last !== null && 'table' in last ? String(last.table) : undefined;
  const content: SqlResult = { sqlstate: state_code ?? SUCCESS, ...(table === undefined ? {} : { table }) };
  return { from: 'destination', content, atMs, session: id };
}

/** Clients look at the catalogue and say SELECT 1 on their own account. */
function isHousekeeping({ verb, table, other }: Logical): boolean {
  if (HOUSEKEEPING.has(verb)) return true;
  if (verb !== 'SELECT') return false;
  if (table !== undefined) return /^(pg_|information_schema\.)/.test(table);
  return other?.text !== undefined && !/\bfrom\b/i.test(other.text);
}

/**
 * Reads `Parameters: $1 = 'it''s', $2 = NULL`, as PostgreSQL prints the parameters of a statement, and what the context of an
 * error says of them: `unnamed portal with parameters: $1 = '7'`, or of the one at fault `unnamed portal parameter $1 = 'x'`.
 */
export function parametersOf(detail: string | undefined): (string | null)[] {
  const list = /^(?:.*portal.* )?(?:with )?parameters?:? (\$[\s\S]*)$/im.exec(detail ?? '')?.[1] ?? '';
  const values: (string | null)[] = [];
  for (const [, number, quoted] of list.matchAll(/\$(\d+) = (?:NULL|'((?:[^']|'')*)')/g)) {
    values[Number(number) - 1] = quoted?.replaceAll("''", "'") ?? null;
  }
  return values;
}
