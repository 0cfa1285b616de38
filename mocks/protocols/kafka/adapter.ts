import type { Contract, ProviderState } from '../../../contracts/contract.ts';
import { compile } from '../../../contracts/matching.ts';
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
import { play } from './play.ts';
import { Recorder } from './recorder.ts';
import { startKafka } from './server.ts';
import { tap } from './tap.ts';
import { Topics } from './topics.ts';

/** What the provider states of a Kafka service mock act on. */
export interface KafkaWorld {
  topics: Topics;
}

/**
 * Kafka. The destination is a real broker: started here with the topics that the contracts name, or one that runs already,
 * of which only these topics are watched.
 */
export const adapter: ProtocolAdapter & Attachable = {
  profile: kafkaProfile,
  play,
  tap,

  async serve({ contracts, listen, service, signal }) {
    const broker = await startKafka({ listen, ...(signal === undefined ? {} : { signal }) });
    try {
      return await watch({ at: broker.address, service, create: topicsOf(contracts), end: () => broker.close() });
    } catch (error) {
      await broker.close();
      throw error;
    }
  },

  async attach({ contracts, at, service }) {
    return await watch({ at, service, only: new Set(topicsOf(contracts)), end: async () => {} });
  },
};

interface WatchOptions {
  at: Address;
  service: ServeOptions['service'];
  create?: readonly string[];
  only?: ReadonlySet<string>;
  end(): Promise<void>;
}

async function watch({ at, service, create = [], only, end }: WatchOptions): Promise<MockServer> {
  const topics = new Topics(at);
  try {
    for (const topic of create) await topics.ensure(topic);
    const recorder = await Recorder.start(at, only);
    return {
      address: at,
      setState: (state) => setState(service, { topics }, state),
      exchanges: () => recorder.exchanges(),
      settled: () => recorder.settled(),
      clear: () => recorder.clear(),
      async close() {
        try {
          await Promise.all([recorder.close(), topics.close()]);
        } finally {
          await end();
        }
      },
    };
  } catch (error) {
    await topics.close();
    throw error;
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

/** The topics that the contracts write to. */
function topicsOf(contracts: readonly Contract[]): string[] {
  const steps = contracts.flatMap(({ interactions }) => interactions.flatMap(({ steps }) => steps));
  const topics = steps
    .filter(({ from }) => from === 'source')
    .map(({ content }) => (compile(content).example as { topic?: unknown }).topic)
    .filter((topic) => typeof topic === 'string');
  return [...new Set(topics)];
}
