import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { MockServer } from '../../adapter.ts';
import {
  beginnings,
  complaints,
  given,
  interaction,
  interactions,
  play,
  watchedServer,
} from './fixtures/connection-13.ts';
import { type Rewriting, rewritingRelay } from './fixtures/rewriting-relay.ts';

let server: MockServer;
const undo: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  server = await watchedServer();
});
afterAll(() => server.close());
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

describe('the real server', () => {
  test.each(interactions.map((each) => [each.description, each] as const))('%s', async (_, each) => {
    const values: Record<string, string> = {};
    undo.push(await given(server, each, values));
    const observed = await play(each, server.address, undefined, values);
    await server.settled();
    expect(observed.failure).toBeUndefined();
    expect(complaints(each, observed, 'destination')).toEqual([]);
    const recorded = server.exchanges();
    const messages = recorded.flatMap((exchange) => exchange.messages);
    const sessions = (of: readonly { from: string; session?: string }[]) =>
      new Set(of.filter(({ from }) => from === 'source').map(({ session }) => session)).size;
    expect(sessions(messages)).toBe(sessions(each.steps));
    for (const exchange of recorded) expect(sessions(exchange.messages)).toBe(1);
    // A transaction is one exchange; only another session divides it.
    if (sessions(messages) === 1) expect(recorded.length).toBe(1);
    expect(complaints(each, { messages }, 'source')).toEqual([]);
  });
});

const person = 'ALTER TABLE cfg.cfg_person';
const loginInfo = 'ALTER TABLE cfg.cfg_login_info';
const removed = 'DELETE FROM cfg.cfg_person WHERE dbid = 115';
const link = 'CONSTRAINT cfg_login_info_person_dbid_fkey';
const cascade = `ADD ${link} FOREIGN KEY (person_dbid) REFERENCES cfg.cfg_person ON DELETE CASCADE`;
const stored = '3: $.holds.rows: expected an empty array, got [ { dbid: 115, ';

/** A defect as SQL, how it is mended, and the beginning of every complaint about it. */
interface Defect {
  what: string;
  part: string;
  sql: string;
  mend: string;
  expected: string[];
}

const defects: Defect[] = [
  {
    what: 'no unique employee ID',
    part: 'a second person with an employee ID',
    sql: `${person} DROP CONSTRAINT cfg_person_tenant_dbid_employee_id_key`,
    mend: `${removed}; ${person} ADD UNIQUE (tenant_dbid, employee_id)`,
    expected: ['2: $.sqlstate: expected "23505", got "00000"', stored],
  },
  {
    what: 'an employee ID that may be missing',
    part: 'without an employee ID',
    sql: `${person} ALTER employee_id DROP NOT NULL`,
    mend: `${removed}; ${person} ALTER employee_id SET NOT NULL`,
    expected: [
      '2: $.sqlstate: expected "23502", got "00000"',
      '2: $.column: expected "employee_id", got nothing',
      stored,
    ],
  },
  {
    what: 'another column that must not be missing',
    part: 'without an employee ID',
    sql: `${person} ALTER password SET DEFAULT NULL; UPDATE cfg.cfg_person SET password = '';
      ${person} ALTER password SET NOT NULL; ${person} ALTER employee_id DROP NOT NULL`,
    mend: `${person} ALTER password DROP NOT NULL; ${person} ALTER employee_id SET NOT NULL`,
    expected: ['2: $.column: expected "employee_id", got "password"'],
  },
  {
    what: 'no check of the state',
    part: 'a state other than',
    sql: `${person} DROP CONSTRAINT cfg_person_state_check`,
    mend: `UPDATE cfg.cfg_person SET state = 1 WHERE state = 3; ${person} ADD CHECK (state IN (1, 2))`,
    expected: ['2: $.sqlstate: expected "23514", got "00000"', '3: $.holds.rows[0].state: expected 1, got 3'],
  },
  {
    what: 'no reference to the tenant',
    part: 'a tenant that does not exist',
    sql: `${person} DROP CONSTRAINT cfg_person_tenant_dbid_fkey`,
    mend: `${removed}; ${person} ADD FOREIGN KEY (tenant_dbid) REFERENCES cfg.cfg_tenant`,
    expected: ['2: $.sqlstate: expected "23503", got "00000"', stored],
  },
  {
    what: 'a reader who may write',
    part: 'may only read cannot change',
    sql: 'GRANT SELECT, UPDATE ON cfg.cfg_person TO vm_cfg_reader',
    mend: 'REVOKE UPDATE ON cfg.cfg_person FROM vm_cfg_reader',
    expected: [
      '2: $.sqlstate: expected "42501", got "00000"',
      '3: $.holds.rows[0].first_name: expected "Cleo", got "Changed"',
    ],
  },
  {
    what: 'a column of another type',
    part: 'a DN is found',
    sql: 'ALTER TABLE cfg.cfg_dn ALTER type TYPE text',
    mend: 'ALTER TABLE cfg.cfg_dn ALTER type TYPE smallint USING type::smallint',
    expected: ['3: $.rows[0].type: expected 1, got "1"'],
  },
  {
    what: 'a column of another name',
    part: 'a DN is found',
    sql: 'ALTER TABLE cfg.cfg_dn RENAME dn_number TO number',
    mend: 'ALTER TABLE cfg.cfg_dn RENAME number TO dn_number',
    expected: [
      '3: $.sqlstate: expected "00000", got "42703"',
      '3: $.command: expected "SELECT", got nothing',
      '3: $.rowCount: expected 1, got nothing',
      '3: $.rows: expected an array, got nothing',
    ],
  },
  {
    what: 'a missing table',
    part: 'at start all enabled agents',
    sql: `${loginInfo} RENAME TO cfg_logins`,
    mend: 'ALTER TABLE cfg.cfg_logins RENAME TO cfg_login_info',
    expected: [
      '3: $.sqlstate: expected "00000", got "42P01"',
      '3: $.command: expected "SELECT", got nothing',
      '3: $.rowCount: expected 3, got nothing',
      '3: $.rows: expected an array, got nothing',
    ],
  },
  {
    what: 'a deletion that is refused instead of passed on',
    part: 'a deleted person',
    sql: `${loginInfo} DROP ${link}, ADD ${link} FOREIGN KEY (person_dbid) REFERENCES cfg.cfg_person`,
    mend: `${loginInfo} DROP ${link}, ${cascade}`,
    expected: [
      '6: $.sqlstate: expected "00000", got "23503"',
      '6: $.command: expected "DELETE", got nothing',
      '6: $.table: expected "cfg.cfg_person", got "cfg.cfg_login_info"',
      '6: $.rowCount: expected 1, got nothing',
      '8: $.command: expected "COMMIT", got "ROLLBACK"',
      '9: $.holds.rows: expected an empty array, got [ { dbid: 111, ',
      '10: $.holds.rows: expected an empty array, got [ { object_dbid: 111, ',
      '11: $.holds.rows: expected an empty array, got [ { person_dbid: 111, agent_login_dbid: 401 } ]',
    ],
  },
  {
    what: 'a link that outlives its person',
    part: 'a deleted person',
    sql: `${loginInfo} DROP ${link}`,
    mend: `DELETE FROM cfg.cfg_login_info WHERE person_dbid = 111; ${loginInfo} ${cascade}`,
    expected: ['11: $.holds.rows: expected an empty array, got [ { person_dbid: 111, agent_login_dbid: 401 } ]'],
  },
  {
    what: 'an agent login that goes with its person',
    part: 'a deleted person',
    sql: `CREATE FUNCTION cfg.spoil() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN DELETE FROM cfg.cfg_agent_login WHERE dbid = OLD.agent_login_dbid; RETURN OLD; END';
      CREATE TRIGGER spoil AFTER DELETE ON cfg.cfg_login_info FOR EACH ROW EXECUTE FUNCTION cfg.spoil();
      GRANT EXECUTE ON FUNCTION cfg.spoil TO PUBLIC`,
    mend: 'DROP FUNCTION cfg.spoil CASCADE',
    expected: ['12: $.holds.rows: expected an array of 1, got []'],
  },
  {
    what: 'an agent who can cease to be one',
    part: 'cannot be changed after its creation',
    sql: 'GRANT UPDATE (is_agent) ON cfg.cfg_person TO t100',
    mend: 'REVOKE UPDATE (is_agent) ON cfg.cfg_person FROM t100',
    expected: ['2: $.sqlstate: expected "42501", got "00000"', '3: $.holds.rows[0].is_agent: expected 2, got 1'],
  },
  {
    what: 'a DN whose type can change',
    part: 'the type of a DN',
    sql: 'GRANT UPDATE (type) ON cfg.cfg_dn TO t100',
    mend: 'REVOKE UPDATE (type) ON cfg.cfg_dn FROM t100; UPDATE cfg.cfg_dn SET type = 1 WHERE dbid = 301',
    expected: ['2: $.sqlstate: expected "42501", got "00000"', '3: $.holds.rows[0].type: expected 1, got 5'],
  },
  {
    what: 'a reader who sees passwords',
    part: 'sees no passwords',
    sql: 'GRANT SELECT (password) ON cfg.cfg_person TO vm_cfg_reader',
    mend: 'REVOKE SELECT (password) ON cfg.cfg_person FROM vm_cfg_reader',
    expected: ['2: $.sqlstate: expected "42501", got "00000"'],
  },
  {
    what: 'a reader who sees nothing',
    part: 'sees persons with their agent logins',
    sql: 'REVOKE USAGE ON SCHEMA cfg FROM vm_cfg_reader',
    mend: 'GRANT USAGE ON SCHEMA cfg TO vm_cfg_reader',
    expected: [
      '2: $.sqlstate: expected "00000", got "42501"',
      '2: $.command: expected "SELECT", got nothing',
      '2: $.rowCount: expected 1, got nothing',
      '2: $.rows: expected an array, got nothing',
    ],
  },
  {
    what: 'no row security',
    part: 'is not stored',
    sql: 'ALTER TABLE cfg.cfg_dn DISABLE ROW LEVEL SECURITY',
    mend: 'ALTER TABLE cfg.cfg_dn ENABLE ROW LEVEL SECURITY',
    expected: ['2: $.sqlstate: expected "42501", got "00000"'],
  },
  {
    what: 'row security that does not bind the owner of the table',
    part: 'not seen by the tenant',
    sql: 'ALTER TABLE cfg.cfg_dn NO FORCE ROW LEVEL SECURITY',
    mend: 'ALTER TABLE cfg.cfg_dn FORCE ROW LEVEL SECURITY',
    expected: ['2: $.rowCount: expected 1, got 2', '2: $.rows: expected an array of 1, got [ { dbid: '],
  },
  {
    what: 'a database that is of no tenant',
    part: 'a DN is found',
    sql: 'ALTER DATABASE t100 RESET vm.tenant_dbid',
    mend: `ALTER DATABASE t100 SET vm.tenant_dbid = '101'`,
    expected: ['3: $.rowCount: expected 1, got 0', '3: $.rows: expected an array of 1, got []'],
  },
  {
    what: 'an agent login for two persons',
    part: 'refused to a second one',
    sql: `${loginInfo} DROP CONSTRAINT cfg_login_info_agent_login_dbid_key`,
    mend: `DELETE FROM cfg.cfg_login_info WHERE person_dbid = 112 AND agent_login_dbid = 401;
      ${loginInfo} ADD UNIQUE (agent_login_dbid)`,
    expected: ['2: $.sqlstate: expected "23505", got "00000"', '3: $.holds.rows: expected an array of 1, got [ { '],
  },
  {
    what: 'an employee ID of any length',
    part: 'more than 64 characters',
    sql: `${person} ALTER employee_id TYPE text`,
    mend: `${removed}; ${person} ALTER employee_id TYPE varchar(64)`,
    expected: ['2: $.sqlstate: expected "22001", got "00000"', stored],
  },
  {
    what: 'a state that is text',
    part: 'text in the place of a number',
    sql: `${person} DROP CONSTRAINT cfg_person_state_check, ALTER state TYPE text`,
    mend: `${person} ALTER state TYPE smallint USING state::smallint, ADD CHECK (state IN (1, 2))`,
    expected: ['2: $.sqlstate: expected "22P02", got "00000"'],
  },
  {
    what: 'a trigger that changes what is stored',
    part: 'added in one transaction',
    sql: `CREATE FUNCTION cfg.spoil() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN NEW.last_name := upper(NEW.last_name); RETURN NEW; END';
      CREATE TRIGGER spoil BEFORE INSERT ON cfg.cfg_person FOR EACH ROW EXECUTE FUNCTION cfg.spoil()`,
    mend: 'DROP FUNCTION cfg.spoil CASCADE',
    expected: ['9: $.holds.rows[0].last_name: expected "Example", got "EXAMPLE"'],
  },
  {
    what: 'a role without sessions',
    part: 'a DN is found',
    sql: 'ALTER ROLE t100 CONNECTION LIMIT 0',
    mend: 'ALTER ROLE t100 CONNECTION LIMIT 20',
    expected: [
      '3: $.sqlstate: expected "00000", got "53300"',
      '3: $.command: expected "SELECT", got "CONNECT"',
      '3: $.table: expected "cfg.cfg_dn", got nothing',
      '3: $.rowCount: expected 1, got nothing',
      '3: $.rows: expected an array, got nothing',
    ],
  },
];

describe('a broken server is caught', () => {
  test.each(defects)('$what', async ({ part, sql, mend, expected }) => {
    const broken = interaction(part);
    undo.push(await given(server, broken));
    const set = await server.setState({ name: 'broken', params: { sql, undo: mend } });
    undo.push(() => set.undo());
    const observed = await play(broken, server.address);
    expect(observed.failure).toBeUndefined();
    const found = complaints(broken, observed, 'destination');
    expect(beginnings(found, expected)).toEqual(expected);
  });

  test('a database that lets other tenants in', async () => {
    const foreign = interaction("another tenant's database");
    undo.push(await given(server, foreign));
    const superuser = new pg.Client({ ...server.address, user: 'postgres' });
    await superuser.connect();
    undo.push(() => superuser.end());
    await superuser.query('GRANT CONNECT ON DATABASE t200 TO PUBLIC');
    const expected = ['2: $.sqlstate: expected "42501", got "00000"'];
    const found = complaints(foreign, await play(foreign, server.address), 'destination');
    expect(beginnings(found, expected)).toEqual(expected);
  });
});

const asLevelIsLost: Rewriting = [/BEGIN ISOLATION LEVEL (REPEATABLE READ|SERIALIZABLE)/, 'BEGIN'];
const asStatementsAreAlone: Rewriting = [/BEGIN ISOLATION LEVEL READ COMMITTED/, 'RESET ROLE'];
const refusalDidNotCome = (step: number) => [`${step}: $.sqlstate: expected "40001", got "00000"`];

describe('a pooler in front of the server is caught', () => {
  test.each<{ what: string; part: string; rewriting: Rewriting; expected: string[] }>([
    {
      what: 'commits each statement for itself, so that others see a change before its transaction is done',
      part: 'reads a row as it was until',
      rewriting: asStatementsAreAlone,
      expected: ['2: $.command: expected "BEGIN", got "RESET"', '8: $.rows[0].state: expected 1, got 2'],
    },
    {
      what: 'commits each statement for itself, so that what is rolled back is there',
      part: 'what is rolled back',
      rewriting: asStatementsAreAlone,
      expected: [
        '2: $.command: expected "BEGIN", got "RESET"',
        '6: $.rowCount: expected 0, got 1',
        '6: $.rows: expected an empty array, got [ { dbid: 115 } ]',
        '10: $.rowCount: expected 0, got 1',
        '10: $.rows: expected an empty array, got [ { dbid: 115 } ]',
        '11: $.holds.rows: expected an empty array, got [ { dbid: 115, ',
      ],
    },
    {
      what: 'loses the isolation level, so that the second reading sees more than the first',
      part: 'as of one moment in a REPEATABLE READ',
      rewriting: asLevelIsLost,
      expected: [
        '14: $.rows[0].state: expected 1, got 2',
        '16: $.rowCount: expected 1, got 0',
        '16: $.rows: expected an array of 1, got []',
      ],
    },
    ...['REPEATABLE READ', 'SERIALIZABLE'].map((level) => ({
      what: `loses the level ${level}, so that a change of somebody else is overwritten`,
      part: `since a ${level} transaction began`,
      rewriting: asLevelIsLost,
      expected: [...refusalDidNotCome(10)],
    })),
    {
      what: 'loses the isolation level, so that two transactions pass that do not bear one another',
      part: 'of two SERIALIZABLE transactions',
      rewriting: asLevelIsLost,
      expected: [...refusalDidNotCome(14)],
    },
  ])('that $what', async ({ part, rewriting, expected }) => {
    const broken = interaction(part);
    undo.push(await given(server, broken));
    const pooler = await rewritingRelay(server.address, rewriting);
    undo.push(() => pooler.close());
    const observed = await play(broken, pooler.address);
    expect(observed.failure).toBeUndefined();
    const found = complaints(broken, observed, 'destination');
    expect(beginnings(found, expected)).toEqual(expected);
  });
});
