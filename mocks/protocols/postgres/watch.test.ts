import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { Address, MockServer } from '../../adapter.ts';
import { freePort } from '../../ports.ts';
import { adapter } from './adapter.ts';
import { complaints, given, host, interaction, play, service, watchedServer } from './fixtures/connection-13.ts';

let server: MockServer;
const undo: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  server = await watchedServer();
});
afterAll(() => server.close());
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

const count = 'SELECT count(*) AS n FROM cfg.cfg_person';

async function ask(at: Address, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(at);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const verbs = (watched: Pick<MockServer, 'exchanges'>) =>
  watched.exchanges().flatMap(({ messages }) => messages.map(({ content }) => (content as { verb?: string }).verb));

describe('a watched server', () => {
  test('names itself, the role and the database', () => {
    expect(server.address).toEqual({
      host,
      port: expect.any(Number),
      user: 't100',
      database: 't100',
      password: expect.any(String),
    });
  });

  test('records what was sent when it has settled, in order and with its time, and forgets it', async () => {
    const fromMs = Date.now();
    await server.settled();
    server.clear();
    await ask(server.address, count);
    await ask(server.address, 'UPDATE cfg.cfg_person SET state = 1 WHERE dbid = 0');
    await Promise.all([server.settled(), server.settled()]);
    expect(verbs(server)).toEqual(['SELECT', 'UPDATE']);
    const [first, second] = server.exchanges();
    expect((second?.id ?? 0) - (first?.id ?? 0)).toBe(1);
    for (const { atMs } of first?.messages ?? []) expect(atMs).toBeGreaterThanOrEqual(fromMs);
    await ask(server.address, count);
    server.clear();
    await server.settled();
    expect(server.exchanges()).toEqual([]);
  });

  test('knows its provider states only', async () => {
    await expect(server.setState({ name: 'toString', params: {} })).rejects.toThrow(
      'PostgreSQL has no provider state "toString"; it has "the tenant database holds the configuration", ',
    );
  });

  test('undoes what an interaction has stored', async () => {
    const add = interaction('added in one transaction');
    const [before] = await ask(server.address, count);
    const undoStates = await given(server, add);
    await play(add, server.address);
    expect(await ask(server.address, count)).not.toEqual([before]);
    await undoStates();
    expect(await ask(server.address, count)).toEqual([before]);
  });

  test('records nothing of its own, not even about a database that has gone', async () => {
    const foreign = interaction("another tenant's database");
    const undoStates = await given(server, foreign);
    await ask({ ...server.address, user: 'postgres', database: 't200' }, 'CREATE TABLE gone ()');
    await play(foreign, server.address);
    await undoStates();
    await server.settled();
    expect(verbs(server)).toEqual(['CREATE', 'CONNECT', undefined]);
    await server.settled();
    await server.settled();
    expect(verbs(server)).toEqual(['CREATE', 'CONNECT', undefined]);
  });

  test('can be taken away and comes back with its data', async () => {
    const outage = interaction('while the server is down');
    const undoStates = await given(server, outage);
    await expect(ask(server.address, count)).rejects.toThrow(/ECONNRESET|terminated unexpectedly/);
    const find = await play(interaction('a DN is found'), server.address);
    expect(find.failure?.message).toMatch(
      new RegExp(`^PostgreSQL at 127.0.0.1:${server.address.port} closed the connection in the middle`),
    );
    await server.settled();
    expect(complaints(outage, { messages: server.exchanges().flatMap(({ messages }) => messages) }, 'source')).toEqual(
      [],
    );
    await undoStates();
    expect(await ask(server.address, count)).toEqual([{ n: '4' }]);
    await server.settled();
  });

  test('that is closed during an outage leaves nothing behind', async () => {
    const short = await watchedServer();
    await short.setState({ name: 'the database server is down', params: {} });
    await short.close();
    await short.close();
    await expect(ask(short.address, count)).rejects.toThrow('ECONNREFUSED');
  });

  test('does not start on a port in use, nor when it was given up', async () => {
    const listen = { host, port: server.address.port };
    await expect(adapter.serve({ contracts: [], listen, service })).rejects.toThrow(
      `port ${listen.port} on 127.0.0.1 is in use; stop what listens there, or choose another port.`,
    );
    const signal = AbortSignal.abort(new Error('given up by the test'));
    await expect(adapter.serve({ contracts: [], listen: { host, port: 0 }, service, signal })).rejects.toThrow(
      'given up by the test',
    );
  });
});

describe('a server that runs already', () => {
  const attached = (at: Address) => adapter.attach({ contracts: [], at, service });

  test('is watched, put into states, and left as it was', async () => {
    const watched = await attached({ ...server.address, user: 'postgres' });
    undo.push(() => watched.close());
    expect(watched.address).toEqual(server.address);
    const find = interaction('a DN is found');
    undo.push(await given(watched, find));
    const observed = await play(find, watched.address);
    await watched.settled();
    expect(complaints(find, observed, 'destination')).toEqual([]);
    expect(complaints(find, { messages: watched.exchanges()[0]?.messages ?? [] }, 'source')).toEqual([]);
    await watched.close();
    await watched.close();
    expect(await ask(server.address, count)).toEqual([{ n: '4' }]);
  });

  test('cannot be taken away', async () => {
    const watched = await attached({ ...server.address, user: 'postgres' });
    undo.push(() => watched.close());
    await expect(watched.setState({ name: 'the database server is down', params: {} })).rejects.toThrow(
      'this PostgreSQL is not of the harness: it cannot be taken down and brought back',
    );
  });

  test('must let the harness in', async () => {
    await expect(attached({ ...server.address, user: 'postgres', password: 'wrong' })).rejects.toThrow(
      `the harness could not enter database t100 of PostgreSQL at 127.0.0.1:${server.address.port} as postgres: `,
    );
  });

  test('must log what sources send', async () => {
    const superuser = { ...server.address, user: 'postgres' };
    const reload = (sql: string) => ask(superuser, sql).then(() => ask(superuser, 'SELECT pg_reload_conf()'));
    undo.push(() => reload('ALTER SYSTEM RESET log_statement'));
    await reload(`ALTER SYSTEM SET log_statement = 'ddl'`);
    await expect(attached(superuser)).rejects.toThrow(
      'this PostgreSQL does not log what sources send: log_statement is "ddl", expected "all". ' +
        "Run ALTER SYSTEM SET log_statement = 'all' and restart it.",
    );
  });
});

describe('a tap', () => {
  test('forwards and records what passes through it, and nothing else', async () => {
    const tap = await adapter.tap({ host, port: 0 }, server.address);
    undo.push(() => tap.close());
    expect(tap.address).toEqual({ ...server.address, port: expect.any(Number) });
    await ask(server.address, 'UPDATE cfg.cfg_person SET state = 1 WHERE dbid = 0');
    expect(await ask(tap.address, count)).toEqual([{ n: '4' }]);
    const add = interaction('a second person with an employee ID');
    undo.push(await given(server, add));
    const observed = await play(add, tap.address);
    expect(complaints(add, observed, 'destination')).toEqual([]);
    await tap.settled();
    expect(verbs(tap)).toEqual(['SELECT', 'INSERT', undefined]);
    expect(tap.exchanges()[1]?.messages[1]?.content).toEqual({ sqlstate: '23505', table: 'cfg.cfg_person' });
  });

  test('passes on what is no PostgreSQL, and the end of either side', async () => {
    const tap = await adapter.tap({ host, port: 0 }, server.address);
    undo.push(() => tap.close());
    const client = connect(tap.address.port, host);
    client.end('no protocol at all\r\n\r\n');
    client.resume();
    await once(client, 'close');
    await tap.settled();
    expect(tap.exchanges()).toEqual([]);
  });

  test('closes twice, with a session open, and frees its port', async () => {
    const tap = await adapter.tap({ host, port: 0 }, server.address);
    const client = new pg.Client(tap.address);
    const lost = new Promise((resolve) => client.once('error', resolve));
    await client.connect();
    await tap.close();
    await tap.close();
    await lost;
    await expect(ask(tap.address, count)).rejects.toThrow('ECONNREFUSED');
  });

  test('does not start on a port in use, or without a server', async () => {
    const other = createServer().listen(0, host);
    undo.push(async () => other.close());
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    await expect(adapter.tap({ host, port }, server.address)).rejects.toThrow(`port ${port} on 127.0.0.1 is in use`);
    const nobody = { ...server.address, port: await freePort() };
    await expect(adapter.tap({ host, port: 0 }, nobody)).rejects.toThrow(/could not enter .*ECONNREFUSED/);
  });
});
