import type { Address, Exchange } from '../../adapter.ts';
import { isUnknownTopic } from './client.ts';
import { type LoggedRecord, LogReader, type Stretch, type TopicEnd } from './reader.ts';
import { fromWire } from './records.ts';
import { Topics } from './topics.ts';

/** How many records are remembered; older ones are forgotten first. */
const RECORD_LIMIT = 10_000;
const LOOK_EVERY_MS = 500;

/**
 * The record of what sources wrote, taken from where readers take it: the log. Each record is an exchange of its own, in
 * the order of its partition; records of different partitions are put in the order of their time stamps.
 * What the broker refused never gets into the log, and nobody can tell there which client wrote a record.
 */
export class Recorder {
  readonly #topics: Topics;
  readonly #reader: LogReader;
  readonly #chosen: ReadonlySet<string> | undefined;
  /** The next offset to be read of each partition, by the topic's id. */
  #positions: ReadonlyMap<string, readonly bigint[]> = new Map();
  #exchanges: Exchange[] = [];
  #lastId = 0;
  #catchingUp: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  private constructor(at: Address, chosen: ReadonlySet<string> | undefined) {
    this.#topics = new Topics(at);
    this.#reader = new LogReader(at);
    this.#chosen = chosen;
  }

  /**
   * Begins a record at the present end of the log.
   * @param chosen the topics to be watched; all when absent, those that are created later included
   */
  static async start(at: Address, chosen?: ReadonlySet<string>): Promise<Recorder> {
    const recorder = new Recorder(at, chosen);
    try {
      recorder.#positions = positions(await recorder.#ends());
    } catch (error) {
      await recorder.close();
      throw error;
    }
    recorder.#lookLater();
    return recorder;
  }

  exchanges(): readonly Exchange[] {
    return this.#exchanges;
  }

  /** Resolves when everything that is in the log now is in the record. @throws Error when the broker does not answer */
  settled(): Promise<void> {
    const next = this.#catchingUp.catch(() => {}).then(() => this.#catchUp());
    this.#catchingUp = next;
    return next;
  }

  clear(): void {
    this.#exchanges = [];
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await Promise.all([this.#topics.close(), this.#reader.close()]);
  }

  /** So that whoever never asks for `settled` sees the record grow all the same; what fails here fails there too. */
  #lookLater(): void {
    if (this.#closed) return;
    const look = () =>
      void this.settled().then(
        () => this.#lookLater(),
        () => this.#lookLater(),
      );
    this.#timer = setTimeout(look, LOOK_EVERY_MS).unref();
  }

  async #catchUp(): Promise<void> {
    const ends = await this.#ends();
    const stretches = ends.flatMap(({ topic, id, offsets }) =>
      offsets.map(
        (to, partition): Stretch => ({ topic, partition, from: this.#positions.get(id)?.[partition] ?? 0n, to }),
      ),
    );
    const records = await this.#reader.read(stretches);
    this.#positions = positions(ends);
    for (const record of inTimeOrder(records)) {
      this.#lastId += 1;
      const content = fromWire(record);
      const messages = [{ from: 'source' as const, content, atMs: record.timestampMs }];
      this.#exchanges.push({ id: this.#lastId, messages });
    }
    this.#exchanges = this.#exchanges.slice(-RECORD_LIMIT);
  }

  async #ends(): Promise<TopicEnd[]> {
    const topics = (await this.#topics.list()).filter((topic) => this.#chosen?.has(topic) ?? true);
    const ends: TopicEnd[] = [];
    for (const topic of topics) {
      try {
        ends.push(...(await this.#reader.ends([topic])));
      } catch (error) {
        // Removed since it was listed.
        if (!isUnknownTopic(error)) throw error;
      }
    }
    return ends;
  }
}

function positions(ends: readonly TopicEnd[]): Map<string, readonly bigint[]> {
  return new Map(ends.map(({ id, offsets }) => [id, offsets]));
}

/** Merges the partitions by time without ever turning round the order of one of them. */
function inTimeOrder(records: readonly LoggedRecord[]): LoggedRecord[] {
  const queues = [...Map.groupBy(records, ({ topic, partition }) => `${topic}/${partition}`).values()];
  const merged: LoggedRecord[] = [];
  while (merged.length < records.length) {
    const heads = queues.filter((queue) => queue.length > 0);
    const earliest = heads.reduce((a, b) => ((b[0]?.timestampMs ?? 0) < (a[0]?.timestampMs ?? 0) ? b : a));
    merged.push(earliest.shift() as LoggedRecord);
  }
  return merged;
}
