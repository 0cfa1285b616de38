import { afterAll, beforeAll, expect, test } from '@jest/globals';
import tenantDatabase from '../../contracts/connections/13-tenant-service--postgresql.ts';
import type { Contract } from '../../contracts/contract.ts';
import type { MockServer } from '../../mocks/adapter.ts';
import { adapter } from '../../mocks/protocols/postgres/adapter.ts';
import postgresql from '../../mocks/services/postgresql/mock.ts';
import { verifyScript } from './fixtures/exec.ts';

const contract = tenantDatabase as Contract;

let server: MockServer;
beforeAll(async () => {
  const service = postgresql as never;
  server = await adapter.serve({ contracts: [contract], listen: { host: '127.0.0.1', port: 0 }, service });
});
afterAll(() => server?.close());

const person = `INSERT INTO cfg.cfg_person
  (dbid, tenant_dbid, employee_id, user_name, first_name, last_name, email, is_agent, state)
  VALUES (115, 101, 'A5005', 'agent5', 'Eve', 'Example', 'eve@t100.voice.example', 2, 1)`;
const option = `INSERT INTO cfg.cfg_flex_prop (object_dbid, object_type, section, prop_name, prop_value)
  VALUES (115, 3, 'TServer', 'sip-cti-control', 'talk')`;
const disable = 'UPDATE cfg.cfg_person SET state = 2 WHERE dbid = 113';

/** Statements in one session, as psql reads them from its input; it ends with the first one that fails. */
const psql = (...statements: string[]) => `psql -XAtq -v ON_ERROR_STOP=1 -v VERBOSITY=terse >&2 <<'SQL'
${statements.map((each) => `${each};`).join('\n')}
SQL
`;

/** A Tenant Service as a shell script: what it does about each interaction, with psql. */
const login = `
export PGHOST="$VOXPACT_HOST" PGPORT="$VOXPACT_PORT" PGUSER="$VOXPACT_USER" PGPASSWORD="$VOXPACT_PASSWORD"
export PGDATABASE="$VOXPACT_DATABASE" PGCONNECT_TIMEOUT=5
`;
const tenantServiceScript = `
case "$VOXPACT_INTERACTION" in
  'at start'*) ${psql(`SELECT p.dbid, p.employee_id, p.user_name, l.login_code FROM cfg.cfg_person p
    LEFT JOIN cfg.cfg_login_info i ON i.person_dbid = p.dbid
    LEFT JOIN cfg.cfg_agent_login l ON l.dbid = i.agent_login_dbid
    WHERE p.is_agent = 2 AND p.state = 1 ORDER BY p.dbid`)} ;;
  'a DN is found'*) ${psql("SELECT dbid, type, dn_number, state FROM cfg.cfg_dn WHERE switch_dbid = 105 AND dn_number = '7001'")} ;;
  *'added in one transaction') ${psql('BEGIN', person, option, 'COMMIT')} ;;
  *'disabled by state 2'*) ${psql(disable)} ;;
  'a deleted person'*) ${psql(
    'BEGIN',
    'DELETE FROM cfg.cfg_flex_prop WHERE object_dbid = 111 AND object_type = 3',
    'DELETE FROM cfg.cfg_person WHERE dbid = 111',
    'COMMIT',
  )} ;;
  *'the server is down'*) ! psql -X -c '' ;;
  *) echo "nothing to do for $VOXPACT_INTERACTION" >&2; exit 1 ;;
esac`;

const ended = (interaction: string, error: string) =>
  `the exec line ended with exit code 3 for "${interaction}"; the last that it said: "ERROR:  ${error}"`;

function verified(part: string, script: string) {
  return verifyScript({ contract, part, adapter, server, script: () => `${login}${script}` });
}

test('psql that does what its connection promises passes', async () => {
  const { verdict, sentences } = await verified('', tenantServiceScript);
  expect(sentences).toEqual([]);
  expect(verdict).toBe('passed');
});

test.each([
  {
    what: 'names a column that is not there',
    part: 'added in one transaction',
    script: psql('BEGIN', person.replace('first_name', 'given_name'), option, 'COMMIT'),
    expected: [
      'INSERT cfg.cfg_person: $.set.first_name: expected "Eve", got nothing (the key is missing)',
      'INSERT cfg.cfg_person: $.set.given_name: expected no such key, got "Eve" (string)',
      'step 5 of 10, from the source: expected INSERT cfg.cfg_flex_prop, got nothing',
      'step 7 of 10, from the source: expected COMMIT, got nothing',
      ended(
        'a person and its options are added in one transaction',
        String.raw`column \"given_name\" of relation \"cfg_person\" does not exist at character 74`,
      ),
    ],
  },
  {
    what: 'breaks a constraint',
    part: 'added in one transaction',
    script: psql('BEGIN', person.replace("'A5005'", 'NULL'), option, 'COMMIT'),
    expected: [
      'INSERT cfg.cfg_person: $.set.employee_id: expected "A5005", got null',
      'step 5 of 10, from the source: expected INSERT cfg.cfg_flex_prop, got nothing',
      'step 7 of 10, from the source: expected COMMIT, got nothing',
      ended(
        'a person and its options are added in one transaction',
        String.raw`null value in column \"employee_id\" of relation \"cfg_person\" violates not-null constraint`,
      ),
    ],
  },
  {
    what: 'writes to another table',
    part: 'is disabled by state 2',
    script: psql(disable.replace('cfg_person', 'cfg_agent_login')),
    expected: ['UPDATE cfg.cfg_person: $.table: expected "cfg.cfg_person", got "cfg.cfg_agent_login" (string)'],
  },
  {
    what: 'comes as a role that may only read',
    part: 'is disabled by state 2',
    script: `PGUSER=vm_cfg_reader ${psql(disable)}`,
    expected: [
      'UPDATE cfg.cfg_person: $.role: expected "t100", got "vm_cfg_reader" (string)',
      ended('a person that leaves is disabled by state 2, and its row stays', 'permission denied for table cfg_person'),
    ],
  },
  {
    what: 'says more than its contract',
    part: 'is disabled by state 2',
    script: psql(disable, 'DELETE FROM cfg.cfg_person WHERE dbid = 113'),
    expected: [
      [
        'source: expected no further message, got DELETE cfg.cfg_person',
        '[connection 13 Tenant Service -> PostgreSQL] no interaction has this message: DELETE cfg.cfg_person.',
        'Nearest: "a deleted person takes its options and its place on agent logins with it, the agent login stays", but',
        '  $.where.dbid: expected 111, got 113 (number)',
      ].join('\n'),
    ],
  },
])('psql that $what fails', async ({ part, script, expected }) => {
  const { verdict, sentences } = await verified(part, script);
  expect(sentences).toEqual(expected);
  expect(verdict).toBe('failed');
});
