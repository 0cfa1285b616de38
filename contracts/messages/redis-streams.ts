import type { Json, Template } from '../matchers.ts';
import type { RedisCommand, RedisFields } from './redis.ts';

/** Reads a stream from behind an entry on. */
export interface StreamRead {
  command: 'XREAD';
  key: string;
  /** The last entry that is known; `$` for what comes from now on. */
  id: string;
  /** How many entries at most; null for all. */
  count: number | null;
  /** How long it waits for an entry, in milliseconds: 0 for ever, null not at all. */
  blockMs: number | null;
}

/** Reads for a group, of whose readers each entry goes to one. */
export interface GroupRead extends Omit<StreamRead, 'command'> {
  command: 'XREADGROUP';
  group: string;
  consumer: string;
  /** True for `NOACK`: what is given out counts as done. */
  noack: boolean;
}

/** Tells that entries are done with. */
export interface Acknowledgement {
  command: 'XACK';
  key: string;
  group: string;
  ids: readonly string[];
}

/** Asks for what has been given out and is not acknowledged, entry by entry. */
export interface PendingQuery {
  command: 'XPENDING';
  key: string;
  group: string;
  /** Only what has lain so long; null for all (Redis 6.0 cannot ask otherwise). A contract may leave it to the reader. */
  idleMs?: number | null;
  start: string;
  end: string;
  count: number;
  /** Only what this reader has; null for all. */
  consumer: string | null;
}

/** Takes over entries that another reader left lying, by their ids. */
export interface Claim {
  command: 'XCLAIM';
  key: string;
  group: string;
  consumer: string;
  minIdleMs: number;
  ids: readonly string[];
}

/** Takes over whatever other readers left lying (Redis 6.2). */
export interface AutoClaim {
  command: 'XAUTOCLAIM';
  key: string;
  group: string;
  consumer: string;
  minIdleMs: number;
  start: string;
  count: number | null;
}

/** What readers of streams do, each with one stream. */
export type StreamCommand = StreamRead | GroupRead | Acknowledgement | PendingQuery | Claim | AutoClaim;

/** An entry as it is read; `fields` is null for one that was trimmed away while it was pending. */
export interface StreamEntryRead {
  id: string;
  fields: RedisFields | null;
}

/** What of a stream's group is given out and not acknowledged. */
export interface PendingEntry {
  id: string;
  consumer: string;
  /** How often it has been given out. */
  deliveries: number;
}

type OptionsOf<C extends StreamCommand> = Omit<C, 'command' | 'key'>;
type Options<C extends StreamCommand> = {
  readonly [K in keyof OptionsOf<C>]: Template<Exclude<OptionsOf<C>[K], undefined>>;
};

/** Reads on from an entry. */
export const xread = (key: string, options: Options<StreamRead>): Template<RedisCommand> => ({
  command: 'XREAD',
  key,
  ...options,
});
/** Reads for a group. */
export const xreadgroup = (key: string, options: Options<GroupRead>): Template<RedisCommand> => ({
  command: 'XREADGROUP',
  key,
  ...options,
});
/** Acknowledges entries. */
export const xack = (key: string, options: Options<Acknowledgement>): Template<RedisCommand> => ({
  command: 'XACK',
  key,
  ...options,
});
/** Lists what is pending. */
export const xpending = (key: string, options: Options<PendingQuery>): Template<RedisCommand> => ({
  command: 'XPENDING',
  key,
  ...options,
});
/** Takes entries over by their ids. */
export const xclaim = (key: string, options: Options<Claim>): Template<RedisCommand> => ({
  command: 'XCLAIM',
  key,
  ...options,
});
/** Takes over what lies. */
export const xautoclaim = (key: string, options: Options<AutoClaim>): Template<RedisCommand> => ({
  command: 'XAUTOCLAIM',
  key,
  ...options,
});

/** Entries as a reader gets them, in their order. */
export const entriesRead = (...entries: readonly Template<StreamEntryRead>[]): Template<Json> =>
  entries as readonly unknown[] as Template<Json>;
