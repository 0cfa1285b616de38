import {
  abandonedCall,
  consultCall,
  newInboundCall,
  orsEntry,
  orsStates,
  repeatedCall,
  orsStream as stream,
} from '../common/ors-stream.ts';
import { absent, refused } from '../common/redis-steps.ts';
import { streamWriter } from '../common/stream-writer.ts';
import { assumed, documented, type Interaction, inferred } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { type Json, like, string } from '../matchers.ts';
import { command, type RedisContent, xadd } from '../messages/redis.ts';
import { xreadgroup } from '../messages/redis-streams.ts';
import { world } from '../world.ts';

const { newCalls } = dialect.redis;
const tenant = world.tenant.uuid;
const noCalls = orsStates.empty;
const { sipNode } = world;

const { appends, writes, never } = streamWriter(stream, newCalls.maxLength, orsEntry);

const newInbound: Interaction<RedisContent> = {
  description: 'a new inbound call at a routing point is streamed with ANI and DNIS',
  basis: inferred(
    'the public event of a call that waits for routing is EventRouteRequest, in which ThisDN is ThisQueue',
  ),
  given: [noCalls],
  steps: writes(newInboundCall),
};

const consult: Interaction<RedisContent> = {
  description: 'a consultation call to a routing point names the call that it grew from',
  basis: documented(
    'Voice Microservices, Call routing events: PreviousConnID is mandatory when the call is a consultation',
  ),
  given: [noCalls],
  steps: writes(consultCall),
};

const clearedBeforePickup: Interaction<RedisContent> = {
  description: 'a call that is abandoned before it is picked up is followed by EventAbandoned of the same ConnID',
  basis: assumed('the end of the call takes the same stream, so that ORS sees it after the start and drops the start'),
  given: [noCalls],
  steps: writes(newInboundCall, abandonedCall),
};

const duplicate: Interaction<RedisContent> = {
  description:
    'an entry that is sent again after a reconnect keeps its producer and sequence, and both copies are stored',
  basis: assumed('a producer that missed the answer repeats the entry; readers take the same src and seq for one call'),
  given: [noCalls],
  steps: writes(repeatedCall.first, repeatedCall.again),
};

const notJson: Interaction<RedisContent> = {
  description: 'an entry whose body is not a JSON object is never written, the next call is',
  basis: assumed('the body is JSON text of one object; a reader would move anything else to the dead letters'),
  given: [noCalls],
  steps: appends(newInboundCall),
  forbidden: [never({ body: string('not JSON') }), never({ body: like<Json[]>([]) })],
  negative: true,
  only: { side: 'source', reason: 'Redis stores any text: only the producer can keep it out' },
};

const writeOnly: Interaction<RedisContent> = {
  description: 'the producer may neither read the stream nor write beside it',
  basis: inferred('row 49 only streams new calls; Redis answers NOPERM to what an ACL user may not do'),
  given: [noCalls],
  steps: [
    ...refused(command('XRANGE', stream, '-', '+'), 'NOPERM'),
    ...refused(
      xreadgroup(stream, {
        id: '>',
        group: newCalls.readers,
        consumer: sipNode.id,
        count: 1,
        blockMs: null,
        noack: false,
      }),
      'NOPERM',
    ),
    ...refused(xadd(newCalls.deadLetters(tenant), newCalls.maxLength, orsEntry(newInboundCall)), 'NOPERM'),
    absent(newCalls.deadLetters(tenant)),
  ],
  negative: true,
  only: { side: 'destination', reason: 'a SIP node never tries it; the harness does, to prove the refusal' },
};

export default defineContract<RedisContent>({
  connection: 49,
  interactions: [newInbound, consult, clearedBeforePickup, duplicate, notJson, writeOnly],
});
