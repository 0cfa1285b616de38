import { type Step, source } from '../contract.ts';
import { bind, bound, type Template } from '../matchers.ts';
import { type Held, type RedisContent, type RedisFields, xadd } from '../messages/redis.ts';
import { entriesRead } from '../messages/redis-streams.ts';
import { answered, holds, stored } from './redis-steps.ts';
import { entryId } from './stream-entry.ts';

/** What a producer does with its stream. */
export interface StreamWriter<Entry> {
  /** Appends entries one after the other. */
  appends(...entries: readonly Entry[]): Step<RedisContent>[];
  /**
   * What a reader finds of appended entries: each to the letter, in this order, on a stream that stays.
   * @param more what else is held
   */
  finds(entries: readonly Entry[], more?: Partial<Template<Held>>): Step<RedisContent>;
  /** Appends entries, which a reader then finds. */
  writes(...entries: readonly Entry[]): Step<RedisContent>[];
  /** An entry that must not be written; the fields name only what makes it forbidden. */
  never(fields: Template<RedisFields>): Step;
}

/**
 * A producer of a stream.
 * @param maxLength about how many entries the stream keeps
 * @param fieldsOf the fields of an entry, by the schema of the stream
 */
export function streamWriter<Entry>(
  stream: string,
  maxLength: number,
  fieldsOf: (entry: Entry) => Template<RedisFields>,
): StreamWriter<Entry> {
  const idOf = (at: number) => `entry ${at + 1}`;
  const appends: StreamWriter<Entry>['appends'] = (...entries) =>
    entries.flatMap((entry, at) => answered(xadd(stream, maxLength, fieldsOf(entry)), bind(idOf(at), entryId('1-0'))));
  const finds: StreamWriter<Entry>['finds'] = (entries, more = {}) => {
    const found = entries.map((entry, at) => ({
      id: bound(idOf(at), '1-0'),
      fields: stored<RedisFields>(fieldsOf(entry)),
    }));
    return holds({ key: stream, type: 'stream', ttlMs: -1, value: entriesRead(...found), ...more } as Template<Held>);
  };
  return {
    appends,
    finds,
    writes: (...entries) => [...appends(...entries), finds(entries)],
    never: (fields) => source({ command: 'XADD', key: stream, fields }),
  };
}
