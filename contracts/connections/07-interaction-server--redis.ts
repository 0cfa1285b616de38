import {
  mediaTypes,
  orsEntry,
  orsStates,
  repeatedInteraction,
  orsStream as stream,
  submittedInteraction,
} from '../common/ors-stream.ts';
import { answered, refused } from '../common/redis-steps.ts';
import { streamWriter } from '../common/stream-writer.ts';
import { assumed, destination, documented, type Interaction, inferred } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { equal, notEmpty, nullValue, type Template, text } from '../matchers.ts';
import { command, type RedisCommand, type RedisContent } from '../messages/redis.ts';
import { xreadgroup } from '../messages/redis-streams.ts';
import { world } from '../world.ts';

const { newCalls, interactions } = dialect.redis;
const tenant = world.tenant.uuid;
const { appends, writes, never } = streamWriter(stream, newCalls.maxLength, orsEntry);

const submissions = mediaTypes.map(
  (mediaType): Interaction<RedisContent> => ({
    description: `a submitted interaction is handed to ORS: ${mediaType}`,
    basis: inferred(
      'the guide names interaction events as what travels, and the sample charts of the service hold the secret of the stream of ORS; the fields are assumed',
    ),
    given: [orsStates.empty],
    steps: writes(submittedInteraction(mediaType)),
  }),
);

const resubmitted: Interaction<RedisContent> = {
  description: 'an interaction that is submitted again after a retry keeps its producer and sequence',
  basis: assumed('a producer that missed the answer repeats the entry; ORS takes the same src and seq for one'),
  given: [orsStates.empty],
  steps: writes(repeatedInteraction.first, repeatedInteraction.again),
};

const session = (reply: Parameters<typeof answered>[1]) => {
  const get: Template<RedisCommand> = { command: 'GET', key: interactions.session(tenant, world.interaction.id) };
  return answered(get, reply);
};

const sessionRead: Interaction<RedisContent> = {
  description: 'the session of ORS that works on an interaction is looked up',
  basis: inferred(
    'the charts of the service have a switch to store sessions, so it keeps which session has which work',
  ),
  given: [orsStates.sessionKnown],
  steps: session(text(notEmpty(world.orsSession.id))),
};

const sessionUnknown: Interaction<RedisContent> = {
  description: 'an interaction that no session works on has no session to look up',
  basis: assumed('the key is there for a day at most; without it nobody is at work on the interaction'),
  given: [orsStates.sessionUnknown],
  steps: session(null),
  negative: true,
};

const withoutId: Interaction<RedisContent> = {
  description: 'an interaction without its id is never handed over, the next one is',
  basis: assumed('ORS starts its session by InteractionId; an entry without one would end in the dead letters'),
  given: [orsStates.empty],
  // An entry that lacks the id altogether breaks this step; those with an empty one are forbidden by it.
  steps: appends(submittedInteraction()),
  forbidden: [never({ body: { InteractionId: equal('') } }), never({ body: { InteractionId: nullValue() } })],
  negative: true,
  only: { side: 'source', reason: 'Redis stores any text: only the producer can keep it out' },
};

const noReader: Interaction<RedisContent> = {
  description: 'the Interaction Server may not take entries from ORS, nor change what it keeps of its sessions',
  basis: documented('Redis, ACL: an ACL user gets NOPERM for what it may not do; here all but adding and looking up'),
  given: [orsStates.waiting('interaction')],
  steps: [
    ...refused(
      xreadgroup(stream, {
        id: '>',
        group: newCalls.readers,
        consumer: 'ixn-node-0',
        count: 1,
        blockMs: null,
        noack: false,
      }),
      'NOPERM',
    ),
    ...refused(command('XTRIM', stream, 'MAXLEN', '0'), 'NOPERM'),
    ...refused(
      {
        command: 'SET',
        key: interactions.session(tenant, world.interaction.id),
        value: 'another',
        px: interactions.sessionTtlMs,
        nx: false,
      },
      'NOPERM',
    ),
  ],
  negative: true,
  only: { side: 'destination', reason: 'the service never tries it; the harness does, to prove the refusal' },
};

const untrusted: Interaction<RedisContent> = {
  description: 'with TLS switched on, a server whose certificate cannot be trusted gets nothing at all',
  basis: inferred(
    "the charts of the service have TLS with rejectUnauthorized for the stream of ORS; the client's own status then says that it is not connected",
  ),
  given: [orsStates.foreignCertificate],
  steps: [destination<RedisContent>({ fault: 'tls' })],
  forbidden: [never({})],
  negative: true,
  only: { side: 'source', reason: 'a server shows what certificate it has: only the client can refuse it' },
};

export default defineContract<RedisContent>({
  connection: 7,
  interactions: [...submissions, resubmitted, sessionRead, sessionUnknown, withoutId, noReader, untrusted],
});
