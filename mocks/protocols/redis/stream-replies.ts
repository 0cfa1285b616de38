import type { Json } from '../../../contracts/matchers.ts';
import type { RedisCommand } from '../../../contracts/messages/redis.ts';
import { toFields, toJson } from './text.ts';

type Form = (value: unknown) => Json;

/** A list of pairs, or the map that RESP3 gives instead, as pairs. */
function pairs(value: unknown): [string, unknown][] {
  if (!Array.isArray(value)) return Object.entries(value as object);
  return Array.isArray(value[0])
    ? (value as [string, unknown][])
    : Array.from({ length: value.length / 2 }, (_, at) => [String(value[2 * at]), value[2 * at + 1]]);
}

/** An entry; Redis 6 gives nothing at all for one that is not there any more, later ones its id. */
function entry(value: unknown): Json {
  if (!Array.isArray(value)) return null;
  const [id, fields] = value as [unknown, unknown];
  return { id: String(id), fields: Array.isArray(fields) ? toFields(fields.map(String)) : null };
}

const entries: Form = (value) => (Array.isArray(value) ? value.map(entry) : toJson(value));

/** A read of one stream brings a list with that stream alone, or nothing. */
const read: Form = (value) => (value === null ? null : entries(pairs(value)[0]?.[1]));

const autoclaimed: Form = (value) => {
  const [next, claimed, deleted] = value as [unknown, unknown, unknown];
  return {
    next: String(next),
    entries: entries(claimed),
    ...(deleted === undefined ? {} : { deleted: toJson(deleted) }),
  };
};

const pending: Form = (value) =>
  (value as [unknown, unknown, unknown, unknown][]).map(([id, consumer, idleMs, deliveries]) => ({
    id: String(id),
    consumer: String(consumer),
    idleMs: Number(idleMs),
    deliveries: Number(deliveries),
  }));

const described: Form = (value) =>
  Object.fromEntries(
    pairs(value).map(([name, part]) => [name, /^(first|last)-entry$/.test(name) ? entry(part) : toJson(part)]),
  );

const forms: Readonly<Record<string, Form>> = {
  XREAD: read,
  XREADGROUP: read,
  XCLAIM: entries,
  XAUTOCLAIM: autoclaimed,
  XPENDING: pending,
  XRANGE: entries,
  XREVRANGE: entries,
};

/**
 * The logical form of what a reader of streams gets, the same for RESP2 and RESP3.
 * @returns undefined for a reply that is not about streams, or that the command's own form does not say
 */
export function streamReply(logical: RedisCommand, value: unknown): Json | undefined {
  if (logical.command === 'XINFO') {
    return 'args' in logical && logical.args[0]?.toUpperCase() === 'STREAM' && logical.args.length === 2
      ? described(value)
      : undefined;
  }
  // A command that kept its arguments may have an option that changes what comes back.
  if ('args' in logical && !logical.command.endsWith('RANGE')) return undefined;
  return Object.hasOwn(forms, logical.command) ? forms[logical.command]?.(value) : undefined;
}
