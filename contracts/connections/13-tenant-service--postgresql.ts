import { dnTypes } from '../common/config-object.ts';
import { done, holds, inTransaction, perhapsInTransaction, refused } from '../common/postgres-steps.ts';
import { loginOf, loginRow, newcomer, personOption, personRow } from '../common/tenant-database.ts';
import { assumed, destination, type Interaction, inferred, source, state } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { arrayContaining, bind, bound, integer, string, type Template } from '../matchers.ts';
import type { PostgresContent, SqlRow, SqlStatement } from '../messages/postgres.ts';
import { world } from '../world.ts';

const { tables, reader } = dialect.postgres;
const { objectStates, flags, objectTypes } = dialect.tcp.configuration;
const { tenant, otherTenant, dns } = world;
const [ada, ben, cleo] = world.persons;

/** Each tenant's role and database bear the tenant's name. */
const role = tenant.name;
const configured = state('the tenant database holds the configuration', { tenant: tenant.name });

const configurationRules = 'Platform SDK documentation, introduction to the configuration layer objects, and CfgPerson';
const errorCodes = 'PostgreSQL manual, appendix "PostgreSQL Error Codes"';
const harnessConstraint = (rule: string) =>
  inferred(`${rule}; that the database enforces it by a constraint is the harness's choice, the code is PostgreSQL's`);
const ownRule = 'a Tenant Service that keeps the object rules itself never sends this';
const onlyDestination = { side: 'destination', reason: ownRule } as const;

const insertPerson = (row: Template<SqlRow>): Template<SqlStatement> => ({
  role,
  verb: 'INSERT',
  table: tables.person,
  set: row,
});
const updatePerson = (dbid: number, set: SqlRow, as: string = role): Template<SqlStatement> => ({
  role: as,
  verb: 'UPDATE',
  table: tables.person,
  set,
  where: { dbid },
});
const remove = (table: string, where: SqlRow): Template<SqlStatement> => ({ role, verb: 'DELETE', table, where });

/** A person that breaks no rule; the refused ones differ from it by what they are refused for. */
const goodRow = {
  dbid: newcomer.dbid,
  tenant_dbid: tenant.dbid,
  employee_id: newcomer.employeeId,
  user_name: newcomer.userName,
  first_name: newcomer.firstName,
  last_name: newcomer.lastName,
  email: newcomer.email,
  is_agent: flags.yes,
  state: objectStates.enabled,
};
const nothingStored = holds(tables.person, { dbid: newcomer.dbid }, []);

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
        insertPerson({ ...goodRow, dbid: bind('person', integer(newcomer.dbid)), email: string(newcomer.email) }),
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
    holds(tables.person, { dbid: newcomer.dbid }, [{ ...goodRow, password: null }]),
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
    ...perhapsInTransaction(role, ...done(updatePerson(cleo.dbid, { state: objectStates.disabled }), { rowCount: 1 })),
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

const duplicateEmployeeId: Interaction<PostgresContent> = {
  description: 'a second person with an employee ID of the same tenant is refused',
  basis: harnessConstraint(`an employee ID tells the persons of a tenant apart; ${errorCodes}: 23505 unique_violation`),
  given: [configured],
  negative: true,
  only: onlyDestination,
  steps: [...refused(insertPerson({ ...goodRow, employee_id: ada.employeeId }), { sqlstate: '23505' }), nothingStored],
};

const noEmployeeId: Interaction<PostgresContent> = {
  description: 'a person without an employee ID is refused',
  basis: harnessConstraint(`the employee ID is mandatory; ${errorCodes}: 23502 not_null_violation`),
  given: [configured],
  negative: true,
  only: onlyDestination,
  steps: [
    ...refused(insertPerson({ ...goodRow, employee_id: null }), { sqlstate: '23502', column: 'employee_id' }),
    nothingStored,
  ],
};

const unknownState: Interaction<PostgresContent> = {
  description: 'a state other than enabled and disabled is refused',
  basis: harnessConstraint(`a person's state is 1 or 2; ${errorCodes}: 23514 check_violation`),
  given: [configured],
  negative: true,
  only: onlyDestination,
  steps: [
    ...refused(updatePerson(cleo.dbid, { state: 3 }), { sqlstate: '23514' }),
    holds(tables.person, { dbid: cleo.dbid }, [personRow(cleo)]),
  ],
};

const unknownTenant: Interaction<PostgresContent> = {
  description: 'a person of a tenant that does not exist is refused',
  basis: harnessConstraint(`every person belongs to a tenant; ${errorCodes}: 23503 foreign_key_violation`),
  given: [configured],
  negative: true,
  only: onlyDestination,
  steps: [...refused(insertPerson({ ...goodRow, tenant_dbid: 999 }), { sqlstate: '23503' }), nothingStored],
};

const fixedAtCreation: Interaction<PostgresContent> = {
  description: 'whether a person is an agent cannot be changed after its creation',
  basis: inferred(
    `${configurationRules}: isAgent is fixed when a person is created; a grant by columns makes the server refuse it with 42501`,
  ),
  given: [configured],
  negative: true,
  only: onlyDestination,
  steps: [
    ...refused(updatePerson(cleo.dbid, { is_agent: flags.no }), { sqlstate: '42501' }),
    holds(tables.person, { dbid: cleo.dbid }, [personRow(cleo)]),
  ],
};

const readerWrites: Interaction<PostgresContent> = {
  description: 'a role that may only read cannot change a person',
  basis: assumed(
    `readers have a role of their own without the right to write; ${errorCodes}: 42501 insufficient_privilege`,
  ),
  given: [configured],
  negative: true,
  only: { side: 'destination', reason: 'the Tenant Service has the role that owns the data, it is no reader' },
  steps: [
    ...refused(updatePerson(cleo.dbid, { first_name: 'Changed' }, reader), { sqlstate: '42501' }),
    holds(tables.person, { dbid: cleo.dbid }, [personRow(cleo)]),
  ],
};

const foreignDatabase: Interaction<PostgresContent> = {
  description: "another tenant's database lets nobody in",
  basis: inferred(
    'every tenant has its own database and user in the sample deployments, so no user needs a second database',
  ),
  given: [state('another tenant has its database', { tenant: otherTenant.name })],
  negative: true,
  only: { side: 'destination', reason: 'a Tenant Service is given the secrets of its own tenant only' },
  steps: refused({ verb: 'CONNECT', role, database: otherTenant.name }, { sqlstate: '42501' }),
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
    duplicateEmployeeId,
    noEmployeeId,
    unknownState,
    unknownTenant,
    fixedAtCreation,
    readerWrites,
    foreignDatabase,
    outage,
  ],
});
