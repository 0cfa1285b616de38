import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { loadContracts } from '../../contracts/catalogue.ts';
import { rowOf } from '../../contracts/parts.ts';
import { explain } from '../../harness/report/explain.ts';
import { sidesOf, verify } from '../../harness/verify/run.ts';
import { type RedisCluster, startCluster } from '../../mocks/protocols/redis/fixtures/cluster.ts';

const contracts = (await loadContracts()).filter((contract) => rowOf(contract).listens === 'Redis');

let cluster: RedisCluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster?.stop());

test('every connection to Redis keeps its contract in a cluster of three masters, on both sides', async () => {
  const [, second] = cluster.addresses;
  if (second === undefined) throw new Error('the cluster has one node');
  const run = await verify({
    contracts,
    sides: ['destination', 'source'],
    external: new Map([['Redis', second]]),
    signal: new AbortController().signal,
  });
  expect(run.connections.flatMap(explain)).toEqual([]);
  expect(run.verdict).toBe('passed');
  expect(run.connections.length).toBe(contracts.length);
  const skipped = run.connections.flatMap((result) =>
    sidesOf(result).flatMap(({ interactions }) =>
      interactions
        .filter(({ verdict }) => verdict === 'skipped')
        .map(({ reason }) => reason?.replace(/127\.0\.0\.1:\d+/, 'HOST:PORT')),
    ),
  );
  const onlyOneSide = contracts.flatMap(({ interactions }) => interactions.flatMap(({ only }) => only?.reason ?? []));
  const noReplica = 'this server cannot be made a replica: ERR REPLICAOF not allowed in cluster mode.';
  expect(skipped.filter((reason) => !onlyOneSide.includes(reason ?? '')).sort()).toEqual([
    'Redis at HOST:PORT refused a command with OOM, which MONITOR does not show.',
    'this Redis is not of the harness: its certificate cannot be changed',
    ...Array(4).fill(noReplica),
    'this server is a node of a cluster, and stays one.',
  ]);
  // What was set up is gone again, from every node.
  for (const client of cluster.clients) {
    expect(await client.keys('*')).toEqual([]);
    expect(await client.call('ACL', 'USERS')).toEqual(['admin', 'default']);
  }
}, 180_000);
