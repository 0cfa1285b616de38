import {
  type Admin,
  ConfigResourceTypes,
  type Consumer,
  IncrementalAlterConfigOperationTypes,
} from '@platformatic/kafka';
import type { Address } from '../../adapter.ts';
import { adminClient, clientFailure, consumerClient, isUnknownTopic } from './client.ts';
import { until } from './until.ts';

const REQUEST_TIMEOUT_MS = 5_000;
/** More than one, so that nobody comes to rely on an order across keys. */
const PARTITIONS = 3;
/** A setting that no contract needs, see {@link Topics.configure}. */
const MARKER = 'segment.jitter.ms';

/** The topics of a broker: what provider states act on. */
export class Topics {
  readonly #at: Address;
  readonly #admin: Admin;
  readonly #reader: Consumer;

  constructor(at: Address) {
    this.#at = at;
    this.#admin = adminClient(at, REQUEST_TIMEOUT_MS);
    this.#reader = consumerClient(at, REQUEST_TIMEOUT_MS);
  }

  /** All topics but the broker's own. */
  async list(): Promise<string[]> {
    return await this.#ask('the list of topics', () => this.#admin.listTopics());
  }

  /**
   * Makes sure that a topic is there and can be written to.
   * @returns whether it had to be created
   */
  async ensure(topic: string): Promise<boolean> {
    if ((await this.list()).includes(topic)) return false;
    try {
      await this.#create(topic);
    } catch (error) {
      // Where the answer is lost the topic may be there, and nobody else would remove it.
      await this.remove(topic).catch(() => {});
      throw error;
    }
    return true;
  }

  /** Removes a topic with its records; one that is not there is left alone. */
  async remove(topic: string): Promise<void> {
    try {
      await this.#admin.deleteTopics({ topics: [topic] });
    } catch (error) {
      if (!isUnknownTopic(error)) throw clientFailure(error, this.#at, `the removal of ${topic}`, REQUEST_TIMEOUT_MS);
    }
    await this.#until(`topic ${topic} to be gone`, async () => !(await this.list()).includes(topic));
  }

  /**
   * Removes the records of a topic: all of them, or those of one partition up to an offset, that one included.
   * The topic itself stays.
   */
  async clear(topic: string, upTo?: { partition: number; offset: bigint }): Promise<void> {
    const partitions =
      upTo === undefined
        ? (await this.ends(topic)).map((offset, partition) => ({ partition, offset }))
        : [{ partition: upTo.partition, offset: upTo.offset + 1n }];
    await this.#ask(`the removal of records of ${topic}`, () =>
      this.#admin.deleteRecords({ topics: [{ name: topic, partitions }] }),
    );
  }

  /** The offset that the next record of each partition gets. */
  async ends(topic: string): Promise<readonly bigint[]> {
    const offsets = await this.#ask(`the ends of topic ${topic}`, async () => {
      this.#reader.clearMetadata();
      return await this.#reader.listOffsets({ topics: [topic] });
    });
    return offsets.get(topic) ?? [];
  }

  /** What was set for this topic by itself; undefined where the broker's own setting holds. */
  async configured(topic: string, name: string): Promise<string | undefined> {
    const [described] = await this.#ask(`the settings of topic ${topic}`, () =>
      this.#admin.describeConfigs({
        resources: [{ resourceType: ConfigResourceTypes.TOPIC, resourceName: topic, configurationKeys: [name] }],
      }),
    );
    const config = described?.configs.find((each) => each.name === name);
    return config?.configSource === TOPIC_CONFIG ? (config.value ?? undefined) : undefined;
  }

  /**
   * Sets a topic's setting and waits until it holds. A new setting is listed a moment before the log obeys it; but settings
   * take hold one after the other, so a second one, once listed, proves the first.
   * @param value undefined goes back to the broker's own setting
   */
  async configure(topic: string, name: string, value: string | undefined): Promise<void> {
    await this.#setAndSee(topic, name, value);
    await this.#setAndSee(topic, MARKER, (await this.configured(topic, MARKER)) === undefined ? '0' : undefined);
  }

  async close(): Promise<void> {
    await Promise.all([this.#admin.close(), this.#reader.close(true)]);
  }

  async #create(topic: string): Promise<void> {
    await this.#ask(`the creation of topic ${topic}`, () =>
      this.#admin.createTopics({ topics: [topic], partitions: PARTITIONS, replicas: 1 }),
    );
    // A topic is in the metadata before its partitions take requests.
    await this.#until(`topic ${topic} to take requests`, async () => {
      this.#reader.clearMetadata();
      await this.#reader.listOffsets({ topics: [topic] });
      return true;
    });
  }

  async #setAndSee(topic: string, name: string, value: string | undefined): Promise<void> {
    const { SET, DELETE } = IncrementalAlterConfigOperationTypes;
    await this.#ask(`setting ${name} of topic ${topic}`, () =>
      this.#admin.incrementalAlterConfigs({
        resources: [
          {
            resourceType: ConfigResourceTypes.TOPIC,
            resourceName: topic,
            configs: [value === undefined ? { name, configOperation: DELETE } : { name, configOperation: SET, value }],
          },
        ],
      }),
    );
    await this.#until(
      `${name} of topic ${topic} to be ${value ?? 'the default'}`,
      async () => (await this.configured(topic, name)) === value,
    );
  }

  async #ask<T>(doing: string, request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      throw clientFailure(error, this.#at, doing, REQUEST_TIMEOUT_MS);
    }
  }

  async #until(what: string, holds: () => Promise<boolean>): Promise<void> {
    await until(this.#at, what, holds);
  }
}

/** DescribeConfigs: the setting was made on the topic itself (Apache Kafka, DescribeConfigsResponse.ConfigSource). */
const TOPIC_CONFIG = 1;
