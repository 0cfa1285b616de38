import type { FreePart, Side } from '../contract.ts';
import type { Standard } from './standard.ts';

/** The place of a message in its conversation. */
export interface MessagePlace {
  /** What the messages of one conversation share, where a connection has several: `Call-ID f81d4fae`. */
  dialog?: string;
  /** What tells a message from others of its kind there: `CSeq 2`. */
  number?: string;
}

/**
 * How the logical messages of one protocol are compared.
 * Keys that a template does not name are allowed everywhere but below the paths listed here, which is Pact's default:
 * strict where somebody asks, loose where somebody answers.
 */
export interface MessageProfile {
  /** Paths (`$.body`, `$.query`) below which an unexpected key is a mismatch, by the side that sent the message. */
  strict: Readonly<Record<Side, readonly string[]>>;
  /** What kind of message this is, in one or two words (`200`, `EventObjectsRead`, `HSET config:x`), for errors. */
  title(content: unknown): string;
  /**
   * Where a message stands in its conversation, for protocols in which a connection carries conversations of many messages.
   * Reports draw those.
   */
  placeOf?(content: unknown): MessagePlace;
  /**
   * The values that tell one message from another (method and path, message name, command and key).
   * A near miss is looked for among the interactions that share most of them. Paths into the content, most telling first.
   */
  identity: Readonly<Record<Side, readonly string[]>>;
  /** What any message of the protocol may carry and no contract relies on, by the side that sent it. */
  free?: Readonly<Record<Side, readonly FreePart[]>>;
  /** What the protocol's standard asks of every exchange, whatever its contract says. */
  standard?: Standard;
}
