import {
  type DeleteStmt,
  type InsertStmt,
  loadModule,
  type Node,
  type ParseResult,
  parseSync,
  type RangeVar,
  type RawStmt,
  type SelectStmt,
  type TransactionStmt,
  type UpdateStmt,
} from 'libpg-query';
import type { SqlJoin, SqlStatement, SqlValue } from '../../../contracts/messages/postgres.ts';
import { errorMessage } from '../../error-code.ts';
import { columnOf, conditionsOf, expressionText, nameParts, type Scope, sqlValue } from './expression.ts';
import { qualified, type Tables } from './tables.ts';

// PostgreSQL's own parser, compiled to WebAssembly; it has to be instantiated once.
await loadModule();

/** A statement in its logical form, before it is known who sent it. */
export type Logical = Omit<SqlStatement, 'role'>;

/**
 * Reads SQL text into its logical form; one entry a statement, and one a row where an INSERT has several.
 * @param values of the parameters $1, $2, ...; text as PostgreSQL prints it will do, since columns give values their type
 * @param tables of the database, for the types of columns, the schema of bare table names, and `SELECT *`
 * @returns one statement with the parser's complaint under `other` when the text is no SQL
 */
export function logical(sql: string, values: readonly SqlValue[] = [], tables: Tables = new Map()): Logical[] {
  // Drivers ask with it whether a session still lives.
  if (sql.trim() === '') return [];
  let parsed: ParseResult;
  try {
    parsed = parseSync(sql);
  } catch (error) {
    return [{ verb: firstWord(sql), other: { 'not SQL': `${errorMessage(error)}: ${shortened(sql)}` } }];
  }
  const context = { parameters: values, tables };
  return (parsed.stmts ?? []).flatMap((each) =>
    each.stmt === undefined ? [] : read(each.stmt, context, own(each, sql)),
  );
}

/** The text of one statement among several; the parser counts in bytes. */
function own({ stmt_location = 0, stmt_len }: RawStmt, sql: string): string {
  const bytes = Buffer.from(sql);
  return bytes.toString('utf8', stmt_location, stmt_len === undefined ? bytes.length : stmt_location + stmt_len);
}

type Context = Pick<Scope, 'parameters' | 'tables'>;

function read(stmt: Node, context: Context, sql: string): Logical[] {
  if ('TransactionStmt' in stmt) return [transaction(stmt.TransactionStmt)];
  if ('SelectStmt' in stmt) return [select(stmt.SelectStmt, context, sql)];
  if ('InsertStmt' in stmt) return insert(stmt.InsertStmt, context);
  if ('UpdateStmt' in stmt) return [update(stmt.UpdateStmt, context)];
  if ('DeleteStmt' in stmt) return [remove(stmt.DeleteStmt, context)];
  return [whole(sql)];
}

/** A statement that has no logical form of its own is kept as its text. */
function whole(sql: string): Logical {
  return { verb: firstWord(sql), other: { text: shortened(sql) } };
}

function transaction({ kind, savepoint_name, options }: TransactionStmt): Logical {
  const words = (kind ?? '').replace('TRANS_STMT_', '');
  if (words === 'BEGIN' || words === 'START') return { verb: 'BEGIN', isolation: isolationOf(options) };
  return savepoint_name ? { verb: words.replace('_', ' '), other: { SAVEPOINT: savepoint_name } } : { verb: words };
}

/** PostgreSQL knows no level below READ COMMITTED, though it takes the name of one (manual, 13.2). */
function isolationOf(options: readonly Node[] = []): string {
  const [level] = options.flatMap((node) => {
    if (!('DefElem' in node) || node.DefElem.defname !== 'transaction_isolation') return [];
    const { arg } = node.DefElem;
    return arg !== undefined && 'A_Const' in arg ? [arg.A_Const.sval?.sval?.toUpperCase()] : [];
  });
  return level === undefined || level === 'READ UNCOMMITTED' ? 'READ COMMITTED' : level;
}

interface From {
  table: string;
  joins: Record<string, SqlJoin>;
  scope: Scope;
}

function select(stmt: SelectStmt, context: Context, sql: string): Logical {
  const from = readFrom(stmt.fromClause ?? [], context);
  const plain = stmt.op === 'SETOP_NONE' && !stmt.withClause && !stmt.valuesLists && !stmt.intoClause;
  if (!plain || from === undefined) return whole(sql);
  const { table, joins, scope } = from;
  const other: Record<string, string> = {};
  if (stmt.distinctClause) other.DISTINCT = 'true';
  if (stmt.groupClause) other['GROUP BY'] = stmt.groupClause.map((each) => expressionText(each, scope)).join(', ');
  if (stmt.havingClause) other.HAVING = expressionText(stmt.havingClause, scope);
  if (stmt.limitCount) other.LIMIT = expressionText(stmt.limitCount, scope);
  if (stmt.limitOffset) other.OFFSET = expressionText(stmt.limitOffset, scope);
  if (stmt.lockingClause) other.FOR = 'a row lock';
  const orderBy = (stmt.sortClause ?? []).map((each) => sortText(each, scope));
  return {
    verb: 'SELECT',
    table,
    columns: targets(stmt.targetList, scope),
    ...(Object.keys(joins).length === 0 ? {} : { joins }),
    where: conditionsOf(stmt.whereClause, scope),
    ...(orderBy.length === 0 ? {} : { orderBy }),
    ...(Object.keys(other).length === 0 ? {} : { other }),
  };
}

/** Reads the tables of a FROM; undefined where it has none, or one that is no table (a subquery, a function). */
function readFrom(nodes: readonly Node[], context: Context): From | undefined {
  const found: { table: string; kind: SqlJoin['kind']; quals: Node | undefined }[] = [];
  const names = new Map<string, string>();
  const visit = (node: Node | undefined, kind: SqlJoin['kind'], quals?: Node): boolean => {
    if (node === undefined) return false;
    if ('RangeVar' in node) {
      const table = tableName(node.RangeVar, context.tables);
      names.set(aliasOf(node.RangeVar), table);
      found.push({ table, kind, quals });
      return true;
    }
    if (!('JoinExpr' in node)) return false;
    const { larg, rarg, quals: own, jointype } = node.JoinExpr;
    return visit(larg, kind, quals) && visit(rarg, joinKind(jointype, own), own);
  };
  if (!nodes.every((node) => visit(node, 'CROSS'))) return undefined;
  const [first, ...rest] = found;
  if (first === undefined) return undefined;
  const scope = { ...context, names };
  const joins = Object.fromEntries(
    rest.map(({ table, kind, quals }) => [table, { kind, on: conditionsOf(quals, scope, table) }]),
  );
  return { table: first.table, joins, scope };
}

function joinKind(type: string | undefined, quals: Node | undefined): SqlJoin['kind'] {
  if (type === 'JOIN_LEFT') return 'LEFT';
  if (type === 'JOIN_RIGHT') return 'RIGHT';
  if (type === 'JOIN_FULL') return 'FULL';
  return quals === undefined ? 'CROSS' : 'INNER';
}

function targets(nodes: readonly Node[] | undefined, scope: Scope): string[] {
  return (nodes ?? []).flatMap((node) => {
    if (!('ResTarget' in node)) return [];
    const { val } = node.ResTarget;
    if (val === undefined || !('ColumnRef' in val)) return [expressionText(val, scope)];
    const parts = nameParts(val.ColumnRef.fields);
    return parts.at(-1) === '*' ? everyColumn(parts.slice(0, -1), scope) : [columnOf(val.ColumnRef, scope).text];
  });
}

function everyColumn(qualifier: readonly string[], scope: Scope): string[] {
  const named = qualifier.at(-1);
  const wanted = named === undefined ? [...scope.names.keys()] : [named];
  const columns = wanted.flatMap((name) =>
    [...(scope.tables.get(scope.names.get(name) ?? '')?.keys() ?? [])].map(
      (column) => columnOf({ fields: [text(name), text(column)] }, scope).text,
    ),
  );
  return columns.length === 0 ? ['*'] : columns;
}

function text(sval: string): Node {
  return { String: { sval } };
}

function sortText(node: Node, scope: Scope): string {
  if (!('SortBy' in node)) return expressionText(node, scope);
  const { node: by, sortby_dir } = node.SortBy;
  return `${expressionText(by, scope)}${sortby_dir === 'SORTBY_DESC' ? ' DESC' : ''}`;
}

function insert(stmt: InsertStmt, context: Context): Logical[] {
  const { table, scope } = target(stmt.relation, context);
  const types = context.tables.get(table);
  const named = (stmt.cols ?? []).map((col) => ('ResTarget' in col ? (col.ResTarget.name ?? '?') : '?'));
  const columns = named.length > 0 ? named : [...(types?.keys() ?? [])];
  const rest = writingRest(stmt, scope);
  const source = stmt.selectStmt !== undefined && 'SelectStmt' in stmt.selectStmt ? stmt.selectStmt.SelectStmt : {};
  if (source.valuesLists === undefined) {
    const from = stmt.selectStmt === undefined ? 'DEFAULT VALUES' : `a SELECT of ${columns.join(', ')}`;
    return [{ verb: 'INSERT', table, ...rest, other: { ...rest.other, from } }];
  }
  return source.valuesLists.map((list) => {
    const items = 'List' in list ? (list.List.items ?? []) : [];
    const set = items.map((item, index) => {
      const column = columns[index] ?? `column ${index + 1}`;
      return [column, sqlValue(item, scope, types?.get(column))] as const;
    });
    return { verb: 'INSERT', table, set: Object.fromEntries(set), ...rest };
  });
}

function update(stmt: UpdateStmt, context: Context): Logical {
  const { table, scope } = target(stmt.relation, context);
  const types = context.tables.get(table);
  const set = (stmt.targetList ?? []).map((node) => {
    const { name = '?', val } = 'ResTarget' in node ? node.ResTarget : {};
    return [name, sqlValue(val, scope, types?.get(name))] as const;
  });
  const where = conditionsOf(stmt.whereClause, scope);
  return { verb: 'UPDATE', table, set: Object.fromEntries(set), where, ...writingRest(stmt, scope) };
}

function remove(stmt: DeleteStmt, context: Context): Logical {
  const { table, scope } = target(stmt.relation, context);
  return { verb: 'DELETE', table, where: conditionsOf(stmt.whereClause, scope), ...writingRest(stmt, scope) };
}

function target(relation: RangeVar | undefined, context: Context): { table: string; scope: Scope } {
  const table = tableName(relation ?? {}, context.tables);
  return { table, scope: { ...context, names: new Map([[aliasOf(relation ?? {}), table]]) } };
}

/** The clauses that writing statements have besides their values and conditions. */
function writingRest(stmt: InsertStmt | UpdateStmt | DeleteStmt, scope: Scope): Pick<Logical, 'returning' | 'other'> {
  const other: Record<string, string> = {};
  if ('onConflictClause' in stmt && stmt.onConflictClause) {
    other['ON CONFLICT'] = (stmt.onConflictClause.action ?? '').replace('ONCONFLICT_', 'DO ');
  }
  if ('fromClause' in stmt && stmt.fromClause) other.FROM = 'further tables';
  if ('usingClause' in stmt && stmt.usingClause) other.USING = 'further tables';
  if (stmt.withClause) other.WITH = 'a query in front';
  const returning = targets(stmt.returningClause?.exprs, scope);
  return {
    ...(returning.length === 0 ? {} : { returning }),
    ...(Object.keys(other).length === 0 ? {} : { other }),
  };
}

function tableName({ schemaname, relname = '?' }: RangeVar, tables: Tables): string {
  return qualified(schemaname, relname, tables);
}

function aliasOf({ alias, relname = '?' }: RangeVar): string {
  return alias?.aliasname ?? relname;
}

function firstWord(sql: string): string {
  return (/[a-z]+/i.exec(sql)?.[0] ?? 'nothing').toUpperCase();
}

function shortened(sql: string): string {
  const line = sql.replace(/\s+/g, ' ').trim();
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}
