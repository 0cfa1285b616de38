import { randomUUID } from 'node:crypto';
import type { ProviderState } from '../../../contracts/contract.ts';
import type { KafkaRecord } from '../../../contracts/messages/kafka.ts';
import type { ServiceMock } from '../../adapter.ts';
import type { KafkaWorld } from '../../protocols/kafka/adapter.ts';
import type { Committed } from '../../protocols/kafka/groups.ts';

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
      const undo = () => topics.configure(topic, MAX_RECORD_BYTES, before);
      try {
        await topics.configure(topic, MAX_RECORD_BYTES, String(Number(params.maxRecordBytes)));
      } catch (error) {
        // Where the answer is lost the limit may hold all the same.
        await undo().catch(() => {});
        throw error;
      }
      return { undo };
    },

    /** `topic`: its name. What it held is gone for good, as it is when its retention runs out. */
    async 'topic holds nothing'(stage, params) {
      await stage.clear(text(params, 'topic'));
      return {};
    },

    /** `record`: the record in JSON, in its logical form. It goes again, with all before it in its partition. */
    async 'topic holds record'(stage, params) {
      const place = await stage.write(JSON.parse(text(params, 'record')) as KafkaRecord);
      return { undo: () => stage.clear(place.topic, place) };
    },

    /** `group` and `topic`: their names. The group is done with everything that the topic holds now. */
    async 'group has read everything'(stage, params) {
      const topic = text(params, 'topic');
      return await moved(stage, { group: text(params, 'group'), topic, positions: await stage.topics.ends(topic) });
    },

    /** `group` and `topic`: their names. The group has never committed anything there. */
    async 'group has read nothing'(stage, params) {
      const topic = text(params, 'topic');
      const positions = (await stage.topics.ends(topic)).map(() => undefined);
      return await moved(stage, { group: text(params, 'group'), topic, positions });
    },

    /** Whoever has another service's rights, or none, is told apart from it. */
    'every service has a login of its own'({ logins }) {
      logins.require();
      return {};
    },

    /** The service has a password that does not hold. */
    'the password is another one'({ logins }) {
      logins.require();
      return { values: { password: randomUUID() } };
    },

    /** `topic`: its name. Somebody logs in who may read it, and who is in no group. */
    async 'a stranger may read topic'({ logins }, params) {
      const user = `voxpact-stranger-${randomUUID()}`;
      const password = randomUUID();
      const rights = [{ operation: 'READ', resource: 'TOPIC', name: text(params, 'topic') }] as const;
      return { values: { user, password }, undo: await logins.makeStranger({ name: user, password, rights }) };
    },

    /** `group`: its name. Nobody may read as a member of it. */
    async 'group is closed to readers'({ acls }, params) {
      return { undo: await acls.closeGroup(text(params, 'group')) };
    },
  },
  notModelled: [
    'more than one broker: leader changes, replicas that fall behind',
    'TLS; and a listener in plain text where nobody may do anything: it is the harness that comes in there',
    'who wrote a record: the log does not keep it, so two services with the right to one topic cannot be told apart',
    'clients from before zstd, whom a broker refuses a batch of it with 76 UNSUPPORTED_COMPRESSION_TYPE',
    'an exact undo of what removes records: the older ones of their partition are gone as well',
  ],
};

export default kafka;

async function moved(stage: KafkaWorld, to: Committed) {
  const before = await stage.groups.positions(to.group, to.topic);
  await stage.move(to);
  return { undo: () => stage.move({ ...to, positions: to.positions.map((_, partition) => before[partition]) }) };
}

function text(params: ProviderState['params'], name: string): string {
  const value = params[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`the provider state needs the parameter ${name} as text, got ${JSON.stringify(value)}`);
}
