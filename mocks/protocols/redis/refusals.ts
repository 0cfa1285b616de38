import type { Redis } from 'ioredis';
import type { RedisCommand } from '../../../contracts/messages/redis.ts';
import { observerName } from './client.ts';
import { isMaintenance } from './commands.ts';

/** A command that the server's ACL refused, as far as its log tells: without what it would have written. */
export interface Refusal {
  command: RedisCommand;
  /** The ACL user. */
  user: string;
}

interface LogEntry {
  count: number;
  reason: string;
  object: string;
  user: string;
  client: string;
}

/** Most entries the log keeps by default. */
const LOG_LENGTH = 128;

/** Reads from the ACL log what has been refused since it was read last; MONITOR does not show that. */
export class Refusals {
  readonly #observer: Redis;
  #known = new Map<string, number>();

  private constructor(observer: Redis) {
    this.#observer = observer;
  }

  /** What is in the log already is not reported. */
  static async start(observer: Redis): Promise<Refusals> {
    const refusals = new Refusals(observer);
    await refusals.take();
    return refusals;
  }

  /** @returns what was refused since the last call, oldest first */
  async take(): Promise<Refusal[]> {
    const log = (await this.#observer.call('ACL', 'LOG', LOG_LENGTH)) as unknown[][];
    const known = this.#known;
    this.#known = new Map();
    const newest = new Map<string, LogEntry>();
    for (const entry of log.map(entryOf).reverse()) {
      const key = identity(entry);
      this.#known.set(key, (this.#known.get(key) ?? 0) + entry.count);
      newest.set(key, entry);
    }
    return [...newest].flatMap(([key, entry]) => {
      const times = (this.#known.get(key) ?? 0) - (known.get(key) ?? 0);
      const refusal = refusalOf(entry);
      return refusal === undefined ? [] : Array.from({ length: Math.max(times, 0) }, () => refusal);
    });
  }
}

function entryOf(flat: readonly unknown[]): LogEntry {
  const at = (name: string) => String(flat[flat.indexOf(name) + 1]);
  return {
    count: Number(at('count')),
    reason: at('reason'),
    object: at('object'),
    user: at('username'),
    client: at('client-info'),
  };
}

/** The log keeps one entry for what repeats within a minute, whichever client it is, and tells of the client that came last. */
function identity({ reason, object, user }: LogEntry): string {
  return [reason, object, user].join(' ');
}

function refusalOf({ reason, object, user, client }: LogEntry): Refusal | undefined {
  if (reason === 'auth' || client.includes(`name=${observerName} `)) return undefined;
  // Since Redis 7 the name of a subcommand stands behind that of its command: xinfo|groups.
  const [name = '', ...subcommand] = (/\bcmd=(\S+)/.exec(client)?.[1] ?? object).toUpperCase().split('|');
  const command: RedisCommand = { command: name, args: [...subcommand, ...(reason === 'key' ? [object] : [])] };
  return isMaintenance(command) ? undefined : { command, user };
}
