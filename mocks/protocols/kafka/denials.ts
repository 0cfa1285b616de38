import type { Admin } from '@platformatic/kafka';
import type { KafkaRefusal } from '../../../contracts/messages/kafka.ts';
import type { Address } from '../../adapter.ts';
import { adminClient, brokerAnswer, clientFailure } from './client.ts';
import type { User } from './logins.ts';
import { until } from './until.ts';

const REQUEST_TIMEOUT_MS = 5_000;
const TOPIC_AUTHORIZATION_FAILED = 29;

/** Something that a broker did not let somebody do. */
export interface Denial {
  /** The broker's name for it: `WRITE`, `READ`, `DESCRIBE`; `LOGIN` for a refused login. */
  operation: string;
  /** What it answered; without a user where it never got to know who that was. */
  refusal: KafkaRefusal;
}

/** By kind of resource, as the broker's log names it (Apache Kafka protocol guide, error codes). */
const REFUSALS: Readonly<Record<string, { error: string; code: number; field?: 'topic' | 'group' }>> = {
  Topic: { error: 'TOPIC_AUTHORIZATION_FAILED', code: TOPIC_AUTHORIZATION_FAILED, field: 'topic' },
  Group: { error: 'GROUP_AUTHORIZATION_FAILED', code: 30, field: 'group' },
  Cluster: { error: 'CLUSTER_AUTHORIZATION_FAILED', code: 31 },
  TransactionalId: { error: 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED', code: 53 },
};
const LOGIN_REFUSAL: KafkaRefusal = { error: 'SASL_AUTHENTICATION_FAILED', code: 58 };

export interface DenialsOptions {
  /** The last that the broker printed. */
  output(): string;
  /** With the login of a user who has no right at all. */
  observer: Address;
  /** Those whose rights are known. */
  users: readonly User[];
}

/**
 * Reads from what a broker prints what it did not let users do. Its log of records holds nothing of that, but the log of its
 * authorizer names the user; that of its network tells of refused logins, and there nobody knows the user.
 */
export class Denials {
  readonly #options: DenialsOptions;
  readonly #admin: Admin;
  #markers = 0;
  /** Up to where everything has been reported. */
  #reported = markerOf(0);

  /** It does not look yet, so that a start need not wait for it. */
  constructor(options: DenialsOptions) {
    this.#options = options;
    this.#admin = adminClient(options.observer, REQUEST_TIMEOUT_MS);
  }

  /** What was denied since the last call, in the order of the broker, each with a sentence for people. */
  async take(): Promise<{ refusal: KafkaRefusal; sentence: string }[]> {
    const { output, observer, users } = this.#options;
    this.#markers += 1;
    const marker = markerOf(this.#markers);
    // The broker prints before it answers, so all that somebody has an answer to is before the marker.
    await this.#leave(marker);
    await until(observer, 'its log to show what the harness was refused', async () => output().includes(marker));
    const lines = output().split('\n');
    const from = lines.findLastIndex((line) => line.includes(this.#reported)) + 1;
    const to = lines.findIndex((line) => line.includes(marker));
    this.#reported = marker;
    const found = lines.slice(from, to).flatMap(deniedIn);
    return found
      .filter(({ refusal }) => refusal.user !== observer.user)
      .map((each) => ({ refusal: each.refusal, sentence: sentenceOf(each, users) }));
  }

  async close(): Promise<void> {
    await this.#admin.close();
  }

  /** Asks for a topic that is not there and may not be seen. */
  async #leave(marker: string): Promise<void> {
    try {
      await this.#admin.metadata({ topics: [marker], forceUpdate: true });
    } catch (error) {
      if (brokerAnswer(error)?.code === TOPIC_AUTHORIZATION_FAILED) return;
      throw clientFailure(error, this.#options.observer, 'the look at its log', REQUEST_TIMEOUT_MS);
    }
  }
}

/** With a point at its end, so that no marker is the beginning of another. */
function markerOf(number: number): string {
  return `voxpact-marker-${number}.`;
}

/** Reads a line of the broker's output; nothing where it tells of no denial. */
export function deniedIn(line: string): Denial[] {
  if (line.includes('Failed authentication with')) return [{ operation: 'LOGIN', refusal: LOGIN_REFUSAL }];
  const pattern = /Principal = User:(\S+) is Denied operation = (\w+) .* on resource = (\w+):\w+:(\S+) for request/;
  const [, user = '', operation = '', kind = '', name = ''] = pattern.exec(line) ?? [];
  const known = REFUSALS[kind];
  if (known === undefined) return [];
  const { field, ...answer } = known;
  return [{ operation, refusal: { ...answer, ...(field === undefined ? {} : { [field]: name }), user } }];
}

function sentenceOf({ operation, refusal }: Denial, users: readonly User[]): string {
  const { error, code, topic, group, user } = refusal;
  const answer = `${error} (${code})`;
  if (user === undefined) return `the Kafka broker refused a login: ${answer}`;
  const named = group === undefined ? 'the cluster' : `group ${group}`;
  const what = topic === undefined ? named : `topic ${topic}`;
  const rights = users.find(({ name }) => name === user)?.rights ?? [];
  const own = rights.map((right) => `${right.operation} ${right.resource.toLowerCase()} ${right.name}`).join(', ');
  return `the Kafka broker did not let user ${user} ${operation} ${what}: ${answer}; by its contract it may ${own || 'do nothing'}`;
}
