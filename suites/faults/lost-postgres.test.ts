import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import tenantDatabase from '../../contracts/connections/13-tenant-service--postgresql.ts';
import type { Contract } from '../../contracts/contract.ts';
import { verify } from '../../harness/verify/run.ts';
import { verifySource } from '../../harness/verify/sides.ts';
import type { Address, MockServer } from '../../mocks/adapter.ts';
import { adapter } from '../../mocks/protocols/postgres/adapter.ts';
import postgresql from '../../mocks/services/postgresql/mock.ts';
import { expectExit, expectVerdicts, moments } from './cut-runs.ts';
import { CuttingRelay } from './cutting-relay.ts';

const { signal } = new AbortController();
const service = postgresql as never;
const whole = tenantDatabase as Contract;
const only = (part: RegExp): Contract => ({
  ...whole,
  interactions: whole.interactions.filter(({ description }) => part.test(description)),
});

const relay = new CuttingRelay();
let server: MockServer;
/** The same server through the relay, for whoever may do everything. */
let at: Address;
beforeAll(async () => {
  server = await adapter.serve({ contracts: [whole], listen: { host: '127.0.0.1', port: 0 }, service });
  at = await relay.before({ ...server.address, user: 'postgres' });
});
afterAll(async () => {
  await relay.close();
  await server?.close();
});

/** A session that nobody cuts by chance. */
async function withSession<T>(options: Partial<Address>, use: (session: pg.Client) => Promise<T>): Promise<T> {
  const session = new pg.Client({ ...server.address, ...options });
  session.on('error', () => {});
  await session.connect();
  try {
    return await use(session);
  } finally {
    await session.end().catch(() => {});
  }
}

test('a run ends in a verdict whenever the connections are lost', async () => {
  const contracts = [only(/a DN is found|added in one transaction|another tenant's database/)];
  const external = new Map([['PostgreSQL', at]] as const);
  await expectVerdicts(relay, () => verify({ contracts, sides: ['destination', 'source'], external, signal }), 12);
}, 60_000);

test('the command ends with its verdict', async () => {
  const address = `postgres://${at.user}:${at.password}@${at.host}:${at.port}/${at.database}`;
  await expectExit(relay, 300, '13', '--external', `postgresql=${address}`);
}, 60_000);

test('what was acknowledged to a source is in the record, once, whenever the harness loses its connections', async () => {
  relay.cutAt();
  const watched = await adapter.attach({ contracts: [whole], at, service });
  const words = 'x'.repeat(700_000);
  const ids: number[] = [];
  try {
    for (const moment of moments(11, 120, 8)) {
      relay.cutAt(moment);
      await withSession({}, async (source) => {
        for (let round = 0; round < 3; round += 1) {
          ids.push(ids.length);
          // So long that the log is read in several goes.
          await source.query(`UPDATE cfg.cfg_person SET state = 1 WHERE dbid = ${-ids.length} /* ${words} */`);
        }
      });
      await watched.settled().catch((error: Error) => expect(error.message).toMatch(/connection was lost|ECONNRESET/));
    }
    relay.cutAt();
    await watched.settled();
    const contents = watched.exchanges().flatMap(({ messages }) => messages.map(({ content }) => content));
    expect(contents).toEqual(ids.map((id) => expect.objectContaining({ verb: 'UPDATE', where: { dbid: -id - 1 } })));
  } finally {
    await watched.close();
  }
}, 60_000);

/** Ends every session of an application and waits until they are gone. @returns how many there were */
const terminate = (application: string) =>
  withSession({ user: 'postgres' }, async (administrator) => {
    const text = `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
      WHERE application_name = $1 AND pid <> pg_backend_pid()`;
    return (await administrator.query(text, [application])).rows.length;
  });

const person = `INSERT INTO cfg.cfg_person
  (dbid, tenant_dbid, employee_id, user_name, first_name, last_name, email, is_agent, state)
  VALUES (115, 101, 'A5005', 'agent5', 'Eve', 'Example', 'eve@t100.voice.example', 2, 1)`;
const option = `INSERT INTO cfg.cfg_flex_prop (object_dbid, object_type, section, prop_name, prop_value)
  VALUES (115, 3, 'TServer', 'sip-cti-control', 'talk')`;

/** A source that adds a person, while an administrator ends the sessions of an application in the middle of it. */
async function addedWhile(application: string) {
  let ended = 0;
  const contract = only(/added in one transaction/);
  const { interactions } = await verifySource({
    contract,
    adapter,
    server,
    at: server.address,
    signal,
    exercise: (_, source) =>
      withSession(source, async (session) => {
        await session.query(`SET application_name = 'source under test'`);
        for (const each of ['BEGIN', person]) await session.query(each);
        ended = await terminate(application);
        for (const each of [option, 'COMMIT']) await session.query(each);
      }),
  });
  expect(ended).toBeGreaterThan(0);
  return interactions[0];
}

test('a source is judged all the same when an administrator ends the sessions of the harness', async () => {
  expect(await addedWhile('voxpact-harness')).toMatchObject({ verdict: 'passed', mismatches: [] });
});

test('a source whose own session is ended has broken off its transaction, and it is said why', async () => {
  const { verdict, mismatches = [], reason } = (await addedWhile('source under test')) ?? {};
  expect(verdict).toBe('failed');
  expect(mismatches.map(({ message }) => message)).toEqual([
    'step 5 of 10, from the source: expected INSERT cfg.cfg_flex_prop, got nothing',
    'step 7 of 10, from the source: expected COMMIT, got nothing',
  ]);
  // What the source's own library makes of it.
  expect(reason).toMatch(/terminating connection due to administrator command|connection error/);
});
