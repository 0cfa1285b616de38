import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { atomically } from '../../contracts/common/redis-cache.ts';
import { answered } from '../../contracts/common/redis-steps.ts';
import { assumed, type Contract, type Interaction } from '../../contracts/contract.ts';
import { command, incr, type RedisContent } from '../../contracts/messages/redis.ts';
import type { MockServer } from '../../mocks/adapter.ts';
import { sourceAddress, userName } from '../../mocks/common/source-address.ts';
import { adapter } from '../../mocks/protocols/redis/adapter.ts';
import { type RedisCluster, startCluster } from '../../mocks/protocols/redis/fixtures/cluster.ts';
import { destinationFaults, redisService, sourceFaults } from '../../mocks/protocols/redis/fixtures/trial.ts';

let cluster: RedisCluster;
/** Two hash tags of the first master, of different slots, and one of the second master. */
let tags: { mine: string; besides: string; elsewhere: string };
let server: MockServer;

beforeAll(async () => {
  cluster = await startCluster();
  const [mine, besides] = await cluster.tagsOf(0, 2);
  const [elsewhere] = await cluster.tagsOf(1, 1);
  tags = { mine, besides, elsewhere } as typeof tags;
});
afterAll(() => cluster?.stop());
afterEach(async () => {
  await server?.close();
  for (const client of cluster.clients) await client.flushall();
});

const asked = (steps: Interaction<RedisContent>['steps']): Contract => ({
  connection: 47,
  interactions: [
    { description: 'two keys at once', basis: assumed('for this test'), given: [], steps },
  ] as Interaction[],
});
const counting = (first: string, second: string) =>
  asked(atomically(...answered(incr(`ors:{${first}}:a`), 1), ...answered(incr(`ors:{${second}}:b`), 1)));
const only = ({ interactions }: Contract) => interactions[0] as Interaction;

async function attached(...contracts: Contract[]): Promise<MockServer> {
  server = await adapter.attach({
    contracts,
    service: redisService,
    at: cluster.addresses[0] as MockServer['address'],
  });
  return server;
}

const shortened = (faults: string[]) =>
  faults.map((each) =>
    each
      .replaceAll(tags.mine, 'mine')
      .replaceAll(tags.besides, 'besides')
      .replaceAll(tags.elsewhere, 'elsewhere')
      .replaceAll(`:${cluster.addresses[0]?.port} `, ':PORT '),
  );

describe('a contract with keys of two slots', () => {
  const faultsOf = async (contract: Contract) =>
    shortened(await destinationFaults(await attached(contract), contract, only(contract)));

  test('in one transaction is refused by the node that has both', async () => {
    expect(await faultsOf(counting(tags.mine, tags.besides))).toEqual([
      '1 in reply to INCR ors:{mine}:a: $.to: expected "INCR ors:{mine}:a", got "EXEC" (string)',
      '1 in reply to INCR ors:{mine}:a: $.reply: expected 1, got null',
      '1 in reply to INCR ors:{mine}:a: $.error: expected null, got "CROSSSLOT" (string)',
      'step 5 of 6, from the destination: expected 1 in reply to INCR ors:{besides}:b, got nothing',
    ]);
  });

  test('in one transaction is refused by the node that has one of them', async () => {
    expect(await faultsOf(counting(tags.mine, tags.elsewhere))).toEqual([
      'destination: expected no further message, got EXECABORT in reply to EXEC',
      'step 3 of 6, from the destination: expected 1 in reply to INCR ors:{mine}:a, got nothing',
      '1 in reply to INCR ors:{elsewhere}:b: $.reply: expected 1, got null',
      '1 in reply to INCR ors:{elsewhere}:b: $.error: expected null, got "CROSSSLOT" (string)',
    ]);
  });

  test('in one command is refused', async () => {
    const both = command('SINTER', `ors:{${tags.mine}}:a`, `ors:{${tags.elsewhere}}:b`);
    const title = '[] in reply to SINTER ors:{mine}:a ors:{elsewhere}:b';
    expect(await faultsOf(asked(answered(both, [])))).toEqual([
      `${title}: $.reply: expected an array, got null`,
      `${title}: $.error: expected null, got "CROSSSLOT" (string)`,
    ]);
  });

  test('of which each command has one is served, wherever they are', async () => {
    const steps = [tags.mine, tags.elsewhere, tags.besides].flatMap((tag) => answered(incr(`ors:{${tag}}:a`), 1));
    expect(await faultsOf(asked(steps))).toEqual([]);
  });
});

describe('a source that uses keys of two slots in one transaction', () => {
  const contract = counting('t', 't');

  /** What is said of a source that may do all that it likes, since its user was there before. */
  async function faultsOf(second: string): Promise<string[]> {
    const user = userName(contract);
    const { password } = sourceAddress(contract, cluster.addresses[0] as MockServer['address']);
    for (const client of cluster.clients) {
      await client.call('ACL', 'SETUSER', user, 'on', `>${password}`, '~*', '+@all');
    }
    const faults = await sourceFaults(await attached(contract), contract, only(contract), async (source) => {
      const transaction = source.multi().incr(`ors:{${tags.mine}}:a`).incr(`ors:{${second}}:b`);
      await expect(transaction.exec()).rejects.toThrow(/^(CROSSSLOT|EXECABORT) /);
    });
    for (const client of cluster.clients) await client.call('ACL', 'DELUSER', user);
    return shortened(faults);
  }
  const nothing = (step: number, what: string) => `step ${step} of 6, from the source: expected ${what}, got nothing`;

  test('of one node is told so', async () => {
    expect(await faultsOf(tags.besides)).toEqual([
      nothing(2, 'INCR ors:{t}:a'),
      nothing(4, 'INCR ors:{t}:b'),
      nothing(6, 'EXEC'),
      'Redis at 127.0.0.1:PORT refused a command with CROSSSLOT: all keys of a command or a transaction must share a hash slot, as keys with the same {tag} do.',
    ]);
  });

  test('of two nodes is told so', async () => {
    expect(await faultsOf(tags.elsewhere)).toEqual([
      nothing(2, 'INCR ors:{t}:a'),
      nothing(4, 'INCR ors:{t}:b'),
      'Redis at 127.0.0.1:PORT refused a command with EXECABORT: a transaction had a key of a hash slot that another node has, or a command that was refused.',
    ]);
  });
});
