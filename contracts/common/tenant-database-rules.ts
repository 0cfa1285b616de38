import { type Interaction, inferred, type Step, state } from '../contract.ts';
import { dialect } from '../dialect.ts';
import type { Template } from '../matchers.ts';
import type { PostgresContent, SqlResult, SqlRow, SqlStatement } from '../messages/postgres.ts';
import { world } from '../world.ts';
import { holds, refused } from './postgres-steps.ts';
import { loginOf, loginRow, newcomerRow, newDnRow, personRow } from './tenant-database.ts';

/** What the tables of a tenant's database refuse by themselves: by constraint and by type. */

const { tables } = dialect.postgres;
const { objectStates } = dialect.tcp.configuration;
const { tenant, dns } = world;
const [ada, ben, cleo] = world.persons;
const role = tenant.name;

export const configured = state('the tenant database holds the configuration', { tenant: tenant.name });
export const configurationRules =
  'Platform SDK documentation, introduction to the configuration layer objects, and CfgPerson';
export const errorCodes = 'PostgreSQL manual, appendix "PostgreSQL Error Codes"';

const harnessConstraint = (rule: string) =>
  inferred(`${rule}; that the database enforces it by a constraint is the harness's choice, the code is PostgreSQL's`);
export const onlyDestination = {
  side: 'destination',
  reason: 'a Tenant Service that keeps the object rules itself never sends this',
} as const;

/** A new row, as the tenant's own role writes it. */
export const insert = (table: string, set: Template<SqlRow>): Template<SqlStatement> => ({
  role,
  verb: 'INSERT',
  table,
  set,
});
/** Another value in a row that is there. */
export const update = (table: string, dbid: number, set: SqlRow, as: string = role): Template<SqlStatement> => ({
  role: as,
  verb: 'UPDATE',
  table,
  set,
  where: { dbid },
});

const nothingStored = holds(tables.person, { dbid: newcomerRow.dbid }, []);
const unchanged = holds(tables.person, { dbid: cleo.dbid }, [personRow(cleo)]);

const rule = (
  description: string,
  basis: Interaction['basis'],
  statement: Template<SqlStatement>,
  refusal: Pick<SqlResult, 'sqlstate' | 'column'>,
  after: Step<PostgresContent>,
): Interaction<PostgresContent> => ({
  description,
  basis,
  given: [configured],
  negative: true,
  only: onlyDestination,
  steps: [...refused(statement, refusal), after],
});

const unique = `${errorCodes}: 23505 unique_violation`;
const check = `${errorCodes}: 23514 check_violation`;
const newDn = newDnRow(tenant);
const adasLogin = loginRow(ada);
const newLogin = { ...adasLogin, dbid: 490 };

export const refusedByRules: readonly Interaction<PostgresContent>[] = [
  rule(
    'a second person with an employee ID of the same tenant is refused',
    harnessConstraint(`an employee ID tells the persons of a tenant apart; ${unique}`),
    insert(tables.person, { ...newcomerRow, employee_id: ada.employeeId }),
    { sqlstate: '23505' },
    nothingStored,
  ),
  rule(
    'a person without an employee ID is refused',
    harnessConstraint(`the employee ID is mandatory; ${errorCodes}: 23502 not_null_violation`),
    insert(tables.person, { ...newcomerRow, employee_id: null }),
    { sqlstate: '23502', column: 'employee_id' },
    nothingStored,
  ),
  rule(
    'a state other than enabled and disabled is refused',
    harnessConstraint(`a person's state is 1 or 2; ${check}`),
    update(tables.person, cleo.dbid, { state: 3 }),
    { sqlstate: '23514' },
    unchanged,
  ),
  rule(
    'a flag other than yes and no is refused',
    harnessConstraint(`a flag is 1 or 2; ${check}`),
    insert(tables.person, { ...newcomerRow, is_agent: 0 }),
    { sqlstate: '23514' },
    nothingStored,
  ),
  rule(
    'a person of a tenant that does not exist is refused',
    harnessConstraint(`every person belongs to a tenant; ${errorCodes}: 23503 foreign_key_violation`),
    insert(tables.person, { ...newcomerRow, tenant_dbid: 999 }),
    { sqlstate: '23503' },
    nothingStored,
  ),
  rule(
    'a second DN of one number and type at a switch is refused',
    harnessConstraint(`switch, number and type tell DNs apart; ${unique}`),
    insert(tables.dn, { ...newDn, dn_number: dns.agent.number }),
    { sqlstate: '23505' },
    holds(tables.dn, { dbid: newDn.dbid }, []),
  ),
  rule(
    'a second agent login of one code at a switch is refused',
    harnessConstraint(`switch and code tell agent logins apart; ${unique}`),
    insert(tables.agentLogin, newLogin),
    { sqlstate: '23505' },
    holds(tables.agentLogin, { dbid: newLogin.dbid }, []),
  ),
  rule(
    'an agent login that one person has is refused to a second one',
    harnessConstraint(`an agent login belongs to one person at a time; ${unique}`),
    insert(tables.loginInfo, { person_dbid: ben.dbid, agent_login_dbid: loginOf(ada).dbid }),
    { sqlstate: '23505' },
    holds(tables.loginInfo, { agent_login_dbid: loginOf(ada).dbid }, [
      { person_dbid: ada.dbid, agent_login_dbid: loginOf(ada).dbid },
    ]),
  ),
  rule(
    'a second tenant of one name is refused',
    harnessConstraint(`${configurationRules}: the name tells tenants apart; ${unique}`),
    insert(tables.tenant, {
      dbid: 290,
      name: tenant.name,
      is_service_provider: 1,
      state: objectStates.enabled,
      tenant_uuid: world.otherTenant.uuid,
    }),
    { sqlstate: '23505' },
    holds(tables.tenant, { dbid: 290 }, []),
  ),
  rule(
    'an employee ID of more than 64 characters is refused',
    inferred(
      `Interaction Concentrator, table GC_AGENT: an employee ID has up to 64 characters; ${errorCodes}: 22001 string_data_right_truncation`,
    ),
    insert(tables.person, { ...newcomerRow, employee_id: 'A'.repeat(65) }),
    { sqlstate: '22001' },
    nothingStored,
  ),
  {
    description: 'text in the place of a number is refused',
    basis: inferred(`states are numbers, and columns have types; ${errorCodes}: 22P02 invalid_text_representation`),
    given: [configured],
    negative: true,
    only: onlyDestination,
    steps: refused(
      { role, verb: 'SELECT', table: tables.person, columns: ['dbid'], where: { state: 'enabled' } },
      { sqlstate: '22P02' },
    ),
  },
];
