import { numberOf } from '../common/number-of.ts';
import { refused } from '../common/redis-steps.ts';
import { streamWriter } from '../common/stream-writer.ts';
import {
  callEntry,
  consultation,
  ofSameCall,
  tenantStream as stream,
  tenantEntry,
  tenantStates,
  userDataEntry,
} from '../common/tenant-stream.ts';
import { documented, type Interaction, inferred } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { equal, nullValue } from '../matchers.ts';
import { command, type RedisContent } from '../messages/redis.ts';
import { xread } from '../messages/redis-streams.ts';
import { world } from '../world.ts';

const { tenantEvents, newCalls } = dialect.redis;
const { appends, finds, writes, never } = streamWriter(stream, tenantEvents.maxLength, tenantEntry);
const published = inferred(
  'Voice Microservices overview: the SIP Cluster publishes the events of calls and the requests for user data for Call State, ORS and Tenant; that this bus carries them follows from who holds its secret',
);
const eventPages = 'Voice Microservices, Events and models';

const answeredCall: Interaction<RedisContent> = {
  description: 'a call rings and is established, in this order and under one sequence',
  basis: published,
  given: [tenantStates.empty],
  steps: writes(callEntry('EventRinging', 1), callEntry('EventEstablished', 2, ofSameCall)),
};

const held: Interaction<RedisContent> = {
  description: 'a call is held, retrieved and released',
  basis: published,
  given: [tenantStates.empty],
  steps: writes(
    callEntry('EventEstablished', 1),
    callEntry('EventHeld', 2, ofSameCall),
    callEntry('EventRetrieved', 3, ofSameCall),
    callEntry('EventReleased', 4, ofSameCall),
  ),
};

const consultationCall: Interaction<RedisContent> = {
  description: 'a consultation call names the call that it grew from',
  basis: documented(`${eventPages}, Call handling events: PreviousConnID is mandatory when the call is a consultation`),
  given: [tenantStates.empty],
  steps: writes(consultation),
};

const queued: Interaction<RedisContent> = {
  description: 'a call that waits names its queue',
  basis: documented(`${eventPages}, Call handling events: ThisQueue is there for ACD calls`),
  given: [tenantStates.empty],
  steps: writes(callEntry('EventQueued', 1)),
};

const userData: Interaction<RedisContent> = {
  description: 'user data is attached, updated and deleted by requests that each have a ReferenceID',
  basis: inferred(
    'the overview names requests for user data, and no public event tells of changed user data; the names are those of T-Library',
  ),
  given: [tenantStates.empty],
  steps: writes(userDataEntry('attach', 1), userDataEntry('update', 2), userDataEntry('deletePair', 3)),
};

const withoutThread: Interaction<RedisContent> = {
  description: 'an event of a call without CallThreadID is never written, the next one is',
  basis: documented(`${eventPages}, Call handling events: CallThreadID is mandatory`),
  given: [tenantStates.empty],
  // An event that lacks it altogether breaks this step; those with nothing in its place are forbidden by it.
  steps: appends(callEntry('EventRinging', 1)),
  forbidden: [never({ body: { CallThreadID: equal('') } }), never({ body: { CallThreadID: nullValue() } })],
  negative: true,
  only: { side: 'source', reason: 'Redis stores any text: only the producer can keep it out' },
};

const full: Interaction<RedisContent> = {
  description: 'a full bus takes the next event and lets the oldest go',
  basis: inferred('MAXLEN ~ bounds the bus to about that length: Redis drops whole nodes of 100 entries at a time'),
  given: [tenantStates.full],
  steps: [
    ...appends(callEntry('EventRinging', 1)),
    finds([callEntry('EventRinging', 1)], { length: numberOf('^1000[0-9]{2}$', tenantEvents.maxLength + 1) }),
  ],
  negative: true,
};

const writeOnly: Interaction<RedisContent> = {
  description: 'the producer may neither read nor empty the bus, nor write to the dead letters of ORS',
  basis: inferred('row 40 only streams voice events; Redis answers NOPERM to what an ACL user may not do'),
  given: [tenantStates.empty],
  steps: [
    ...refused(xread(stream, { id: '0', count: null, blockMs: null }), 'NOPERM'),
    ...refused(command('XTRIM', stream, 'MAXLEN', '0'), 'NOPERM'),
    ...refused(
      {
        command: 'XADD',
        key: newCalls.deadLetters(world.tenant.uuid),
        id: '*',
        maxlen: null,
        approximate: false,
        fields: { v: '1' },
      },
      'NOPERM',
    ),
  ],
  negative: true,
  only: { side: 'destination', reason: 'a SIP node never tries it; the harness does, to prove the refusal' },
};

export default defineContract<RedisContent>({
  connection: 40,
  interactions: [answeredCall, held, consultationCall, queued, userData, withoutThread, full, writeOnly],
});
