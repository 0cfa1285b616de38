/** A column of a table; it takes no NULL unless it says so. */
export interface SqlColumn {
  /** As SQL writes it: `varchar(255)`. */
  type: string;
  isNullable?: true;
  isUnique?: true;
  /** The values that it may have; any of its type when absent. */
  oneOf?: readonly number[];
  /** The table whose primary key it holds. */
  references?: string;
  /** Whether the row goes when the one that it refers to goes. */
  goesWithIt?: true;
}

export interface SqlTable {
  /** With its schema: `cfg.cfg_dn`. */
  name: string;
  /** What has to be known of it. */
  says?: string;
  columns: Readonly<Record<string, SqlColumn>>;
  primaryKey: readonly string[];
  /** Columns that no two rows have alike. */
  unique?: readonly (readonly string[])[];
  /** All that may be updated, even by the owner: the rest is fixed when a row is created. Everything when absent. */
  updatable?: readonly string[];
  /** Rows are seen and stored only where a column has the value of a setting of the database. */
  rowsOf?: { column: string; setting: string };
  /** What the reader may see; nothing when absent. */
  readable?: 'all' | readonly string[];
}

/** The tables of a database that a contract relies on. */
export interface SqlSchema {
  name: string;
  /** What has to be known of it. */
  says: string;
  /** A role that reads, and writes nothing. It exists already. */
  reader: string;
  /** In an order in which each refers only to those before it. */
  tables: readonly SqlTable[];
}

const listed = (names: readonly string[]) => names.join(', ');

/** Writes the statements that make a schema; whoever runs them owns it. For PostgreSQL 12 and later. */
export function schemaSql({ name, says, reader, tables }: SqlSchema): string {
  const statements = [
    `-- ${says}\nCREATE SCHEMA ${name};`,
    ...tables.map(createTable),
    ...tables.flatMap(fixedColumns),
    ...tables.flatMap(rowSecurity),
    `GRANT USAGE ON SCHEMA ${name} TO ${reader};`,
    ...tables.flatMap((table) => readRights(table, reader)),
  ];
  return `${statements.join('\n\n')}\n`;
}

function createTable({ name, says, columns, primaryKey, unique = [] }: SqlTable): string {
  const parts = [
    ...Object.entries(columns).map(([column, about]) => `${column} ${columnText(column, about)}`),
    `PRIMARY KEY (${listed(primaryKey)})`,
    ...unique.map((together) => `UNIQUE (${listed(together)})`),
  ];
  const comment = says === undefined ? '' : `-- ${says}\n`;
  return `${comment}CREATE TABLE ${name} (\n${parts.map((part) => `  ${part}`).join(',\n')}\n);`;
}

function columnText(name: string, { type, isNullable, isUnique, oneOf, references, goesWithIt }: SqlColumn): string {
  return [
    type,
    ...(isNullable ? [] : ['NOT NULL']),
    ...(isUnique ? ['UNIQUE'] : []),
    ...(oneOf === undefined ? [] : [`CHECK (${name} IN (${oneOf.join(', ')}))`]),
    ...(references === undefined ? [] : [`REFERENCES ${references}`]),
    ...(goesWithIt ? ['ON DELETE CASCADE'] : []),
  ].join(' ');
}

/** A right that the owner has not either: what is fixed at creation is no matter of a constraint. */
function fixedColumns({ name, updatable }: SqlTable): string[] {
  if (updatable === undefined) return [];
  return [
    `REVOKE UPDATE ON ${name} FROM CURRENT_USER;\nGRANT UPDATE (${listed(updatable)}) ON ${name} TO CURRENT_USER;`,
  ];
}

/** FORCE binds the owner of the table too. */
function rowSecurity({ name, rowsOf }: SqlTable): string[] {
  if (rowsOf === undefined) return [];
  const { column, setting } = rowsOf;
  return [
    [
      `ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY;`,
      `ALTER TABLE ${name} FORCE ROW LEVEL SECURITY;`,
      `CREATE POLICY rows_by_${column} ON ${name} USING (${column} = current_setting('${setting}', true)::integer);`,
    ].join('\n'),
  ];
}

function readRights({ name, readable }: SqlTable, reader: string): string[] {
  if (readable === undefined) return [];
  return [`GRANT SELECT${readable === 'all' ? '' : ` (${listed(readable)})`} ON ${name} TO ${reader};`];
}
