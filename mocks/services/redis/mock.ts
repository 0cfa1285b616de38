import { dnObject, dnTypes, personObject, tenantObject } from '../../../contracts/common/config-object.ts';
import { stored } from '../../../contracts/common/redis-steps.ts';
import { dialect } from '../../../contracts/dialect.ts';
import type { RedisFields } from '../../../contracts/messages/redis.ts';
import { world } from '../../../contracts/world.ts';
import type { StateSet } from '../../adapter.ts';
import type { RedisServiceMock } from '../../protocols/redis/service.ts';
import { replacing } from '../../protocols/redis/snapshot.ts';
import { fromFields } from '../../protocols/redis/text.ts';

const { config, newCalls } = dialect.redis;

/** The fixture world's objects of a tenant's configuration. */
const objects = (revision: number) => [
  tenantObject(revision),
  dnObject(world.dns.agent, dnTypes.extension),
  dnObject(world.dns.secondAgent, dnTypes.extension),
  dnObject(world.dns.routePoint, dnTypes.routingPoint),
  ...world.persons.map(personObject),
];

/** The real server answers by itself: this is only how it is put into the states that contracts name. */
const mock: RedisServiceMock = {
  system: 'Redis',
  states: {
    'no configuration is cached': ({ admin }, { tenant }): Promise<StateSet> =>
      replacing(admin, config.prefix(String(tenant)), async () => {}),
    'the tenant configuration is cached': ({ admin }, { tenant, revision }): Promise<StateSet> =>
      replacing(admin, config.prefix(String(tenant)), async () => {
        for (const { key, fields } of objects(Number(revision))) {
          await admin.hset(key, ...fromFields(stored<RedisFields>(fields)));
        }
        await admin.set(config.revision(String(tenant)), String(revision));
      }),
    'no new call waits': ({ admin }, { tenant }): Promise<StateSet> =>
      replacing(admin, newCalls.stream(String(tenant)), async () => {}),
  },
  notModelled: [
    'Redis Cluster: one node only, although the keys carry hash tags',
    'eviction, persistence and replication',
    'separate servers for the endpoints redis-config-state and redis-ors-stream: one server has both',
  ],
};

export default mock;
