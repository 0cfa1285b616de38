import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { storedWorld } from '../../../contracts/common/tenant-database.ts';
import contract from '../../../contracts/connections/13-tenant-service--postgresql.ts';
import type { Contract } from '../../../contracts/contract.ts';
import type { MockServer, ServiceMock } from '../../adapter.ts';
import { adapter } from '../../protocols/postgres/adapter.ts';
import postgresql from './mock.ts';

let server: MockServer;
let superuser: pg.Client;
const undo: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  server = await adapter.serve({
    contracts: [contract as Contract],
    listen: { host: '127.0.0.1', port: 0 },
    service: postgresql as unknown as ServiceMock,
  });
  superuser = new pg.Client({ ...server.address, user: 'postgres' });
  await superuser.connect();
});
afterAll(async () => {
  await superuser?.end();
  await server?.close();
});
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

async function count(from: string, ...values: unknown[]): Promise<number> {
  return (await superuser.query(`SELECT 1 FROM ${from}`, values)).rows.length;
}

test('it has a handler for every state that the contract names, and no other', () => {
  const named = contract.interactions.flatMap(({ given }) => given.map(({ name }) => name));
  expect(Object.keys(postgresql.states).sort()).toEqual([...new Set(named)].sort());
});

test('the fixture world is stored from the start', async () => {
  for (const [table, rows] of storedWorld) expect([table, await count(table)]).toEqual([table, rows.length]);
});

const configured = { name: 'the tenant database holds the configuration', params: { tenant: 't100' } };

test('the configuration is restored, and rows of other tenants are left alone', async () => {
  await superuser.query(`INSERT INTO cfg.cfg_tenant VALUES (900, 'neighbour', 1, 1, gen_random_uuid())`);
  await superuser.query(
    `INSERT INTO cfg.cfg_person (dbid, tenant_dbid, employee_id, user_name, is_agent, state) VALUES (900, 900, 'N', 'n', 2, 1)`,
  );
  undo.push(() => superuser.query('DELETE FROM cfg.cfg_tenant WHERE dbid = 900'));
  undo.push(() => superuser.query('DELETE FROM cfg.cfg_person WHERE dbid = 900'));
  const state = await server.setState(configured);
  await superuser.query(`DELETE FROM cfg.cfg_person WHERE dbid = 111`);
  await superuser.query(`INSERT INTO cfg.cfg_flex_prop VALUES (115, 3, 'TServer', 'left', 'over')`);
  await state.undo();
  expect(await count('cfg.cfg_person WHERE tenant_dbid = 101')).toBe(4);
  expect(await count('cfg.cfg_flex_prop')).toBe(1);
  expect(await count('cfg.cfg_person WHERE tenant_dbid = 900')).toBe(1);
});

test('a configuration that was not there is taken away again', async () => {
  const first = await server.setState(configured);
  undo.push(() => first.undo());
  await superuser.query('TRUNCATE cfg.cfg_tenant, cfg.cfg_flex_prop CASCADE');
  const second = await server.setState(configured);
  expect(await count('cfg.cfg_person')).toBe(4);
  await second.undo();
  for (const [table] of storedWorld) expect([table, await count(table)]).toEqual([table, 0]);
});

test('the database of another tenant comes and goes, with its role', async () => {
  const state = { name: 'another tenant has its database', params: { tenant: 't200' } };
  const first = await server.setState(state);
  undo.push(() => first.undo());
  const second = await server.setState(state);
  await second.undo();
  expect(await count('pg_database WHERE datname = $1', 't200')).toBe(1);
  const other = new pg.Client({ ...server.address, user: 't200', database: 't200' });
  await other.connect();
  other.on('error', () => {});
  await first.undo();
  undo.length = 0;
  expect(await count('pg_database WHERE datname = $1', 't200')).toBe(0);
  expect(await count('pg_roles WHERE rolname = $1', 't200')).toBe(0);
  await other.end();
});

test('a reader sees persons without their passwords, and no options', async () => {
  const reader = new pg.Client({ ...server.address, user: 'vm_cfg_reader' });
  await reader.connect();
  undo.push(() => reader.end());
  expect((await reader.query('SELECT dbid, user_name FROM cfg.cfg_person')).rows.length).toBe(4);
  const refusal = expect.objectContaining({ code: '42501' });
  await expect(reader.query('SELECT password FROM cfg.cfg_person')).rejects.toEqual(refusal);
  await expect(reader.query('SELECT * FROM cfg.cfg_flex_prop')).rejects.toEqual(refusal);
});

const tenantRole = { role: 't100' };
/** What a new session of the tenant's role is told. */
async function asTenant(sql: string, password = server.address.password): Promise<unknown> {
  const tenant = new pg.Client({ ...server.address, password });
  await tenant.connect();
  try {
    return Object.values((await tenant.query(sql)).rows[0] ?? {})[0];
  } finally {
    await tenant.end();
  }
}
const refusedWith = (code: string) => expect.objectContaining({ code });

test('a DN of another tenant comes and goes, with that tenant, and only those who look past row security see it', async () => {
  const state = { name: 'another tenant has a DN in the database', params: {} };
  const { undo: leave } = await server.setState(state);
  undo.push(leave);
  const foreign = 'cfg.cfg_dn WHERE tenant_dbid = 201';
  expect(await count(foreign)).toBe(1);
  expect(await asTenant(`SELECT count(*)::int FROM ${foreign}`)).toBe(0);
  await leave();
  undo.length = 0;
  expect(await count(foreign)).toBe(0);
  expect(await count('cfg.cfg_tenant')).toBe(1);
});

test('another tenant that is there already stays', async () => {
  await superuser.query(`INSERT INTO cfg.cfg_tenant VALUES (201, 'mine', 1, 1, gen_random_uuid())`);
  undo.push(() => superuser.query('DELETE FROM cfg.cfg_tenant WHERE dbid = 201'));
  const state = await server.setState({ name: 'another tenant has a DN in the database', params: {} });
  await state.undo();
  expect(await count(`cfg.cfg_tenant WHERE name = 'mine'`)).toBe(1);
});

test('without the tenant that the database is of, nobody sees a DN', async () => {
  expect(await asTenant('SELECT count(*)::int FROM cfg.cfg_dn')).toBe(3);
  await superuser.query('ALTER DATABASE t100 RESET vm.tenant_dbid');
  undo.push(() => superuser.query(`ALTER DATABASE t100 SET vm.tenant_dbid = '101'`));
  expect(await asTenant('SELECT count(*)::int FROM cfg.cfg_dn')).toBe(0);
});

test('the role is let in again as often as before', async () => {
  const limit = `SELECT rolconnlimit FROM pg_roles WHERE rolname = 't100'`;
  const state = await server.setState({ name: 'the role may have no session', params: tenantRole });
  undo.push(() => state.undo());
  await expect(asTenant('SELECT 1')).rejects.toEqual(refusedWith('53300'));
  await state.undo();
  expect(await asTenant(limit)).toBe(20);
});

test('the role writes again as before, whatever it had set', async () => {
  const shown = 'SHOW default_transaction_read_only';
  await superuser.query('ALTER ROLE t100 SET default_transaction_read_only = off');
  undo.push(() => superuser.query('ALTER ROLE t100 RESET default_transaction_read_only'));
  const state = await server.setState({ name: 'the role may only read', params: tenantRole });
  expect(await asTenant(shown)).toBe('on');
  await state.undo();
  expect(await asTenant(shown)).toBe('off');
  const own = `pg_db_role_setting WHERE 'default_transaction_read_only=off' = ANY(setconfig)`;
  expect(await count(own)).toBe(1);
});

test('a state without its role says so', async () => {
  await expect(server.setState({ name: 'the role may only read', params: {} })).rejects.toThrow(
    'the provider state needs the parameter role as text, got undefined',
  );
});

test('the password that a state gives is not the one of the role', async () => {
  const { values } = await server.setState({ name: 'the password is another one', params: {} });
  await expect(asTenant('SELECT 1', values.password)).rejects.toEqual(refusedWith('28P01'));
});

test('a role does not wait for ever', async () => {
  expect(await asTenant('SHOW statement_timeout')).toBe('30s');
  expect(await asTenant('SHOW idle_in_transaction_session_timeout')).toBe('1min');
});
