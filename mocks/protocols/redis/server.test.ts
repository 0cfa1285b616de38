import { readdirSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { connect } from './client.ts';
import { startRedis } from './server.ts';

test('a missing redis-server is one sentence that says how to get it', async () => {
  await expect(startRedis({ command: 'redis-server-that-is-not-there' })).rejects.toThrow(
    'redis-server is not on this machine. Run bin/setup, or install the package redis-server.',
  );
});

test('a program that is no redis-server is reported with what it said', async () => {
  await expect(startRedis({ command: 'false' })).rejects.toThrow(
    /^redis-server ended before it was ready \(exit code 1\)/,
  );
});

test('a server lets only the administrator in, listens on loopback alone, and goes with its data', async () => {
  const server = await startRedis();
  const { host, port } = server.address;
  await expect(connect({ at: { host, port } })).rejects.toThrow(
    `Redis at ${host}:${port} refused the login of user default (NOAUTH).`,
  );
  const admin = await connect({ at: server.address });
  expect(await admin.config('GET', 'bind')).toEqual(['bind', '127.0.0.1']);
  const [, directory] = (await admin.config('GET', 'dir')) as [string, string];
  expect(readdirSync(directory)).toEqual(['redis.conf']);
  admin.disconnect();
  await Promise.all([server.stop(), server.stop()]);
  expect(() => readdirSync(directory)).toThrow('ENOENT');
  await expect(connect({ at: server.address })).rejects.toThrow('cannot be reached (ECONNREFUSED)');
});

test('two servers at once have a port each', async () => {
  const servers = await Promise.all([startRedis(), startRedis()]);
  expect(new Set(servers.map(({ address }) => address.port)).size).toBe(2);
  await Promise.all(servers.map((server) => server.stop()));
});
