import type { Json, Template } from '../matchers.ts';
import type { MessageProfile } from './profile.ts';
import type { PendingEntry, StreamCommand } from './redis-streams.ts';

/**
 * A text of Redis. JSON text of an object or array stands as that object or array, so that a contract reaches inside;
 * any other text, scalar JSON and broken JSON included, stays a string.
 */
export type RedisText = string | readonly Json[] | { readonly [key: string]: Json };

/** Names and values of a hash or a stream entry; their order means nothing to a reader. */
export type RedisFields = Readonly<Record<string, RedisText>>;

/** Commands that name a key and nothing else. */
export const keyCommands = ['GET', 'HGETALL', 'INCR', 'PERSIST', 'PTTL', 'SMEMBERS', 'TTL', 'TYPE', 'XLEN'] as const;

/**
 * A command in the form that Redis acts on: options have one place and are always said, so that a contract can refuse one
 * that it does not want (`px: null` is "no expiry"). Everything that is not spelled out here keeps its arguments.
 */
export type RedisCommand =
  | { command: 'HSET'; key: string; fields: RedisFields }
  | { command: 'SET'; key: string; value: RedisText; px: number | null; nx: boolean }
  | {
      command: 'XADD';
      key: string;
      /** `*` lets the server choose. */
      id: string;
      maxlen: number | null;
      /** True for `MAXLEN ~`: the server may keep some more. */
      approximate: boolean;
      fields: RedisFields;
    }
  | { command: 'DEL'; keys: readonly string[] }
  | { command: (typeof keyCommands)[number]; key: string }
  | StreamCommand
  | { command: string; args: readonly string[] };

/** What the server holds under a key once all commands are done, as a reader finds it. */
export interface Held {
  key: string;
  /** Redis's own name of the type; `none` when the key is not there. */
  type: 'none' | 'string' | 'hash' | 'stream' | 'list' | 'set' | 'zset';
  /** What `PTTL` says: milliseconds, -1 for a key without expiry, -2 for no key. */
  ttlMs: number;
  /**
   * A string's text, a hash's fields; a set's members, sorted; a sorted set's members with their scores; of a stream the
   * entries that were added during the interaction, oldest first, each `{ id, fields }`; null for no key and for a list.
   */
  value: Json;
  /** Of a stream, by the name of each group what is pending there; read where a contract asks about it. */
  groups?: Readonly<Record<string, readonly PendingEntry[]>>;
  /** Of a stream, how many entries it has in all; read where a contract asks about it. */
  length?: number;
}

/** What comes back for a command. Both parts are always said, so that an error is never taken for another reply. */
export interface RedisReply {
  /** The command in one line, as `redisProfile.title` gives it. */
  to: string;
  /** Null where there is nothing, or an error. */
  reply: Json;
  /** An error's leading code (`NOPERM`), since the text behind it differs between versions; null for none. */
  error: string | null;
}

/** The server went away while a command waited for its reply, or showed a certificate that was not accepted. */
export type RedisFault = { to: string; fault: 'closed' } | { fault: 'tls' };

/** What a destination says: replies, and in the end what it holds. */
export type RedisAnswer = RedisReply | RedisFault | { holds: Held };

export type RedisContent = RedisCommand | RedisAnswer;

/** Sets fields of a hash. */
export const hset = (key: string, fields: Template<RedisFields>): Template<RedisCommand> => ({
  command: 'HSET',
  key,
  fields,
});
/** Appends to a stream that keeps about `maxlen` entries, under an id that the server chooses. */
export const xadd = (key: string, maxlen: number, fields: Template<RedisFields>): Template<RedisCommand> => ({
  command: 'XADD',
  key,
  id: '*',
  maxlen,
  approximate: true,
  fields,
});
/** Counts up by one. */
export const incr = (key: string): Template<RedisCommand> => ({ command: 'INCR', key });
/** Deletes keys. */
export const del = (...keys: string[]): Template<RedisCommand> => ({ command: 'DEL', keys: keys.toSorted() });
/** Any other command, by its arguments. */
export const command = (name: string, ...args: Template<string>[]): Template<RedisCommand> => ({
  command: name,
  args,
});

const shapes: readonly (readonly [shape: string, title: (content: Record<string, unknown>) => string])[] = [
  // What a group reads again is another thing than what is new to it.
  ['noack', ({ command, key, id }) => `${command} ${key} ${id}`],
  ['keys', ({ command, keys }) => `${command} ${Array.isArray(keys) ? keys.join(' ') : keys}`],
  ['key', ({ command, key }) => `${command} ${key}`],
  ['args', ({ command, args }) => [command, ...(Array.isArray(args) ? args.slice(0, 2) : [])].join(' ')],
  ['holds', ({ holds }) => `${(holds as Partial<Held> | null)?.key} held`],
  ['fault', ({ to, fault }) => (to === undefined ? `no connection (${fault})` : `no reply to ${to} (${fault})`)],
  ['to', ({ to, reply, error }) => `${error ?? shortened(JSON.stringify(reply))} in reply to ${to}`],
];

function shortened(text = 'nothing'): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/**
 * How Redis messages are compared: fields that a contract does not name are allowed both ways, since readers ignore what
 * they do not know; what a command does is always said in full.
 */
export const redisProfile: MessageProfile = {
  strict: { source: [], destination: [] },
  identity: {
    source: ['$.command', '$.key', '$.keys', '$.keys[0]', '$.args[0]'],
    destination: ['$.to', '$.holds.key', '$.holds'],
  },
  title(content) {
    if (typeof content !== 'object' || content === null) return 'not a Redis message';
    const shape = shapes.find(([key]) => key in content);
    return shape === undefined ? 'not a Redis message' : shape[1]({ ...content });
  },
};
