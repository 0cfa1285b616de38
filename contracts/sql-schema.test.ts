import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'libpg-query';
import { tenantDatabase } from './common/tenant-database-schema.ts';
import contract from './connections/13-tenant-service--postgresql.ts';
import { compile } from './matching.ts';
import type { SqlStatement } from './messages/postgres.ts';
import { type SqlSchema, schemaSql } from './sql-schema.ts';

const text = schemaSql(tenantDatabase);

test('the committed schema is what the contracts give', () => {
  expect(readFileSync(new URL('./sql/tenant-database.sql', import.meta.url), 'utf8')).toBe(text);
});

test("PostgreSQL's own parser takes it", async () => {
  const { stmts } = await parse(text);
  expect(stmts?.length).toBeGreaterThan(tenantDatabase.tables.length);
  await expect(parse(text.replace('PRIMARY KEY', 'PRIMARY'))).rejects.toThrow('syntax error');
});

/** Tables and columns that a statement names, as `cfg.cfg_dn.name`. */
function namesIn({
  table,
  columns = [],
  joins = {},
  set = {},
  where = {},
  orderBy = [],
  returning = [],
}: SqlStatement) {
  if (table === undefined) return [];
  const schema = table.split('.')[0];
  const bare = [...columns, ...Object.keys(set), ...Object.keys(where), ...orderBy, ...returning];
  const joined = Object.values(joins).flatMap(({ on }) => Object.keys(on));
  return [...bare, ...joined]
    .map((name) => name.replace(/ (ASC|DESC)$/, ''))
    .filter((name) => /^[a-z_.]+$/.test(name))
    .map((name) => (name.includes('.') ? `${schema}.${name}` : `${table}.${name}`));
}

/** Names of statements that every contract asks to be carried out, of which the schema has none. */
function missingIn({ tables }: SqlSchema): string[] {
  const known = new Set(
    tables.flatMap(({ name, columns }) => Object.keys(columns).map((column) => `${name}.${column}`)),
  );
  const named = contract.interactions.flatMap(({ steps }) =>
    steps
      .filter(({ from }) => from === 'source')
      .flatMap(({ content }) => namesIn(compile(content).example as unknown as SqlStatement)),
  );
  expect(named.length).toBeGreaterThan(100);
  return [...new Set(named)].filter((name) => !known.has(name));
}

test('it has every table and column that the contract names', () => {
  expect(missingIn(tenantDatabase)).toEqual([]);
});

test('a column that is left out is missed', () => {
  const [tenant, ...others] = tenantDatabase.tables;
  const tables = others.map((table) => {
    const { employee_id: _, ...columns } = table.columns;
    return { ...table, columns };
  });
  const missing = missingIn({ ...tenantDatabase, tables: tenant === undefined ? tables : [tenant, ...tables] });
  expect(missing).toEqual(['cfg.cfg_person.employee_id']);
});

test('a table is written with its rules', () => {
  const schema: SqlSchema = {
    name: 's',
    says: 'A test.',
    reader: 'r',
    tables: [
      {
        name: 's.child',
        says: 'Of a parent.',
        columns: {
          id: { type: 'integer' },
          of: { type: 'integer', references: 's.parent', goesWithIt: true },
          kind: { type: 'smallint', oneOf: [1, 2], isNullable: true, isUnique: true },
        },
        primaryKey: ['id'],
        unique: [['of', 'kind']],
        updatable: ['kind'],
        rowsOf: { column: 'of', setting: 's.of' },
        readable: ['id'],
      },
    ],
  };
  expect(schemaSql(schema)).toBe(`-- A test.
CREATE SCHEMA s;

-- Of a parent.
CREATE TABLE s.child (
  id integer NOT NULL,
  of integer NOT NULL REFERENCES s.parent ON DELETE CASCADE,
  kind smallint UNIQUE CHECK (kind IN (1, 2)),
  PRIMARY KEY (id),
  UNIQUE (of, kind)
);

REVOKE UPDATE ON s.child FROM CURRENT_USER;
GRANT UPDATE (kind) ON s.child TO CURRENT_USER;

ALTER TABLE s.child ENABLE ROW LEVEL SECURITY;
ALTER TABLE s.child FORCE ROW LEVEL SECURITY;
CREATE POLICY rows_by_of ON s.child USING (of = current_setting('s.of', true)::integer);

GRANT USAGE ON SCHEMA s TO r;

GRANT SELECT (id) ON s.child TO r;
`);
});
