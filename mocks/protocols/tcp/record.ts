import type { Side } from '../../../contracts/contract.ts';
import { dialect } from '../../../contracts/dialect.ts';
import type { TcpMessage } from '../../../contracts/messages/tcp.ts';
import type { Exchange, ObservedMessage } from '../../adapter.ts';
import { type Handshake, handshakeOpenedBy } from './handshake.ts';
import { masked } from './json-twin.ts';
import type { TcpLimits } from './limits.ts';
import type { LinkEnd } from './link.ts';

const { closed } = dialect.tcp;
const partialAnswers: readonly string[] = dialect.tcp.partialAnswers;
const mayStayUnanswered: readonly string[] = dialect.tcp.mayStayUnanswered;

/** The request that opens a session carries no reference id; neither does its answer. */
const sessionKey = 0;

/** What a recorded message takes beside its content, roughly: without it, a flood of tiny messages would count as nothing. */
const messageOverheadBytes = 256;

interface Recorded extends Exchange {
  messages: ObservedMessage[];
  failure?: Error;
  bytes: number;
  /** The opening of a session that went on to be used: the way to an exchange, and no exchange of its own. */
  overture?: true;
}

/** How the end of a connection reads as a message. */
export function closedMessage({ goodbye }: LinkEnd): TcpMessage {
  return { name: closed, attributes: goodbye === undefined ? {} : { ...goodbye } };
}

/** The bounded record of a mock or a tap. */
export class TcpRecord {
  readonly #limits: Pick<TcpLimits, 'maxExchanges' | 'maxRecordBytes'>;
  #kept: Recorded[] = [];
  /** Where the oldest kept exchange is in `#kept`; what lies before it is swept now and then. */
  #oldest = 0;
  #bytes = 0;
  #nextId = 1;
  /** Rises with everything that is recorded. */
  activity = 0;
  /** How many requests wait for their answer. */
  open = 0;

  constructor(limits: Pick<TcpLimits, 'maxExchanges' | 'maxRecordBytes'>) {
    this.#limits = limits;
  }

  exchanges(): readonly Exchange[] {
    return this.#kept
      .slice(this.#oldest)
      .filter(({ overture }) => !overture)
      .map(({ id, messages, failure }) => ({
        id,
        messages: [...messages],
        ...(failure === undefined ? {} : { failure }),
      }));
  }

  clear(): void {
    this.#kept = [];
    this.#oldest = 0;
    this.#bytes = 0;
  }

  /** A new, empty exchange. */
  begin(): Recorded {
    const exchange: Recorded = { id: this.#nextId, messages: [], bytes: 0 };
    this.#nextId += 1;
    this.#kept.push(exchange);
    return exchange;
  }

  /** @param size of the message on the wire, in bytes */
  add(exchange: Recorded, message: ObservedMessage, size: number): void {
    this.activity += 1;
    const bytes = size + messageOverheadBytes;
    const { maxRecordBytes } = this.#limits;
    if (exchange.bytes + bytes > maxRecordBytes) {
      exchange.failure ??= new Error(
        `the exchange is longer than the ${maxRecordBytes} bytes of the record; the rest is lost`,
      );
      return;
    }
    exchange.messages.push(message);
    exchange.bytes += bytes;
    this.#bytes += bytes;
    this.#evict();
  }

  #evict(): void {
    const { maxExchanges, maxRecordBytes } = this.#limits;
    while (this.#kept.length - this.#oldest > maxExchanges || this.#bytes > maxRecordBytes) {
      const evicted = this.#kept[this.#oldest];
      if (evicted === undefined) {
        this.#bytes = 0;
        break;
      }
      this.#bytes -= evicted.bytes;
      this.#oldest += 1;
    }
    if (this.#oldest > maxExchanges) {
      this.#kept = this.#kept.slice(this.#oldest);
      this.#oldest = 0;
    }
  }
}

/**
 * One connection's part of a record, cut into exchanges: a new one begins with a request that comes while no other waits
 * for its answer, so requests in flight together stay together. What the destination says belongs to the newest exchange.
 * The opening of a session counts only when nothing followed it, as {@link play} does not tell it either.
 */
export class ConnectionRecord {
  readonly #record: TcpRecord;
  readonly #open = new Set<number>();
  #current: Recorded | undefined;
  #handshake: Handshake | undefined;
  #rejected = false;

  constructor(record: TcpRecord) {
    this.#record = record;
  }

  /** Whether a request waits for its answer. */
  get waiting(): boolean {
    return this.#open.size > 0;
  }

  add(from: Side, message: TcpMessage, bytes: number): void {
    if (from === 'source') this.#ask(message);
    else this.#answer(message);
    this.#append(from, masked(message), bytes);
  }

  /** Something went wrong that no message tells. */
  fail(failure: Error): void {
    this.#record.activity += 1;
    this.#current ??= this.#record.begin();
    this.#current.failure ??= failure;
  }

  /**
   * The connection is over. A destination's close is part of the newest exchange when it cuts it short, or follows a
   * refused session; a source that leaves before its answer has failed; between exchanges there is nothing to tell.
   */
  close(by: Side, end: LinkEnd): void {
    if (by === 'destination' && (this.waiting || this.#rejected)) this.#append(by, closedMessage(end), 0);
    if (end.failure !== undefined) this.fail(end.failure);
    else if (this.waiting && by === 'source')
      this.fail(new Error('the source closed the connection before the answer'));
    this.#record.open -= this.#open.size;
    this.#open.clear();
  }

  #ask({ name, referenceId }: TcpMessage): void {
    if (!this.waiting) this.#begin();
    const handshake = handshakeOpenedBy(name);
    this.#handshake ??= handshake;
    const key = handshake === undefined ? referenceId : sessionKey;
    if (key === undefined || this.#open.has(key) || mayStayUnanswered.includes(name)) return;
    this.#open.add(key);
    this.#record.open += 1;
  }

  #begin(): void {
    const before = this.#current;
    if (before !== undefined && isOverture(before)) before.overture = true;
    this.#current = this.#record.begin();
  }

  #answer({ name, referenceId }: TcpMessage): void {
    const key = this.#answersHandshake(name) ? sessionKey : referenceId;
    if (key === undefined || partialAnswers.includes(name)) return;
    if (!this.#open.delete(key)) return;
    this.#record.open -= 1;
    this.#rejected = key === sessionKey && name === this.#handshake?.rejected;
  }

  #answersHandshake(name: string): boolean {
    const { opened, rejected } = this.#handshake ?? {};
    return this.#open.has(sessionKey) && (name === opened || name === rejected);
  }

  #append(from: Side, content: TcpMessage, bytes: number): void {
    this.#current ??= this.#record.begin();
    this.#record.add(this.#current, { from, content, atMs: Date.now() }, bytes);
  }
}

function isOverture({ messages, failure }: Recorded): boolean {
  if (failure !== undefined || messages.length !== 2) return false;
  const [asked, answered] = messages.map(({ content }) => (content as TcpMessage).name) as [string, string];
  return handshakeOpenedBy(asked)?.opened === answered;
}

/**
 * Waits until nothing more comes in: three looks a millisecond apart without activity, and no request unanswered.
 * Bytes that a peer has written on this machine can be read by the next look, so three are plenty.
 */
export async function settle(record: TcpRecord, busy: () => boolean, settleTimeoutMs: number): Promise<void> {
  const untilMs = performance.now() + settleTimeoutMs;
  let quiet = 0;
  let seen = record.activity;
  while (quiet < 3 && performance.now() < untilMs) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    quiet = record.activity === seen && record.open === 0 && !busy() ? quiet + 1 : 0;
    seen = record.activity;
  }
}
