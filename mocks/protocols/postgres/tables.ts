/** The columns of a database by table with schema (`cfg.cfg_person`), each with PostgreSQL's own name of its type (`int4`). */
export type Tables = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** A query that gives one row a column. */
export type TablesQuery = (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;

// The system catalogue itself: the views of information_schema take ten times as long, and hide what the role may not use.
const COLUMNS = `SELECT n.nspname || '.' || c.relname AS "table", a.attname AS "column", t.typname AS "type"
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_type t ON t.oid = a.atttypid
  WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND n.nspname NOT IN ('pg_catalog', 'pg_toast', 'information_schema')
  ORDER BY n.nspname, c.relname, a.attnum`;

/** Reads the tables of a database as they are now. */
export async function readTables(query: TablesQuery): Promise<Tables> {
  const tables = new Map<string, Map<string, string>>();
  for (const row of await query(COLUMNS)) {
    const columns = tables.get(String(row.table)) ?? new Map<string, string>();
    tables.set(String(row.table), columns.set(String(row.column), String(row.type)));
  }
  return tables;
}

/** The table with its schema; a bare name is looked up, since a source may rely on its search path. */
export function qualified(schema: string | undefined, name: string, tables: Tables): string {
  if (schema !== undefined) return `${schema}.${name}`;
  const found = [...tables.keys()].filter((table) => table.endsWith(`.${name}`));
  return found.length === 1 && found[0] !== undefined ? found[0] : name;
}
