import { dialect } from '../../../contracts/dialect.ts';
import type { TcpValue } from '../../../contracts/messages/tcp.ts';

/** What a producer hands over. */
export interface StreamEvent {
  event: string;
  timeStamp: TcpValue;
  body: TcpValue;
}

/** An event in its stream; the id rises with every entry. */
export interface Entry extends StreamEvent {
  entryId: string;
}

/** Somebody who waits for what is added to a stream. */
export interface Reader {
  stream: string;
  /** Aborted when the reader is gone. */
  signal: AbortSignal;
  take(entry: Entry): void;
}

/** What the Voice RQ Service's mock knows, for all four kinds of client together, and how it is told to behave. */
export interface RqWorld {
  node: number;
  pair: number;
  role: string;
  /** The entries of each open stream, in the order in which they were added. */
  streams: ReadonlyMap<string, readonly Entry[]>;
  /** It belongs to the sessions, not to the fixture: no state changes it. */
  readonly readers: Set<Reader>;
  maxStreams: number;
  redisUp: boolean;
  /** How many commands are still refused while the pair elects its node. */
  refusals: number;
  /** How many commands are still left unanswered. */
  unanswered: number;
  /** True: the connection breaks with the next command. */
  stops: boolean;
  /** What is added to a stream as soon as somebody waits for it. */
  upcoming: ReadonlyMap<string, readonly StreamEvent[]>;
}

/** The alarm's limit, which the mock takes for what a node can hold. */
const maxStreams = 100_000;

/** The world before any state is set: the active node of the first pair, and no stream. */
export function createRqWorld(): RqWorld {
  return {
    node: 0,
    pair: 0,
    role: dialect.tcp.rq.roles.active,
    streams: new Map(),
    readers: new Set(),
    maxStreams,
    redisUp: true,
    refusals: 0,
    unanswered: 0,
    stops: false,
    upcoming: new Map(),
  };
}
