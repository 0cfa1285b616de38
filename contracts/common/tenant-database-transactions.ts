import { documented, type Interaction, inferred, type Step } from '../contract.ts';
import { dialect } from '../dialect.ts';
import type { Template } from '../matchers.ts';
import type { PostgresContent, SqlRow, SqlStatement } from '../messages/postgres.ts';
import { world } from '../world.ts';
import { begin, done, holds, inSession, inTransaction, refused } from './postgres-steps.ts';
import { loginOf, loginRow, newcomerRow, personRow } from './tenant-database.ts';
import { configured, errorCodes, insert, onlyDestination, update } from './tenant-database-rules.ts';

/** What the server promises of transactions: all or nothing, and each kept from what the others do meanwhile. */

const { tables, reader } = dialect.postgres;
const { objectStates } = dialect.tcp.configuration;
const role = world.tenant.name;
const [ada, ben, cleo] = world.persons;

const transactions = 'PostgreSQL manual, tutorial, "Transactions"';
const readCommitted = 'PostgreSQL manual, 13.2.1 "Read Committed Isolation Level"';
const repeatableRead = 'PostgreSQL manual, 13.2.2 "Repeatable Read Isolation Level"';
const serializable = 'PostgreSQL manual, 13.2.3 "Serializable Isolation Level"';
const rollback = 'PostgreSQL manual, SQL command ROLLBACK';

const takesTwoSessions = {
  side: 'destination',
  reason: 'it takes a second session, and the Tenant Service is asked for one',
} as const;

const commit: Template<SqlStatement> = { role, verb: 'COMMIT' };
const rollBack: Template<SqlStatement> = { role, verb: 'ROLLBACK' };
const storedPerson = done(insert(tables.person, newcomerRow), { rowCount: 1 });
const changed = (person: { dbid: number }, set: SqlRow) =>
  done(update(tables.person, person.dbid, set), { rowCount: 1 });

type Row = Readonly<Record<string, string | number>>;
/** What a SELECT of these columns finds. */
const finds = (table: string, columns: readonly string[], where: SqlRow, rows: readonly Row[], as: string = role) =>
  done({ role: as, verb: 'SELECT', table, columns, where }, { rows });
/** A reader has a role of its own, and so a session of its own. */
const readerFinds = (rows: readonly { dbid: number }[]): Step<PostgresContent>[] =>
  inSession('reader', ...finds(tables.person, ['dbid'], { dbid: newcomerRow.dbid }, rows, reader));
const stateIs = (person: { dbid: number }, state: number): Step<PostgresContent>[] =>
  finds(tables.person, ['state'], { dbid: person.dbid }, [{ state }]);
/** It asks for more, so that a wrong answer to what was read before is not taken for this one's. */
const stateIsNow = ({ dbid }: { dbid: number }, state: number): Step<PostgresContent>[] =>
  finds(tables.person, ['dbid', 'state'], { dbid }, [{ dbid, state }]);

const { enabled, disabled } = objectStates;

const atomicity: readonly Interaction<PostgresContent>[] = [
  {
    description: 'a statement that fails takes with it all of its transaction, before and after it',
    basis: inferred(`${transactions}: all or nothing; ${errorCodes}: 25P02 in_failed_sql_transaction`),
    given: [configured],
    negative: true,
    only: onlyDestination,
    steps: [
      ...done(begin(role)),
      ...storedPerson,
      ...refused(insert(tables.person, { ...newcomerRow, dbid: 116 }), { sqlstate: '23505' }),
      ...refused({ role, verb: 'SELECT', table: tables.person, columns: ['dbid'], where: {} }, { sqlstate: '25P02' }),
      ...done(commit, { command: 'ROLLBACK' }),
      holds(tables.person, { dbid: newcomerRow.dbid }, []),
    ],
  },
  {
    description: 'what is rolled back is seen by nobody, before or afterwards',
    basis: documented(`${rollback}: all the updates made by the transaction are discarded`),
    given: [configured],
    negative: true,
    only: takesTwoSessions,
    steps: [
      ...inSession(
        'transaction',
        ...done(begin(role)),
        ...storedPerson,
        ...readerFinds([]),
        ...done(rollBack),
        ...readerFinds([]),
      ),
      holds(tables.person, { dbid: newcomerRow.dbid }, []),
    ],
  },
];

const committedReads: readonly Interaction<PostgresContent>[] = [
  {
    description: 'nobody sees what is written before it is committed, and everybody does afterwards',
    basis: inferred(
      `${transactions}: what an open transaction has done is invisible to others until it completes; nobody may see a person without its options`,
    ),
    given: [configured],
    only: takesTwoSessions,
    steps: [
      ...inTransaction(role, ...storedPerson, ...readerFinds([])),
      ...readerFinds([{ dbid: newcomerRow.dbid }]),
      holds(tables.person, { dbid: newcomerRow.dbid }, [{ ...newcomerRow, password: null }]),
    ],
  },
  {
    description: 'another session reads a row as it was until a change of it is committed, and as it is afterwards',
    basis: documented(
      `${readCommitted}: a SELECT sees only what was committed before it began, never uncommitted data`,
    ),
    given: [configured],
    only: takesTwoSessions,
    steps: [
      ...inTransaction(
        role,
        ...changed(cleo, { state: disabled }),
        // Whoever changes it sees it at once.
        ...stateIs(cleo, disabled),
        ...inSession('other', ...stateIs(cleo, enabled)),
      ),
      ...inSession('other', ...stateIsNow(cleo, disabled)),
      holds(tables.person, { dbid: cleo.dbid }, [{ ...personRow(cleo), state: disabled }]),
    ],
  },
];

/** What is promised of REPEATABLE READ is promised of SERIALIZABLE too. */
const snapshotLevels = [
  ['REPEATABLE READ', repeatableRead],
  ['SERIALIZABLE', `${serializable}: it works exactly as Repeatable Read, and watches for more; ${repeatableRead}`],
] as const;

const bensLogin = { person_dbid: ben.dbid };
const snapshots = snapshotLevels.map(
  ([isolation, manual]): Interaction<PostgresContent> => ({
    description: `persons and their logins are read as of one moment in a ${isolation} transaction, whatever others commit meanwhile`,
    basis: documented(`${manual}: every query sees the data as of the first statement after BEGIN`),
    given: [configured],
    only: takesTwoSessions,
    steps: [
      ...inSession('snapshot', ...done(begin(role, isolation)), ...stateIs(ben, enabled)),
      ...inTransaction(
        role,
        ...changed(ben, { state: disabled }),
        ...done({ role, verb: 'DELETE', table: tables.loginInfo, where: bensLogin }, { rowCount: 1 }),
      ),
      ...inSession(
        'snapshot',
        ...stateIs(ben, enabled),
        ...finds(tables.loginInfo, ['agent_login_dbid'], bensLogin, [{ agent_login_dbid: loginOf(ben).dbid }]),
        ...done(commit),
        ...stateIsNow(ben, disabled),
      ),
      holds(tables.loginInfo, bensLogin, []),
    ],
  }),
);

const conflict = `${errorCodes}: 40001 serialization_failure`;

const conflicts: readonly Interaction<PostgresContent>[] = [
  ...snapshotLevels.map(
    ([isolation, manual]): Interaction<PostgresContent> => ({
      description: `a change of a row that another session has changed since a ${isolation} transaction began is refused, with all of its transaction`,
      basis: documented(`${manual}: it cannot modify rows changed by other transactions after it began; ${conflict}`),
      given: [configured],
      negative: true,
      only: takesTwoSessions,
      steps: [
        ...inSession(
          'late',
          ...done(begin(role, isolation)),
          ...stateIs(cleo, enabled),
          ...done(update(tables.agentLogin, loginOf(ada).dbid, { state: disabled }), { rowCount: 1 }),
        ),
        ...inSession('early', ...changed(cleo, { first_name: 'Early' })),
        ...inSession(
          'late',
          ...refused(update(tables.person, cleo.dbid, { first_name: 'Late' }), { sqlstate: '40001' }),
          ...done(rollBack),
        ),
        holds(tables.person, { dbid: cleo.dbid }, [{ ...personRow(cleo), first_name: 'Early' }]),
        holds(tables.agentLogin, { dbid: loginOf(ada).dbid }, [loginRow(ada)]),
      ],
    }),
  ),
  {
    description: 'of two SERIALIZABLE transactions that each change what the other one has read, one is refused',
    basis: documented(
      `${serializable}: if no serial order gives the result of concurrent transactions, one is rolled back; ${conflict}`,
    ),
    given: [configured],
    negative: true,
    only: takesTwoSessions,
    steps: [
      ...inSession('first', ...done(begin(role, 'SERIALIZABLE')), ...stateIs(ada, enabled)),
      ...inSession('second', ...done(begin(role, 'SERIALIZABLE')), ...stateIs(ben, enabled)),
      ...inSession('first', ...changed(ben, { state: disabled }), ...done(commit)),
      ...inSession(
        'second',
        ...refused(update(tables.person, ada.dbid, { state: disabled }), { sqlstate: '40001' }),
        ...done(rollBack),
      ),
      holds(tables.person, { dbid: ada.dbid }, [personRow(ada)]),
      holds(tables.person, { dbid: ben.dbid }, [{ ...personRow(ben), state: disabled }]),
    ],
  },
];

export const transactionRules: readonly Interaction<PostgresContent>[] = [
  ...atomicity,
  ...committedReads,
  ...snapshots,
  ...conflicts,
];
