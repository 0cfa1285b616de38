import { destination, type Interaction, type Step, source, state } from '../contract.ts';
import type { Template } from '../matchers.ts';
import type { RedisCommand, RedisContent } from '../messages/redis.ts';
import { lane, line } from './redis-steps.ts';

/** A server that reads and does not write. */

/** The provider states, by what they say. */
export const serverStates = {
  replica: state('the server is a replica'),
  full: state('the server is out of memory'),
} satisfies Record<string, Interaction['given'][number]>;

/** A command that the server refuses for the time being; the source may try it again, as often as it likes. */
export const refusedForNow = (sent: Template<RedisCommand>, code: string): Step<RedisContent>[] => [
  source<RedisContent>(sent, { repeat: true }),
  destination<RedisContent>({ to: line(sent), reply: null, error: code }, { lane, repeat: true }),
];
