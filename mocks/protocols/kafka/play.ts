import type { Producer } from '@platformatic/kafka';
import { Conversation } from '../../../contracts/conversation.ts';
import { type KafkaRecord, type KafkaRefusal, kafkaProfile } from '../../../contracts/messages/kafka.ts';
import type { Address, Observed, ObservedMessage, Performance } from '../../adapter.ts';
import { brokerAnswer, clientFailure, producerClient } from './client.ts';
import { type Acknowledged, misdeliveries } from './delivery.ts';
import { LogReader, type Stretch, type TopicEnd } from './reader.ts';
import { toWire } from './records.ts';

const STEP_TIMEOUT_MS = 5_000;

/**
 * Writes the records of an interaction one after the other, each when the one before it is answered, and then reads them
 * back as a reader does. What the broker answers is a message where the interaction has steps for it, or where it is a
 * refusal; that readers get something else than was acknowledged is a message of the broker's too.
 */
export async function play(performance: Performance, at: Address, signal: AbortSignal): Promise<Observed> {
  const { interaction, values } = performance;
  const timeoutMs = interaction.stepTimeoutMs ?? STEP_TIMEOUT_MS;
  const messages: ObservedMessage[] = [];
  const conversation = new Conversation(interaction, kafkaProfile, { values });
  const note = (from: ObservedMessage['from'], content: unknown) => {
    const message = { from, content, atMs: Date.now() };
    messages.push(message);
    conversation.feed(message);
  };
  const answersMatter = interaction.steps.some(({ from }) => from === 'destination');
  const writer = new Writer(at, timeoutMs);
  const abandon = () => void writer.close();
  signal.addEventListener('abort', abandon, { once: true });
  const acknowledged: Acknowledged[] = [];
  try {
    signal.throwIfAborted();
    await writer.connect();
    for (let next = conversation.nextFromSource(); next !== undefined; next = conversation.nextFromSource()) {
      signal.throwIfAborted();
      note('source', next);
      const answer = await writer.write(next as KafkaRecord);
      if ('offset' in answer) acknowledged.push(answer);
      if ('error' in answer || answersMatter) note('destination', 'error' in answer ? answer : { acknowledged: true });
      // Nobody expected an answer, so it was a refusal that nobody expected: what follows would only repeat it.
      if ('error' in answer && !answersMatter) break;
    }
    for (const message of misdeliveries(acknowledged, await readBack(acknowledged, at))) note('destination', message);
    signal.throwIfAborted();
    return { messages };
  } catch (error) {
    return { messages, failure: signal.aborted ? aborted(interaction.description, signal) : asError(error) };
  } finally {
    signal.removeEventListener('abort', abandon);
    await writer.close();
  }
}

/** Writes records, and gives the broker's answer to each. */
class Writer {
  readonly #at: Address;
  readonly #timeoutMs: number;
  readonly #producer: Producer;

  constructor(at: Address, timeoutMs: number) {
    this.#at = at;
    this.#timeoutMs = timeoutMs;
    this.#producer = producerClient(at, timeoutMs);
  }

  async connect(): Promise<void> {
    await this.#ask('the metadata request', () => this.#producer.metadata({ topics: [] }));
  }

  async write(record: KafkaRecord): Promise<Acknowledged | KafkaRefusal> {
    const wire = toWire(record);
    try {
      const { offsets } = await this.#producer.send({ messages: [wire] });
      const place = offsets?.[0];
      if (place === undefined) throw new Error('the acknowledgement names no offset');
      return { record, partition: place.partition, offset: place.offset };
    } catch (error) {
      const answer = brokerAnswer(error);
      if (answer !== undefined) return { ...answer, topic: record.topic };
      throw clientFailure(error, this.#at, `a record for topic ${record.topic}`, this.#timeoutMs);
    }
  }

  async close(): Promise<void> {
    await this.#producer.close();
  }

  async #ask<T>(doing: string, request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      throw clientFailure(error, this.#at, doing, this.#timeoutMs);
    }
  }
}

async function readBack(acknowledged: readonly Acknowledged[], at: Address) {
  if (acknowledged.length === 0) return [];
  const reader = new LogReader(at);
  try {
    const ends = await reader.ends([...new Set(acknowledged.map(({ record }) => record.topic))]);
    return await reader.read(stretchesOf(acknowledged, ends));
  } finally {
    await reader.close();
  }
}

/** From the first record of each partition to its present end. */
function stretchesOf(acknowledged: readonly Acknowledged[], ends: readonly TopicEnd[]): Stretch[] {
  const stretches = new Map<string, Stretch>();
  for (const { record, partition, offset } of acknowledged) {
    const { topic } = record;
    const place = `${topic}/${partition}`;
    const known = stretches.get(place);
    if (known !== undefined && known.from <= offset) continue;
    const to = ends.find((end) => end.topic === topic)?.offsets[partition] ?? offset;
    stretches.set(place, { topic, partition, from: offset, to });
  }
  return [...stretches.values()];
}

function aborted(description: string, signal: AbortSignal): Error {
  return new Error(`"${description}" was broken off while it was played`, { cause: signal.reason });
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
