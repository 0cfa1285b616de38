import { dnObject, dnTypes, personObject, tenantObject } from '../../../contracts/common/config-object.ts';
import { dialect } from '../../../contracts/dialect.ts';
import { world } from '../../../contracts/world.ts';
import type { RedisServiceMock } from '../../protocols/redis/service.ts';
import { handlers as agentState } from './states/agent-state.ts';
import { handlers as callState } from './states/call-state.ts';
import { handlers as configService } from './states/config-service.ts';
import { handlers as dialPlan } from './states/dial-plan.ts';
import { handlers as failOver } from './states/fail-over.ts';
import { keysInstead, putRecord } from './states/keys.ts';
import { handlers as orsCache } from './states/ors-cache.ts';
import { handlers as orsStream } from './states/ors-stream.ts';
import { handlers as registrar } from './states/registrar.ts';
import { handlers as rq } from './states/rq.ts';
import { handlers as sipCluster } from './states/sip-cluster.ts';
import { handlers as tenantStream } from './states/tenant-stream.ts';
import { handlers as voicemail } from './states/voicemail.ts';

const { config } = dialect.redis;

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
    'no configuration is cached': keysInstead(config.prefix, async () => {}),
    'the tenant configuration is cached': keysInstead(config.prefix, async (admin, { revision }, tenant) => {
      for (const object of objects(Number(revision))) await putRecord(admin, object);
      await admin.set(config.revision(tenant), String(revision));
    }),
    ...orsStream,
    ...tenantStream,
    ...agentState,
    ...callState,
    ...configService,
    ...dialPlan,
    ...failOver,
    ...orsCache,
    ...registrar,
    ...rq,
    ...sipCluster,
    ...voicemail,
  },
  notModelled: [
    'a cluster: the server that is started is one node; of a cluster at an address of its own the masters are watched, not the replicas',
    'eviction, persistence and replication',
    'separate servers for the nine endpoints of the vendor: one server has them all, told apart by keys and logins',
    'an outage of the server: the connection of a reader is cut, and taken up again at once',
    'TLS on every connection: only a certificate that is to be refused is shown, by the relay in front of the server',
  ],
};

export default mock;
