import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Redis } from 'ioredis';
import tenantContract from '../../../contracts/connections/09-tenant-service--redis.ts';
import sipContract from '../../../contracts/connections/49-voice-sip-cluster-service--redis.ts';
import { dialect } from '../../../contracts/dialect.ts';
import { world } from '../../../contracts/world.ts';
import type { ServiceMock } from '../../adapter.ts';
import { connect } from '../../protocols/redis/client.ts';
import { type RedisServer, startRedis } from '../../protocols/redis/server.ts';
import { setState } from '../../protocols/redis/states.ts';
import mock from './mock.ts';

const service = mock as unknown as ServiceMock;
const tenant = world.tenant.uuid;
const keys = dialect.redis.config;
let server: RedisServer;
let admin: Redis;
beforeAll(async () => {
  server = await startRedis();
  admin = await connect({ at: server.address });
});
afterAll(async () => {
  admin?.disconnect();
  await server?.stop();
});

const given = [...tenantContract.interactions, ...sipContract.interactions].flatMap((each) => each.given);

test('every state that a contract names has a handler, and none is left over', () => {
  expect(new Set(given.map(({ name }) => name))).toEqual(new Set(Object.keys(mock.states)));
});

test('a state that nobody knows is refused with the names that exist', async () => {
  await expect(setState(service, admin, { name: 'the moon is full', params: {} })).rejects.toThrow(
    'Redis has no state "the moon is full"; it knows "no configuration is cached", "the tenant configuration is cached", "no new call waits".',
  );
  await expect(setState(service, admin, { name: 'toString', params: {} })).rejects.toThrow('has no state "toString"');
});

test('undoing a state brings back what was there, to the byte and with its time to live', async () => {
  const mine = keys.person(tenant, 'A1001');
  const other = keys.person(world.otherTenant.uuid, 'A1001');
  await admin.hset(mine, 'bytes', Buffer.from([0, 255, 128]));
  await admin.pexpire(mine, 100_000);
  await admin.xadd(keys.changes(tenant), '5-1', 'a', '1');
  await admin.set(other, 'untouched');
  const before = await admin.dumpBuffer(mine);

  const set = await setState(service, admin, {
    name: 'the tenant configuration is cached',
    params: { tenant, revision: 42 },
  });
  expect(await admin.get(keys.revision(tenant))).toBe('42');
  expect(await admin.hgetall(mine)).toMatchObject({ employeeId: 'A1001', isAgent: '2', loginCodes: '["1001"]' });
  expect(await admin.pttl(mine)).toBe(-1);
  expect(await admin.exists(keys.changes(tenant))).toBe(0);
  const empty = await setState(service, admin, { name: 'no configuration is cached', params: { tenant } });
  expect(await admin.exists(mine)).toBe(0);
  await empty.undo();
  expect(await admin.hget(mine, 'employeeId')).toBe('A1001');
  await set.undo();

  expect(await admin.dumpBuffer(mine)).toEqual(before);
  expect(await admin.pttl(mine)).toBeGreaterThan(50_000);
  expect(await admin.xrange(keys.changes(tenant), '-', '+')).toEqual([['5-1', ['a', '1']]]);
  expect((await admin.keys('*')).sort()).toEqual([keys.changes(tenant), mine, other].sort());
});
