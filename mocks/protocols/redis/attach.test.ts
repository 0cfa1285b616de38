import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Redis } from 'ioredis';
import tenantContract from '../../../contracts/connections/09-tenant-service--redis.ts';
import sipContract from '../../../contracts/connections/49-voice-sip-cluster-service--redis.ts';
import type { Contract } from '../../../contracts/contract.ts';
import { dialect } from '../../../contracts/dialect.ts';
import { world } from '../../../contracts/world.ts';
import type { MockServer } from '../../adapter.ts';
import { sourceAddress, userName } from '../../common/source-address.ts';
import { adapter } from './adapter.ts';
import { connect } from './client.ts';
import { destinationFaults, redisService, sourceFaults } from './fixtures/trial.ts';
import { parseMonitorLine } from './monitor.ts';
import { type RedisServer, startRedis } from './server.ts';

const contract9 = tenantContract as Contract;
const contract49 = sipContract as Contract;
const stream = dialect.redis.newCalls.stream(world.tenant.uuid);
const never = new AbortController().signal;

let running: RedisServer;
let admin: Redis;
let server: MockServer;
beforeAll(async () => {
  running = await startRedis();
  admin = await connect({ at: running.address, observer: true });
});
afterAll(async () => {
  admin?.disconnect();
  await running?.stop();
});
beforeEach(async () => {
  server = await adapter.attach({ contracts: [contract9, contract49], service: redisService, at: running.address });
});
afterEach(() => server.close());

const contents = () => server.exchanges().flatMap(({ messages }) => messages.map(({ content }) => content));

test('a server that runs already is verified like one of ours, on both sides', async () => {
  for (const contract of [contract9, contract49]) {
    for (const interaction of contract.interactions) {
      const { only } = interaction;
      if (only?.side !== 'source') {
        expect([interaction.description, await destinationFaults(server, contract, interaction)]).toEqual([
          interaction.description,
          [],
        ]);
      }
      if (only?.side === 'destination') continue;
      const faults = await sourceFaults(server, contract, interaction, () =>
        adapter.play({ contract, interaction, values: {} }, server.address, never),
      );
      expect([interaction.description, faults]).toEqual([interaction.description, []]);
      expect(server.exchanges().length).toBeGreaterThan(0);
    }
  }
});

test('a source is told its own login, not that of the administrator', async () => {
  const at = server.addressFor?.(contract49);
  expect(at).toEqual(sourceAddress(contract49, running.address));
  const source = await connect({ at: at ?? running.address });
  await expect(source.call('ACL', 'WHOAMI')).rejects.toThrow('NOPERM');
  source.disconnect();
});

test('only what sources do is recorded, whatever bytes it holds', async () => {
  const source = await connect({ at: sourceAddress(contract49, server.address) });
  await admin.set('of the harness', 'x');
  const odd = 'quote " back \\ slash, "\\" \\x41, line\n\r\t\x07\b\0, äöü 🎧, " " and ["';
  await source.call('XADD', stream, '*', 'body', JSON.stringify({ odd }), 'odd', odd, 'empty', '');
  source.disconnect();
  await server.settled();
  await admin.del(stream, 'of the harness');
  expect(contents()).toEqual([
    {
      command: 'XADD',
      key: stream,
      id: '*',
      maxlen: null,
      approximate: false,
      fields: { body: { odd }, odd, empty: '' },
    },
  ]);
  server.clear();
  expect(server.exchanges()).toEqual([]);
});

test('what the ACL refused is recorded by name and key, each time', async () => {
  const source = await connect({ at: sourceAddress(contract49, server.address) });
  const refused = async () => {
    await expect(source.call('XADD', 'ors:{x}:new', '*', 'a', '1')).rejects.toThrow('NOPERM');
    await expect(source.xlen(stream)).rejects.toThrow('NOPERM');
    await expect(source.xinfo('GROUPS', stream)).rejects.toThrow('NOPERM');
    // What clients do by themselves is no part of any contract.
    await expect(source.client('LIST')).rejects.toThrow('NOPERM');
    await server.settled();
  };
  await refused();
  const first = [
    { command: 'XADD', args: ['ors:{x}:new'] },
    { to: 'XADD ors:{x}:new', reply: null, error: 'NOPERM' },
    { command: 'XLEN', args: [] },
    { to: 'XLEN', reply: null, error: 'NOPERM' },
    { command: 'XINFO', args: ['GROUPS'] },
    { to: 'XINFO GROUPS', reply: null, error: 'NOPERM' },
  ];
  expect(contents()).toEqual(first);
  await refused();
  expect(contents().length).toBe(2 * first.length);
  await server.settled();
  expect(contents().length).toBe(2 * first.length);
  source.disconnect();
  const another = await connect({ at: sourceAddress(contract49, server.address) });
  await expect(another.xlen(stream)).rejects.toThrow('NOPERM');
  await server.settled();
  expect(contents().slice(2 * first.length)).toEqual(first.slice(2, 4));
  another.disconnect();
});

test('the users that it makes go with it; closing twice is fine', async () => {
  expect(await admin.call('ACL', 'GETUSER', userName(contract9))).not.toBeNull();
  await Promise.all([server.close(), server.close()]);
  await server.close();
  expect(await admin.call('ACL', 'USERS')).toEqual(['admin', 'default']);
});

test('a server that is gone is said to be no longer watched', async () => {
  const other = await startRedis();
  const watched = await adapter.attach({ contracts: [], service: redisService, at: other.address });
  await other.stop();
  await expect(watched.settled()).rejects.toThrow(
    `Redis at 127.0.0.1:${other.address.port} is no longer watched: it closed the connection.`,
  );
  await watched.close();
});

test('a login that may not watch is refused in one sentence, and nothing stays behind', async () => {
  await admin.call('ACL', 'SETUSER', 'blind', 'on', '>blind', '~*', '+@all', '-monitor');
  const at = { ...running.address, user: 'blind', password: 'blind' };
  const attaching = adapter.attach({ contracts: [contract9], service: redisService, at });
  await expect(attaching).rejects.toThrow(`Redis at 127.0.0.1:${at.port} refused to be watched (NOPERM).`);
  await admin.call('ACL', 'DELUSER', 'blind');
});

test('a line of MONITOR is read back to the very arguments, whatever they hold', async () => {
  const quoted = (text: string) =>
    [...Buffer.from(text)]
      .map((byte) => {
        const char = String.fromCharCode(byte);
        const short = { '\\': '\\\\', '"': '\\"', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\x07': '\\a', '\b': '\\b' }[
          char
        ];
        return short ?? (byte >= 32 && byte < 127 ? char : `\\x${byte.toString(16).padStart(2, '0')}`);
      })
      .join('');
  const argument = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.constantFrom('', '" "', '\\"', '\\x41'));
  fc.assert(
    fc.property(fc.array(argument, { minLength: 1 }), (argv) => {
      const line = `1795399360.715138 [0 127.0.0.1:45334] ${argv.map((each) => `"${quoted(each)}"`).join(' ')}`;
      expect(parseMonitorLine(line)).toEqual({ client: '127.0.0.1:45334', argv, atUs: 1_795_399_360_715_138 });
    }),
    { seed: 7 },
  );
  expect(parseMonitorLine('1795399360.715138 [0 [::1]:45334] "PING"')?.client).toBe('[::1]:45334');
  expect(parseMonitorLine('1795399360.715138 [0 lua] "GET" "k"')?.client).toBe('lua');
  expect(parseMonitorLine('OK')).toBeUndefined();
});
