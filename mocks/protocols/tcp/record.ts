import type { Side } from '../../../contracts/contract.ts';
import { dialect } from '../../../contracts/dialect.ts';
import type { TcpMessage } from '../../../contracts/messages/tcp.ts';
import type { Exchange, ObservedMessage } from '../../adapter.ts';
import { type Handshake, handshakeOpenedBy } from './handshake.ts';
import { masked } from './json-twin.ts';
import type { TcpLimits } from './limits.ts';
import type { LinkEnd } from './link.ts';
import { OpenRequests } from './open-requests.ts';

const { closed } = dialect.tcp;
const partialAnswers: ReadonlySet<string> = new Set(dialect.tcp.partialAnswers);
const mayStayUnanswered: ReadonlySet<string> = new Set(dialect.tcp.mayStayUnanswered);

/** The request that opens a session carries no reference id; neither does its answer. */
const sessionKey = 0;

/** What a recorded message takes beside its content, roughly: without it, a flood of tiny messages would count as nothing. */
const messageOverheadBytes = 256;

/** A recorded message, and the one that came after it. */
interface Entry extends ObservedMessage {
  content: TcpMessage;
  next: Entry | undefined;
}

/** A recorded exchange. Its messages are chained, as a list reserves room for many where most exchanges have two. */
interface Recorded {
  id: number;
  first: Entry | undefined;
  last: Entry | undefined;
  failure: Error | undefined;
  /** The opening of a session that went on to be used: the way to an exchange, and no exchange of its own. */
  overture: boolean;
}

/** How the end of a connection reads as a message. */
export function closedMessage({ goodbye }: LinkEnd): TcpMessage {
  return { name: closed, attributes: goodbye === undefined ? {} : { ...goodbye } };
}

/**
 * The bounded record of a mock or a tap. Secrets are blanked when it is read. Connections know their exchanges by id, and what
 * they still add to a forgotten one is dropped, so that nothing grows unseen.
 */
export class TcpRecord {
  readonly #maxExchanges: number;
  readonly #maxRecordBytes: number;
  /** A ring: a new exchange takes the place of the oldest when it is full. */
  readonly #ring: (Recorded | undefined)[];
  /** What each exchange of the ring takes. Kept beside it, so that an old exchange is forgotten without being looked at. */
  readonly #sizes: number[];
  #bytes = 0;
  #oldestId = 1;
  #nextId = 1;
  /** Rises with everything that is recorded. */
  activity = 0;
  /** How many requests wait for their answer. */
  open = 0;

  constructor({ maxExchanges, maxRecordBytes }: Pick<TcpLimits, 'maxExchanges' | 'maxRecordBytes'>) {
    this.#maxExchanges = maxExchanges;
    this.#maxRecordBytes = maxRecordBytes;
    this.#ring = new Array(maxExchanges).fill(undefined);
    this.#sizes = new Array(maxExchanges).fill(0);
  }

  exchanges(): readonly Exchange[] {
    return this.#kept()
      .filter(({ overture }) => !overture)
      .map((exchange) => ({
        id: exchange.id,
        messages: messagesOf(exchange),
        ...(exchange.failure === undefined ? {} : { failure: exchange.failure }),
      }));
  }

  clear(): void {
    while (this.#oldestId < this.#nextId) this.#forgetOldest();
  }

  /** Begins an exchange. @returns its id */
  begin(): number {
    const id = this.#nextId;
    if (id - this.#oldestId === this.#maxExchanges) this.#forgetOldest();
    this.#ring[this.#placeOf(id)] = { id, first: undefined, last: undefined, failure: undefined, overture: false };
    this.#nextId = id + 1;
    return id;
  }

  /** The exchange of an id; undefined when it is forgotten. */
  get(id: number): Recorded | undefined {
    return id < this.#oldestId ? undefined : this.#ring[this.#placeOf(id)];
  }

  /** @param size of the message on the wire, in bytes */
  add(id: number, from: Side, content: TcpMessage, size: number, atMs: number): void {
    this.activity += 1;
    const exchange = this.get(id);
    if (exchange === undefined) return;
    const place = this.#placeOf(id);
    const bytes = size + messageOverheadBytes;
    const all = (this.#sizes[place] as number) + bytes;
    if (all > this.#maxRecordBytes) {
      exchange.failure ??= new Error(
        `the exchange is longer than the ${this.#maxRecordBytes} bytes of the record; the rest is lost`,
      );
      return;
    }
    const entry: Entry = { from, content, atMs, next: undefined };
    if (exchange.last === undefined) exchange.first = entry;
    else exchange.last.next = entry;
    exchange.last = entry;
    this.#sizes[place] = all;
    this.#bytes += bytes;
    while (this.#bytes > this.#maxRecordBytes) this.#forgetOldest();
  }

  #placeOf(id: number): number {
    return id % this.#maxExchanges;
  }

  /** Oldest first. */
  #kept(): Recorded[] {
    const count = this.#nextId - this.#oldestId;
    return Array.from({ length: count }, (_, at) => this.get(this.#oldestId + at) as Recorded);
  }

  #forgetOldest(): void {
    const place = this.#placeOf(this.#oldestId);
    this.#bytes -= this.#sizes[place] as number;
    this.#sizes[place] = 0;
    this.#ring[place] = undefined;
    this.#oldestId += 1;
  }
}

/**
 * One connection's part of a record, cut into exchanges: a new one begins with a request that comes while no other waits
 * for its answer, so requests in flight together stay together. What the destination says belongs to the newest exchange.
 * The opening of a session counts only when nothing followed it, as {@link play} does not tell it either.
 */
export class ConnectionRecord {
  readonly #record: TcpRecord;
  readonly #open = new OpenRequests();
  /** The id of the newest exchange. */
  #current: number | undefined;
  #handshake: Handshake | undefined;
  /** The id of the exchange in which the session was asked for. */
  #opening: number | undefined;
  #rejected = false;

  constructor(record: TcpRecord) {
    this.#record = record;
  }

  /** Whether a request waits for its answer. */
  get waiting(): boolean {
    return this.#open.size > 0;
  }

  /** @param size of the message on the wire, in bytes */
  add(from: Side, message: TcpMessage, size: number, atMs: number): void {
    if (from === 'source') this.#ask(message);
    else this.#answer(message);
    this.#append(from, message, size, atMs);
  }

  /** Something went wrong that no message tells. */
  fail(failure: Error): void {
    this.#record.activity += 1;
    this.#current ??= this.#record.begin();
    const exchange = this.#record.get(this.#current);
    if (exchange !== undefined) exchange.failure ??= failure;
  }

  /**
   * The connection is over. A destination's close is part of the newest exchange when it cuts it short, or follows a
   * refused session; a source that leaves before its answer has failed; between exchanges there is nothing to tell.
   */
  close(by: Side, end: LinkEnd): void {
    if (by === 'destination' && (this.waiting || this.#rejected)) this.#append(by, closedMessage(end), 0, Date.now());
    if (end.failure !== undefined) this.fail(end.failure);
    else if (this.waiting && by === 'source')
      this.fail(new Error('the source closed the connection before the answer'));
    this.#record.open -= this.#open.size;
    this.#open.clear();
  }

  #ask({ name, referenceId }: TcpMessage): void {
    if (!this.waiting) this.#begin();
    if (this.#handshake === undefined) this.#await(handshakeOpenedBy(name));
    const key = name === this.#handshake?.open ? sessionKey : referenceId;
    if (key === undefined || this.#open.has(key) || mayStayUnanswered.has(name)) return;
    this.#open.add(key);
    this.#record.open += 1;
  }

  #await(handshake: Handshake | undefined): void {
    if (handshake === undefined) return;
    this.#handshake = handshake;
    this.#opening = this.#current;
  }

  #begin(): void {
    const before = this.#current;
    if (before !== undefined && before === this.#opening) {
      const opening = this.#record.get(before);
      if (opening !== undefined) opening.overture = this.#isOverture(opening);
    }
    this.#current = this.#record.begin();
  }

  /** Whether the exchange is a session's opening and nothing else. */
  #isOverture({ first, last, failure }: Recorded): boolean {
    const { open, opened } = this.#handshake ?? {};
    return (
      failure === undefined && first?.content.name === open && first?.next === last && last?.content.name === opened
    );
  }

  #answer({ name, referenceId }: TcpMessage): void {
    const key = this.#open.has(sessionKey) && this.#answersHandshake(name) ? sessionKey : referenceId;
    if (key === undefined || partialAnswers.has(name) || !this.#open.delete(key)) return;
    this.#record.open -= 1;
    this.#rejected = key === sessionKey && name === this.#handshake?.rejected;
  }

  #answersHandshake(name: string): boolean {
    const { opened, rejected } = this.#handshake ?? {};
    return name === opened || name === rejected;
  }

  #append(from: Side, content: TcpMessage, size: number, atMs: number): void {
    this.#current ??= this.#record.begin();
    this.#record.add(this.#current, from, content, size, atMs);
  }
}

function messagesOf({ first }: Recorded): ObservedMessage[] {
  const messages: ObservedMessage[] = [];
  for (let entry = first; entry !== undefined; entry = entry.next) {
    messages.push({ from: entry.from, content: masked(entry.content), atMs: entry.atMs });
  }
  return messages;
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
