import { types } from 'node:util';
import { type RedisCommand, type RedisReply, redisProfile } from '../../../contracts/messages/redis.ts';
import { isMaintenance } from './commands.ts';
import { streamReply } from './stream-replies.ts';
import { errorCodeOf, toFields, toJson } from './text.ts';

/** A reply as the decoder gives it; an error stands as an object with a message. */
export type RawReply = { error: { message: string } } | { value: unknown };

/** The answer to one command, in logical form. */
export function toAnswer(command: RedisCommand, reply: RawReply): RedisReply {
  const to = redisProfile.title(command);
  if ('error' in reply) return { to, reply: null, error: errorCodeOf(reply.error) };
  const { value } = reply;
  const entries = streamReply(command, value);
  if (entries !== undefined) return { to, reply: entries, error: null };
  // RESP2 gives a flat list where RESP3 gives a map.
  const isFlat = command.command === 'HGETALL' && Array.isArray(value);
  return { to, reply: isFlat ? toFields(value.map(String)) : toJson(value), error: null };
}

/**
 * Gives the answers of one connection in the order of execution. In a transaction a server answers QUEUED to each command
 * and all results to EXEC: the results become the answers, so that a command has the same answer inside and outside.
 */
export class Answers {
  #queued: RedisCommand[] | undefined;

  /** @returns the answers that a reply gives; none for `MULTI` and for what was queued */
  take(command: RedisCommand, reply: RawReply): RedisReply[] {
    if ('error' in reply) {
      if (command.command === 'EXEC') this.#queued = undefined;
      return [toAnswer(command, reply)];
    }
    if (command.command === 'MULTI') {
      this.#queued = [];
      return [];
    }
    if (this.#queued === undefined) return [toAnswer(command, reply)];
    if (command.command === 'EXEC' || command.command === 'DISCARD') return this.#end(command, reply.value);
    this.#queued.push(command);
    return [];
  }

  #end(ending: RedisCommand, results: unknown): RedisReply[] {
    const commands = this.#queued ?? [];
    this.#queued = undefined;
    if (!Array.isArray(results)) return [toAnswer(ending, { value: results })];
    return commands.flatMap((command, at) => {
      if (isMaintenance(command)) return [];
      const result: unknown = results[at];
      return toAnswer(command, types.isNativeError(result) ? { error: result } : { value: result });
    });
  }
}
