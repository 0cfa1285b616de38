import { types } from 'node:util';
import type { Json } from '../../../contracts/matchers.ts';
import type { RedisFields, RedisText } from '../../../contracts/messages/redis.ts';

/** The logical form of a text: JSON text of an object or array becomes that, anything else stays as it is. */
export function toText(raw: string): RedisText {
  if (!/^\s*[[{]/.test(raw)) return raw;
  try {
    return JSON.parse(raw) as Exclude<RedisText, string>;
  } catch {
    return raw;
  }
}

/** The text that goes over the wire. */
export function fromText(text: RedisText): string {
  return typeof text === 'string' ? text : JSON.stringify(text);
}

/** Fields from a flat list of names and values. A name that comes twice has its last value, as in a hash. */
export function toFields(flat: readonly string[]): RedisFields {
  return Object.fromEntries(
    Array.from({ length: flat.length / 2 }, (_, pair) => [String(flat[2 * pair]), toText(String(flat[2 * pair + 1]))]),
  );
}

/** The flat list of names and values of fields. */
export function fromFields(fields: RedisFields): string[] {
  return Object.entries(fields).flatMap(([name, value]) => [name, fromText(value)]);
}

/** A reply of any shape as JSON, its texts in logical form; an error within it by its leading code. */
export function toJson(reply: unknown): Json {
  if (reply === null || reply === undefined) return null;
  if (typeof reply === 'string') return toText(reply);
  if (typeof reply === 'number' || typeof reply === 'boolean') return reply;
  if (Array.isArray(reply)) return reply.map(toJson);
  if (types.isNativeError(reply)) return { error: errorCodeOf(reply) };
  if (typeof reply === 'object') {
    return Object.fromEntries(Object.entries(reply).map(([name, value]) => [name, toJson(value)]));
  }
  return String(reply);
}

/** The leading code of a Redis error; the text behind it differs between versions. */
export function errorCodeOf({ message }: { message: string }): string {
  return message.split(/\s/, 1)[0] ?? '';
}
