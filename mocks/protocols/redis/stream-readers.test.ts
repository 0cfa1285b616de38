import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import tenantReader from '../../../contracts/connections/14-redis-6-x--tenant-service.ts';
import orsReader from '../../../contracts/connections/46-ors--redis.ts';
import newCalls from '../../../contracts/connections/49-voice-sip-cluster-service--redis.ts';
import { type Contract, state } from '../../../contracts/contract.ts';
import { dialect } from '../../../contracts/dialect.ts';
import { world } from '../../../contracts/world.ts';
import type { MockServer } from '../../adapter.ts';
import { sourceAddress } from '../../common/source-address.ts';
import { rights } from './acl.ts';
import { adapter } from './adapter.ts';
import { connect } from './client.ts';
import { destinationFaults, interactionOf, redisService, sourceFaults } from './fixtures/trial.ts';
import { type RedisServer, startRedis } from './server.ts';

const contract14 = tenantReader as Contract;
const contract46 = orsReader as Contract;
const contracts = [contract14, contract46, newCalls as Contract];
const tenant = world.tenant.uuid;
const { stream, readers: group, deadLetters } = dialect.redis.newCalls;
const orsStream = stream(tenant);
const bus = dialect.redis.tenantEvents.stream(tenant);
const cursor = dialect.redis.tenantEvents.cursor(tenant, world.tenantNode.id);
const never = new AbortController().signal;

let running: RedisServer;
let served: MockServer;
let attached: MockServer;
beforeAll(async () => {
  running = await startRedis();
  served = await adapter.serve({ contracts, service: redisService, listen: { host: '127.0.0.1', port: 0 } });
  attached = await adapter.attach({ contracts, service: redisService, at: running.address });
});
afterAll(async () => {
  await attached?.close();
  await served?.close();
  await running?.stop();
});

type Act = (source: Redis) => Promise<unknown>;
const inTurn =
  (...acts: readonly Act[]): Act =>
  async (source) => {
    for (const act of acts) await act(source);
  };
const read =
  (blockMs = 1_000, id = '>'): Act =>
  (source) =>
    source.call('XREADGROUP', 'GROUP', group, 'pod-7', 'COUNT', 10, 'BLOCK', blockMs, 'STREAMS', orsStream, id);
/** Reads until something comes, and acknowledges all of it. */
const work =
  (ack: (source: Redis, ids: readonly string[]) => Promise<unknown>, blockMs = 20): Act =>
  async (source) => {
    for (;;) {
      const reply = (await read(blockMs)(source)) as [string, [string, string[]][]][] | null;
      if (reply === null) continue;
      return await ack(
        source,
        (reply[0]?.[1] ?? []).map(([id]) => id),
      );
    }
  };
const ackEach = async (source: Redis, ids: readonly string[]) => {
  for (const id of ids) await source.xack(orsStream, group, id);
};

describe.each([
  ['behind the relay', () => served],
  ['watched by MONITOR', () => attached],
] as const)('a reader %s', (_, server) => {
  const all = [contract14, contract46].flatMap((contract) =>
    contract.interactions.map((interaction) => ({ title: interaction.description, contract, interaction })),
  );

  test.each(all.filter(({ interaction }) => interaction.only?.side !== 'source'))(
    'is served as it wants: $title',
    async ({ contract, interaction }) => {
      expect(await destinationFaults(server(), contract, interaction)).toEqual([]);
    },
  );

  test.each(all.filter(({ interaction }) => interaction.only?.side !== 'destination'))(
    'is judged by what it does: $title',
    async ({ contract, interaction }) => {
      const faults = await sourceFaults(server(), contract, interaction, (_source, _at, values) =>
        adapter.play({ contract, interaction, values }, server().address, never),
      );
      expect(faults).toEqual([]);
      expect(server().exchanges().length).toBeGreaterThan(0);
    },
  );

  test('may read in vain before the entry comes, and go on after it', async () => {
    const interaction = interactionOf(contract46, 'at the moment at which it comes');
    const faults = await sourceFaults(server(), contract46, interaction, inTurn(work(ackEach, 5), read(5), read(5)));
    expect(faults).toEqual([]);
  });

  test('that waits when the record is taken is in it', async () => {
    const interaction = interactionOf(contract46, 'waits in vain');
    const acting: Promise<unknown>[] = [];
    const source = await connect({ at: sourceAddress(contract46, server().address) });
    const faults = await sourceFaults(server(), contract46, interaction, async () => {
      acting.push(read(60_000)(source).catch(() => {}));
      await waiting(server());
    });
    source.disconnect();
    await Promise.all(acting);
    expect(faults).toEqual([]);
  });

  test('whose read outlasts the record is in the next one too', async () => {
    const source = await connect({ at: sourceAddress(contract46, server().address) });
    const admin = await connect({ at: server().address, observer: true });
    await admin.xgroup('CREATE', orsStream, group, '0', 'MKSTREAM');
    const reading = read(60_000)(source) as Promise<[string, [string, string[]][]][]>;
    await waiting(server());
    await server().settled();
    const before = server().exchanges().at(-1)?.id ?? 0;
    await admin.call('XADD', orsStream, '*', 'v', '1');
    const [[, entries]] = (await reading) as [[string, [string, string[]][]]];
    await ackEach(
      source,
      entries.map(([id]) => id),
    );
    await server().settled();
    const sent = server()
      .exchanges()
      .filter(({ id }) => id > before)
      .flatMap(({ messages }) => messages)
      .flatMap(({ from, content }) => (from === 'source' ? [(content as { command: string }).command] : []));
    source.disconnect();
    await admin.del(orsStream);
    admin.disconnect();
    expect(sent).toEqual(['XREADGROUP', 'XACK']);
  });
});

/** Waits until a client of a row is blocked in a read. */
async function waiting(server: MockServer): Promise<void> {
  const admin = await connect({ at: server.address, observer: true });
  try {
    const deadline = Date.now() + 5_000;
    while (!/flags=b.* cmd=xread/.test(String(await admin.client('LIST')))) {
      if (Date.now() > deadline) throw new Error('nobody waited within 5000 ms');
      await sleep(5);
    }
  } finally {
    admin.disconnect();
  }
}

type StateValues = Readonly<Record<string, string>>;
const fault = (part: string) => expect.stringContaining(part);

describe('a broken reader of new calls is caught:', () => {
  const oneCall = interactionOf(contract46, 'a new call goes to one pod');
  const broken: readonly { title: string; act: Act; faults: readonly unknown[]; interaction?: typeof oneCall }[] = [
    { title: 'nothing wrong', act: work(ackEach), faults: [] },
    { title: 'no acknowledgement', act: read(), faults: [fault('expected XACK ors:{T}:new, got nothing')] },
    {
      title: 'an acknowledgement of another entry',
      act: work((source) => source.xack(orsStream, group, '9-9')),
      faults: [fault('XACK ors:{T}:new: $.ids[0]: expected')],
    },
    {
      title: 'what counts as done when it is given out',
      act: (source) =>
        source.call('XREADGROUP', 'GROUP', group, 'p', 'COUNT', 1, 'BLOCK', 9, 'NOACK', 'STREAMS', orsStream, '>'),
      faults: [fault('$.noack: expected false, got true (boolean)'), fault('expected XACK')],
    },
    {
      title: 'a group of its own',
      act: (source) =>
        source
          .call('XREADGROUP', 'GROUP', 'mine', 'p', 'COUNT', 1, 'BLOCK', 9, 'STREAMS', orsStream, '>')
          .catch(() => {}),
      faults: [fault('$.group: expected "ors", got "mine" (string)'), fault('expected XACK')],
    },
    {
      title: 'a read that does not wait',
      act: inTurn((source) => source.call('XREADGROUP', 'GROUP', group, 'p', 'COUNT', 1, 'STREAMS', orsStream, '>')),
      faults: [fault('$.blockMs: expected an integer like 1000, got null'), fault('expected XACK')],
    },
    {
      title: 'poison that is acknowledged and not kept',
      interaction: interactionOf(contract46, 'without a body goes'),
      act: work(ackEach),
      faults: [fault('expected XADD ors:{T}:new:dead, got nothing')],
    },
    {
      title: 'poison that is acknowledged before it is kept',
      interaction: interactionOf(contract46, 'without a body goes'),
      act: work(async (source, ids) => {
        await ackEach(source, ids);
        const fields = `v 1 id EventRouteRequest tid ${tenant} src voice-sip-0 seq 1 ts 1760000000125 reason none`;
        await source.call('XADD', deadLetters(tenant), 'MAXLEN', '~', '10000', '*', ...fields.split(' '));
      }),
      faults: [fault('it came too')],
    },
    {
      title: 'what another pod is at work on, taken',
      interaction: interactionOf(contract46, 'is left to it'),
      act: inTurn(read(5), (source) => source.call('XAUTOCLAIM', orsStream, group, 'p', 0, '0-0', 'COUNT', 50)),
      faults: [fault('$.minIdleMs: expected 30000, got 0 (number)')],
    },
  ];
  test.each(broken)('$title', async ({ act, faults, interaction = oneCall }) => {
    expect(await sourceFaults(served, contract46, interaction, act)).toEqual(faults);
  });
});

describe('a reader of the bus that loses its connection', () => {
  const interaction = interactionOf(contract14, 'loses its connection');
  const from = (id: string) => (source: Redis) =>
    source.call('XREAD', 'COUNT', 50, 'BLOCK', 1_000, 'STREAMS', bus, id) as Promise<[string, [string, string[]][]][]>;
  const comingBack = (id: (cursor: string) => string) => async (source: Redis, _: unknown, values: StateValues) => {
    const last = values.cursor ?? '';
    await expect(from(last)(source)).rejects.toThrow('closed');
    const again = await connect({ at: sourceAddress(contract14, served.address) });
    try {
      const reply = await from(id(last))(again);
      const entry = reply?.[0]?.[1].at(-1)?.[0] ?? last;
      await again.set(cursor, entry);
    } finally {
      again.disconnect();
    }
  };

  test('goes on where it was', async () => {
    expect(
      await sourceFaults(
        served,
        contract14,
        interaction,
        comingBack((last) => last),
      ),
    ).toEqual([]);
  });

  test('is caught when it goes on from now', async () => {
    const faults = await sourceFaults(
      served,
      contract14,
      interaction,
      comingBack(() => '$'),
    );
    expect(faults).toContainEqual(fault('expected this message never to be sent, got XREAD tenant:{T}:events'));
  });
});

test('a reader that leaves while it waits has done nothing wrong; another command that is left open is a failure', async () => {
  const source = await connect({ at: sourceAddress(contract46, served.address) });
  const { undo } = await served.setState(state('no new call waits', { tenant }));
  await source.xgroup('CREATE', orsStream, group, '0', 'MKSTREAM');
  await served.settled();
  served.clear();
  const reading = read(60_000)(source).catch(() => {});
  await waiting(served);
  source.disconnect();
  await reading;
  const deadline = Date.now() + 5_000;
  while (served.exchanges().length === 0 && Date.now() < deadline) await sleep(5);
  await undo();
  expect(served.exchanges().map(({ failure, messages }) => [failure, messages.map(({ from }) => from)])).toEqual([
    [undefined, ['source']],
  ]);
});

test('replies about streams are the same over RESP2 and RESP3', async () => {
  const seen: unknown[] = [];
  const tap = await adapter.tap({ host: '127.0.0.1', port: 0 }, running.address);
  for (const protocol of [2, 3] as const) {
    const { host, port } = tap.address;
    const { user: username = '', password = '' } = running.address;
    const client = new Redis({ host, port, username, password, protocol, retryStrategy: null });
    const before = tap.exchanges().at(-1)?.id ?? 0;
    for (const line of [
      'XADD s 1-0 a 1 body {"b":[2]}',
      'XADD s 2-0 a 2',
      'XGROUP CREATE s g 0',
      'XREAD COUNT 1 STREAMS s 0',
      'XREADGROUP GROUP g c COUNT 5 STREAMS s >',
      'XREADGROUP GROUP g c COUNT 5 STREAMS s >',
      'XRANGE s 2 +',
      'XDEL s 2-0',
      'XREADGROUP GROUP g c STREAMS s 0',
      'XPENDING s g - + 10',
      'XCLAIM s g d 0 1-0',
      'XAUTOCLAIM s g e 0 0-0',
      'XINFO STREAM s',
      'DEL s',
    ]) {
      await client.call(...(line.split(' ') as [string, ...string[]]));
    }
    client.disconnect();
    await tap.settled();
    seen.push(
      tap
        .exchanges()
        .filter(({ id }) => id > before)
        .flatMap(({ messages }) => messages)
        .flatMap(({ content }) => ('reply' in (content as object) ? [(content as { reply: unknown }).reply] : [])),
    );
  }
  await tap.close();
  const first = { id: '1-0', fields: { a: '1', body: { b: [2] } } };
  const second = { id: '2-0', fields: { a: '2' } };
  const idleMs = expect.any(Number);
  expect(seen[0]).toEqual([
    '1-0',
    '2-0',
    'OK',
    [first],
    [first, second],
    null,
    [second],
    1,
    [first, { id: '2-0', fields: null }],
    [
      { id: '1-0', consumer: 'c', idleMs, deliveries: 2 },
      { id: '2-0', consumer: 'c', idleMs, deliveries: 1 },
    ],
    [first],
    { next: '0-0', entries: [first], deleted: ['2-0'] },
    expect.objectContaining({ length: 1, 'first-entry': first, 'last-entry': first }),
    1,
  ]);
  expect(seen[1]).toEqual(
    (seen[0] as unknown[]).map((reply) => (Array.isArray(reply) ? reply.map(withAnyIdle) : reply)),
  );
});

const withAnyIdle = (value: unknown) =>
  typeof value === 'object' && value !== null && 'idleMs' in value ? { ...value, idleMs: expect.any(Number) } : value;

test('a reader may read, acknowledge and bury, and nothing else', () => {
  const tag = `{${tenant}}`;
  const common = '+ping +hello +info +client|setname +client|getname +client|id +multi +exec +discard';
  expect(rights(contract46).join(' ')).toBe(
    `resetkeys ~ors:${tag}:new ~ors:${tag}:new:* -@all ${common} +xack +xadd +xautoclaim +xclaim +xgroup|create +xpending +xreadgroup`,
  );
  expect(rights(contract14).join(' ')).toBe(
    `resetkeys ~tenant:${tag}:cursor:* ~tenant:${tag}:events -@all ${common} +get +psetex +set +setex +xinfo|stream +xread`,
  );
  expect(sourceAddress(contract14, running.address).user).toBe('r14-tenant-service');
});
