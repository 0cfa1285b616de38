import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Redis } from 'ioredis';
import { orsEntries, orsStates, orsStream } from '../../../../contracts/common/ors-stream.ts';
import { tenantStates, tenantStream } from '../../../../contracts/common/tenant-stream.ts';
import type { ProviderState } from '../../../../contracts/contract.ts';
import type { ServiceMock } from '../../../adapter.ts';
import { connect } from '../../../protocols/redis/client.ts';
import { Nodes } from '../../../protocols/redis/nodes.ts';
import { type RedisServer, startRedis } from '../../../protocols/redis/server.ts';
import { setState } from '../../../protocols/redis/states.ts';
import mock from '../mock.ts';
import { appendNamed, onceSomebodyWaits } from './streams.ts';

let server: RedisServer;
let nodes: Nodes;
let admin: Redis;
let reader: Redis;
beforeAll(async () => {
  server = await startRedis();
  nodes = await Nodes.connect({ at: server.address, observer: true });
  admin = nodes.all[0].client;
  reader = await connect({ at: server.address });
});
afterAll(async () => {
  nodes?.disconnect();
  reader?.disconnect();
  await server?.stop();
});

const set = (state: ProviderState) =>
  setState(
    mock as unknown as ServiceMock,
    { nodes, showForeignCertificate: () => Promise.reject(new Error('not here')) },
    state,
  );

test('a stream comes back with its groups and with what is pending in them', async () => {
  await admin.xgroup('CREATE', orsStream, 'theirs', '0', 'MKSTREAM');
  await admin.xadd(orsStream, '5-1', 'a', '1');
  await admin.xreadgroup('GROUP', 'theirs', 'pod', 'STREAMS', orsStream, '>');
  const before = await admin.xpending(orsStream, 'theirs');
  const { undo } = await set(orsStates.pending('inboundCall', 'voice-ors-9', { idleMs: 31_000, deliveries: 5 }));
  const [pending] = (await admin.xpending(orsStream, 'ors', '-', '+', 10)) as [string, string, number, number][];
  expect(pending?.[1]).toBe('voice-ors-9');
  expect(pending?.[2]).toBeGreaterThanOrEqual(31_000);
  expect(pending?.[3]).toBe(5);
  await undo();
  expect(await admin.xpending(orsStream, 'theirs')).toEqual(before);
  await admin.del(orsStream);
});

test('an entry comes for whoever waits, and for nobody who only looks', async () => {
  const { undo, values } = await set(tenantStates.coming('pod', 'ringing'));
  expect(await reader.xread('STREAMS', tenantStream, String(values.cursor))).toBeNull();
  const reply = await reader.xread('BLOCK', 5_000, 'STREAMS', tenantStream, String(values.cursor));
  expect(reply?.[0]?.[1]).toHaveLength(1);
  await undo();
  expect(await admin.exists(tenantStream)).toBe(0);
});

test('a full stream is longer than it may be', async () => {
  const { undo } = await set(tenantStates.full);
  expect(await admin.xlen(tenantStream)).toBe(101_000);
  await undo();
});

test('a watch ends though nobody came, and says what went wrong with it', async () => {
  await onceSomebodyWaits(admin, () => Promise.reject(new Error('never')))();
  const end = onceSomebodyWaits(admin, async (client) => {
    await admin.client('KILL', 'ID', client);
    throw new Error('no room');
  });
  const waiting = await connect({ at: server.address });
  await expect(waiting.xread('BLOCK', 5_000, 'STREAMS', 'nowhere', '$')).rejects.toThrow('closed');
  await expect(end()).rejects.toThrow('no room');
});

test('an entry that nobody knows is an error of the harness', async () => {
  await expect(appendNamed(admin, orsStream, orsEntries, 'inboundCall toString')).rejects.toThrow(
    `there is no entry "toString" for ${orsStream}.`,
  );
  await admin.del(orsStream);
});
