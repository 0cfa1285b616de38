import { describe, expect, test } from '@jest/globals';
import { HARNESS_APPLICATION } from './client.ts';
import type { LogEntry } from './log.ts';
import { parametersOf, Transcript } from './transcript.ts';

const tables = new Map([['cfg.t', new Map([['id', 'int4']])]]);

/** The record of a log of these lines. */
function record(...lines: Partial<LogEntry>[]): unknown[][] {
  const transcript = new Transcript();
  for (const line of lines) transcript.take({ ...base, ...line }, tables, 5);
  return transcript.exchanges.map(({ messages }) => messages.map(({ content }) => content));
}

const base: LogEntry = {
  timestamp: '2025-10-09 08:53:20.125 UTC',
  user: 't100',
  dbname: 't100',
  session_id: 's1',
  error_severity: 'LOG',
  backend_type: 'client backend',
  ps: 'idle',
};
const role = 't100';

describe('the record of a server log', () => {
  test('a statement of its own is one exchange, a transaction is one', () => {
    expect(
      record(
        { message: 'statement: DELETE FROM cfg.t' },
        { message: 'statement: BEGIN' },
        { message: 'execute <unnamed>: DELETE FROM cfg.t WHERE id = $1', detail: `Parameters: $1 = '7'` },
        { message: 'execute S_3/C_4: COMMIT' },
        { message: 'statement: UPDATE cfg.t SET id = 1' },
      ),
    ).toEqual([
      [{ role, verb: 'DELETE', table: 'cfg.t', where: {} }],
      [
        { role, verb: 'BEGIN', isolation: 'READ COMMITTED' },
        { role, verb: 'DELETE', table: 'cfg.t', where: { id: 7 } },
        { role, verb: 'COMMIT' },
      ],
      [{ role, verb: 'UPDATE', table: 'cfg.t', set: { id: 1 }, where: {} }],
    ]);
  });

  test('two sessions do not mix, and keep the order between them', () => {
    expect(
      record(
        { message: 'statement: BEGIN' },
        { session_id: 's2', user: 'other', message: 'statement: DELETE FROM cfg.t' },
        { message: 'statement: DELETE FROM cfg.t' },
        { message: 'statement: ROLLBACK' },
      ),
    ).toEqual([
      [{ role, verb: 'BEGIN', isolation: 'READ COMMITTED' }],
      [{ role: 'other', verb: 'DELETE', table: 'cfg.t', where: {} }],
      [
        { role, verb: 'DELETE', table: 'cfg.t', where: {} },
        { role, verb: 'ROLLBACK' },
      ],
    ]);
  });

  test('a statement is recorded with its session', () => {
    const transcript = new Transcript();
    for (const session_id of ['s1', 's2', 's1']) {
      transcript.take({ ...base, session_id, message: 'statement: DELETE FROM cfg.t' }, tables, 5);
    }
    expect(transcript.exchanges.flatMap(({ messages }) => messages.map(({ session }) => session))).toEqual([
      's1',
      's2',
      's1',
    ]);
  });

  test('an error answers its statement', () => {
    const sql = 'INSERT INTO cfg.t (id) VALUES (1)';
    expect(
      record(
        { message: `statement: ${sql}` },
        { error_severity: 'ERROR', state_code: '23505', message: 'duplicate key', statement: sql },
      ),
    ).toEqual([
      [
        { role, verb: 'INSERT', table: 'cfg.t', set: { id: 1 } },
        { sqlstate: '23505', table: 'cfg.t' },
      ],
    ]);
  });

  test('a statement that was never run is known by its error', () => {
    expect(
      record({ error_severity: 'ERROR', state_code: '42703', message: 'no column', statement: 'DELETE FROM cfg.t' }),
    ).toEqual([
      [
        { role, verb: 'DELETE', table: 'cfg.t', where: {} },
        { sqlstate: '42703', table: 'cfg.t' },
      ],
    ]);
  });

  test('a refused session is an exchange, a session that is ended answers its statement', () => {
    expect(
      record(
        { message: 'connection authorized: user=t100', ps: 'authentication' },
        { error_severity: 'FATAL', state_code: '42501', message: 'permission denied', ps: 'startup' },
        { session_id: 's2', message: 'statement: DELETE FROM cfg.t' },
        { session_id: 's2', error_severity: 'FATAL', state_code: '57P01', message: 'terminating' },
      ),
    ).toEqual([
      [{ verb: 'CONNECT', role, database: 't100' }, { sqlstate: '42501' }],
      [
        { role, verb: 'DELETE', table: 'cfg.t', where: {} },
        { sqlstate: '57P01', table: 'cfg.t' },
      ],
    ]);
  });

  test.each([
    'statement: SELECT 1',
    'statement: SET search_path = cfg',
    'execute <unnamed>: SHOW server_version',
    'statement: SELECT typname FROM pg_catalog.pg_type',
    'statement: DEALLOCATE ALL',
    'execute fetch from S_1/C_2: DELETE FROM cfg.t',
    'disconnection: session time: 0:00:00.022',
  ])('what clients do on their own account is not recorded: %s', (message) => {
    expect(record({ message })).toEqual([]);
  });

  test('neither is what the harness or the server does itself', () => {
    const message = 'statement: DELETE FROM cfg.t';
    expect(record({ message, application_name: HARNESS_APPLICATION })).toEqual([]);
    expect(record({ message, backend_type: 'checkpointer' })).toEqual([]);
  });

  test('the record is bounded, and can be forgotten in the middle of a transaction', () => {
    const transcript = new Transcript();
    const take = (sql: string) => transcript.take({ ...base, message: `statement: ${sql}` }, tables, 5);
    for (let count = 0; count < 1_005; count += 1) take('DELETE FROM cfg.t');
    expect(transcript.exchanges.length).toBe(1_000);
    expect(transcript.exchanges[0]?.id).toBe(6);
    take('BEGIN');
    transcript.clear();
    expect(transcript.exchanges).toEqual([]);
    take('DELETE FROM cfg.t');
    take('COMMIT');
    expect(transcript.exchanges.map(({ messages }) => messages.length)).toEqual([2]);
  });
});

test('parameters are read as PostgreSQL prints them', () => {
  expect(parametersOf(`Parameters: $1 = '5', $2 = NULL, $3 = 'it''s, $4 = ''x''', $4 = ''`)).toEqual([
    '5',
    null,
    `it's, $4 = 'x'`,
    '',
  ]);
  expect(parametersOf(`unnamed portal with parameters: $1 = 'x', $2 = '7'`)).toEqual(['x', '7']);
  expect(parametersOf(`portal "p" with parameters: $1 = 'x'\nanother line`)).toEqual(['x']);
  expect(parametersOf(`unnamed portal parameter $2 = 'enabled'`)).toEqual([undefined, 'enabled']);
  expect(parametersOf(undefined)).toEqual([]);
  expect(parametersOf('something else')).toEqual([]);
});
