import { destination, type ProviderState, type Step, source, state } from '../contract.ts';
import { dialect } from '../dialect.ts';
import { bind, bound, integer, like, type Matcher, regex, string, type Template } from '../matchers.ts';
import type { TcpMessage, TcpValue } from '../messages/tcp.ts';
import { world } from '../world.ts';
import { entryId } from './stream-entry.ts';

const { commands, answers, roles } = dialect.tcp.rq;
const { now } = world;

type Lane = Pick<Step, 'lane'>;

/** The attributes of any message to or from the node. */
export type Attributes = { readonly [name: string]: Template<TcpValue> };

/** Milliseconds since 1970, as a signed 64-bit integer in the logical form of TCP. */
export const instant: Matcher<string> = regex(
  '^[0-9a-f]{16}$',
  (now.sec * 1_000 + now.usec / 1_000).toString(16).padStart(16, '0'),
);

/** The id of a stream's first entry in the fixture world. */
export const firstEntryId = `${now.sec * 1_000 + now.usec / 1_000}-0`;

/** The node that was asked serves its pair. Nodes 0 and 1 are pair 0, nodes 2 and 3 are pair 1. */
export const active = (node = 0, pair = 0): ProviderState => state('the node is active', { node, pair });

/** ORS has opened the stream. */
export const open = (stream: string): ProviderState => state('the stream is open', { stream });

/** What the active node says of itself. Clients know it by the number that they have from Consul. */
export const ready = (node: number, pair: number): Attributes => ({
  node: integer(node),
  pair: integer(pair),
  role: roles.active,
});

/**
 * The command's id is the reference id of its message: the client chooses it, the answer repeats it.
 * @param id by which the steps of one command find each other; also the example
 */
const chosen = (id: number): Matcher<number> => bind(`command ${id}`, integer(id));
const repeated = (id: number): Matcher<number> => bound(`command ${id}`, id);

/** Sends a command. */
export const command = (id: number, name: string, attributes: Attributes, lane: Lane = {}): Step<TcpMessage> =>
  source<TcpMessage>({ name, referenceId: chosen(id), attributes }, lane);

/** Answers a command. */
const answer = (id: number, name: string, attributes: Attributes, options: Omit<Step, 'from' | 'content'> = {}) =>
  destination<TcpMessage>({ name, referenceId: repeated(id), attributes }, options);

/** An event that a producer hands to a stream. */
export interface Addition {
  stream: string;
  event: string;
  /** The tenant by the name or UUID that the producer's sessions use. */
  tenantId: string;
  body: Template<TcpValue>;
}

const addition = ({ stream, event, tenantId, body }: Addition): Attributes => ({
  stream,
  event,
  tenantId,
  timeStamp: instant,
  body,
});

/** Hands an event to a stream. */
export const add = (id: number, event: Addition, lane: Lane = {}): Step<TcpMessage> =>
  command(id, commands.add, addition(event), lane);

/** The event is in the stream, as the entry named. */
export const added = (id: number, lane: Lane = {}): Step<TcpMessage> =>
  answer(id, answers.added, { entryId: entryId(firstEntryId) }, lane);

/** An event, and the node's word that it is in the stream. */
export const delivered = (id: number, event: Addition): Step<TcpMessage>[] => [add(id, event), added(id)];

/** The node does not carry out a command. */
export const refused = (id: number, code: string, example: string, lane: Lane = {}): Step<TcpMessage> =>
  answer(id, answers.error, { code, text: string(example) }, lane);

/** Reads a stream from behind an entry; `wait` asks for what will be added, too, and is free where nothing will be. */
export const read = (
  id: number,
  stream: string,
  { from = dialect.tcp.rq.fromStart, wait = like(false) }: { from?: Template<string>; wait?: Template<boolean> } = {},
  lane: Lane = {},
): Step<TcpMessage> => command(id, commands.read, { stream, from, wait }, lane);

/** Entries of the stream, in the order in which they were added. */
export const entries = (
  id: number,
  stream: string,
  list: Template<TcpValue>,
  options: Omit<Step, 'from' | 'content'> = {},
): Step<TcpMessage> => answer(id, answers.events, { stream, entries: list }, options);

/** One entry of a stream. */
export const entry = (event: Template<string>, body: Template<TcpValue>): Attributes => ({
  entryId: entryId(firstEntryId),
  event,
  timeStamp: instant,
  body,
});

/** Gives a stream up. */
export const closeStream = (id: number, stream: string): Step<TcpMessage>[] => [
  command(id, commands.close, { stream }),
  answer(id, answers.closed, {}),
];

/** Asks for a sign of life, and gets it. */
export const pinged = (id: number): Step<TcpMessage>[] => [
  command(id, commands.ping, {}),
  answer(id, answers.pong, {}),
];
