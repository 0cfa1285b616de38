import { Socket } from 'node:net';
import pg from 'pg';
import type { Json } from '../../../contracts/matchers.ts';
import { type SqlResult, SUCCESS } from '../../../contracts/messages/postgres.ts';
import type { Address } from '../../adapter.ts';
import { trusting } from '../../common/trust.ts';
import { errorCode } from '../../error-code.ts';

/** What sessions of the harness call themselves; they are in no record. */
export const HARNESS_APPLICATION = 'voxpact-harness';

/** How long a server may take to let a client in. */
const CONNECT_TIMEOUT_MS = 10_000;
/** How long it may take to say goodbye. */
const CLOSE_TIMEOUT_MS = 1_000;

/** What a server may say first: authentication, error, notice, protocol version (manual, "Message Formats"), S for TLS. */
const FIRST_ANSWERS = new Set(Buffer.from('RENvS'));

/** The sockets of open sessions; the library does not give them out. */
const streams = new WeakMap<pg.Client, Socket>();

/** Somebody else answered. */
export class NotPostgresError extends Error {
  override name = 'NotPostgresError';

  constructor(bytes: Buffer) {
    super(`it begins with ${JSON.stringify(bytes.toString('latin1', 0, 20))}`);
  }
}

/** Who wants in where. */
export interface SessionOptions {
  at: Pick<Address, 'host' | 'port' | 'ca' | 'password'>;
  role: string;
  database: string;
  /** As the server's log names the session; a client of no name when absent. */
  application?: string;
  /** How long a statement may take; without limit when absent. */
  statementTimeoutMs?: number;
  connectTimeoutMs?: number;
  signal?: AbortSignal;
}

/** Whole numbers up to 32 bits and booleans get a type of JSON; all else stays the text that PostgreSQL prints. */
const types: pg.CustomTypesConfig = {
  getTypeParser(oid: number) {
    if (oid === pg.types.builtins.INT2 || oid === pg.types.builtins.INT4) return Number;
    if (oid === pg.types.builtins.BOOL) return (text: string) => text === 't';
    return (text: string) => text;
  },
};

/**
 * Opens a session.
 * @throws the server's refusal, with its SQLSTATE as `code`, or what the network said
 */
export async function openSession(options: SessionOptions): Promise<pg.Client> {
  const { at, role, database, application, statementTimeoutMs, signal } = options;
  signal?.throwIfAborted();
  const stream = new Socket();
  stream.once('data', (bytes) => {
    if (!FIRST_ANSWERS.has(bytes[0] ?? 0)) stream.destroy(new NotPostgresError(bytes));
  });
  const client = new pg.Client({
    host: at.host,
    port: at.port,
    user: role,
    database,
    types,
    stream: () => stream,
    connectionTimeoutMillis: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    ...(at.password === undefined ? {} : { password: at.password }),
    ...(at.ca === undefined ? {} : { ssl: { secureContext: trusting(at.ca) } }),
    ...(application === undefined ? {} : { application_name: application }),
    ...(statementTimeoutMs === undefined ? {} : { query_timeout: statementTimeoutMs }),
  });
  // A session that is lost between two statements says so again with the next one.
  client.on('error', () => {});
  streams.set(client, stream);
  const giveUp = () => void stream.destroy();
  signal?.addEventListener('abort', giveUp, { once: true });
  client.once('end', () => signal?.removeEventListener('abort', giveUp));
  try {
    await client.connect();
    return client;
  } catch (error) {
    signal?.removeEventListener('abort', giveUp);
    stream.destroy();
    signal?.throwIfAborted();
    throw error;
  }
}

/** Ends a session in good order, or at once when the server does not follow. */
export async function closeSession(client: pg.Client): Promise<void> {
  const stream = streams.get(client);
  const timer = setTimeout(() => stream?.destroy(), CLOSE_TIMEOUT_MS);
  try {
    await client.end();
  } catch {
    stream?.destroy();
  } finally {
    clearTimeout(timer);
  }
}

/** Sends one statement. @returns what the server answered, an error of the server included. @throws what is no answer */
export async function ask(client: pg.Client, text: string, values: unknown[], table?: string): Promise<SqlResult> {
  try {
    const { command, rowCount, rows } = await client.query<Record<string, Json>>(
      values.length === 0 ? { text } : { text, values },
    );
    return {
      sqlstate: SUCCESS,
      command,
      ...(table === undefined ? {} : { table }),
      ...(rowCount === null ? {} : { rowCount }),
      ...(rows.length === 0 && command !== 'SELECT' ? {} : { rows: rows.map((row) => ({ ...row })) }),
    };
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined) throw error;
    return { ...(table === undefined ? {} : { table }), ...refusal };
  }
}

/** The server's own error; undefined for what came from elsewhere. */
export function refusalOf(error: unknown): SqlResult | undefined {
  const sqlstate = errorCode(error);
  if (sqlstate === undefined || !/^[0-9A-Z]{5}$/.test(sqlstate) || !('severity' in (error as object))) return undefined;
  const { schema, table, column, constraint } = error as pg.DatabaseError;
  return {
    sqlstate,
    ...(table === undefined ? {} : { table: schema === undefined ? table : `${schema}.${table}` }),
    ...(column === undefined ? {} : { column }),
    ...(constraint === undefined ? {} : { constraint }),
  };
}
