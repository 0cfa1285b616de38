import { escapeIdentifier } from 'pg';
import type { SqlConditions, SqlStatement, SqlValue } from '../../../contracts/messages/postgres.ts';

/** SQL text with the values of its parameters, as a client library takes them. */
export interface SqlText {
  text: string;
  values: unknown[];
}

/**
 * Writes a statement of a contract as SQL; every value becomes a parameter.
 * @throws Error naming the part that cannot be written: contracts hold plain statements only
 */
export function toSql(statement: Omit<SqlStatement, 'role'>): SqlText {
  const values: unknown[] = [];
  return { text: clauses(statement, values).join(' '), values };
}

function clauses(statement: Omit<SqlStatement, 'role'>, values: unknown[]): string[] {
  const { verb, isolation, table, columns, joins = {}, set = {}, where, orderBy, returning, other } = statement;
  if (other !== undefined) throw new Error(`a contract cannot send ${verb} with ${Object.keys(other).join(', ')}`);
  if (isolation !== undefined) return [`${verb} ISOLATION LEVEL ${isolation}`];
  if (table === undefined) return [verb];
  const conditions = where === undefined || Object.keys(where).length === 0 ? [] : [`WHERE ${all(where, values)}`];
  const back = returning === undefined ? [] : [`RETURNING ${returning.map(name).join(', ')}`];
  const written = Object.entries(set).map(([column, value]) => [name(column), valueText(value, values)] as const);
  switch (verb) {
    case 'SELECT': {
      const joined = Object.entries(joins).map(([other, { kind, on }]) =>
        kind === 'CROSS' ? `CROSS JOIN ${name(other)}` : `${kind} JOIN ${name(other)} ON ${all(on, values)}`,
      );
      const wanted = (columns ?? ['*']).map(name).join(', ');
      const order = orderBy === undefined ? [] : [`ORDER BY ${orderBy.map(sortText).join(', ')}`];
      return [`SELECT ${wanted} FROM ${name(table)}`, ...joined, ...conditions, ...order];
    }
    case 'INSERT': {
      const into = `INSERT INTO ${name(table)} (${written.map(([column]) => column).join(', ')})`;
      return [into, `VALUES (${written.map(([, value]) => value).join(', ')})`, ...back];
    }
    case 'UPDATE':
      return [
        `UPDATE ${name(table)} SET ${written.map((pair) => pair.join(' = ')).join(', ')}`,
        ...conditions,
        ...back,
      ];
    case 'DELETE':
      return [`DELETE FROM ${name(table)}`, ...conditions, ...back];
    default:
      throw new Error(`a contract cannot send ${verb} to a table`);
  }
}

function all(conditions: SqlConditions, values: unknown[]): string {
  return Object.entries(conditions)
    .map(([key, value]) => {
      if (key === 'OR') return `(${(value as readonly SqlConditions[]).map((each) => all(each, values)).join(' OR ')})`;
      const [column = '', ...operator] = key.split(' ');
      if (operator[0] === 'IS') return `${name(column)} ${operator.join(' ')}`;
      return `${name(column)} ${operator.join(' ') || '='} ${valueText(value as SqlValue, values)}`;
    })
    .join(' AND ');
}

function valueText(value: SqlValue, values: unknown[]): string {
  if (Array.isArray(value)) return `(${value.map((each: SqlValue) => valueText(each, values)).join(', ')})`;
  if (value !== null && typeof value === 'object') {
    return 'column' in value ? name(value.column) : (value as { expression: string }).expression;
  }
  values.push(value);
  return `$${values.length}`;
}

/** A column or table; always quoted, so that no name is taken for a keyword. */
function name(dotted: string): string {
  return dotted
    .split('.')
    .map((part) => (part === '*' ? part : escapeIdentifier(part)))
    .join('.');
}

function sortText(by: string): string {
  const [column = '', direction] = by.split(' ');
  return direction === undefined ? name(column) : `${name(column)} ${direction}`;
}
