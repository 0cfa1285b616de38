import { dnTypes } from '../common/config-object.ts';
import { done, holds, inTransaction, perhapsInTransaction } from '../common/postgres-steps.ts';
import { loginOf, loginRow, newcomer, newcomerRow, personOption, personRow } from '../common/tenant-database.ts';
import { grantedToReaders, refusedByRights, refusedSessions, rowSecurity } from '../common/tenant-database-access.ts';
import { configurationRules, configured, insert, refusedByRules, update } from '../common/tenant-database-rules.ts';
import { transactionRules } from '../common/tenant-database-transactions.ts';
import { destination, type Interaction, inferred, source, state } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { arrayContaining, bind, bound, integer, string, type Template } from '../matchers.ts';
import type { PostgresContent, SqlRow, SqlStatement } from '../messages/postgres.ts';
import { world } from '../world.ts';

const { tables } = dialect.postgres;
const { objectStates, flags, objectTypes } = dialect.tcp.configuration;
const { tenant, dns } = world;
/** Each tenant's role and database bear the tenant's name. */
const role = tenant.name;
const [ada, ben, cleo] = world.persons;

const remove = (table: string, where: SqlRow): Template<SqlStatement> => ({ role, verb: 'DELETE', table, where });

const agentRow = (person: { dbid: number; employeeId: string; userName: string }, login: string | null) => ({
  dbid: person.dbid,
  employee_id: person.employeeId,
  user_name: person.userName,
  login_code: login,
});
const startupRead: Interaction<PostgresContent> = {
  description: 'at start all enabled agents are read with their logins, an agent without a login included',
  basis: inferred(
    'persons and agent logins are separate objects and SIP Cluster deployments may have no logins, so a left join is needed',
  ),
  given: [configured],
  steps: perhapsInTransaction(
    role,
    ...done(
      {
        role,
        verb: 'SELECT',
        table: tables.person,
        columns: arrayContaining(
          'cfg_person.dbid',
          'cfg_person.employee_id',
          'cfg_person.user_name',
          'cfg_agent_login.login_code',
        ),
        joins: {
          [tables.loginInfo]: { kind: 'LEFT', on: { 'cfg_login_info.person_dbid': { column: 'cfg_person.dbid' } } },
          [tables.agentLogin]: {
            kind: 'LEFT',
            on: { 'cfg_agent_login.dbid': { column: 'cfg_login_info.agent_login_dbid' } },
          },
        },
        where: { 'cfg_person.is_agent': flags.yes, 'cfg_person.state': objectStates.enabled },
        orderBy: ['cfg_person.dbid'],
      },
      { rows: [agentRow(ada, loginOf(ada).code), agentRow(ben, loginOf(ben).code), agentRow(cleo, null)] },
    ),
  ),
};

const findDn: Interaction<PostgresContent> = {
  description: 'a DN is found by its switch and number',
  basis: inferred(
    'switch_dbid and dn_number are documented filter keys; that the table has columns of the same names follows',
  ),
  given: [configured],
  steps: perhapsInTransaction(
    role,
    ...done(
      {
        role,
        verb: 'SELECT',
        table: tables.dn,
        columns: arrayContaining('dbid', 'type', 'dn_number', 'state'),
        where: { switch_dbid: world.switch.dbid, dn_number: dns.agent.number },
      },
      {
        rows: [
          {
            dbid: dns.agent.dbid,
            type: dnTypes.extension,
            dn_number: dns.agent.number,
            state: objectStates.enabled,
          },
        ],
      },
    ),
  ),
};

const newOption = personOption(newcomer.dbid, 'sip-cti-control', 'talk');
const addPerson: Interaction<PostgresContent> = {
  description: 'a person and its options are added in one transaction',
  basis: inferred('connection 9 publishes a person with its options, so none may be seen without the other'),
  given: [configured],
  steps: [
    ...inTransaction(
      role,
      ...done(
        insert(tables.person, {
          ...newcomerRow,
          dbid: bind('person', integer(newcomer.dbid)),
          email: string(newcomer.email),
        }),
        {
          rowCount: 1,
        },
      ),
      ...done(
        {
          role,
          verb: 'INSERT',
          table: tables.option,
          set: {
            ...newOption,
            object_dbid: bound('person', newcomer.dbid),
          },
        },
        { rowCount: 1 },
      ),
    ),
    holds(tables.person, { dbid: newcomer.dbid }, [{ ...newcomerRow, password: null }]),
    holds(tables.option, { object_dbid: newcomer.dbid }, [newOption]),
  ],
};

const disable: Interaction<PostgresContent> = {
  description: 'a person that leaves is disabled by state 2, and its row stays',
  basis: inferred(
    `${configurationRules}: state is mandatory and a DBID is never used again, so a person that others refer to is disabled`,
  ),
  given: [configured],
  steps: [
    ...perhapsInTransaction(
      role,
      ...done(update(tables.person, cleo.dbid, { state: objectStates.disabled }), { rowCount: 1 }),
    ),
    holds(tables.person, { dbid: cleo.dbid }, [{ ...personRow(cleo), state: objectStates.disabled }]),
  ],
};

const deletePerson: Interaction<PostgresContent> = {
  description: 'a deleted person takes its options and its place on agent logins with it, the agent login stays',
  basis: inferred(
    `${configurationRules}: deleting an object removes it from the lists that refer to it; options belong to their object`,
  ),
  given: [configured],
  steps: [
    ...inTransaction(
      role,
      ...done(remove(tables.option, { object_dbid: ada.dbid, object_type: objectTypes.person }), { rowCount: 1 }),
      ...done(remove(tables.person, { dbid: ada.dbid }), { rowCount: 1 }),
    ),
    holds(tables.person, { dbid: ada.dbid }, []),
    holds(tables.option, { object_dbid: ada.dbid, object_type: objectTypes.person }, []),
    holds(tables.loginInfo, { person_dbid: ada.dbid }, []),
    holds(tables.agentLogin, { dbid: loginOf(ada).dbid }, [loginRow(ada)]),
  ],
};

const outage: Interaction<PostgresContent> = {
  description: 'while the server is down the Tenant Service keeps asking for a session and gets none',
  basis: inferred(
    'the service goes on with its cached configuration, and can only take writes again after a new session',
  ),
  given: [state('the database server is down')],
  negative: true,
  only: { side: 'source', reason: 'a server that is down promises nothing' },
  steps: [
    source<PostgresContent>({ verb: 'CONNECT', role, database: tenant.name }, { repeat: true }),
    destination<PostgresContent>({ fault: 'refused' }, { lane: 'answers', repeat: true }),
  ],
};

export default defineContract<PostgresContent>({
  connection: 13,
  port: 5432,
  interactions: [
    startupRead,
    findDn,
    addPerson,
    disable,
    deletePerson,
    ...refusedByRules,
    ...transactionRules,
    ...refusedByRights,
    ...grantedToReaders,
    ...rowSecurity,
    ...refusedSessions,
    outage,
  ],
});
