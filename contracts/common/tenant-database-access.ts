import { assumed, type Interaction, inferred, type Step, state } from '../contract.ts';
import { dialect } from '../dialect.ts';
import type { Template } from '../matchers.ts';
import type { PostgresContent, PostgresSource, SqlRow, SqlStatement } from '../messages/postgres.ts';
import { world } from '../world.ts';
import { done, holds, refused } from './postgres-steps.ts';
import { agentDnRow, loginOf, loginRow, newDnRow, personRow } from './tenant-database.ts';
import {
  configurationRules,
  configured,
  errorCodes,
  insert,
  onlyDestination,
  update,
} from './tenant-database-rules.ts';

/** Who may do what in a tenant's database: by grants, by row security, and by being let in at all. */

const { tables, reader } = dialect.postgres;
const { flags } = dialect.tcp.configuration;
const { tenant, otherTenant, dns } = world;
const [ada, , cleo] = world.persons;
const role = tenant.name;

const noRight = `${errorCodes}: 42501 insufficient_privilege`;
const readersOnly = {
  side: 'destination',
  reason: 'the Tenant Service has the role that owns the data, it is no reader',
} as const;

const denied = (
  description: string,
  basis: Interaction['basis'],
  statement: Template<SqlStatement>,
  only: NonNullable<Interaction['only']>,
  after: readonly Step<PostgresContent>[] = [],
): Interaction<PostgresContent> => ({
  description,
  basis,
  given: [configured],
  negative: true,
  only,
  steps: [...refused(statement, { sqlstate: '42501' }), ...after],
});

/** What is fixed when an object is created has no right to be updated, not even for the owner of the table. */
const fixed = (
  description: string,
  fact: string,
  statement: Template<SqlStatement>,
  after: Step<PostgresContent>,
): Interaction<PostgresContent> =>
  denied(
    description,
    inferred(`${configurationRules}: ${fact}; a grant by columns makes the server refuse it with 42501`),
    statement,
    onlyDestination,
    [after],
  );
const cleoStays = holds(tables.person, { dbid: cleo.dbid }, [personRow(cleo)]);
const dnStays = holds(tables.dn, { dbid: dns.agent.dbid }, [agentDnRow]);

export const refusedByRights: readonly Interaction<PostgresContent>[] = [
  fixed(
    'whether a person is an agent cannot be changed after its creation',
    'isAgent is fixed when a person is created',
    update(tables.person, cleo.dbid, { is_agent: flags.no }),
    cleoStays,
  ),
  fixed(
    'a person stays with its tenant',
    'the tenant is fixed when a person is created',
    update(tables.person, cleo.dbid, { tenant_dbid: otherTenant.dbid }),
    cleoStays,
  ),
  ...Object.entries<SqlRow>({ switch: { switch_dbid: 999 }, type: { type: 5 }, number: { dn_number: '7999' } }).map(
    ([part, set]) =>
      fixed(
        `the ${part} of a DN stays as it was created`,
        'switch, type and number are fixed when a DN is created',
        update(tables.dn, dns.agent.dbid, set),
        dnStays,
      ),
  ),
  fixed(
    'an agent login stays at its switch',
    'the switch is fixed when an agent login is created',
    update(tables.agentLogin, loginOf(ada).dbid, { switch_dbid: 999 }),
    holds(tables.agentLogin, { dbid: loginOf(ada).dbid }, [loginRow(ada)]),
  ),
  denied(
    'a role that may only read cannot change a person',
    assumed(`readers have a role of their own without the right to write; ${noRight}`),
    update(tables.person, cleo.dbid, { first_name: 'Changed' }, reader),
    readersOnly,
    [cleoStays],
  ),
  denied(
    'a role that may only read sees no passwords',
    assumed(`readers are granted the columns of a person without its password; ${noRight}`),
    { role: reader, verb: 'SELECT', table: tables.person, columns: ['dbid', 'password'], where: { dbid: ada.dbid } },
    readersOnly,
  ),
  denied(
    'a role that may only read sees no options',
    assumed(`options may hold secrets, and readers are not granted them; ${noRight}`),
    { role: reader, verb: 'SELECT', table: tables.option, columns: ['prop_name'], where: { object_dbid: ada.dbid } },
    readersOnly,
  ),
];

export const grantedToReaders: readonly Interaction<PostgresContent>[] = [
  {
    description: 'a role that may only read sees persons with their agent logins',
    basis: assumed('readers are granted persons without their passwords, and agent logins'),
    given: [configured],
    only: readersOnly,
    steps: done(
      {
        role: reader,
        verb: 'SELECT',
        table: tables.person,
        columns: ['cfg_person.user_name', 'cfg_agent_login.login_code'],
        joins: {
          [tables.loginInfo]: { kind: 'INNER', on: { 'cfg_login_info.person_dbid': { column: 'cfg_person.dbid' } } },
          [tables.agentLogin]: {
            kind: 'INNER',
            on: { 'cfg_agent_login.dbid': { column: 'cfg_login_info.agent_login_dbid' } },
          },
        },
        where: { 'cfg_person.dbid': ada.dbid },
      },
      { rows: [{ user_name: ada.userName, login_code: loginOf(ada).code }] },
    ),
  },
];

const policies =
  'PostgreSQL manual, "Row Security Policies": rows that no policy allows are not seen and not stored, by the owner of the table neither where it is forced; that DNs have such a policy is assumed';
const foreignDn = newDnRow(otherTenant);
const twoTenants = state('another tenant has a DN in the database');

export const rowSecurity: readonly Interaction<PostgresContent>[] = [
  {
    description: 'a DN of another tenant is not stored',
    basis: inferred(`${policies}; ${noRight}`),
    given: [configured, twoTenants],
    negative: true,
    only: onlyDestination,
    steps: refused(insert(tables.dn, newDnRow(otherTenant, 1)), { sqlstate: '42501' }),
  },
  ...[role, reader].map(
    (who): Interaction<PostgresContent> => ({
      description: `a DN of another tenant is not seen by ${who === role ? 'the tenant' : 'a reader'}`,
      basis: inferred(policies),
      given: [configured, twoTenants],
      negative: true,
      only: { side: 'destination', reason: 'a Tenant Service asks for the DNs of its own tenant only' },
      steps: done(
        {
          role: who,
          verb: 'SELECT',
          table: tables.dn,
          columns: ['dbid'],
          where: { type: foreignDn.type, 'dn_number IN': [foreignDn.dn_number, dns.agent.number] },
        },
        { rows: [{ dbid: dns.agent.dbid }] },
      ),
    }),
  ),
];

const connect: PostgresSource = { verb: 'CONNECT', role, database: tenant.name };

export const refusedSessions: readonly Interaction<PostgresContent>[] = [
  {
    description: "another tenant's database lets nobody in",
    basis: inferred(
      'every tenant has its own database and user in the sample deployments, so no user needs a second database',
    ),
    given: [state('another tenant has its database', { tenant: otherTenant.name })],
    negative: true,
    only: { side: 'destination', reason: 'a Tenant Service is given the secrets of its own tenant only' },
    steps: refused({ verb: 'CONNECT', role, database: otherTenant.name }, { sqlstate: '42501' }),
  },
  {
    description: 'a session with another password is refused',
    basis: inferred(
      `every tenant has its own user and password in the sample deployments; ${errorCodes}: 28P01 invalid_password`,
    ),
    given: [state('the password is another one')],
    negative: true,
    only: { side: 'destination', reason: 'a Tenant Service that keeps the contract has the password it was given' },
    steps: refused(connect, { sqlstate: '28P01' }),
  },
  {
    description: 'a session more than the role may have is refused',
    basis: assumed(`a tenant has a limited number of sessions; ${errorCodes}: 53300 too_many_connections`),
    given: [state('the role may have no session', { role })],
    negative: true,
    only: { side: 'destination', reason: 'what the Tenant Service does without a session is in the outage' },
    steps: refused(connect, { sqlstate: '53300' }),
  },
  {
    description: 'while the role may only read, a change is refused and reading goes on',
    basis: assumed(
      `a server that fails over may only read for a while; ${errorCodes}: 25006 read_only_sql_transaction`,
    ),
    given: [configured, state('the role may only read', { role })],
    negative: true,
    only: { side: 'destination', reason: 'no document says what the Tenant Service does with a refused change' },
    steps: [...refused(update(tables.person, cleo.dbid, { first_name: 'Changed' }), { sqlstate: '25006' }), cleoStays],
  },
];
