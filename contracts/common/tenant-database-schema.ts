import { dialect } from '../dialect.ts';
import type { SqlColumn, SqlSchema } from '../sql-schema.ts';

const { objectStates, flags } = dialect.tcp.configuration;
const { tables, reader, schema } = dialect.postgres;

const dbid: SqlColumn = { type: 'integer' };
const number: SqlColumn = { type: 'smallint' };
const text = (length: number): SqlColumn => ({ type: `varchar(${length})` });
const perhaps = (column: SqlColumn): SqlColumn => ({ ...column, isNullable: true });
const state: SqlColumn = { ...number, oneOf: Object.values(objectStates) };
const flag: SqlColumn = { ...number, oneOf: Object.values(flags) };
const ofTenant = { tenant_dbid: { ...dbid, references: tables.tenant } };
const onSwitch = { ...ofTenant, switch_dbid: { ...dbid, references: tables.switch } };

/**
 * The database of a tenant, by what connection 13 relies on. The vendor's schema is not public: tables and columns follow public
 * community SQL, and the constraints are ours, so that a server refuses what the rules of configuration objects forbid.
 */
export const tenantDatabase: SqlSchema = {
  name: schema,
  says: 'A tenant database as connection 13 has it. The constraints are of the contract; the vendor publishes no schema.',
  reader,
  tables: [
    {
      name: tables.tenant,
      columns: {
        dbid,
        name: { ...text(255), isUnique: true },
        is_service_provider: flag,
        state,
        tenant_uuid: { type: 'uuid' },
      },
      primaryKey: ['dbid'],
      readable: 'all',
    },
    {
      name: tables.switch,
      columns: { dbid, ...ofTenant, name: text(255), state },
      primaryKey: ['dbid'],
      readable: 'all',
    },
    {
      name: tables.dn,
      columns: { dbid, ...onSwitch, type: number, dn_number: text(255), name: perhaps(text(255)), state },
      primaryKey: ['dbid'],
      unique: [['switch_dbid', 'dn_number', 'type']],
      updatable: ['name', 'state'],
      rowsOf: { column: 'tenant_dbid', setting: 'vm.tenant_dbid' },
      readable: 'all',
    },
    {
      name: tables.person,
      columns: {
        dbid,
        ...ofTenant,
        employee_id: text(64),
        user_name: { ...text(255), isUnique: true },
        first_name: perhaps(text(64)),
        last_name: perhaps(text(64)),
        email: perhaps(text(255)),
        password: perhaps(text(255)),
        is_agent: flag,
        state,
      },
      primaryKey: ['dbid'],
      unique: [['tenant_dbid', 'employee_id']],
      updatable: ['employee_id', 'user_name', 'first_name', 'last_name', 'email', 'password', 'state'],
      readable: ['dbid', 'tenant_dbid', 'employee_id', 'user_name', 'first_name', 'last_name', 'is_agent', 'state'],
    },
    {
      name: tables.agentLogin,
      columns: { dbid, ...onSwitch, login_code: text(255), state },
      primaryKey: ['dbid'],
      unique: [['switch_dbid', 'login_code']],
      updatable: ['login_code', 'state'],
      readable: 'all',
    },
    {
      name: tables.loginInfo,
      says: 'Which person uses which agent login. The link goes with either of the two.',
      columns: {
        person_dbid: { ...dbid, references: tables.person, goesWithIt: true },
        agent_login_dbid: { ...dbid, isUnique: true, references: tables.agentLogin, goesWithIt: true },
      },
      primaryKey: ['person_dbid', 'agent_login_dbid'],
      readable: 'all',
    },
    {
      name: tables.option,
      says: 'Options of objects of any type, so no single table can be referred to.',
      columns: {
        object_dbid: dbid,
        object_type: number,
        section: text(255),
        prop_name: text(255),
        prop_value: perhaps({ type: 'text' }),
      },
      primaryKey: ['object_type', 'object_dbid', 'section', 'prop_name'],
    },
  ],
};
