import { describe, expect, test } from '@jest/globals';
import { toSql } from './sql-text.ts';
import { type Logical, logical } from './statement.ts';
import type { Tables } from './tables.ts';

const tables: Tables = new Map([
  [
    'cfg.cfg_person',
    new Map([
      ['dbid', 'int4'],
      ['employee_id', 'varchar'],
      ['state', 'int2'],
      ['active', 'bool'],
      ['tenant_uuid', 'uuid'],
    ]),
  ],
  ['cfg.cfg_login_info', new Map([['person_dbid', 'int4']])],
]);
const read = (sql: string, values: string[] = []) => logical(sql, values, tables);

describe('the logical form of a statement', () => {
  const disabled: Logical = { verb: 'UPDATE', table: 'cfg.cfg_person', set: { state: 2 }, where: { dbid: 113 } };

  test.each([
    ['parameters', 'UPDATE cfg.cfg_person SET state = $1 WHERE dbid = $2', ['2', '113']],
    ['constants', 'UPDATE cfg.cfg_person SET state = 2 WHERE dbid = 113', []],
    ['case, white space and a comment', 'update CFG.cfg_person\n set STATE=2 -- off\n where (DBID = 113);', []],
    ['an alias', 'UPDATE cfg.cfg_person AS p SET state = 2 WHERE p.dbid = 113', []],
    ['a cast', 'UPDATE cfg.cfg_person SET state = $1::smallint WHERE dbid = CAST($2 AS integer)', ['2', '113']],
    ['quoted text', `UPDATE "cfg"."cfg_person" SET "state" = '2' WHERE '113' = dbid`, []],
    ['a search path', 'UPDATE cfg_person SET state = 2 WHERE dbid IN (113)', []],
  ])('%s make no difference', (_, sql, values) => {
    expect(read(sql, values)).toEqual([disabled]);
  });

  test('a select names its tables instead of their aliases', () => {
    const sql = `SELECT p.dbid, l.login_code AS code FROM cfg.cfg_person p
      LEFT JOIN cfg.cfg_login_info i ON p.dbid = i.person_dbid
      JOIN cfg.cfg_agent_login l ON l.dbid = i.agent_login_dbid
      WHERE p.state = $1 AND p.state <> 2 ORDER BY p.dbid DESC`;
    expect(read(sql, ['1'])).toEqual([
      {
        verb: 'SELECT',
        table: 'cfg.cfg_person',
        columns: ['cfg_person.dbid', 'cfg_agent_login.login_code'],
        joins: {
          'cfg.cfg_login_info': { kind: 'LEFT', on: { 'cfg_login_info.person_dbid': { column: 'cfg_person.dbid' } } },
          'cfg.cfg_agent_login': {
            kind: 'INNER',
            on: { 'cfg_agent_login.dbid': { column: 'cfg_login_info.agent_login_dbid' } },
          },
        },
        where: { 'cfg_person.state': 1, 'cfg_person.state <>': 2 },
        orderBy: ['cfg_person.dbid DESC'],
      },
    ]);
  });

  test('a star stands for the columns that the table has', () => {
    expect(read('SELECT * FROM cfg_login_info')[0]?.columns).toEqual(['person_dbid']);
    expect(read('SELECT * FROM elsewhere.unknown')[0]?.columns).toEqual(['*']);
  });

  test('an insert without column names uses the order of the table', () => {
    expect(read(`INSERT INTO cfg.cfg_person VALUES (1, 'A1', 1)`)[0]?.set).toEqual({
      dbid: 1,
      employee_id: 'A1',
      state: 1,
    });
  });

  test('an insert of two rows is two inserts', () => {
    expect(read(`INSERT INTO cfg.cfg_login_info (person_dbid) VALUES (1), ($1)`, ['2'])).toEqual([
      { verb: 'INSERT', table: 'cfg.cfg_login_info', set: { person_dbid: 1 } },
      { verb: 'INSERT', table: 'cfg.cfg_login_info', set: { person_dbid: 2 } },
    ]);
  });

  test('values have the type of their column', () => {
    const sql = 'INSERT INTO cfg.cfg_person (dbid, employee_id, active, tenant_uuid) VALUES ($1, $2, $3, $4)';
    expect(read(sql, ['7', '7', 't', 'ABCD'])[0]?.set).toEqual({
      dbid: 7,
      employee_id: '7',
      active: true,
      tenant_uuid: 'abcd',
    });
    expect(read('UPDATE cfg.cfg_person SET dbid = $1, employee_id = NULL, state = DEFAULT', ['x'])[0]?.set).toEqual({
      dbid: 'x',
      employee_id: null,
      state: { expression: 'DEFAULT' },
    });
  });

  test('transactions are statements, however they are begun', () => {
    expect(read('BEGIN; START TRANSACTION; COMMIT; ROLLBACK; ROLLBACK TO s')).toEqual([
      { verb: 'BEGIN', isolation: 'READ COMMITTED' },
      { verb: 'BEGIN', isolation: 'READ COMMITTED' },
      { verb: 'COMMIT' },
      { verb: 'ROLLBACK' },
      { verb: 'ROLLBACK TO', other: { SAVEPOINT: 's' } },
    ]);
  });

  test.each([
    ['begin isolation level repeatable read', 'REPEATABLE READ'],
    ['START TRANSACTION READ ONLY, ISOLATION LEVEL SERIALIZABLE, DEFERRABLE', 'SERIALIZABLE'],
    ['BEGIN TRANSACTION ISOLATION LEVEL READ COMMITTED', 'READ COMMITTED'],
    ['BEGIN WORK ISOLATION LEVEL READ UNCOMMITTED', 'READ COMMITTED'],
    ['BEGIN READ ONLY', 'READ COMMITTED'],
  ])('a transaction has the isolation that it asks for: %s', (sql, isolation) => {
    expect(read(sql)).toEqual([{ verb: 'BEGIN', isolation }]);
  });

  test.each([
    ['INSERT INTO cfg.cfg_login_info (person_dbid) VALUES (1) ON CONFLICT DO NOTHING', { 'ON CONFLICT': 'DO NOTHING' }],
    ['SELECT dbid FROM cfg.cfg_person LIMIT 5', { LIMIT: '5' }],
    ['INSERT INTO cfg.cfg_login_info (person_dbid) SELECT 1', { from: 'a SELECT of person_dbid' }],
    ['DROP TABLE cfg.cfg_person', { text: 'DROP TABLE cfg.cfg_person' }],
    ['SELECT 1; TRUNCATE é', { text: 'SELECT 1' }],
  ])('what has no place of its own is kept: %s', (sql, other) => {
    expect(read(sql)[0]?.other).toEqual(other);
  });

  test('text that is no SQL says so', () => {
    expect(read('SELEC 1')).toEqual([
      { verb: 'SELEC', other: { 'not SQL': 'syntax error at or near "SELEC": SELEC 1' } },
    ]);
    expect(read('')).toEqual([]);
  });

  test('negation and alternatives keep their conditions', () => {
    expect(read('DELETE FROM cfg.cfg_person WHERE (dbid = 1 OR state IS NULL) AND NOT active')[0]?.where).toEqual({
      OR: [{ dbid: 1 }, { 'state IS NULL': true }],
      NOT: [{ active: true }],
    });
  });
});

describe('SQL text of a contract statement', () => {
  test.each<Logical>([
    { verb: 'BEGIN', isolation: 'REPEATABLE READ' },
    {
      verb: 'INSERT',
      table: 'cfg.cfg_person',
      set: { dbid: 1, employee_id: `it's`, state: null },
      returning: ['dbid'],
    },
    {
      verb: 'UPDATE',
      table: 'cfg.cfg_person',
      set: { state: 2 },
      where: { 'dbid IN': [1, 2], 'employee_id IS NULL': true },
    },
    { verb: 'DELETE', table: 'cfg.cfg_person', where: { OR: [{ dbid: 1 }, { 'state >': 1 }] } },
    {
      verb: 'SELECT',
      table: 'cfg.cfg_person',
      columns: ['cfg_person.dbid'],
      joins: {
        'cfg.cfg_login_info': { kind: 'LEFT', on: { 'cfg_login_info.person_dbid': { column: 'cfg_person.dbid' } } },
      },
      where: { 'cfg_person.state': 1 },
      orderBy: ['cfg_person.dbid DESC'],
    },
  ])('reads back as the same statement: $verb', (statement) => {
    const { text, values } = toSql(statement);
    expect(logical(text, values as string[], tables)).toEqual([statement]);
  });

  test('values never become part of the text', () => {
    const { text, values } = toSql({ verb: 'DELETE', table: 'a.b', where: { c: `'; DROP TABLE a.b; --` } });
    expect(text).toBe('DELETE FROM "a"."b" WHERE "c" = $1');
    expect(values).toEqual([`'; DROP TABLE a.b; --`]);
  });

  test('what cannot be written is refused by name', () => {
    expect(() => toSql({ verb: 'SELECT', table: 'a.b', other: { LIMIT: '1' } })).toThrow(
      'a contract cannot send SELECT with LIMIT',
    );
    expect(() => toSql({ verb: 'MERGE', table: 'a.b' })).toThrow('a contract cannot send MERGE to a table');
  });
});
