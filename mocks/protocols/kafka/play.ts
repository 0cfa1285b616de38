import type { Interaction } from '../../../contracts/contract.ts';
import { Conversation } from '../../../contracts/conversation.ts';
import { compile } from '../../../contracts/matching.ts';
import {
  type KafkaCommit,
  type KafkaDelivery,
  type KafkaLeave,
  type KafkaRecord,
  type KafkaRefusal,
  kafkaProfile,
} from '../../../contracts/messages/kafka.ts';
import type { Address, Observed, ObservedMessage, Performance } from '../../adapter.ts';
import { brokerAnswer } from './client.ts';
import { type Acknowledged, misdeliveries } from './delivery.ts';
import { Logins, usersOf } from './logins.ts';
import { Member, type Membership } from './member.ts';
import { LogReader, type Stretch, type TopicEnd } from './reader.ts';
import { Writer } from './writer.ts';

const STEP_TIMEOUT_MS = 5_000;
const SASL_AUTHENTICATION_FAILED = 58;

/**
 * Plays a client of the broker, step by step. It writes records one after the other, each when the one before it is answered,
 * and reads them back at the end as a reader does; and it reads as a member of the groups that the interaction delivers to,
 * and commits. What the broker answers to a record is a message where the interaction has steps for it, or where it is a
 * refusal; that readers get something else than was acknowledged is a message of the broker's too.
 *
 * It logs in as the row's own user, so that the broker refuses what the contract does not give; as another one where the
 * provider states gave `user` or `password`.
 * @param at with the login of somebody who may manage users, where the listener wants one; the log is read back as that
 */
export async function play(performance: Performance, at: Address, signal: AbortSignal): Promise<Observed> {
  const client = new Client(performance, at, signal);
  const abandon = () => void client.close();
  signal.addEventListener('abort', abandon, { once: true });
  const { messages } = client;
  try {
    await client.play();
    signal.throwIfAborted();
    return { messages };
  } catch (error) {
    return {
      messages,
      failure: signal.aborted ? aborted(performance.interaction.description, signal) : asError(error),
    };
  } finally {
    signal.removeEventListener('abort', abandon);
    await client.close();
  }
}

class Client {
  readonly messages: ObservedMessage[] = [];
  readonly #at: Address;
  readonly #signal: AbortSignal;
  readonly #interaction: Interaction;
  readonly #timeoutMs: number;
  readonly #conversation: Conversation;
  readonly #logins: Logins;
  readonly #performance: Performance;
  /** The source's own login. */
  #as: Address;
  #writer: Writer | undefined;
  readonly #members = new Map<string, Member>();
  readonly #acknowledged: Acknowledged[] = [];

  constructor(performance: Performance, at: Address, signal: AbortSignal) {
    const { interaction, values } = performance;
    this.#performance = performance;
    this.#at = at;
    this.#as = at;
    this.#signal = signal;
    this.#interaction = interaction;
    this.#timeoutMs = interaction.stepTimeoutMs ?? STEP_TIMEOUT_MS;
    this.#conversation = new Conversation(interaction, kafkaProfile, { values });
    this.#logins = new Logins(at, this.#timeoutMs);
  }

  async play(): Promise<void> {
    this.#signal.throwIfAborted();
    if (await this.#logIn()) await this.#playSteps();
    for (const member of this.#members.values()) {
      for (const delivery of member.unasked()) this.#note('destination', delivery);
    }
    const found = misdeliveries(this.#acknowledged, await readBack(this.#acknowledged, this.#at));
    for (const message of found) this.#note('destination', message);
  }

  async close(): Promise<void> {
    await Promise.all([this.#writer?.close(), ...[...this.#members.values()].map((member) => member.leave())]);
    await (this.#signal.aborted ? this.#logins.abandon() : this.#logins.close());
  }

  /** @returns false when the broker does not let the source in, as the interaction wants it */
  async #logIn(): Promise<boolean> {
    const { contract, values } = this.#performance;
    await this.#logins.open(usersOf([contract], this.#at));
    this.#as = { ...this.#logins.addressFor(contract), ...pick(values, 'user'), ...pick(values, 'password') };
    this.#writer = new Writer(this.#as, this.#timeoutMs);
    try {
      await this.#writer.connect();
      return true;
    } catch (error) {
      const answer = brokerAnswer(error);
      if (answer?.code !== SASL_AUTHENTICATION_FAILED || !this.#expectsRefusal) throw error;
      this.#note('destination', answer);
      return false;
    }
  }

  get #expectsRefusal(): boolean {
    return this.#interaction.steps.some(({ content }) => 'error' in fieldsOf(content));
  }

  async #playSteps(): Promise<void> {
    for (;;) {
      this.#signal.throwIfAborted();
      const awaited = this.#awaited();
      const next = awaited ?? this.#conversation.nextFromSource();
      if (next === undefined) return;
      if (awaited !== undefined) this.#hear(await this.#member(awaited).next(this.#signal));
      else if ((await this.#send(next)) === 'refused') return;
    }
  }

  /** What a member of a group has to wait for before anything is sent. */
  #awaited(): Membership | undefined {
    const { steps } = this.#interaction;
    const [first] = this.#conversation.due
      .filter(({ optional }) => !optional)
      .sort((a, b) => steps.indexOf(a) - steps.indexOf(b));
    return first?.from === 'destination' ? membershipOf(first.content) : undefined;
  }

  /** Takes what the broker tells a reader. @throws Error when it refuses one that nobody said it would */
  #hear(message: KafkaDelivery | KafkaRefusal): void {
    if ('error' in message && !this.#expectsRefusal) {
      const { error, code, group, topic } = message;
      throw new Error(
        `the Kafka broker at ${this.#at.host}:${this.#at.port} refused group ${group} in topic ${topic}: ${error} (${code})`,
      );
    }
    this.#note('destination', message);
  }

  /** @returns `refused` where nobody expected a record to be: what follows would only repeat it */
  async #send(content: unknown): Promise<'refused' | undefined> {
    this.#note('source', content);
    const message = content as KafkaRecord | KafkaCommit | KafkaLeave;
    if ('leaves' in message) return await this.#leave({ group: message.group, topic: message.leaves });
    if ('commits' in message) {
      const refusal = await this.#member(message).commit(message);
      if (refusal !== undefined) this.#hear(refusal);
      return undefined;
    }
    return await this.#write(message);
  }

  async #write(record: KafkaRecord): Promise<'refused' | undefined> {
    const answer = await (this.#writer as Writer).write(record);
    if ('error' in answer) {
      this.#note('destination', answer);
      return this.#writesAreAnswered ? undefined : 'refused';
    }
    this.#acknowledged.push(answer);
    if (this.#writesAreAnswered) this.#note('destination', { acknowledged: true });
    return undefined;
  }

  async #leave(membership: Membership): Promise<undefined> {
    const member = this.#member(membership);
    this.#members.delete(keyOf(membership));
    await member.leave();
  }

  #member({ group, topic }: Membership): Member {
    const key = keyOf({ group, topic });
    const known = this.#members.get(key);
    if (known !== undefined) return known;
    const member = new Member(this.#as, { group, topic }, this.#timeoutMs);
    this.#members.set(key, member);
    return member;
  }

  get #writesAreAnswered(): boolean {
    return this.#interaction.steps.some(
      ({ from, content }) => from === 'destination' && membershipOf(content) === undefined,
    );
  }

  #note(from: ObservedMessage['from'], content: unknown): void {
    const message = { from, content, atMs: Date.now() };
    this.messages.push(message);
    this.#conversation.feed(message);
  }
}

function pick(values: Performance['values'], name: 'user' | 'password'): Partial<Address> {
  return values[name] === undefined ? {} : { [name]: values[name] };
}

function fieldsOf(content: unknown): Readonly<Record<string, unknown>> {
  return compile(content).example as Readonly<Record<string, unknown>>;
}

/** The group that a message of the broker's is for. */
function membershipOf(content: unknown): Membership | undefined {
  const { group, topic } = fieldsOf(content);
  return typeof group === 'string' && typeof topic === 'string' ? { group, topic } : undefined;
}

function keyOf({ group, topic }: Membership): string {
  return `${group} ${topic}`;
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
