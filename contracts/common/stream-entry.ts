import { dialect } from '../dialect.ts';
import { type Json, type Matcher, notEmpty, regex, type Template, text } from '../matchers.ts';
import type { RedisFields } from '../messages/redis.ts';

/** Decimal text, as Redis holds a number. */
export const decimalText = (example: string | number): Matcher<string> => text(regex('^[0-9]+$', String(example)));
/** An id that the server gave to a stream entry: milliseconds and a counter. */
export const entryId = (example: string): Matcher<string> => text(regex('^[0-9]+-[0-9]+$', example));

/** The name of a pod, as a producer or a reader calls itself. */
export const pod = (example: string): Matcher<string> => text(notEmpty(example));

/** What varies between the entries of the streams. */
export interface StreamEntry {
  /** Name of the event. */
  event: string;
  /** The tenant's UUID; equal to the hash tag of the stream's key. */
  tenant: string;
  /** The pod that produces it. */
  source: Template<string>;
  /** Rises strictly for one source and one subject (a call, say); a reader takes a repeated pair for done. */
  sequence: Template<string>;
  /** When it happened, milliseconds since 1970. */
  atMs: number;
  /** An object; it becomes JSON text. */
  body: Template<Json>;
}

/**
 * The fields of an entry, the same on every stream: producer rows and consumer rows share this schema. Readers ignore
 * further fields; one that lacks `v`, `id`, `tid` or `body` goes to the dead letters.
 */
export function streamEntry(entry: StreamEntry): Template<RedisFields> {
  return {
    v: dialect.redis.entrySchema,
    id: entry.event,
    tid: entry.tenant,
    src: entry.source,
    seq: entry.sequence,
    ts: text(regex('^[0-9]{13}$', String(entry.atMs))),
    body: entry.body as Template<RedisFields[string]>,
  };
}
