import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Redis } from 'ioredis';
import tenantContract from '../../../contracts/connections/09-tenant-service--redis.ts';
import sipContract from '../../../contracts/connections/49-voice-sip-cluster-service--redis.ts';
import type { Contract } from '../../../contracts/contract.ts';
import { dialect } from '../../../contracts/dialect.ts';
import { world } from '../../../contracts/world.ts';
import type { MockServer } from '../../adapter.ts';
import { userName } from '../../common/source-address.ts';
import { rights } from './acl.ts';
import { adapter } from './adapter.ts';
import { connect } from './client.ts';
import { destinationFaults, interactionOf, redisService, sourceFaults } from './fixtures/trial.ts';

const contract9 = tenantContract as Contract;
const contract49 = sipContract as Contract;
const tenant = world.tenant.uuid;
const keys = dialect.redis.config;
const never = new AbortController().signal;

let server: MockServer;
let admin: Redis;

beforeAll(async () => {
  server = await adapter.serve({
    contracts: [contract9, contract49],
    service: redisService,
    listen: { host: '127.0.0.1', port: 0 },
  });
  admin = await connect({ at: server.address, observer: true });
});

afterAll(async () => {
  admin?.disconnect();
  await server?.close();
});

const all = [contract9, contract49].flatMap((contract) =>
  contract.interactions.map((interaction) => ({
    title: `connection ${String(contract.connection).padStart(2, '0')}: ${interaction.description}`,
    contract,
    interaction,
  })),
);

test.each(all.filter(({ interaction }) => interaction.only?.side !== 'source'))(
  'the real server keeps $title',
  async ({ contract, interaction }) => {
    expect(await destinationFaults(server, contract, interaction)).toEqual([]);
  },
);

test.each(all.filter(({ interaction }) => interaction.only?.side !== 'destination'))(
  'the harness as a source keeps $title',
  async ({ contract, interaction }) => {
    const faults = await sourceFaults(server, contract, interaction, () =>
      adapter.play({ contract, interaction, values: {} }, server.address, never),
    );
    expect(faults).toEqual([]);
    expect(server.exchanges().length).toBeGreaterThan(0);
  },
);

const person = keys.person(tenant, 'A1001');
const change = interactionOf(contract9, 'a changed person');

describe('a broken server is caught:', () => {
  const personHeld = 'config:{T}:person:A1001 held';

  test('it lets the producer read the stream', async () => {
    const user = userName(contract49);
    const faults = await destinationFaults(server, contract49, interactionOf(contract49, 'may neither read'), () =>
      admin.call('ACL', 'SETUSER', user, '+xrange'),
    );
    await admin.call('ACL', 'SETUSER', user, '-xrange');
    expect(faults).toEqual([
      'NOPERM in reply to XRANGE ors:{T}:new -: $.reply: expected null, got [] (array of 0)',
      'NOPERM in reply to XRANGE ors:{T}:new -: $.error: expected "NOPERM", got null',
    ]);
  });

  test('it lets a tenant write into another one', async () => {
    const user = userName(contract9);
    const interaction = interactionOf(contract9, 'of another tenant is refused');
    const foreign = `~${keys.prefix(world.otherTenant.uuid)}*`;
    const faults = await destinationFaults(server, contract9, interaction, () =>
      admin.call('ACL', 'SETUSER', user, foreign),
    );
    await admin.call('ACL', 'SETUSER', user, ...rights(contract9));
    const refusal = 'NOPERM in reply to HSET config:{B}:person:A1001';
    const absence = 'config:{B}:person:A1001 held';
    expect(faults).toEqual([
      `${refusal}: $.reply: expected null, got 9 (number)`,
      `${refusal}: $.error: expected "NOPERM", got null`,
      `${absence}: $.holds.type: expected "none", got "hash" (string)`,
      `${absence}: $.holds.ttlMs: expected -2, got -1 (number)`,
      expect.stringContaining(`${absence}: $.holds.value: expected null, got {`),
    ]);
  });

  test('a configuration key runs out', async () => {
    const faults = await destinationFaults(server, contract9, change, () => admin.pexpire(person, 60_000));
    expect(faults).toEqual([
      expect.stringMatching(/^config:\{T\}:person:A1001 held: \$\.holds\.ttlMs: expected -1, got 5\d{4} \(number\)$/),
    ]);
  });

  test('a key has the wrong type', async () => {
    const faults = await destinationFaults(server, contract9, change, () => admin.set(person, 'text'));
    expect(faults).toEqual([
      '0 in reply to HSET config:{T}:person:A1001: $.reply: expected an integer like 0, got null',
      '0 in reply to HSET config:{T}:person:A1001: $.error: expected null, got "WRONGTYPE" (string)',
      `${personHeld}: $.holds.type: expected "hash", got "string" (string)`,
      `${personHeld}: $.holds.value: expected an object, got "text" (string)`,
    ]);
  });

  test('it is out of memory', async () => {
    const faults = await destinationFaults(server, contract9, change, () => admin.config('SET', 'maxmemory', '1'));
    await admin.config('SET', 'maxmemory', '0');
    expect(faults).toContain('43 in reply to INCR config:{T}:rev: $.error: expected null, got "OOM" (string)');
    expect(faults).toContain(`${personHeld}: $.holds.value.lastName: expected "Lovelace", got "Example" (string)`);
    expect(faults).toContain('config:{T}:changes held: $.holds.type: expected "stream", got "none" (string)');
  });

  test('it only reads', async () => {
    const faults = await destinationFaults(server, contract49, interactionOf(contract49, 'a new inbound call'), () =>
      admin.replicaof('127.0.0.1', '1'),
    ).finally(() => admin.replicaof('NO', 'ONE'));
    expect(faults).toContain('"1-0" in reply to XADD ors:{T}:new: $.error: expected null, got "READONLY" (string)');
  });
});
