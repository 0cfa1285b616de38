import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { freePort } from '../../ports.ts';
import { runDirectory } from '../../process.ts';
import { findBinaries, reachable, serverUser } from './binaries.ts';
import { type PostgresServer, startPostgres } from './server.ts';
import { Superuser } from './superuser.ts';
import { makeDataDirectory, templatePath } from './template.ts';

const host = '127.0.0.1';
const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

async function start(listen = { host, port: 0 }): Promise<PostgresServer> {
  const server = await startPostgres(listen);
  undo.push(() => server.close());
  return server;
}

async function firstValue(server: PostgresServer, sql: string): Promise<unknown> {
  const superuser = new Superuser({ host: server.socketFolder, port: server.address.port });
  try {
    return Object.values((await superuser.run(sql))[0] ?? {})[0];
  } finally {
    await superuser.close();
  }
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'voxpact-test-'));
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function useCache(path: string): void {
  const kept = process.env.XDG_CACHE_HOME;
  process.env.XDG_CACHE_HOME = path;
  undo.push(() => {
    if (kept === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = kept;
  });
}

describe('a PostgreSQL server of our own', () => {
  test('serves, survives an outage with its data, and leaves nothing behind', async () => {
    const server = await start();
    expect(server.address).toEqual({ host, port: expect.any(Number) });
    await firstValue(server, 'CREATE TABLE kept (id int); INSERT INTO kept VALUES (7)');
    await server.stop();
    await expect(firstValue(server, 'SELECT 1')).rejects.toThrow(
      /could not enter database postgres .* as postgres: connect ENOENT/,
    );
    await server.start();
    expect(await firstValue(server, 'SELECT id FROM kept')).toBe(7);
    await server.close();
    await server.close();
    expect(existsSync(server.socketFolder)).toBe(false);
    const again = await start({ host, port: server.address.port });
    expect(await firstValue(again, `SELECT to_regclass('kept')`)).toBe(null);
  });

  test('a port in use is one clear sentence', async () => {
    const port = await freePort();
    const other = createServer().listen(port, host);
    undo.push(() => other.close());
    await new Promise((resolve) => other.once('listening', resolve));
    await expect(startPostgres({ host, port })).rejects.toThrow(
      `port ${port} on 127.0.0.1 is in use; stop what listens there, or choose another port.`,
    );
  });

  test('a start that is given up leaves nothing behind', async () => {
    const folderOfRuns = dirname((await start()).socketFolder);
    const before = readdirSync(folderOfRuns).filter((name) => name.startsWith('postgres-'));
    const controller = new AbortController();
    const starting = startPostgres({ host, port: 0 }, controller.signal);
    controller.abort(new Error('given up by the test'));
    await expect(starting).rejects.toThrow('given up by the test');
    expect(readdirSync(folderOfRuns).filter((name) => name.startsWith('postgres-'))).toEqual(before);
  });

  test('two first starts at once make one template, and both serve', async () => {
    const cache = temporaryFolder();
    useCache(cache);
    const servers = await Promise.all([start(), start()]);
    expect(await Promise.all(servers.map((server) => firstValue(server, 'SELECT 1')))).toEqual([1, 1]);
    const template = templatePath(findBinaries().version);
    expect(template.startsWith(cache)).toBe(true);
    expect(readdirSync(dirname(template))).toEqual(['data']);
    expect(await firstValue(await start(), 'SELECT 1')).toBe(1);
  });

  test('without a cache that can be written to it starts all the same', async () => {
    const file = join(temporaryFolder(), 'a-file');
    writeFileSync(file, '');
    useCache(file);
    expect(await firstValue(await start(), 'SELECT 1')).toBe(1);
  });
});

test('a data directory that cannot be made is one clear sentence', async () => {
  const folder = temporaryFolder();
  useCache(folder);
  const path = join(folder, 'data');
  mkdirSync(path);
  writeFileSync(join(path, 'in-the-way'), '');
  const { home, version } = findBinaries();
  chmodSync(folder, 0o755);
  const making = makeDataDirectory({ home, version, user: serverUser(), path });
  await expect(making).rejects.toThrow(`PostgreSQL could not make its data directory ${path}: `);
});

describe('the programs of the server', () => {
  test('are copied when they lie where the server user cannot go', async () => {
    const home = join(temporaryFolder(), 'native');
    mkdirSync(join(home, 'bin'), { recursive: true });
    writeFileSync(join(home, 'bin', 'postgres'), '', { mode: 0o755 });
    const directory = await runDirectory('postgres-test');
    undo.push(() => directory.remove());
    const stranger = { uid: 4_294_967_000, gid: 4_294_967_000 };
    chmodSync(dirname(home), 0o700);
    const copy = reachable({ version: '0', home }, stranger, directory);
    expect(copy).toBe(join(directory.path, 'native'));
    expect(existsSync(join(copy, 'bin', 'postgres'))).toBe(true);
    expect(reachable({ version: '0', home }, stranger, directory)).toBe(copy);
    chmodSync(dirname(home), 0o755);
    expect(reachable({ version: '0', home }, stranger, directory)).toBe(home);
    expect(reachable({ version: '0', home }, undefined, directory)).toBe(home);
  });

  test('run as a user of their own where the harness is root', () => {
    const passwd = join(temporaryFolder(), 'passwd');
    const isRoot = process.getuid?.() === 0;
    writeFileSync(passwd, 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65533::/:/bin/false\n');
    expect(serverUser(passwd)).toEqual(isRoot ? { uid: 65_534, gid: 65_533 } : undefined);
    writeFileSync(passwd, 'nobody:x:65534:65533::/:\npostgres:x:101:104::/:\n');
    expect(serverUser(passwd)).toEqual(isRoot ? { uid: 101, gid: 104 } : undefined);
    writeFileSync(passwd, '');
    const nobody = 'PostgreSQL does not run as root, and this machine has neither a user postgres nor nobody.';
    if (isRoot) expect(() => serverUser(passwd)).toThrow(nobody);
  });
});
