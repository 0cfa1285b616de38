import { destination, type FreePart, type Step, source } from '../contract.ts';
import { dialect } from '../dialect.ts';
import type { Template } from '../matchers.ts';
import type { TcpMessage, TcpValue } from '../messages/tcp.ts';

type Attributes = { readonly [name: string]: Template<TcpValue> };

/** What a source says of itself, before anything else. @param name of the protocol's first message */
export const sessionOpen = (name: string, identity: Attributes): Step<TcpMessage> =>
  source<TcpMessage>({ name, attributes: identity });

/** The destination lets the source in, or tells why it does not. */
export const sessionAnswer = (name: string, attributes: Attributes): Step<TcpMessage> =>
  destination<TcpMessage>({ name, attributes });

/** The destination ends the connection, with or without a word. */
export const connectionClosed = destination<TcpMessage>({ name: dialect.tcp.closed, attributes: {} });

/** How the end of a connection looks to a source. */
export const closeDetails: readonly FreePart[] = ['code', 'text'].map((name) => ({
  path: `$.attributes.${name}`,
  reason: 'the words and numbers of the operating system for an end of the connection; that it ends is demanded',
}));
