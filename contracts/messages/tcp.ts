import type { MessageProfile } from './profile.ts';

/**
 * A value of an attribute. Everything is plain JSON, so that a contract, a log line and a Pact file hold the same thing:
 * - a signed 64-bit integer is a string of 16 lower-case hexadecimal digits (two's complement), as JSON numbers lose digits;
 * - a time stamp is `{ sec, usec }`; a key-value list is an object;
 * - keys that begin with `$` are reserved for what JSON has no form of, see {@link TcpSpecial}.
 */
export type TcpValue = null | boolean | number | string | readonly TcpValue[] | { readonly [key: string]: TcpValue };

/** The values that JSON has no form of; each is an object with just the named keys. */
export type TcpSpecial =
  /** Bytes, in base64. */
  | { readonly $bytes: string }
  /** A key-value list in which a key comes twice, or begins with `$`. */
  | { readonly $kvlist: readonly (readonly [key: string, value: TcpValue])[] }
  /** A named structure. */
  | { readonly $object: string; readonly members: { readonly [key: string]: TcpValue } };

/** One message of a Genesys-style TCP protocol, whatever its bytes look like. */
export interface TcpMessage {
  name: string;
  /** Chosen by whoever asks and repeated in the answer; absent in events that nobody asked for. A signed 32-bit integer. */
  referenceId?: number;
  attributes: { readonly [name: string]: TcpValue };
}

/** True for a message in logical form. */
export function isTcpMessage(content: unknown): content is TcpMessage {
  if (typeof content !== 'object' || content === null) return false;
  const { name, referenceId, attributes } = content as Partial<Record<keyof TcpMessage, unknown>>;
  const isReference =
    referenceId === undefined || (typeof referenceId === 'number' && (referenceId | 0) === referenceId);
  return typeof name === 'string' && isReference && typeof attributes === 'object' && attributes !== null;
}

/**
 * How TCP messages are compared: attributes that a contract does not name are allowed both ways, since either end may be
 * newer. A filter is the exception: one more key in it asks for something else.
 */
export const tcpProfile: MessageProfile = {
  strict: { source: ['$.attributes.Filter'], destination: [] },
  identity: {
    source: ['$.name', '$.attributes.ObjectType', '$.attributes'],
    destination: ['$.name', '$.referenceId', '$.attributes'],
  },
  title(content) {
    if (typeof content !== 'object' || content === null || !('name' in content)) return 'not a TCP message';
    const { name } = content;
    return typeof name === 'object' && name !== null && 'value' in name ? String(name.value) : String(name);
  },
  placeOf(content) {
    return isTcpMessage(content) && content.referenceId !== undefined ? { number: `#${content.referenceId}` } : {};
  },
};
