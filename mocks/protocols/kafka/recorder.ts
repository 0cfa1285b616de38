import { isDeepStrictEqual } from 'node:util';
import type { Side } from '../../../contracts/contract.ts';
import type { KafkaCommit, KafkaDelivery, KafkaRecord } from '../../../contracts/messages/kafka.ts';
import type { Address, Exchange, Observed } from '../../adapter.ts';
import { isUnknownTopic } from './client.ts';
import type { Denials } from './denials.ts';
import { type Committed, Groups } from './groups.ts';
import { type LoggedRecord, LogReader, type Stretch, type TopicEnd } from './reader.ts';
import { commitOf, fromWire } from './records.ts';
import { Topics } from './topics.ts';

/** How many records are remembered; older ones are forgotten first. */
const RECORD_LIMIT = 10_000;
const LOOK_EVERY_MS = 500;

/** What is watched of a broker that others use too. */
export interface Chosen {
  topics: ReadonlySet<string>;
  groups: ReadonlySet<string>;
}

/** A record's place in the log. */
export interface Place {
  topic: string;
  partition: number;
  offset: bigint;
}

/** What the harness itself has done to the broker: no source's doing, so it is not recorded. */
export interface OwnDoing {
  written?: Place;
  moved?: Committed;
}

/** A record that a group is done with. */
interface Consumed {
  group: string;
  record: KafkaRecord;
  atMs: number;
}

/**
 * The record of what sources did, taken from where the broker keeps it. What they wrote comes from the log: each record is an
 * exchange of its own, in the order of its partition; records of different partitions are put in the order of their time
 * stamps. What they consumed comes from the offsets that groups have committed: for each record that a commit covers there are
 * two exchanges, its delivery and the commit.
 * What a user was not let do comes from what the broker prints, if that can be read: the refusal, with a failure that names
 * the user; it is told after all else. What the broker refused for another reason leaves nothing, and nobody can tell which client wrote a record, or
 * whether it was written before or after a commit.
 */
export class Recorder {
  readonly #topics: Topics;
  readonly #groups: Groups;
  readonly #reader: LogReader;
  readonly #chosen: Chosen | undefined;
  readonly #denials: Denials | undefined;
  /** The next offset to be read of each partition, by the topic's id. */
  #positions: ReadonlyMap<string, readonly bigint[]> = new Map();
  /** How far each group is known to be in each partition. */
  #committed: ReadonlyMap<string, bigint> = new Map();
  /** Where the harness itself has written since the last look. */
  #own: Place | undefined;
  #exchanges: Exchange[] = [];
  #lastId = 0;
  #catchingUp: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  private constructor(at: Address, chosen: Chosen | undefined, denials: Denials | undefined) {
    this.#topics = new Topics(at);
    this.#groups = new Groups(at);
    this.#reader = new LogReader(at);
    this.#chosen = chosen;
    this.#denials = denials;
  }

  /**
   * Begins a record at the present end of the log.
   * @param chosen the topics and groups to be watched; all when absent, those that are created later included
   * @param denials what users are not let do; not recorded when absent
   */
  static async start(at: Address, chosen?: Chosen, denials?: Denials): Promise<Recorder> {
    const recorder = new Recorder(at, chosen, denials);
    try {
      recorder.#positions = positions(await recorder.#ends());
      recorder.#committed = offsetsOf(await recorder.#groups.committed(chosen?.groups));
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
    return this.#next(() => this.#catchUp());
  }

  /**
   * Lets the harness do something to the broker while nobody looks, so that its own doing is not taken for a source's.
   * @param writes the record that it writes, if any
   */
  aside<T extends OwnDoing>(work: () => Promise<T>, writes?: KafkaRecord): Promise<T> {
    return this.#next(async () => {
      await this.#catchUp();
      const done = await work().catch(async (error: unknown) => {
        // Where only the answer was lost, the record is there, at a place that nobody was told.
        await this.#catchUp(writes).catch(() => {});
        throw error;
      });
      if (done.moved !== undefined) this.#committed = new Map([...this.#committed, ...offsetsOf([done.moved])]);
      this.#own = done.written;
      await this.#catchUp();
      return done;
    });
  }

  clear(): void {
    this.#exchanges = [];
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await Promise.all([this.#topics.close(), this.#groups.close(), this.#reader.close()]);
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#catchingUp.catch(() => {}).then(work);
    this.#catchingUp = next;
    return next;
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

  /** @param perhapsOwn what the harness may have written: it is passed over */
  async #catchUp(perhapsOwn?: KafkaRecord): Promise<void> {
    const ends = await this.#ends();
    const stretches = ends.flatMap(({ topic, id, offsets }) =>
      offsets.map(
        (to, partition): Stretch => ({ topic, partition, from: this.#positions.get(id)?.[partition] ?? 0n, to }),
      ),
    );
    const records = await this.#reader.read(stretches);
    const consumed = await this.#consumed(ends);
    this.#positions = positions(ends);
    // A service that consumes writes because of what it was given, and commits when it is done with it.
    for (const { group, record, atMs } of consumed) this.#note('destination', { group, ...record }, atMs);
    for (const record of inTimeOrder(records)) {
      const read = fromWire(record);
      if (!isAt(record, this.#own) && !isLike(read, perhapsOwn)) this.#note('source', read, record.timestampMs);
    }
    this.#own = undefined;
    for (const { group, record, atMs } of consumed) this.#note('source', commitOf(group, record), atMs);
    for (const { refusal, sentence } of (await this.#denials?.take()) ?? []) {
      const messages: Exchange['messages'] = [{ from: 'destination', content: refusal, atMs: Date.now() }];
      this.#add({ messages, failure: new Error(sentence) });
    }
    this.#exchanges = this.#exchanges.slice(-RECORD_LIMIT);
  }

  /** The records that groups have committed since the last look. */
  async #consumed(ends: readonly TopicEnd[]): Promise<Consumed[]> {
    const consumed: Consumed[] = [];
    const now = new Map<string, bigint>();
    for (const { group, topic, positions } of await this.#groups.committed(this.#chosen?.groups)) {
      const end = ends.find((each) => each.topic === topic);
      if (end === undefined) continue;
      for (const [partition, position] of positions.entries()) {
        if (position === undefined) continue;
        // What was written since the ends were asked for is looked at next time.
        const limit = end.offsets[partition] ?? 0n;
        const to = position < limit ? position : limit;
        const key = positionKey(group, topic, partition);
        now.set(key, to);
        const from = this.#committed.get(key) ?? 0n;
        if (from < to) consumed.push(...(await this.#readFor(group, { topic, partition, from, to })));
      }
    }
    this.#committed = now;
    return consumed;
  }

  async #readFor(group: string, stretch: Stretch): Promise<Consumed[]> {
    const start = (await this.#reader.starts(stretch.topic))[stretch.partition] ?? 0n;
    const from = stretch.from < start ? start : stretch.from;
    const atMs = Date.now();
    const records = await this.#reader.read([{ ...stretch, from }]);
    return records.map((record) => ({ group, record: fromWire(record), atMs }));
  }

  #note(from: Side, content: KafkaRecord | KafkaDelivery | KafkaCommit, atMs: number): void {
    this.#add({ messages: [{ from, content, atMs }] });
  }

  #add(observed: Observed): void {
    this.#lastId += 1;
    this.#exchanges.push({ id: this.#lastId, ...observed });
  }

  async #ends(): Promise<TopicEnd[]> {
    const topics = (await this.#topics.list()).filter((topic) => this.#chosen?.topics.has(topic) ?? true);
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

function positionKey(group: string, topic: string, partition: number): string {
  return JSON.stringify([group, topic, partition]);
}

function offsetsOf(committed: readonly Committed[]): Map<string, bigint> {
  return new Map(
    committed.flatMap(({ group, topic, positions }) =>
      [...positions.entries()].map(([partition, position]) => [positionKey(group, topic, partition), position ?? 0n]),
    ),
  );
}

function isAt({ topic, partition, offset }: LoggedRecord, place: Place | undefined): boolean {
  return topic === place?.topic && partition === place.partition && offset === place.offset;
}

function isLike({ topic, key, value }: KafkaRecord, other: KafkaRecord | undefined): boolean {
  return other !== undefined && isDeepStrictEqual([topic, key, value], [other.topic, other.key, other.value]);
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
