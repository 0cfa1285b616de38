import type { ProviderState } from '../../../contracts/contract.ts';
import type { ServiceMock } from '../../adapter.ts';
import type { KafkaWorld } from '../../protocols/kafka/adapter.ts';

const MAX_RECORD_BYTES = 'max.message.bytes';

/** Kafka itself: the broker is real, so that all it needs here is the states it can be put in. */
const kafka: ServiceMock<KafkaWorld> = {
  system: 'Kafka',
  states: {
    /** `topic`: its name. A topic that had to be created goes again. */
    async 'topic exists'({ topics }, params) {
      const topic = text(params, 'topic');
      if (!(await topics.ensure(topic))) return {};
      return { undo: () => topics.remove(topic) };
    },

    /** `topic`: its name. Writing to it finds no topic; it comes back empty. */
    async 'topic is missing'({ topics }, params) {
      const topic = text(params, 'topic');
      await topics.remove(topic);
      return {
        undo: async () => {
          await topics.ensure(topic);
        },
      };
    },

    /** `topic`: its name; `maxRecordBytes`: how large a batch of records may be, with its overhead of some 70 bytes. */
    async 'topic takes records up to'({ topics }, params) {
      const topic = text(params, 'topic');
      const before = await topics.configured(topic, MAX_RECORD_BYTES);
      await topics.configure(topic, MAX_RECORD_BYTES, String(Number(params.maxRecordBytes)));
      return { undo: () => topics.configure(topic, MAX_RECORD_BYTES, before) };
    },
  },
  notModelled: [
    'more than one broker: leader changes, replicas that fall behind',
    'users, ACLs and TLS: the broker listens in plain text and lets everybody do everything',
  ],
};

export default kafka;

function text(params: ProviderState['params'], name: string): string {
  const value = params[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`the provider state needs the parameter ${name} as text, got ${JSON.stringify(value)}`);
}
