import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Redis } from 'ioredis';
import { loadContracts } from '../../../contracts/catalogue.ts';
import { dialect } from '../../../contracts/dialect.ts';
import { rowOf } from '../../../contracts/parts.ts';
import { world } from '../../../contracts/world.ts';
import type { ServiceMock } from '../../adapter.ts';
import { Nodes } from '../../protocols/redis/nodes.ts';
import { type RedisServer, startRedis } from '../../protocols/redis/server.ts';
import type { RedisWorld } from '../../protocols/redis/service.ts';
import { setState } from '../../protocols/redis/states.ts';
import mock from './mock.ts';

const service = mock as unknown as ServiceMock;
const tenant = world.tenant.uuid;
const keys = dialect.redis.config;
let server: RedisServer;
let nodes: Nodes;
let admin: Redis;
beforeAll(async () => {
  server = await startRedis();
  nodes = await Nodes.connect({ at: server.address });
  admin = nodes.all[0].client;
});
afterAll(async () => {
  nodes?.disconnect();
  await server?.stop();
});

const redis = (): RedisWorld => ({
  nodes,
  showForeignCertificate: async () => ({ ca: 'of nobody', end: () => {} }),
});
const contracts = (await loadContracts()).filter((contract) => rowOf(contract).listens === 'Redis');
const given = contracts.flatMap(({ interactions }) => interactions.flatMap((each) => each.given));
/** Each state once with each of its parameters. */
const states = [...new Map(given.map((state) => [JSON.stringify(state), state])).values()];

/** All that the server holds, to the byte, with what its settings say. */
async function everything() {
  const keys = (await admin.keys('*')).sort();
  const held = keys.map(async (key) => [key, await admin.dumpBuffer(key), (await admin.pttl(key)) > 0]);
  return [await Promise.all(held), await admin.role(), await admin.config('GET', 'maxmemory*')];
}

test('every state that a contract names has a handler, and none is left over', () => {
  expect(new Set(given.map(({ name }) => name))).toEqual(new Set(Object.keys(mock.states)));
});

test('a state that nobody knows is refused with the names that exist', async () => {
  const known = Object.keys(mock.states).map((name) => `"${name}"`);
  await expect(setState(service, redis(), { name: 'the moon is full', params: {} })).rejects.toThrow(
    `Redis has no state "the moon is full"; it knows ${known.join(', ')}.`,
  );
  await expect(setState(service, redis(), { name: 'toString', params: {} })).rejects.toThrow('has no state "toString"');
});

test('undoing a state brings back what was there, to the byte and with its time to live', async () => {
  const mine = keys.person(tenant, 'A1001');
  const other = keys.person(world.otherTenant.uuid, 'A1001');
  await admin.hset(mine, 'bytes', Buffer.from([0, 255, 128]));
  await admin.pexpire(mine, 100_000);
  await admin.xadd(keys.changes(tenant), '5-1', 'a', '1');
  await admin.set(other, 'untouched');
  const before = await admin.dumpBuffer(mine);

  const set = await setState(service, redis(), {
    name: 'the tenant configuration is cached',
    params: { tenant, revision: 42 },
  });
  expect(await admin.get(keys.revision(tenant))).toBe('42');
  expect(await admin.hgetall(mine)).toMatchObject({ employeeId: 'A1001', isAgent: '2', loginCodes: '["1001"]' });
  expect(await admin.pttl(mine)).toBe(-1);
  expect(await admin.exists(keys.changes(tenant))).toBe(0);
  const empty = await setState(service, redis(), { name: 'no configuration is cached', params: { tenant } });
  expect(await admin.exists(mine)).toBe(0);
  await empty.undo();
  expect(await admin.hget(mine, 'employeeId')).toBe('A1001');
  await set.undo();

  expect(await admin.dumpBuffer(mine)).toEqual(before);
  expect(await admin.pttl(mine)).toBeGreaterThan(50_000);
  expect(await admin.xrange(keys.changes(tenant), '-', '+')).toEqual([['5-1', ['a', '1']]]);
  expect((await admin.keys('*')).sort()).toEqual([keys.changes(tenant), mine, other].sort());
});

describe('the undo of every state brings back what was there', () => {
  const { uuid } = world.tenant;
  const families = ['config', 'rq', 'voicemail', 'registrar', 'agent', 'sip', 'call', 'tenant'].map(
    (name) => `${name}:{${uuid}}:`,
  );
  const foreign = [...families, 'ors:{T}:session:', 'ors:{T}:owner:', 'ors:{T}:new:', 'sip:node:'].map((key) =>
    key.replace('{T}', `{${uuid}}`),
  );
  beforeAll(async () => {
    for (const prefix of foreign) await admin.set(`${prefix}of-somebody`, 'kept', 'PX', 600_000);
    await admin.sadd(dialect.redis.configService.tenants, 'of-somebody');
  });
  afterAll(async () => {
    await admin.del(...foreign.map((prefix) => `${prefix}of-somebody`), dialect.redis.configService.tenants);
  });

  test.each(states.map((state) => [`${state.name} ${JSON.stringify(state.params)}`, state] as const))(
    '%s',
    async (_, state) => {
      const before = await everything();
      const { undo } = await setState(service, redis(), state);
      await undo();
      expect(await everything()).toEqual(before);
    },
  );
});
