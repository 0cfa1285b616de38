import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { Interaction } from '../../../contracts/contract.ts';
import type { MockServer } from '../../adapter.ts';
import { beginnings, complaints, given, interaction, watchedServer } from './fixtures/connection-13.ts';

let server: MockServer;
const undo: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  server = await watchedServer();
});
afterAll(() => server.close());
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

/** Statements go into one session of the Tenant Service, but for those that go into a second one. */
type Sent = string | [string, unknown[]] | { inSecond: string };

/** What is said of a source that sends these statements, those that fail included. */
async function sent(judged: Interaction, ...statements: Sent[]): Promise<string[]> {
  undo.push(await given(server, judged));
  const [first, second] = [new pg.Client(server.address), new pg.Client(server.address)];
  await Promise.all([first.connect(), second.connect()]);
  for (const each of statements) {
    const [text, values] = Array.isArray(each) ? each : [typeof each === 'string' ? each : each.inSecond, undefined];
    const session = typeof each === 'object' && 'inSecond' in each ? second : first;
    await session.query(text, values).catch(() => {});
  }
  await Promise.all([first.end(), second.end()]);
  await server.settled();
  return complaints(judged, { messages: server.exchanges().flatMap(({ messages }) => messages) }, 'source');
}

const add = interaction('added in one transaction');
const find = interaction('a DN is found');
const person = `INSERT INTO cfg.cfg_person
  (dbid, tenant_dbid, employee_id, user_name, first_name, last_name, email, is_agent, state)
  VALUES (115, 101, 'A5005', 'agent5', 'Eve', 'Example', 'e@x', 2, 1)`;
const optionOf = (dbid: number) => `INSERT INTO cfg.cfg_flex_prop
  (object_dbid, object_type, section, prop_name, prop_value) VALUES (${dbid}, 3, 'TServer', 'sip-cti-control', 'talk')`;
const option = optionOf(115);

describe('a source that keeps the contract', () => {
  test('may write its statements as it likes', async () => {
    const complaint = await sent(
      add,
      'set search_path = cfg',
      'select version()',
      'start transaction isolation level read committed',
      [
        `insert into CFG_PERSON (state, is_agent, dbid, tenant_dbid, employee_id, user_name, first_name, last_name, email)
          values ($1, $2, $3, 101, $4, 'agent5', $5, $6, $7)`,
        [1, '2', 120, 'A5005', 'Eve', 'Example', 'other@x'],
      ],
      [`insert into cfg_flex_prop as o values ($1::integer, 3, 'TServer', 'sip-cti-control', 'talk')`, ['120']],
      'commit',
    );
    expect(complaint).toEqual([]);
  });

  test('may read more columns, in a transaction of its own', async () => {
    const read = `SELECT * FROM cfg.cfg_dn d WHERE d.dn_number = '7001' AND 105 = d.switch_dbid`;
    expect(await sent(find, 'BEGIN READ ONLY', read, 'COMMIT')).toEqual([]);
  });
});

describe('a source that keeps the contract may ask for', () => {
  test.each(['REPEATABLE READ', 'SERIALIZABLE'])('%s', async (level) => {
    expect(await sent(add, `BEGIN ISOLATION LEVEL ${level}`, person, option, 'COMMIT')).toEqual([]);
  });
});

describe('a source that breaks the contract is caught with', () => {
  const missing = (step: number, what: string) =>
    `${step}: step ${step} of 10, from the source: expected ${what}, got nothing`;
  const rolledBack = ['5: $.verb: expected "INSERT", got "ROLLBACK"', '5: $.table: expected "cfg.cfg_flex_prop", got'];

  const elsewhere = (step: number, what: string) =>
    `${step}: step ${step} of 10, from the source: expected ${what} in the session "transaction", got it in another session`;

  test.each<{ what: string; statements: Sent[]; expected: string[] }>([
    {
      what: 'a statement in another session than its transaction',
      statements: ['BEGIN', person, { inSecond: option }, 'COMMIT'],
      expected: [elsewhere(5, 'INSERT cfg.cfg_flex_prop')],
    },
    {
      what: 'a transaction that is empty, since another session does its work',
      statements: ['BEGIN', { inSecond: person }, { inSecond: option }, 'COMMIT'],
      expected: [elsewhere(3, 'INSERT cfg.cfg_person'), elsewhere(5, 'INSERT cfg.cfg_flex_prop')],
    },
    {
      what: 'a value in the wrong column',
      statements: ['BEGIN', person.replace('first_name', 'password'), option, 'COMMIT'],
      expected: [
        '3: $.set.first_name: expected "Eve", got nothing',
        '3: $.set.password: expected no such key, got "Eve"',
      ],
    },
    {
      what: 'a column that is not there',
      statements: ['BEGIN', person.replace('first_name', 'given_name'), 'ROLLBACK'],
      expected: [
        '3: $.set.first_name: expected "Eve", got nothing',
        '3: $.set.given_name: expected no such key, got "Eve"',
        ...rolledBack,
        '5: $.set: expected an object, got nothing',
        missing(7, 'COMMIT'),
      ],
    },
    {
      what: 'a missing value',
      statements: ['BEGIN', person.replace("'A5005'", 'NULL'), 'ROLLBACK'],
      expected: [
        '3: $.set.employee_id: expected "A5005", got null',
        ...rolledBack,
        '5: $.set: expected an object, got nothing',
        missing(7, 'COMMIT'),
      ],
    },
    {
      what: 'a wrong value',
      statements: ['BEGIN', person.replace("'Example'", "'Exampel'"), option, 'COMMIT'],
      expected: ['3: $.set.last_name: expected "Example", got "Exampel"'],
    },
    {
      what: 'options of another object',
      statements: ['BEGIN', person, optionOf(116), 'COMMIT'],
      expected: ['5: $.set.object_dbid: expected 115, the value bound to person, got 116'],
    },
    {
      what: 'another order',
      statements: ['BEGIN', option, person, 'COMMIT'],
      expected: ['3: step 3 of 10, from the source: expected INSERT cfg.cfg_person in its place, got it came too late'],
    },
    { what: 'no transaction', statements: [person, option], expected: [missing(1, 'BEGIN'), missing(7, 'COMMIT')] },
    {
      what: 'a lost statement',
      statements: ['BEGIN', person, 'COMMIT'],
      expected: [missing(5, 'INSERT cfg.cfg_flex_prop')],
    },
    {
      what: 'a stray statement',
      statements: ['BEGIN', person, option, 'COMMIT', 'DELETE FROM cfg.cfg_flex_prop WHERE object_dbid = 5'],
      expected: ['0: source: expected no further message, got DELETE cfg.cfg_flex_prop'],
    },
    {
      what: 'a statement too many in its transaction',
      statements: ['BEGIN', person, option, 'UPDATE cfg.cfg_person SET state = 1', 'COMMIT'],
      expected: ['0: source: expected no such message, got UPDATE cfg.cfg_person'],
    },
    {
      what: 'a transaction that is taken back',
      statements: ['BEGIN', person, option, 'ROLLBACK'],
      expected: ['7: $.verb: expected "COMMIT", got "ROLLBACK"'],
    },
    {
      what: 'a conflict that is hidden',
      statements: ['BEGIN', `${person} ON CONFLICT DO NOTHING`, option, 'COMMIT'],
      expected: ["3: $.other: expected no such key, got { 'ON CONFLICT': 'DO NOTHING' }"],
    },
    {
      what: 'nothing at all',
      statements: [],
      expected: [
        missing(1, 'BEGIN'),
        missing(3, 'INSERT cfg.cfg_person'),
        missing(5, 'INSERT cfg.cfg_flex_prop'),
        missing(7, 'COMMIT'),
      ],
    },
  ])('$what', async ({ statements, expected }) => {
    const found = await sent(add, ...statements);
    expect(beginnings(found, expected)).toEqual(expected);
  });

  test('a condition that it has lost, one that is wider, and a column that it does not read', async () => {
    const disable = interaction('is disabled by state 2');
    const wide = `SELECT dbid, type, dn_number FROM cfg.cfg_dn WHERE dn_number = '7001' OR switch_dbid = 105`;
    const lost = await sent(disable, 'UPDATE cfg.cfg_person SET state = 2');
    expect(beginnings(lost, ['2: $.where.dbid: expected 113, got nothing'])).toEqual([
      '2: $.where.dbid: expected 113, got nothing',
    ]);
    const found = await sent(find, wide);
    expect(found.map((text) => text.split(':', 2).join(':'))).toEqual([
      '2: $.columns',
      '2: $.where.switch_dbid',
      '2: $.where.dn_number',
      '2: $.where.OR',
    ]);
    expect(found[0]).toContain('state');
  });
});
