import type { Contract, ProviderState, Side } from '../../../contracts/contract.ts';
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
import { type Chosen, Recorder } from './recorder.ts';
import { startKafka } from './server.ts';
import { Stage } from './stage.ts';
import { tap } from './tap.ts';

/** What the provider states of a Kafka service mock act on. */
export type KafkaWorld = Stage;

/**
 * Kafka. The destination is a real broker: started here with the topics that the contracts name, or one that runs already,
 * of which only these topics, and the groups that the contracts name, are watched.
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
    const only = { topics: new Set(topicsOf(contracts)), groups: new Set(groupsOf(contracts)) };
    return await watch({ at, service, only, end: async () => {} });
  },
};

interface WatchOptions {
  at: Address;
  service: ServeOptions['service'];
  create?: readonly string[];
  only?: Chosen;
  end(): Promise<void>;
}

async function watch({ at, service, create = [], only, end }: WatchOptions): Promise<MockServer> {
  const recorder = await Recorder.start(at, only);
  const stage = new Stage(at, recorder);
  const close = () => Promise.all([recorder.close(), stage.close()]);
  try {
    for (const topic of create) await stage.topics.ensure(topic);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    address: at,
    setState: (state) => setState(service, stage, state),
    exchanges: () => recorder.exchanges(),
    settled: () => recorder.settled(),
    clear: () => recorder.clear(),
    async close() {
      try {
        await close();
      } finally {
        await end();
      }
    },
  };
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

/** The topics that the contracts write to or read. */
function topicsOf(contracts: readonly Contract[]): string[] {
  return namesIn(contracts, ({ from, content: { group } }) => from === 'source' || group !== undefined, 'topic');
}

function groupsOf(contracts: readonly Contract[]): string[] {
  return namesIn(contracts, () => true, 'group');
}

interface Example {
  from: Side;
  content: { topic?: unknown; group?: unknown };
}

function namesIn(
  contracts: readonly Contract[],
  concerns: (example: Example) => boolean,
  field: 'topic' | 'group',
): string[] {
  const names = contracts
    .flatMap(({ interactions }) => interactions.flatMap(({ steps }) => steps))
    .map(({ from, content }): Example => ({ from, content: compile(content).example as Example['content'] }))
    .filter(concerns)
    .map(({ content }) => content[field])
    .filter((name) => typeof name === 'string');
  return [...new Set(names)];
}
