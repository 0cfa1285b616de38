import { type Interaction, inferred, type Step, source } from '../contract.ts';
import { type Json, type Matcher, regex, type Template, text } from '../matchers.ts';
import { command, type RedisCommand, type RedisContent, type RedisFields } from '../messages/redis.ts';
import { numberOf } from './number-of.ts';
import { absent, answered, holds, refused, stored } from './redis-steps.ts';

/** A hash in a cache: its key and the fields that its readers rely on. */
export interface CachedRecord {
  key: string;
  fields: { readonly [name: string]: Template<RedisFields[string]> };
}

/** A moment as the caches write it: milliseconds since 1970. */
export const timeText = (exampleMs: number): Matcher<string> => text(regex('^[0-9]{13}$', String(exampleMs)));

/** How much of a time to live may be gone when the harness looks. */
const TOLERATED_SECONDS = 10;

/**
 * A time to live that has just been set: at most this long, and no more than ten seconds shorter.
 * @param ms whole seconds
 */
export function ttlUpTo(ms: number): Matcher<number> {
  const seconds = Array.from({ length: TOLERATED_SECONDS }, (_, gone) => ms / 1000 - gone - 1).filter(
    (left) => left > 0,
  );
  return numberOf(`^(${ms}|(${seconds.join('|')})[0-9]{3})$`, ms);
}

/** Gives a key a time to live. */
export const pexpire = (key: string, ms: number): Template<RedisCommand> => command('PEXPIRE', key, String(ms));

/** Reads all fields of a hash. */
export const hgetall = (key: string): Template<RedisCommand> => ({ command: 'HGETALL', key });
/** Reads a string. */
export const get = (key: string): Template<RedisCommand> => ({ command: 'GET', key });
/** Puts a name under a key that nobody has, for a while. */
export const setIfFree = (key: string, value: Template<string>, px: number): Template<RedisCommand> => ({
  command: 'SET',
  key,
  value,
  px,
  nx: true,
});

/** A record is read, and comes as it was stored. */
export const reads = ({ key, fields }: CachedRecord): Step<RedisContent>[] =>
  answered(hgetall(key), stored<RedisFields>(fields));
/** A record is asked for, and is not there. */
export const readsNothing = (key: string): Step<RedisContent>[] => answered(hgetall(key), {});

/** What the server holds of a record in the end. */
export const holdsRecord = ({ key, fields }: CachedRecord, ttlMs: Template<number>): Step<RedisContent> =>
  holds({ key, type: 'hash', value: stored<RedisFields>(fields), ttlMs });
/** What the server holds of a string in the end. */
export const holdsText = (key: string, value: Template<Json>, ttlMs: Template<number>): Step<RedisContent> =>
  holds({ key, type: 'string', value, ttlMs });

/** Commands that take effect together or not at all: here the transaction is no matter of taste. */
export const atomically = (...steps: readonly Step<RedisContent>[]): Step<RedisContent>[] => [
  source<RedisContent>(command('MULTI')),
  ...steps,
  source<RedisContent>(command('EXEC')),
];

/** A client without a login. */
export const withoutLogin = (sent: Template<RedisCommand>, key: string): Interaction<RedisContent> => ({
  description: 'a client that has not logged in is refused',
  basis: inferred(
    "the vendor's sample deployments keep a password for every Redis endpoint; Redis answers NOAUTH to whoever has not given it",
  ),
  given: [],
  steps: [...answered(command('RESET'), 'RESET'), ...refused(sent, 'NOAUTH'), absent(key)],
  negative: true,
  only: { side: 'destination', reason: 'a source always logs in; the harness takes its own login back by RESET' },
});

/** What lies outside a row's rights. */
export const outOfBounds = (
  who: string,
  reason: string,
  ...commands: readonly Template<RedisCommand>[]
): Interaction<RedisContent> => ({
  description: `${who} may touch no other cache, and not the server itself`,
  basis: inferred(`${reason}; Redis answers NOPERM to what an ACL user may not do`),
  given: [],
  steps: [...commands, command('CONFIG', 'GET', 'maxmemory')].flatMap((each) => refused(each, 'NOPERM')),
  negative: true,
  only: { side: 'destination', reason: `${who} never tries it; the harness does, to prove the refusal` },
});
