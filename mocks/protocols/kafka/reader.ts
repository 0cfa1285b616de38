import { type ClusterMetadata, type Consumer, ListOffsetTimestamps, type RecordsBatch } from '@platformatic/kafka';
import type { Address } from '../../adapter.ts';
import { brokerAnswer, clientFailure, consumerClient } from './client.ts';
import type { StoredRecord } from './records.ts';

const REQUEST_TIMEOUT_MS = 5_000;
const FETCH_WAIT_MS = 500;
const FETCH_BYTES = 16 * 1024 * 1024;
/** FETCH_SESSION_ID_NOT_FOUND, INVALID_FETCH_SESSION_EPOCH (Apache Kafka protocol guide, error codes). */
const STALE_SESSION = [70, 71];
/** Attribute bit of a batch that holds a transaction's marker instead of records (Apache Kafka, record batch format). */
const CONTROL_BATCH = 0b10_0000;

/** A record with its place in the log. */
export interface LoggedRecord extends StoredRecord {
  partition: number;
  offset: bigint;
}

/** A stretch of one partition: from an offset up to, and without, another one. */
export interface Stretch {
  topic: string;
  partition: number;
  from: bigint;
  to: bigint;
}

/** The end of a topic's log. */
export interface TopicEnd {
  topic: string;
  /** Another one when the topic is removed and made anew; brokers before 2.8 give the name. */
  id: string;
  /** The offset that the next record will get, by partition. */
  offsets: readonly bigint[];
}

/** How far one fetch got in a stretch. */
interface Fetched {
  stretch: Stretch;
  /** Where to go on. */
  next: bigint;
  records: LoggedRecord[];
}

/**
 * Reads the log by position, in no consumer group, so that it takes nothing from anybody.
 * Records of transactions are read as they were written, whether committed or not.
 */
export class LogReader {
  readonly #at: Address;
  readonly #consumer: Consumer;

  constructor(at: Address) {
    this.#at = at;
    this.#consumer = consumerClient(at, REQUEST_TIMEOUT_MS);
  }

  /** Where each topic's log ends now. @throws Error when a topic is not there */
  async ends(topics: readonly string[]): Promise<TopicEnd[]> {
    if (topics.length === 0) return [];
    return await this.#ask('the end offsets', async () => {
      const metadata = await this.#consumer.metadata({ topics: [...topics], forceUpdate: true });
      const offsets = await this.#consumer.listOffsets({ topics: [...topics] });
      return topics.map((topic) => ({
        topic,
        id: metadata.topics.get(topic)?.id ?? topic,
        offsets: offsets.get(topic) ?? [],
      }));
    });
  }

  /** The oldest offset that each partition of a topic still has. @throws Error when the topic is not there */
  async starts(topic: string): Promise<readonly bigint[]> {
    return await this.#ask('the first offsets', async () => {
      await this.#consumer.metadata({ topics: [topic], forceUpdate: true });
      const offsets = await this.#consumer.listOffsets({ topics: [topic], timestamp: ListOffsetTimestamps.EARLIEST });
      return offsets.get(topic) ?? [];
    });
  }

  /** All records of the stretches, by partition in the order of the log. @throws Error when they cannot be read in time */
  async read(stretches: readonly Stretch[]): Promise<LoggedRecord[]> {
    const records: LoggedRecord[] = [];
    let open = stretches.filter(({ from, to }) => from < to).map((stretch) => ({ ...stretch }));
    while (open.length > 0) {
      const batch = await this.#fetch(open);
      if (batch.every((each) => each.records.length === 0 && each.next === each.stretch.from)) {
        const { topic, partition, from } = open[0] as Stretch;
        throw new Error(
          `the Kafka broker at ${this.#at.host}:${this.#at.port} gave nothing of ${topic}, partition ${partition}, from offset ${from} within ${FETCH_WAIT_MS} ms, though it has more`,
        );
      }
      for (const { stretch, next, records: read } of batch) {
        records.push(...read);
        stretch.from = next;
      }
      open = open.filter(({ from, to }) => from < to);
    }
    return records;
  }

  async close(): Promise<void> {
    await this.#consumer.close(true);
  }

  async #fetch(open: readonly Stretch[]): Promise<Fetched[]> {
    const topics = [...new Set(open.map(({ topic }) => topic))];
    // Brokers before 3.1 want names in a fetch; the client finds them among the topics that it tracks.
    this.#consumer.topics.trackAll(...topics);
    try {
      return await this.#ask('a fetch', async () => {
        const metadata = await this.#consumer.metadata({ topics: [...topics], forceUpdate: true });
        const byLeader = Map.groupBy(open, ({ topic, partition }) => {
          const leader = metadata.topics.get(topic)?.partitions[partition]?.leader;
          if (leader === undefined) throw new Error(`topic ${topic} has no partition ${partition} any more`);
          return leader;
        });
        const fetched: Fetched[] = [];
        for (const [node, led] of byLeader) {
          const fetch = () => this.#fetchFrom(node, led, metadata);
          fetched.push(...(await fetch().catch((error: unknown) => againIfStale(error, fetch))));
        }
        return fetched;
      });
    } finally {
      this.#consumer.topics.untrackAll(...topics);
    }
  }

  async #fetchFrom(node: number, led: readonly Stretch[], metadata: ClusterMetadata): Promise<Fetched[]> {
    const idOf = (topic: string) => metadata.topics.get(topic)?.id ?? topic;
    const { responses } = await this.#consumer.fetch({
      node,
      minBytes: 1,
      maxBytes: FETCH_BYTES,
      maxWaitTime: FETCH_WAIT_MS,
      topics: [...Map.groupBy(led, ({ topic }) => topic)].map(([topic, stretches]) => ({
        topicId: idOf(topic),
        partitions: stretches.map(({ partition, from }) => ({
          partition,
          fetchOffset: from,
          partitionMaxBytes: FETCH_BYTES,
          currentLeaderEpoch: -1,
          lastFetchedEpoch: -1,
        })),
      })),
    });
    return led.map((stretch) => {
      const partitions = responses
        .filter(({ topicId }) => topicId === idOf(stretch.topic))
        .flatMap((each) => each.partitions);
      const batches = partitions
        .filter(({ partitionIndex }) => partitionIndex === stretch.partition)
        .flatMap(({ records }) => records ?? []);
      return { stretch, ...within(stretch, batches) };
    });
  }

  async #ask<T>(doing: string, request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      throw clientFailure(error, this.#at, doing, REQUEST_TIMEOUT_MS);
    }
  }
}

/** An answer that was lost puts client and broker out of step, and a broker forgets old sessions: then a new one begins. */
async function againIfStale<T>(error: unknown, fetch: () => Promise<T>): Promise<T> {
  const code = brokerAnswer(error)?.code;
  if (code === undefined || !STALE_SESSION.includes(code)) throw error;
  return await fetch();
}

/** A batch is given whole, so it may begin before the stretch and end after it. */
function within(stretch: Stretch, batches: readonly RecordsBatch[]): { next: bigint; records: LoggedRecord[] } {
  const { topic, partition, from, to } = stretch;
  let next = from;
  const records: LoggedRecord[] = [];
  for (const batch of batches) {
    const end = batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n;
    if (end > next) next = end;
    if ((batch.attributes & CONTROL_BATCH) !== 0) continue;
    for (const { key, value, headers, offsetDelta, timestampDelta } of batch.records) {
      const offset = batch.firstOffset + BigInt(offsetDelta);
      if (offset < from || offset >= to) continue;
      const timestampMs = Number(batch.firstTimestamp + timestampDelta);
      records.push({ topic, partition, offset, key, value, headers, timestampMs });
    }
  }
  return { next, records };
}
