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
