import { destination, type Step, source } from '../contract.ts';
import { regex, type Template, text } from '../matchers.ts';
import { compile } from '../matching.ts';
import {
  type PostgresContent,
  type PostgresSource,
  type SqlConditions,
  type SqlResult,
  type SqlStatement,
  SUCCESS,
} from '../messages/postgres.ts';

/**
 * Answers have a lane of their own: a source may send its statements one by one or in a pipeline, so only statements keep
 * their order among themselves, and answers among themselves.
 */
const lane = 'answers';

/** What an answer says of the statement that it belongs to. */
function commandOf(statement: Template<PostgresSource>): Pick<SqlResult, 'command' | 'table'> {
  const { verb, table } = compile(statement).example as unknown as SqlStatement;
  return { command: verb, ...(table === undefined ? {} : { table }) };
}

function countOf(result: Template<SqlResult | object>): Pick<SqlResult, 'rowCount'> {
  return 'rows' in result && Array.isArray(result.rows) ? { rowCount: result.rows.length } : {};
}

/** A statement that the server carries out. @param result what its answer must have besides success */
export const done = (
  statement: Template<SqlStatement>,
  result: Template<SqlResult | object> = {},
): Step<PostgresContent>[] => [
  source<PostgresContent>(statement),
  destination<PostgresContent>(
    { sqlstate: SUCCESS, ...commandOf(statement), ...countOf(result), ...result } as Template<PostgresContent>,
    { lane },
  ),
];

/** A statement, or the opening of a session, that the server refuses. */
export const refused = (
  request: Template<PostgresSource>,
  refusal: Pick<SqlResult, 'sqlstate' | 'column'>,
): Step<PostgresContent>[] => {
  const { table, ...session } = commandOf(request);
  const about = table === undefined ? session : { table };
  return [source<PostgresContent>(request), destination<PostgresContent>({ ...about, ...refusal }, { lane })];
};

/** The rows that the server holds in the end, with the columns that matter. */
export const holds = (
  table: string,
  where: SqlConditions,
  rows: Template<readonly { readonly [column: string]: string | number | null }[]>,
): Step<PostgresContent> =>
  destination<PostgresContent>({ holds: { table, where, rows } } as Template<PostgresContent>, { lane });

/** A source may ask for more isolation than what it does needs. */
const anyIsolation = text(regex(/READ COMMITTED|REPEATABLE READ|SERIALIZABLE/, 'READ COMMITTED'));

/** The beginning of a transaction, of any isolation where that is not the point. */
export const begin = (role: string, isolation: Template<string> = anyIsolation): Template<SqlStatement> => ({
  role,
  verb: 'BEGIN',
  isolation,
});

/** Statements of one session with their answers; those that have another one by now stay there. */
export const inSession = (session: string, ...steps: Step<PostgresContent>[]): Step<PostgresContent>[] =>
  steps.map((step) => ({ session, ...step }));

/** Statements that take effect together or not at all, for which they need one session. */
export const inTransaction = (role: string, ...steps: Step<PostgresContent>[]): Step<PostgresContent>[] =>
  inSession('transaction', ...done(begin(role)), ...steps, ...done({ role, verb: 'COMMIT' }));

/** Statements that a source may put into a transaction of their own, as many libraries do unasked. */
export const perhapsInTransaction = (role: string, ...steps: Step<PostgresContent>[]): Step<PostgresContent>[] => [
  source<PostgresContent>(begin(role), { optional: true }),
  ...steps,
  source<PostgresContent>({ role, verb: 'COMMIT' }, { optional: true }),
];
