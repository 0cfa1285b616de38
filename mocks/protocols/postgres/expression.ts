import type { A_Const, A_Expr, ColumnRef, Node } from 'libpg-query';
import type { SqlConditions, SqlValue } from '../../../contracts/messages/postgres.ts';
import type { Tables } from './tables.ts';

/** The tables of one statement, by the name that its columns use for them, and the values of its parameters. */
export interface Scope {
  /** Alias or name -> table with schema (`cfg.cfg_person`), in the order of the statement. */
  names: ReadonlyMap<string, string>;
  parameters: readonly SqlValue[];
  tables: Tables;
}

/** A column of a statement: how it is written in the logical form, and its type where the server told it. */
interface Column {
  text: string;
  type: string | undefined;
}

/** The name of a table without its schema. */
export function bare(table: string): string {
  return table.slice(table.indexOf('.') + 1);
}

/** The text of a list of name parts (`pg_catalog`, `now`). */
export function nameParts(nodes: readonly Node[] | undefined): string[] {
  return (nodes ?? []).map((node) => {
    if ('String' in node) return node.String.sval ?? '';
    return 'A_Star' in node ? '*' : '?';
  });
}

/** A column with its table in front where the statement has several, whatever alias was used. */
export function columnOf(ref: ColumnRef, scope: Scope): Column {
  const parts = nameParts(ref.fields);
  const name = parts.at(-1) ?? '?';
  const table = tableOf(name, parts.slice(0, -1), scope);
  const type = table === undefined ? undefined : scope.tables.get(table)?.get(name);
  const prefix = scope.names.size > 1 && table !== undefined ? `${bare(table)}.` : '';
  return { text: `${prefix}${name}`, type };
}

function tableOf(column: string, qualifier: readonly string[], { names, tables }: Scope): string | undefined {
  if (qualifier.length > 0) return names.get(qualifier.at(-1) ?? '');
  const all = [...names.values()];
  return all.length === 1 ? all[0] : all.find((table) => tables.get(table)?.has(column));
}

/** What an expression is worth in the logical form; a value is typed like the column that it belongs to. */
export function sqlValue(node: Node | undefined, scope: Scope, type?: string): SqlValue {
  if (node === undefined) return null;
  if ('A_Const' in node) return typed(constant(node.A_Const), type);
  if ('ParamRef' in node) return typed(scope.parameters[(node.ParamRef.number ?? 1) - 1] ?? null, type);
  // A cast says how a value is written, not what it is.
  if ('TypeCast' in node) return sqlValue(node.TypeCast.arg, scope, type);
  if ('List' in node) return (node.List.items ?? []).map((item) => sqlValue(item, scope, type));
  if ('ColumnRef' in node) return { column: columnOf(node.ColumnRef, scope).text };
  if ('SetToDefault' in node) return { expression: 'DEFAULT' };
  return { expression: expressionText(node, scope) };
}

function constant({ ival, fval, boolval, sval, isnull }: A_Const): SqlValue {
  if (isnull) return null;
  if (sval !== undefined) return sval.sval ?? '';
  if (ival !== undefined) return ival.ival ?? 0;
  if (fval !== undefined) return fval.fval ?? '0';
  return boolval === undefined ? null : (boolval.boolval ?? false);
}

const INTEGERS = new Set(['int2', 'int4']);

/** PostgreSQL's text of a value, or a value as a program wrote it, in the one form of its column's type. */
function typed(value: SqlValue, type: string | undefined): SqlValue {
  if (type === undefined || value === null || typeof value === 'object') return value;
  if (INTEGERS.has(type)) return /^[+-]?\d+$/.test(String(value)) ? Number(value) : value;
  if (type === 'bool') return booleans.get(String(value).toLowerCase()) ?? value;
  return type === 'uuid' ? String(value).toLowerCase() : String(value);
}

const booleans = new Map([
  ...['t', 'true', 'yes', 'on', '1'].map((text) => [text, true] as const),
  ...['f', 'false', 'no', 'off', '0'].map((text) => [text, false] as const),
]);

/** A short text of an expression that has no place of its own in the logical form. */
export function expressionText(node: Node | undefined, scope: Scope): string {
  if (node === undefined) return '';
  if ('FuncCall' in node) {
    const name = nameParts(node.FuncCall.funcname).filter((part) => part !== 'pg_catalog');
    const args = node.FuncCall.agg_star ? ['*'] : (node.FuncCall.args ?? []).map((each) => expressionText(each, scope));
    return `${name.join('.')}(${args.join(', ')})`;
  }
  if ('A_Expr' in node) {
    const { lexpr, rexpr, name } = node.A_Expr;
    return [expressionText(lexpr, scope), nameParts(name).join(' '), expressionText(rexpr, scope)].join(' ').trim();
  }
  if ('SQLValueFunction' in node) return String(node.SQLValueFunction.op).replace('SVFOP_', '');
  if ('SubLink' in node) return '(a subquery)';
  if (!['A_Const', 'ParamRef', 'TypeCast', 'List', 'ColumnRef', 'SetToDefault'].some((kind) => kind in node)) {
    return Object.keys(node)[0] ?? '?';
  }
  const value = sqlValue(node, scope);
  if (typeof value === 'string') return `'${value}'`;
  if (value !== null && typeof value === 'object' && 'column' in value) return value.column;
  return value !== null && typeof value === 'object' && 'expression' in value
    ? value.expression
    : JSON.stringify(value);
}

/** The conditions of a WHERE or an ON, joined by AND. @param own the table that an ON brings in: its column stands first */
export function conditionsOf(node: Node | undefined, scope: Scope, own?: string): SqlConditions {
  const conditions: Record<string, SqlConditions[string]> = {};
  for (const each of conjuncts(node)) {
    const [key, value] = condition(each, scope, own);
    conditions[free(key, conditions)] = value;
  }
  return conditions;
}

function conjuncts(node: Node | undefined): Node[] {
  if (node === undefined) return [];
  if (!('BoolExpr' in node) || node.BoolExpr.boolop !== 'AND_EXPR') return [node];
  return (node.BoolExpr.args ?? []).flatMap(conjuncts);
}

/** Two conditions on one column and operator (`state <> 1 AND state <> 2`) must both be kept. */
function free(key: string, taken: object): string {
  let name = key;
  for (let count = 2; Object.hasOwn(taken, name); count += 1) name = `${key} (${count})`;
  return name;
}

function condition(node: Node, scope: Scope, own: string | undefined): [string, SqlConditions[string]] {
  if ('BoolExpr' in node && node.BoolExpr.boolop === 'OR_EXPR') {
    return ['OR', (node.BoolExpr.args ?? []).map((each) => conditionsOf(each, scope, own))];
  }
  if ('BoolExpr' in node) return ['NOT', (node.BoolExpr.args ?? []).map((each) => conditionsOf(each, scope, own))];
  if ('NullTest' in node) {
    const operator = node.NullTest.nulltesttype === 'IS_NULL' ? 'IS NULL' : 'IS NOT NULL';
    return [`${expressionText(node.NullTest.arg, scope)} ${operator}`, true];
  }
  if ('A_Expr' in node) return comparison(node.A_Expr, scope, own);
  return [expressionText(node, scope), true];
}

const mirrored: Readonly<Record<string, string>> = { '=': '=', '<>': '<>', '<': '>', '>': '<', '<=': '>=', '>=': '<=' };

function comparison(expr: A_Expr, scope: Scope, own: string | undefined): [string, SqlConditions[string]] {
  let [left, right] = [expr.lexpr, expr.rexpr];
  let operator = operatorOf(expr);
  const turned = mirrored[operator];
  if (turned !== undefined && shouldTurn(left, right, scope, own)) {
    [left, right] = [right, left];
    operator = turned;
  }
  const column = left !== undefined && 'ColumnRef' in left ? columnOf(left.ColumnRef, scope) : undefined;
  const key = column?.text ?? expressionText(left, scope);
  const value = sqlValue(right, scope, column?.type);
  if (operator === 'IN' && Array.isArray(value) && value.length === 1) return [key, value[0] as SqlValue];
  return [operator === '=' ? key : `${key} ${operator}`, value];
}

/** `1 = state` is `state = 1`; of two columns the one of the joined table comes first. */
function shouldTurn(left: Node | undefined, right: Node | undefined, scope: Scope, own: string | undefined): boolean {
  if (right === undefined || !('ColumnRef' in right)) return false;
  if (left === undefined || !('ColumnRef' in left)) return true;
  const isOwn = (ref: ColumnRef) => own !== undefined && columnOf(ref, scope).text.startsWith(`${bare(own)}.`);
  return isOwn(right.ColumnRef) && !isOwn(left.ColumnRef);
}

function operatorOf({ kind, name }: A_Expr): string {
  const symbol = nameParts(name).at(-1) ?? '?';
  switch (kind) {
    case 'AEXPR_IN':
      return symbol === '=' ? 'IN' : 'NOT IN';
    case 'AEXPR_OP_ANY':
      return symbol === '=' ? '= ANY' : `${symbol} ANY`;
    case 'AEXPR_OP_ALL':
      return `${symbol} ALL`;
    case 'AEXPR_LIKE':
      return symbol === '~~' ? 'LIKE' : 'NOT LIKE';
    case 'AEXPR_ILIKE':
      return symbol === '~~*' ? 'ILIKE' : 'NOT ILIKE';
    case 'AEXPR_BETWEEN':
      return 'BETWEEN';
    case 'AEXPR_NOT_BETWEEN':
      return 'NOT BETWEEN';
    default:
      return symbol;
  }
}
