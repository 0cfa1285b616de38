import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Cluster, type Redis } from 'ioredis';
import { loadContracts } from '../../contracts/catalogue.ts';
import newCalls from '../../contracts/connections/49-voice-sip-cluster-service--redis.ts';
import type { Contract } from '../../contracts/contract.ts';
import { dialect } from '../../contracts/dialect.ts';
import { rowOf } from '../../contracts/parts.ts';
import { world } from '../../contracts/world.ts';
import { explain } from '../../harness/report/explain.ts';
import { execSource } from '../../harness/verify/exec-source.ts';
import { verify } from '../../harness/verify/run.ts';
import { type Address, type MockServer, UnattainableStateError } from '../../mocks/adapter.ts';
import { sourceAddress } from '../../mocks/common/source-address.ts';
import { adapter } from '../../mocks/protocols/redis/adapter.ts';
import { connect } from '../../mocks/protocols/redis/client.ts';
import { type RedisCluster, startCluster } from '../../mocks/protocols/redis/fixtures/cluster.ts';
import { interactionOf, redisService, sourceFaults } from '../../mocks/protocols/redis/fixtures/trial.ts';
import { PlayedSource } from '../../mocks/protocols/redis/played-source.ts';

const { signal } = new AbortController();
const contract = newCalls as Contract;
const inbound = interactionOf(contract, 'a new inbound call');
const { stream, maxLength } = dialect.redis.newCalls;
const key = stream(world.tenant.uuid);

let cluster: RedisCluster;
/** The master that has the stream, and one that has not. */
let owner: number;
let stranger: Address;
let server: MockServer;

beforeAll(async () => {
  cluster = await startCluster();
  owner = await cluster.masterOf(key);
  stranger = cluster.addresses.find((_, at) => at !== owner) as Address;
});
afterAll(() => cluster?.stop());
beforeEach(async () => {
  server = await adapter.attach({ contracts: [contract], service: redisService, at: stranger });
});
afterEach(async () => {
  await server?.close();
  for (const client of cluster.clients) await client.flushall();
});

const event = {
  id: 'EventRouteRequest',
  Server: world.sipNode.serverDbid,
  time: { sec: 1_760_000_000, usec: 125_000 },
  ThisDN: world.dns.routePoint.number,
  ThisQueue: world.dns.routePoint.number,
  CallID: world.call.callId,
  CallThreadID: world.call.threadId,
  CallType: 2,
  ConnID: world.call.connId,
  ANI: world.call.ani,
  DNIS: world.call.dnis,
};
const entry = `v 1 id ${event.id} tid ${world.tenant.uuid} src ${world.sipNode.id} seq 1 ts 1760000000125 body`.split(
  ' ',
);
const xadd = ['MAXLEN', '~', String(maxLength), '*', ...entry, JSON.stringify(event)] as const;

test('a cluster client with the login of its row finds the node by itself', async () => {
  const faults = await sourceFaults(server, contract, inbound, async (_, { host, port, user, password }) => {
    const source = new Cluster([{ host, port }], {
      redisOptions: { ...(user && { username: user }), ...(password && { password }) },
    });
    try {
      await source.call('XADD', key, ...xadd);
    } finally {
      source.disconnect();
    }
  });
  expect(faults).toEqual([]);
});

test('an exec line is given one node, and follows where that sends it', async () => {
  const words = xadd.map((word) => `'${word}'`).join(' ');
  const line = `REDISCLI_AUTH="$VOXPACT_PASSWORD" redis-cli -c -e -h "$VOXPACT_HOST" -p "$VOXPACT_PORT" --user "$VOXPACT_USER"`;
  const verified = async (options: string) => {
    const { connections } = await verify({
      contracts: [{ ...contract, interactions: [inbound] }],
      sides: ['source'],
      external: new Map([['Redis', stranger]]),
      exercise: execSource(`${line.replace('-c', options)} XADD '${key}' ${words} >&2`, signal),
      signal,
    });
    return connections.flatMap(explain);
  };
  expect(await verified('-c')).toEqual([]);
  // One that does not follow has done nothing.
  expect(await verified('')).toEqual([
    expect.objectContaining({ sentences: [expect.stringContaining('the exec line ended with exit code 1')] }),
  ]);
});

test('commands of several nodes are recorded in the order in which they were done', async () => {
  const sources = await Promise.all(cluster.addresses.map((at) => connect({ at })));
  const keys = await Promise.all(sources.map(async (_, at) => `{${(await cluster.tagsOf(at, 1))[0]}}`));
  const done: string[] = [];
  for (let round = 0; round < 30; round += 1) {
    // Not in turn, or the order of the nodes would do.
    const at = (round * round) % sources.length;
    await sources[at]?.set(keys[at] as string, String(round));
    done.push(`${keys[at]} ${round}`);
  }
  await server.settled();
  const sent = server.exchanges().flatMap(({ messages }) => messages.map(({ content }) => content));
  expect(sent.map((each) => `${(each as { key: string }).key} ${(each as { value: string }).value}`)).toEqual(done);
  for (const source of sources) source.disconnect();
});

test('a node that was not watched for a while is named, and what the others showed is recorded', async () => {
  const [lost, ...others] = cluster.addresses as [Address, ...Address[]];
  const list = String(await cluster.clients[0]?.client('LIST'));
  await cluster.clients[0]?.client('KILL', 'ID', /\bid=(\d+) .* cmd=monitor /.exec(list)?.[1] ?? '');
  const sources = await Promise.all(others.map((at) => connect({ at: sourceAddress(contract, at) })));
  for (const source of sources) await expect(source.xlen(key)).rejects.toThrow('NOPERM');
  await expect(server.settled()).rejects.toThrow(
    `the connection to Redis at ${lost.host}:${lost.port} was lost; it is watched again`,
  );
  expect(server.exchanges().length).toBe(others.length);
  await server.settled();
  for (const source of sources) source.disconnect();
});

test('what a node refused a source is recorded, whichever it was', async () => {
  for (const at of cluster.addresses) {
    const source = await connect({ at: sourceAddress(contract, at) });
    await expect(source.xlen(key)).rejects.toThrow('NOPERM');
    source.disconnect();
    await server.settled();
  }
  const refusals = server.exchanges().map(({ messages }) => messages.map(({ content }) => content));
  const refused = [
    { command: 'XLEN', args: [] },
    { to: 'XLEN', reply: null, error: 'NOPERM' },
  ];
  expect(refusals).toEqual([refused, refused, refused]);
});

test('undoing a state brings back what was there, on every node', async () => {
  const put = async (name: string) => {
    const client = cluster.clients[await cluster.masterOf(name)] as Redis;
    await client.set(name, Buffer.from([0, 255, 128]), 'PX', 1_000_000);
  };
  const nodes = Array.from({ length: 12 }, (_, at) => dialect.redis.sipCluster.node(`voice-sip-${at}`));
  for (const name of [...nodes, dialect.redis.configService.tenants, key]) await put(name);
  const everything = async () =>
    await Promise.all(
      cluster.clients.map(async (client) => {
        const names = (await client.keys('*')).sort();
        return await Promise.all(
          names.map(async (name) => [name, await client.dumpBuffer(name), (await client.pttl(name)) > 0]),
        );
      }),
    );
  const before = await everything();
  expect(before.every((held) => held.length > 1)).toBe(true);
  const contracts = (await loadContracts()).filter((each) => rowOf(each).listens === 'Redis');
  const states = contracts.flatMap(({ interactions }) => interactions.flatMap(({ given }) => given));
  const names = new Set<string>();
  for (const state of states) {
    if (names.has(state.name)) continue;
    names.add(state.name);
    const set = await server.setState(state).catch((error: unknown) => {
      if (error instanceof UnattainableStateError) return undefined;
      throw error;
    });
    await set?.undo();
    expect([state.name, await everything()]).toEqual([state.name, before]);
  }
}, 60_000);

test('a source that is played follows a slot that is moved', async () => {
  const target = (owner + 1) % cluster.clients.length;
  const [from, to] = [cluster.clients[owner], cluster.clients[target]] as [Redis, Redis];
  const [fromId, toId] = [String(await from.cluster('MYID')), String(await to.cluster('MYID'))];
  const slot = String(await from.cluster('KEYSLOT', key));
  const source = new PlayedSource({ at: cluster.addresses[owner] as Address, timeoutMs: 5_000, signal });
  await source.join();
  const append = (n: string) => source.send({ command: 'RPUSH', args: [key, n] });
  try {
    await to.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', fromId);
    await from.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', toId);
    // ASK: this once elsewhere. The next question begins where the slot still is.
    expect([await append('a'), await append('b')]).toEqual([{ value: 1 }, { value: 2 }]);
    expect(await source.send({ command: 'CLUSTER', args: ['MYID'] })).toEqual({ value: fromId });
    for (const client of [to, from]) await client.call('CLUSTER', 'SETSLOT', slot, 'NODE', toId);
    // MOVED: for good.
    expect(await append('c')).toEqual({ value: 3 });
    expect(await source.send({ command: 'CLUSTER', args: ['MYID'] })).toEqual({ value: toId });
  } finally {
    source.leave();
    await to.del(key);
    for (const client of cluster.clients) await client.call('CLUSTER', 'SETSLOT', slot, 'NODE', fromId);
  }
});
