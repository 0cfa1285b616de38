import { destination, type Step, source } from '../contract.ts';
import type { Json, Template } from '../matchers.ts';
import { compile } from '../matching.ts';
import { command, type Held, type RedisCommand, type RedisContent, redisProfile } from '../messages/redis.ts';

/**
 * Answers have a lane of their own: a source may send its commands one by one, in a pipeline or in a transaction, so only
 * commands keep their order among themselves, and answers among themselves.
 */
export const lane = 'answers';

/** A command in one line, by which its answer names it. */
export const line = (sent: Template<RedisCommand>): string => redisProfile.title(stored(sent));

/** A command and the reply that it must get. */
export const answered = (sent: Template<RedisCommand>, reply: Template<Json>): Step<RedisContent>[] => [
  source<RedisContent>(sent),
  destination<RedisContent>({ to: line(sent), reply, error: null }, { lane }),
];

/** A command that the server must refuse with this code. */
export const refused = (sent: Template<RedisCommand>, code: string): Step<RedisContent>[] => [
  source<RedisContent>(sent),
  destination<RedisContent>({ to: line(sent), reply: null, error: code }, { lane }),
];

/** The source may put its commands in a transaction, or not. */
export const transaction: readonly Step<RedisContent>[] = ['MULTI', 'EXEC'].map((name) =>
  source<RedisContent>(command(name), { optional: true, lane: 'transaction' }),
);

/** Steps that a source may leave out; they keep their order among themselves only. */
export const optionally = (steps: readonly Step<RedisContent>[], ownLane: string): Step<RedisContent>[] =>
  steps.map((step) => ({ ...step, optional: true, lane: step.lane ?? ownLane }));

/** What the server must hold in the end. */
export const holds = (held: Template<Held>): Step<RedisContent> => destination<RedisContent>({ holds: held }, { lane });

/** There is no such key in the end. */
export const absent = (key: string): Step<RedisContent> => holds({ key, type: 'none', ttlMs: -2, value: null });

/** What is stored when the harness writes a template: its examples, to the letter. */
export const stored = <T>(template: Template<T>): T => compile(template).example as T;
