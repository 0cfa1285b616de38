import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Redis } from 'ioredis';
import { loadContracts } from '../../contracts/catalogue.ts';
import { orsEntries } from '../../contracts/common/ors-stream.ts';
import { serverStates } from '../../contracts/common/redis-fail-over.ts';
import { stored } from '../../contracts/common/redis-steps.ts';
import type { Contract, Side } from '../../contracts/contract.ts';
import { dialect } from '../../contracts/dialect.ts';
import { world } from '../../contracts/world.ts';
import { exitCodeOf } from '../../harness/commands/verify.ts';
import { type RunOptions, sidesOf, verify } from '../../harness/verify/run.ts';
import { type Exercise, verifySource } from '../../harness/verify/sides.ts';
import { adapter } from '../../mocks/protocols/redis/adapter.ts';
import { connect } from '../../mocks/protocols/redis/client.ts';
import { interactionOf, redisService } from '../../mocks/protocols/redis/fixtures/trial.ts';
import { type RedisServer, startRedis } from '../../mocks/protocols/redis/server.ts';
import { fromFields } from '../../mocks/protocols/redis/text.ts';
import { type Cut, OneCut } from './one-cut.ts';

const { signal } = new AbortController();
const contracts = await loadContracts([9, 47, 49]);
const keys = dialect.redis.config;
const tenant = world.tenant.uuid;

/** A connection with some of its interactions. */
function some(connection: number, ...parts: string[]): Contract {
  const contract = contracts.find((each) => each.connection === connection);
  if (contract === undefined) throw new Error(`connection ${connection} has no contract`);
  return { ...contract, interactions: parts.map((part) => interactionOf(contract, part)) };
}

let running: RedisServer;
let relay: OneCut;
let admin: Redis;
beforeAll(async () => {
  running = await startRedis();
  relay = await OneCut.before(running.address);
  admin = await connect({ at: running.address, observer: true });
});
afterEach(async () => {
  relay.spare();
  await admin.flushall();
});
afterAll(async () => {
  admin?.disconnect();
  await relay?.close();
  await running?.stop();
});

/** Some numbers from 1 to the last one, in an order of their own (Lehmer's generator). */
function moments(seed: number, last: number, count: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return 1 + (state % last);
  });
}

/** Verifies through the relay. @returns what an interaction came to, and the sentences about it, of each that did not pass */
async function ran(asked: Contract[], side: Side, options: Partial<RunOptions> = {}) {
  const external = new Map([['Redis', relay.address]] as const);
  const run = await verify({ contracts: asked, sides: [side], external, signal, ...options });
  const sides = run.connections.flatMap(sidesOf);
  const worse = [...sides.flatMap(({ interactions }) => interactions), ...sides.filter(({ reason }) => reason)]
    .filter(({ verdict }) => verdict === 'failed' || verdict === 'error')
    .map(({ verdict, reason, ...rest }) => ({
      verdict,
      said: [...('mismatches' in rest ? rest.mismatches.map(({ message }) => message) : []), reason ?? ''].join('\n'),
    }));
  // A server that cannot be had is said of each of its connections.
  const once = worse.filter(({ said }, at) => worse.findIndex((each) => each.said === said) === at);
  return { code: exitCodeOf(run), worse: once };
}

const passed = { code: 0, worse: [] };
const played = [
  some(9, 'a changed person', 'of another tenant is refused'),
  some(47, 'an owner renews', 'that is over leaves neither'),
];
/** How it is said that a connection was lost, whoever had it and whatever for. */
const lost = /the connection to Redis at \S+ was lost; it |closed the connection |cannot be reached \(ECONNRESET\)/;

test.each<[Side, Cut, number, number]>([
  ['destination', 'source', 1, 3],
  ['destination', 'observer', 2, 5],
  // MONITOR is for what sources do.
  ['destination', 'monitor', 0, 7],
  ['source', 'source', 2, 11],
  ['source', 'observer', 2, 13],
  ['source', 'monitor', 2, 17],
])(
  'a run on the %s with a lost connection of the %s ends, mostly with exit code %i',
  async (side, whose, code, seed) => {
    relay.spare();
    expect(await ran(played, side)).toEqual(passed);
    const codes = new Set<number>();
    for (const moment of moments(seed, relay.pieces(whose), 12)) {
      relay.cutAt(whose, moment);
      const { code: got, worse } = await ran(played, side);
      codes.add(got);
      // A destination that ends a source's connection broke the contract; all else is nobody's fault.
      const isBroken = side === 'destination' && whose === 'source' && worse[0]?.verdict === 'failed';
      const expected = worse.map(() => ({ verdict: isBroken ? 'failed' : 'error', said: expect.stringMatching(lost) }));
      const due = worse.length === 0 ? 0 : isBroken ? 1 : 2;
      expect({ moment, got, worse }).toEqual({ moment, got: due, worse: expected.slice(0, 1) });
    }
    expect([...codes]).toContain(code);
    relay.spare();
    expect(await ran(played, side)).toEqual(passed);
  },
  60_000,
);

/** Ends a connection of the server's by what `CLIENT LIST` says of it, once it is there. */
async function kill(what: RegExp): Promise<void> {
  for (;;) {
    const line = String(await admin.client('LIST'))
      .split('\n')
      .find((each) => what.test(each));
    const id = /\bid=(\d+)/.exec(line ?? '')?.[1];
    if (id !== undefined && (await admin.client('KILL', 'ID', id)) === 1) return;
    await sleep(1);
  }
}

describe('when MONITOR ends while a source acts', () => {
  const asked = [some(9, 'a changed person', 'a disabled person')];
  const person = keys.person(tenant, 'A1001');
  /** Acts in the first interaction, and plays the second as the harness does. */
  const acting =
    (act: (source: Redis) => Promise<unknown>): Exercise =>
    async (interaction, at, values) => {
      const contract = asked[0] as Contract;
      if (interaction !== contract.interactions[0]) {
        const { failure } = await adapter.play({ contract, interaction, values }, running.address, signal);
        if (failure !== undefined) throw failure;
        return;
      }
      const source = await connect({ at });
      await act(source);
      source.disconnect();
    };
  const gap =
    /the connection to Redis at 127\.0\.0\.1:\d+ was lost; it is watched again, but what sources did there from \S+Z to \S+Z may be missing\.$/;

  test('what it did unseen is not held against it, and the next interaction is judged again', async () => {
    const exercise = acting(async (source) => {
      await source.hset(person, 'lastName', 'Lovelace');
      await kill(/ cmd=monitor /);
      await source.incr(keys.revision(tenant));
    });
    expect(await ran(asked, 'source', { exercise })).toEqual({
      code: 2,
      worse: [{ verdict: 'error', said: expect.stringMatching(gap) }],
    });
  });

  test('what it did wrong before is', async () => {
    const exercise = acting(async (source) => {
      await source.hset(person, 'surname', 'Lovelace');
      await kill(/ cmd=monitor /);
    });
    const { code, worse } = await ran(asked, 'source', { exercise });
    const [wrong, ...said] = worse[0]?.said.split('\n') ?? [];
    expect({ code, verdict: worse[0]?.verdict, wrong, said }).toEqual({
      code: 1,
      verdict: 'failed',
      wrong: '$.fields.lastName: expected a string like "Lovelace", got nothing (the key is missing)',
      said: [expect.stringMatching(gap)],
    });
  });
});

describe('a source whose own connection the server ends', () => {
  const contract = some(49, 'a new inbound call');
  const { stream, maxLength } = dialect.redis.newCalls;

  test('while it waits for an answer is not blamed for what it could not do', async () => {
    const server = await adapter.serve({
      contracts: [contract],
      listen: { host: '127.0.0.1', port: 0 },
      service: redisService,
    });
    const its = await connect({ at: server.address, observer: true });
    try {
      const result = await verifySource({
        contract,
        adapter,
        server,
        at: server.addressFor?.(contract) ?? server.address,
        signal,
        exercise: async (_, at) => {
          const source = await connect({ at });
          const id = String(await source.client('ID'));
          await its.client('PAUSE', 60_000, 'WRITE');
          const fields = fromFields(stored(orsEntries.inboundCall));
          const answer = source.call('XADD', stream(tenant), 'MAXLEN', '~', maxLength, '*', ...fields);
          while (!new RegExp(`^id=${id} .* cmd=xadd `, 'm').test(String(await its.client('LIST')))) await sleep(1);
          await its.client('KILL', 'ID', id);
          await its.client('UNPAUSE');
          await expect(answer).rejects.toThrow('Connection is closed.');
        },
      });
      expect(result.interactions).toMatchObject([
        {
          verdict: 'error',
          mismatches: [],
          reason: expect.stringMatching(/^the connection of 127\.0\.0\.1:\d+ ended before XADD was answered\.$/),
        },
      ]);
    } finally {
      its.disconnect();
      await server.close();
    }
  });
});

test('what the server had is there again after a state, whenever the connection is lost under it', async () => {
  const put = async () => {
    await admin.hset(keys.person(tenant, 'A1001'), 'bytes', Buffer.from([0, 255, 128]));
    await admin.set(keys.revision(tenant), '7', 'PX', 1_000_000);
  };
  const everything = async () => {
    const names = (await admin.keys('*')).sort();
    const held = names.map(async (name) => [name, await admin.dumpBuffer(name), (await admin.pttl(name)) > 0]);
    return [await Promise.all(held), await admin.config('GET', 'maxmemory*')];
  };
  await put();
  const before = await everything();
  const server = await adapter.attach({ contracts: [], service: redisService, at: relay.address });
  const states = [{ name: 'the tenant configuration is cached', params: { tenant, revision: 42 } }, serverStates.full];
  /** @returns whether it could be set and undone */
  const set = async (state: (typeof states)[number]) => {
    try {
      await (await server.setState(state)).undo();
      return true;
    } catch (error) {
      expect(String(error)).toMatch(lost);
      return false;
    }
  };
  for (const state of states) {
    relay.spare();
    expect(await set(state)).toBe(true);
    const outcomes = new Set<boolean>();
    for (let moment = relay.pieces('observer'); moment > 0; moment -= 1) {
      relay.cutAt('observer', moment);
      outcomes.add(await set(state));
      expect([state.name, moment, await everything()]).toEqual([state.name, moment, before]);
    }
    expect(outcomes).toEqual(new Set([true, false]));
  }
  await server.close();
}, 60_000);
