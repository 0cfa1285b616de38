import { randomUUID } from 'node:crypto';
import type { Contract, ProviderState } from '../../../contracts/contract.ts';
import { kafkaProfile } from '../../../contracts/messages/kafka.ts';
import {
  type Address,
  type Attachable,
  type MockServer,
  type ProtocolAdapter,
  type ServeOptions,
  type ServiceMock,
  type StateSet,
  UnknownStateError,
} from '../../adapter.ts';
import { Denials } from './denials.ts';
import { Logins, loginPortBeside, type User, usersOf } from './logins.ts';
import { play } from './play.ts';
import { type Chosen, Recorder } from './recorder.ts';
import { type Right, rights } from './rights.ts';
import { type KafkaBroker, startKafka } from './server.ts';
import { Stage } from './stage.ts';
import { tap } from './tap.ts';
import { Topics } from './topics.ts';

/** What the provider states of a Kafka service mock act on. */
export type KafkaWorld = Stage;

const REQUEST_TIMEOUT_MS = 5_000;

/**
 * Kafka. The destination is a real broker: started here with the topics that the contracts name, or one that runs already,
 * of which only these topics, and the groups that the contracts name, are watched. On both every connection's source has a
 * user of its own, with the rights that its contract gives, wherever the broker lets the harness make users.
 */
export const adapter: ProtocolAdapter & Attachable = {
  profile: kafkaProfile,
  play,
  tap,

  async serve({ contracts, listen, service, signal }) {
    const loginPort = loginPortBeside(listen.port, contracts);
    const broker = await startKafka({
      listen,
      users: usersOf(contracts, listen),
      ...(loginPort === undefined ? {} : { loginPort }),
      ...(signal === undefined ? {} : { signal }),
    });
    try {
      return await watch({ at: broker.address, service, contracts, own: broker });
    } catch (error) {
      await broker.close();
      throw error;
    }
  },

  async attach({ contracts, at, service }) {
    const only = { topics: namesIn(contracts, 'TOPIC'), groups: namesIn(contracts, 'GROUP') };
    return await watch({ at, service, contracts, only });
  },
};

interface WatchOptions {
  at: Address;
  service: ServeOptions['service'];
  contracts: readonly Contract[];
  /** What is watched of a broker that others use too. */
  only?: Chosen;
  /** The broker, where it is our own. */
  own?: KafkaBroker;
}

async function watch({ at, service, contracts, only, own }: WatchOptions): Promise<MockServer> {
  const logins = new Logins(at, REQUEST_TIMEOUT_MS);
  // With a broker of our own go its users.
  const closing: (() => Promise<void>)[] = [() => (own === undefined ? logins.close() : logins.abandon())];
  const close = async () => {
    for (const each of closing.splice(0).reverse()) await each();
  };
  try {
    const denials = await (own === undefined
      ? logins.open(usersOf(contracts, at)).then(() => undefined)
      : furnish(own, contracts, logins));
    if (denials !== undefined) closing.push(() => denials.close());
    const recorder = await Recorder.start(at, only, denials);
    closing.push(() => recorder.close());
    const stage = new Stage(at, recorder, logins);
    closing.push(() => stage.close());
    return {
      address: at,
      addressFor: (contract) => logins.addressFor(contract),
      setState: (state) => setState(service, stage, state),
      exchanges: () => recorder.exchanges(),
      settled: () => recorder.settled(),
      clear: () => recorder.clear(),
      async close() {
        try {
          await close();
        } finally {
          await own?.close();
        }
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Makes the topics and the users of the contracts, and one user more by whom the broker's own log can be followed. */
async function furnish(broker: KafkaBroker, contracts: readonly Contract[], logins: Logins): Promise<Denials> {
  const at = broker.address;
  const observer: User = { name: 'voxpact-observer', password: randomUUID(), rights: [] };
  const users = usersOf(contracts, at);
  await Promise.all([logins.open([...users, observer]), createTopics(namesIn(contracts, 'TOPIC'), at)]);
  const login = { ...logins.require(), user: observer.name, password: observer.password };
  return new Denials({ output: () => broker.process.output(), observer: login, users });
}

async function createTopics(names: Iterable<string>, at: Address): Promise<void> {
  const topics = new Topics(at);
  try {
    for (const name of names) await topics.ensure(name);
  } finally {
    await topics.close();
  }
}

async function setState(
  service: ServeOptions['service'],
  world: KafkaWorld,
  { name, params }: ProviderState,
): Promise<StateSet> {
  const { states } = service as ServiceMock<KafkaWorld>;
  const handler = states[name];
  if (handler === undefined) {
    const known = Object.keys(states).map((each) => `"${each}"`);
    throw new UnknownStateError(
      `the mock of ${service.system} has no provider state "${name}"; it has ${known.join(', ') || 'none'}`,
    );
  }
  const { values = {}, undo = async () => {} } = await handler(world, params);
  return { values, undo };
}

/** The topics that the contracts write to or read, or the groups that they read as. */
function namesIn(contracts: readonly Contract[], resource: Right['resource']): Set<string> {
  const concerned = contracts.flatMap(rights).filter((right) => right.resource === resource);
  return new Set(concerned.map(({ name }) => name));
}
