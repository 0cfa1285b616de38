import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Redis } from 'ioredis';
import tenantContract from '../../../contracts/connections/09-tenant-service--redis.ts';
import sipContract from '../../../contracts/connections/49-voice-sip-cluster-service--redis.ts';
import type { Contract, Interaction } from '../../../contracts/contract.ts';
import { dialect } from '../../../contracts/dialect.ts';
import { world } from '../../../contracts/world.ts';
import type { MockServer } from '../../adapter.ts';
import { adapter } from './adapter.ts';
import { connect } from './client.ts';
import { interactionOf, redisService, sourceFaults } from './fixtures/trial.ts';

const contract9 = tenantContract as Contract;
const contract49 = sipContract as Contract;
const tenant = world.tenant.uuid;
const keys = dialect.redis.config;

let server: MockServer;

beforeAll(async () => {
  server = await adapter.serve({
    contracts: [contract9, contract49],
    service: redisService,
    listen: { host: '127.0.0.1', port: 0 },
  });
});

afterAll(async () => {
  await server?.close();
});

const person = keys.person(tenant, 'A1001');
const change = interactionOf(contract9, 'a changed person');

type Act = (source: Redis) => Promise<unknown>;
interface Broken {
  title: string;
  act: Act;
  faults: readonly unknown[];
}

describe('a broken source of configuration is caught:', () => {
  const revision = keys.revision(tenant);
  const body = (rev: number) => JSON.stringify({ type: 'person', dbid: 111, op: 'changed', rev });
  const entry = (rev = 43) =>
    `v 1 id ConfigObjectChanged tid ${tenant} src tenant-0 seq 7 ts 1760000000125 body ${body(rev)}`.split(' ');
  const edit: Act = (source) => source.hset(person, 'lastName', 'Lovelace');
  const count: Act = (source) => source.incr(revision);
  const tell =
    (fields: readonly string[] = entry(), trim = ['MAXLEN', '~', '10000']): Act =>
    (source) =>
      source.call('XADD', keys.changes(tenant), ...trim, '*', ...fields);
  const inTurn =
    (...acts: readonly Act[]): Act =>
    async (source) => {
      for (const act of acts) await act(source);
    };

  test('none of these: HMSET in a transaction, one pipeline, more fields than needed', async () => {
    const good: Act[] = [
      async (source) => {
        await source.multi().hmset(person, 'lastName', 'Lovelace', 'firstName', 'Ada').incr(revision).exec();
        await tell()(source);
      },
      (source) => Promise.all([edit, count, tell([...entry(), 'extra', 'field'])].map((act) => act(source))),
    ];
    for (const act of good) expect(await sourceFaults(server, contract9, change, act)).toEqual([]);
  });

  const broken: readonly Broken[] = [
    {
      title: 'a wrong field',
      act: inTurn((source) => source.hset(person, 'surname', 'Lovelace'), count, tell()),
      faults: [
        'HSET config:{T}:person:A1001: $.fields.lastName: expected a string like "Lovelace", got nothing (the key is missing)',
      ],
    },
    {
      title: 'a wrong key',
      act: inTurn((source) => source.hset(keys.person(tenant, 'A9'), 'lastName', 'Lovelace'), count, tell()),
      faults: [
        'HSET config:{T}:person:A1001: $.key: expected "config:{T}:person:A1001", got "config:{T}:person:A9" (string)',
      ],
    },
    {
      title: 'the revision before the object',
      act: inTurn(count, edit, tell()),
      faults: [
        'step 1 of 11, from the source: expected HSET config:{T}:person:A1001 in its place, got it came too late',
      ],
    },
    {
      title: 'no new revision',
      act: inTurn(edit, tell()),
      faults: ['step 3 of 11, from the source: expected INCR config:{T}:rev, got nothing'],
    },
    {
      title: 'no change entry',
      act: inTurn(edit, count),
      faults: ['step 5 of 11, from the source: expected XADD config:{T}:changes, got nothing'],
    },
    {
      title: 'another revision in the entry',
      act: inTurn(edit, count, tell(entry(42))),
      faults: ['XADD config:{T}:changes: $.fields.body.rev: expected 43, got 42 (number)'],
    },
    {
      title: 'an entry without its schema version',
      act: inTurn(edit, count, tell(entry().slice(2))),
      faults: ['XADD config:{T}:changes: $.fields.v: expected "1", got nothing (the key is missing)'],
    },
    {
      title: 'a stream without a bound',
      act: inTurn(edit, count, tell(entry(), [])),
      faults: [
        'XADD config:{T}:changes: $.maxlen: expected 10000, got null',
        'XADD config:{T}:changes: $.approximate: expected true, got false (boolean)',
      ],
    },
    {
      title: 'a write that nobody asked for',
      act: inTurn(edit, (source) => source.hset(keys.tenant(tenant), 'name', 'x'), count, tell()),
      faults: [expect.stringContaining('HSET')],
    },
    {
      title: 'an expiry on the key',
      act: inTurn(edit, (source) => source.pexpire(person, 5_000).catch(() => {}), count, tell()),
      faults: [expect.stringContaining('PEXPIRE')],
    },
  ];
  test.each(broken)('$title', async ({ act, faults }) => {
    const found = await sourceFaults(server, contract9, change, act);
    for (const fault of faults) expect(found).toContainEqual(fault);
    expect(found.length).toBeGreaterThan(0);
  });

  test('a change of isAgent', async () => {
    const found = await sourceFaults(server, contract9, interactionOf(contract9, 'a change of isAgent'), (source) =>
      inTurn((each) => each.hset(person, 'isAgent', '1', 'lastName', 'Lovelace'), count, tell())(source),
    );
    expect(found).toEqual([
      expect.stringMatching(/^source: expected this message never to be sent, got HSET config:\{T\}:person:A1001/),
    ]);
  });

  test('a login with a wrong password', async () => {
    const found = await sourceFaults(server, contract9, change, async (source, at) => {
      await inTurn(edit, count, tell())(source);
      await expect(connect({ at: { ...at, password: 'wrong' } })).rejects.toThrow('(WRONGPASS)');
    });
    expect(found).toEqual([
      expect.stringMatching(/^the client 127\.0\.0\.1:\d+ could not log in as r9-tenant-service \(WRONGPASS\)\.$/),
    ]);
  });
});

describe('a broken source of new calls is caught:', () => {
  const stream = dialect.redis.newCalls.stream(tenant);
  const event = {
    id: 'EventRouteRequest',
    Server: 101,
    time: { sec: 1_760_000_000, usec: 0 },
    ThisDN: '5000',
    ThisQueue: '5000',
    CallID: 1,
    CallThreadID: 'ct-1',
    CallType: 2,
    ConnID: '006a0301b2c3d001',
    ANI: '+15550100',
    DNIS: '8005550199',
  };
  const add = (fields: Record<string, string> = {}, body: object | string = event): Act => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const all = { v: '1', id: event.id, tid: tenant, src: 's-0', seq: '1', ts: '1760000000125', body: text, ...fields };
    return (source) => source.call('XADD', stream, 'MAXLEN', '~', '100000', '*', ...Object.entries(all).flat());
  };
  const inbound = interactionOf(contract49, 'a new inbound call');
  const duplicate = interactionOf(contract49, 'sent again after a reconnect');
  const { DNIS: _, ...withoutDnis } = event;

  const broken: readonly (Broken & { interaction?: Interaction })[] = [
    { title: 'nothing wrong', act: add(), faults: [] },
    {
      title: 'a body without DNIS',
      act: add({}, withoutDnis),
      faults: [
        'XADD ors:{T}:new: $.fields.body.DNIS: expected a string like "8005550199", got nothing (the key is missing)',
      ],
    },
    {
      title: 'the tenant of another stream',
      act: add({ tid: world.otherTenant.uuid }),
      faults: ['XADD ors:{T}:new: $.fields.tid: expected "T", got "B" (string)'],
    },
    {
      title: 'a ConnID that is a number',
      act: add({}, { ...event, ConnID: 7 }),
      faults: [expect.stringMatching(/^XADD ors:\{T\}:new: \$\.fields\.body\.ConnID: expected .*, got 7 \(number\)$/)],
    },
    {
      title: 'a queue that is not the DN',
      act: add({}, { ...event, ThisQueue: '5001' }),
      faults: [expect.stringMatching(/^XADD ors:\{T\}:new: \$\.fields\.body\.ThisQueue: expected "5000".*got "5001"/)],
    },
    {
      title: 'a body that is not JSON',
      interaction: interactionOf(contract49, 'is not a JSON object'),
      act: async (source) => {
        await add({}, '{"id":')(source);
        await add()(source);
      },
      faults: [expect.stringMatching(/^source: expected this message never to be sent, got XADD ors:\{T\}:new/)],
    },
    {
      title: 'a body that is a JSON array',
      interaction: interactionOf(contract49, 'is not a JSON object'),
      act: async (source) => {
        await add({}, [event])(source);
        await add()(source);
      },
      faults: [expect.stringMatching(/^source: expected this message never to be sent, got XADD ors:\{T\}:new/)],
    },
    {
      title: 'a repeated entry under a new sequence',
      interaction: duplicate,
      act: async (source) => {
        await add()(source);
        await add({ seq: '2' })(source);
      },
      faults: ['XADD ors:{T}:new: $.fields.seq: expected "1", the value bound to sequence, got "2" (string)'],
    },
    {
      title: 'an entry that is lost',
      interaction: duplicate,
      act: add(),
      faults: ['step 3 of 5, from the source: expected XADD ors:{T}:new, got nothing'],
    },
    {
      title: 'reading what it may only write',
      act: async (source) => {
        await add()(source);
        await source.xrange(stream, '-', '+').catch(() => {});
      },
      faults: [expect.stringContaining('XRANGE')],
    },
  ];
  test.each(broken)('$title', async ({ interaction = inbound, act, faults }) => {
    const found = await sourceFaults(server, contract49, interaction, act);
    for (const fault of faults) expect(found).toContainEqual(fault);
    expect(found.length > 0).toBe(faults.length > 0);
  });
});
