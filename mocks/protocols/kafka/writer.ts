import type { Producer } from '@platformatic/kafka';
import type { KafkaRefusal, KafkaWriting } from '../../../contracts/messages/kafka.ts';
import type { Address } from '../../adapter.ts';
import { brokerAnswer, clientFailure, producerClient } from './client.ts';
import { sendDamaged } from './damaged-batch.ts';
import type { Acknowledged } from './delivery.ts';
import { toWire } from './records.ts';

/** Writes records, and gives the broker's answer to each. */
export class Writer {
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

  /** Each record has a batch of its own. */
  async write({ compression = 'none', damaged, ...record }: KafkaWriting): Promise<Acknowledged | KafkaRefusal> {
    const message = toWire(record);
    try {
      const place = damaged
        ? await sendDamaged(this.#producer, this.#at, { message, compression, timeoutMs: this.#timeoutMs })
        : (await this.#producer.send({ messages: [message], compression })).offsets?.[0];
      if (place?.offset === undefined) throw new Error('the acknowledgement names no offset');
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
