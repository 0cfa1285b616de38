import { refused } from '../common/redis-steps.ts';
import { states } from '../common/registration.ts';
import { streamWriter } from '../common/stream-writer.ts';
import { registrationEntry, tenantStream as stream, tenantEntry, tenantStates } from '../common/tenant-stream.ts';
import { assumed, documented, type Interaction, inferred } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { bound, equal, nullValue, regex } from '../matchers.ts';
import { command, type RedisContent } from '../messages/redis.ts';
import { xread } from '../messages/redis-streams.ts';
import { world } from '../world.ts';

const { tenantEvents } = dialect.redis;
const { appends, writes, never } = streamWriter(stream, tenantEvents.maxLength, tenantEntry);
/** The first REGISTER makes revision 1 of the registration, and what happens next revision 2. */
const given = [tenantStates.empty, states.unregistered];
const registered = registrationEntry('registered', 1);
const sameDn = { dn: bound('DN', world.dns.agent.number) };
const published = inferred(
  'Voice Microservices, Topics: the two events are public; that a registration brings a DN into service and its end takes it out follows from their names',
);

const firstRegister: Interaction<RedisContent> = {
  description: 'a DN is back in service once its phone has registered',
  basis: published,
  given,
  steps: writes(registered),
};

const refreshed: Interaction<RedisContent> = {
  description: 'a registration that is refreshed writes nothing: one entry for however many REGISTERs',
  basis: inferred('RFC 3261, section 10.2.4: a refresh renews a binding that is there; the DN stays in service'),
  given,
  steps: appends(registered),
  forbidden: [never({ body: { Extensions: { reason: 'refreshed' } } })],
  negative: true,
  only: { side: 'source', reason: 'Redis stores any entry: only the producer can keep it out' },
};

const expired: Interaction<RedisContent> = {
  description: 'a DN whose registration expires is out of service, once, however many pods see it',
  basis: assumed('the pods of the registrar share the revision of the registration, so that only one of them tells'),
  given,
  steps: writes(registered, registrationEntry('expired', 2, sameDn)),
};

const removed: Interaction<RedisContent> = {
  description: 'a DN whose phone unregisters is out of service, and the reason says so',
  basis: published,
  given,
  steps: writes(registered, registrationEntry('removed', 2, sameDn)),
};

const withCredentials: Interaction<RedisContent> = {
  description: 'a contact with a password is never written, the bare contact is',
  basis: assumed('many services read the bus; what a phone logs in with is none of their business'),
  given,
  steps: appends(registered),
  forbidden: [
    never({ body: { Extensions: { contact: regex('^sips?:[^@]*:[^@]*@.*$', 'sip:7001:secret@10.0.0.5') } } }),
  ],
  negative: true,
  only: { side: 'source', reason: 'Redis stores any text: only the producer can keep it out' },
};

const nameless: Interaction<RedisContent> = {
  description: 'an event without ThisDN is never written',
  basis: documented('Voice Microservices, Agent state and DN events: ThisDN is mandatory'),
  given,
  // An event that lacks it altogether breaks this step; those with nothing in its place are forbidden by it.
  steps: appends(registered),
  forbidden: [never({ body: { ThisDN: equal('') } }), never({ body: { ThisDN: nullValue() } })],
  negative: true,
  only: { side: 'source', reason: 'Redis stores any text: only the producer can keep it out' },
};

const writeOnly: Interaction<RedisContent> = {
  description: 'the producer may neither read nor empty the bus',
  basis: inferred('row 52 only streams registrations; Redis answers NOPERM to what an ACL user may not do'),
  given: [tenantStates.empty],
  steps: [
    ...refused(xread(stream, { id: '0', count: null, blockMs: null }), 'NOPERM'),
    ...refused(command('XTRIM', stream, 'MAXLEN', '0'), 'NOPERM'),
  ],
  negative: true,
  only: { side: 'destination', reason: 'the registrar never tries it; the harness does, to prove the refusal' },
};

export default defineContract<RedisContent>({
  connection: 52,
  interactions: [firstRegister, refreshed, expired, removed, withCredentials, nameless, writeOnly],
});
