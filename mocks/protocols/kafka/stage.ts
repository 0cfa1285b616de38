import type { KafkaRecord } from '../../../contracts/messages/kafka.ts';
import type { Address } from '../../adapter.ts';
import { Acls } from './acls.ts';
import { type Committed, Groups } from './groups.ts';
import type { Logins } from './logins.ts';
import type { Place, Recorder } from './recorder.ts';
import { Topics } from './topics.ts';
import { Writer } from './writer.ts';

const WRITE_TIMEOUT_MS = 5_000;

/** What the provider states of a Kafka service mock act on. Nothing of it gets into the record of what sources did. */
export class Stage {
  readonly topics: Topics;
  readonly groups: Groups;
  readonly acls: Acls;
  readonly logins: Logins;
  readonly #writer: Writer;
  readonly #recorder: Recorder;

  /** @param logins the users of the broker, who are the caller's to end */
  constructor(at: Address, recorder: Recorder, logins: Logins) {
    this.topics = new Topics(at);
    this.groups = new Groups(at);
    this.acls = new Acls(at);
    this.logins = logins;
    this.#writer = new Writer(at, WRITE_TIMEOUT_MS);
    this.#recorder = recorder;
  }

  /** Writes a record as one that its reader finds. @throws Error when the broker refuses it */
  async write(record: KafkaRecord): Promise<Place> {
    const { written } = await this.#recorder.aside(async () => {
      const answer = await this.#writer.write(record);
      if ('error' in answer) throw new Error(`the broker refused the record: ${answer.error} (${answer.code})`);
      return { written: { topic: record.topic, partition: answer.partition, offset: answer.offset } };
    }, record);
    return written;
  }

  /** Puts a group elsewhere in a topic. */
  async move(moved: Committed): Promise<void> {
    await this.#recorder.aside(async () => {
      await this.groups.move(moved);
      return { moved };
    });
  }

  /** Removes the records of a topic, once they are in the record: all, or those up to a place in its partition. */
  async clear(topic: string, upTo?: Place): Promise<void> {
    await this.#recorder.aside(async () => {
      await this.topics.clear(topic, upTo);
      return {};
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.topics.close(), this.groups.close(), this.acls.close(), this.#writer.close()]);
  }
}
