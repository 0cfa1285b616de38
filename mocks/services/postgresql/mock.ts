import { randomUUID } from 'node:crypto';
import { escapeIdentifier, escapeLiteral } from 'pg';
import { newcomer, newDnRow, storedWorld } from '../../../contracts/common/tenant-database.ts';
import { tenantDatabase } from '../../../contracts/common/tenant-database-schema.ts';
import { dialect } from '../../../contracts/dialect.ts';
import type { SqlConditions, SqlRow } from '../../../contracts/messages/postgres.ts';
import { schemaSql } from '../../../contracts/sql-schema.ts';
import { world as fixture } from '../../../contracts/world.ts';
import type { PostgresService, PostgresWorld } from '../../protocols/postgres/service.ts';
import { type SqlText, toSql } from '../../protocols/postgres/sql-text.ts';

const { tables, reader } = dialect.postgres;
const { flags, objectStates, objectTypes } = dialect.tcp.configuration;
const { tenant, otherTenant } = fixture;

const schema = schemaSql(tenantDatabase);

/** Makes a tenant's role, with limits to what it may leave lying, and its database, which only that role may enter. */
async function addTenant({ run, password }: PostgresWorld, name: string): Promise<void> {
  await run(
    `CREATE ROLE ${name} LOGIN PASSWORD '${password}' NOSUPERUSER NOCREATEDB NOCREATEROLE CONNECTION LIMIT 20;
      ALTER ROLE ${name} SET statement_timeout = '30s';
      ALTER ROLE ${name} SET idle_in_transaction_session_timeout = '60s'`,
    [],
    'postgres',
  );
  // The copy of files is faster than the log of changes where nothing is synced.
  await run(`CREATE DATABASE ${name} OWNER ${name} STRATEGY file_copy`, [], 'postgres');
  await run(`REVOKE CONNECT, TEMPORARY ON DATABASE ${name} FROM PUBLIC`, [], 'postgres');
}

/** Removes what there is of a tenant. Where a connection is lost it is said once more: twice does no more than once. */
async function removeTenant({ run }: PostgresWorld, name: string): Promise<void> {
  const remove = async () => {
    await run(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`, [], 'postgres');
    await run(`DROP ROLE IF EXISTS ${name}`, [], 'postgres');
  };
  await remove().catch(remove);
}

const ofTenant = { tenant_dbid: tenant.dbid };
const personsOfTenant = { expression: `(SELECT dbid FROM ${tables.person} WHERE tenant_dbid = ${tenant.dbid})` };
const fixturePersons = [...fixture.persons.map(({ dbid }) => dbid), newcomer.dbid];

/** Rows of the fixture's tenant, and of nobody else: the database may be a site's own. */
const removal: readonly (readonly [table: string, where: SqlConditions])[] = [
  [
    tables.option,
    {
      object_type: objectTypes.person,
      // A person that a source has deleted without its options is no longer found.
      OR: [{ 'object_dbid IN': fixturePersons }, { 'object_dbid IN': personsOfTenant }],
    },
  ],
  [tables.loginInfo, { 'person_dbid IN': personsOfTenant }],
  [tables.agentLogin, ofTenant],
  [tables.person, ofTenant],
  [tables.dn, ofTenant],
  [tables.switch, ofTenant],
  [tables.tenant, { dbid: tenant.dbid }],
];

/** Each is one text, which the server runs in one transaction. */
const removeFixture = script(removal.map(([table, where]) => toSql({ verb: 'DELETE', table, where })));
const storeFixture = `${removeFixture};\n${script(
  storedWorld.flatMap(([table, rows]) => rows.map((set) => toSql({ verb: 'INSERT', table, set }))),
)}`;

function script(statements: readonly SqlText[]): string {
  return statements.map(inlined).join(';\n');
}

/** The statement with its values written into the text. */
function inlined({ text, values }: SqlText): string {
  return text.replace(/\$(\d+)/g, (_, number) => {
    const value = values[Number(number) - 1];
    return value === null || value === undefined ? 'NULL' : escapeLiteral(String(value));
  });
}

const READ_ONLY = 'default_transaction_read_only';
/** What a role itself has set, in any database. */
const ownSetting = `SELECT split_part(setting, '=', 2) AS value
  FROM pg_db_role_setting JOIN pg_roles ON pg_roles.oid = setrole, unnest(setconfig) AS setting
  WHERE setdatabase = 0 AND rolname = $1 AND setting LIKE $2`;

const foreignTenant = {
  dbid: otherTenant.dbid,
  name: otherTenant.name,
  is_service_provider: flags.no,
  state: objectStates.enabled,
  tenant_uuid: otherTenant.uuid,
};
const foreignDns = [newDnRow(otherTenant, 0), newDnRow(otherTenant, 1)];

/** Stores a row where none has its key. @returns whether it did */
async function store({ run }: PostgresWorld, table: string, set: SqlRow): Promise<boolean> {
  return (await run(`${inlined(toSql({ verb: 'INSERT', table, set }))} ON CONFLICT DO NOTHING RETURNING 1`)).length > 0;
}

function roleOf({ role }: Readonly<Record<string, unknown>>): string {
  if (typeof role === 'string' && role !== '') return escapeIdentifier(role);
  throw new Error(`the provider state needs the parameter role as text, got ${JSON.stringify(role)}`);
}

async function databaseExists({ run }: PostgresWorld, name: string): Promise<boolean> {
  return (await run('SELECT 1 FROM pg_database WHERE datname = $1', [name], 'postgres')).length > 0;
}

/** PostgreSQL as the Tenant Service finds it: the real server with the tenants' roles, databases and tables. */
const postgresql: PostgresService = {
  system: 'PostgreSQL',
  database: tenant.name,
  role: tenant.name,
  notModelled: [
    'TLS, and the rules of pg_hba.conf by network',
    'tables of the vendor that no contract uses: the schema is not public',
    'replicas and failover, and sessions that an administrator ends',
    'a source that sets vm.tenant_dbid itself: row security believes it, as any role may set it',
    'DBIDs that are never used again: no constraint remembers what was deleted',
  ],
  async prepare(world) {
    await world.run(`CREATE ROLE ${reader} LOGIN PASSWORD '${world.password}'`, [], 'postgres');
    await addTenant(world, tenant.name);
    await world.run(`GRANT CONNECT ON DATABASE ${tenant.name} TO ${reader}`, [], 'postgres');
    await world.run(`GRANT CREATE ON DATABASE ${tenant.name} TO ${tenant.name}`, [], 'postgres');
    await world.run(`ALTER DATABASE ${tenant.name} SET vm.tenant_dbid = '${tenant.dbid}'`, [], 'postgres');
    await world.run(`SET ROLE ${tenant.name}; ${schema}; RESET ROLE`);
    await world.run(storeFixture);
  },
  states: {
    async 'the tenant database holds the configuration'(world) {
      const [stored] = await world.run(`SELECT 1 FROM ${tables.tenant} WHERE dbid = $1`, [tenant.dbid]);
      await world.run(storeFixture);
      return {
        async undo() {
          await world.run(stored === undefined ? removeFixture : storeFixture);
        },
      };
    },
    async 'another tenant has its database'(world, params) {
      const name = String(params.tenant ?? otherTenant.name);
      if (await databaseExists(world, name)) return {};
      const undo = () => removeTenant(world, name);
      try {
        await addTenant(world, name);
      } catch (error) {
        // Half a tenant would be taken for a whole one the next time.
        await undo();
        throw error;
      }
      return { undo };
    },
    async 'another tenant has a DN in the database'(world) {
      const newTenant = await store(world, tables.tenant, foreignTenant);
      await store(world, tables.dn, newDnRow(otherTenant));
      const dns = { tenant_dbid: otherTenant.dbid, 'dbid IN': foreignDns.map(({ dbid }) => dbid) };
      const stored = [
        toSql({ verb: 'DELETE', table: tables.dn, where: dns }),
        ...(newTenant ? [toSql({ verb: 'DELETE', table: tables.tenant, where: { dbid: otherTenant.dbid } })] : []),
      ];
      return {
        async undo() {
          await world.run(script(stored));
        },
      };
    },
    /** `role`: its name. It is refused another session; those that it has go on. */
    async 'the role may have no session'({ run }, params) {
      const role = roleOf(params);
      const [before] = await run('SELECT rolconnlimit FROM pg_roles WHERE rolname = $1', [params.role]);
      await run(`ALTER ROLE ${role} CONNECTION LIMIT 0`);
      return {
        async undo() {
          await run(`ALTER ROLE ${role} CONNECTION LIMIT ${Number(before?.rolconnlimit ?? -1)}`);
        },
      };
    },
    /** `role`: its name. The transactions of its next sessions only read. */
    async 'the role may only read'({ run }, params) {
      const role = roleOf(params);
      const [before] = await run(ownSetting, [params.role, `${READ_ONLY}=%`]);
      await run(`ALTER ROLE ${role} SET ${READ_ONLY} = on`);
      return {
        async undo() {
          const value = before === undefined ? 'DEFAULT' : escapeLiteral(String(before.value));
          await run(`ALTER ROLE ${role} SET ${READ_ONLY} = ${value}`);
        },
      };
    },
    'the password is another one': () => ({ values: { password: randomUUID() } }),
    async 'the database server is down'(world) {
      return { undo: await world.outage() };
    },
  },
};

export default postgresql;
