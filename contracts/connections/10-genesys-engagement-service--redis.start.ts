import { callbackStart, orsEntry, orsStates, orsStream as stream } from '../common/ors-stream.ts';
import { refused } from '../common/redis-steps.ts';
import { decimalText, pod } from '../common/stream-entry.ts';
import { streamWriter } from '../common/stream-writer.ts';
import { assumed, documented, type Interaction } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { bind, bound, equal, notEmpty, nullValue, regex, text } from '../matchers.ts';
import { command, type RedisContent } from '../messages/redis.ts';
import { xreadgroup } from '../messages/redis-streams.ts';
import { world } from '../world.ts';

const { newCalls } = dialect.redis;
const { appends, writes, never } = streamWriter(stream, newCalls.maxLength, orsEntry);
const table =
  'Voice Microservices Private Edition Guide, connections table: an entry in the Redis of the Voice Microservices starts the session';
const onlyTheProducer = { side: 'source', reason: 'Redis stores any text: only the producer can keep it out' } as const;

const sessionKey = text(notEmpty(world.callback.id));
const first = {
  ...callbackStart,
  producer: bind('producer', pod('ges-0')),
  sequence: bind('sequence', decimalText(1)),
  body: { ...(callbackStart.body as object), SessionKey: bind('session key', sessionKey) },
};
const again = {
  ...callbackStart,
  producer: bound('producer', 'ges-0'),
  sequence: bound('sequence', '1'),
  body: { ...(callbackStart.body as object), SessionKey: bound('session key', world.callback.id) },
};

const started: Interaction<RedisContent> = {
  description: 'a callback that enters the queue has its session started by one entry',
  basis: documented(`${table}; the fields are assumed`),
  given: [orsStates.empty],
  steps: writes(callbackStart),
};

const retried: Interaction<RedisContent> = {
  description: 'a start that is sent again after a retry keeps its session key, so that it starts no second session',
  basis: assumed("ORS makes the session's id from the session key; a repeat has the same producer and sequence too"),
  given: [orsStates.empty],
  steps: writes(first, again),
};

const cancelled: Interaction<RedisContent> = {
  description: 'a callback is started by an entry and controlled by requests: no entry is about anything but a start',
  basis: documented(`${table}; events that control it, such as a cancellation, are sent over HTTP`),
  given: [orsStates.empty],
  steps: appends(callbackStart),
  forbidden: [never({ id: regex(`^(?!${newCalls.events.startSession}$).+$`, 'CancelSession') })],
  negative: true,
  only: onlyTheProducer,
};

const withoutApplication: Interaction<RedisContent> = {
  description: 'a start without the address of its application is never written, the next one is',
  basis: assumed('ORS fetches what it is to run; a start that names nothing ends in the dead letters'),
  given: [orsStates.empty],
  // An entry that lacks the address altogether breaks this step; those with an empty one are forbidden by it.
  steps: appends(callbackStart),
  forbidden: [never({ body: { ApplicationUrl: equal('') } }), never({ body: { ApplicationUrl: nullValue() } })],
  negative: true,
  only: onlyTheProducer,
};

const writeOnly: Interaction<RedisContent> = {
  description: 'the Genesys Engagement Service may neither take starts from ORS nor remove them',
  basis: documented('Redis, ACL: an ACL user gets NOPERM for what it may not do; here all but adding'),
  given: [orsStates.waiting('callbackStart')],
  steps: [
    ...refused(
      xreadgroup(stream, {
        id: '>',
        group: newCalls.readers,
        consumer: 'ges-0',
        count: 1,
        blockMs: null,
        noack: false,
      }),
      'NOPERM',
    ),
    ...refused(command('XTRIM', stream, 'MAXLEN', '0'), 'NOPERM'),
  ],
  negative: true,
  only: { side: 'destination', reason: 'the service never tries it; the harness does, to prove the refusal' },
};

/** How a callback's session begins: not by a request to ORS but by an entry that ORS reads (connection 46). */
export default defineContract<RedisContent>({
  connection: 10,
  part: {
    name: 'start',
    destination: 'Redis',
    protocol: 'Redis',
    port: { kind: 'fixed', ports: [6379], printed: '6379' },
  },
  interactions: [started, retried, cancelled, withoutApplication, writeOnly],
});
