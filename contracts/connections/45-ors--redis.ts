import { refused } from '../common/redis-steps.ts';
import { streamWriter } from '../common/stream-writer.ts';
import {
  ofNewCall,
  ofSameCall,
  routedTo,
  routingEntry,
  tenantStream as stream,
  tenantEntry,
  tenantStates,
} from '../common/tenant-stream.ts';
import { documented, type Interaction, inferred } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { like } from '../matchers.ts';
import { command, type RedisContent } from '../messages/redis.ts';
import { xread } from '../messages/redis-streams.ts';
import { world } from '../world.ts';

const { tenantEvents } = dialect.redis;
const { dns, persons } = world;
const { appends, writes, never } = streamWriter(stream, tenantEvents.maxLength, tenantEntry);
const request = routingEntry('EventRouteRequest', 1, ofNewCall);

const guide = 'Voice Microservices, Call routing events';
const routing = inferred(
  `${guide} has the two events; that ORS streams them to the bus of the tenant follows from the row's text and from who holds its secret; session, strategy, target and result are assumed`,
);

const requested: Interaction<RedisContent> = {
  description: 'a request for a route is made at the queue itself',
  basis: documented(`${guide}: ThisDN of EventRouteRequest is ThisQueue`),
  given: [tenantStates.empty],
  steps: writes(request),
};

const used: Interaction<RedisContent> = {
  description: 'the route that is used follows its request and names the target',
  basis: routing,
  given: [tenantStates.empty],
  steps: writes(
    request,
    routingEntry('EventRouteUsed', 2, { ...ofSameCall, ...routedTo('routed', 'agent', persons[0].employeeId) }),
  ),
};

const byDefault: Interaction<RedisContent> = {
  description: 'a call that no agent is there for goes to the default target, and the result says so',
  basis: routing,
  given: [tenantStates.empty],
  steps: writes(
    request,
    routingEntry('EventRouteUsed', 2, { ...ofSameCall, ...routedTo('byDefault', 'dn', dns.secondAgent.number) }),
  ),
};

const treatments: Interaction<RedisContent> = {
  description: 'a treatment is applied before it ends',
  basis: inferred('Voice Microservices, Topics: both events are public, and one is the end of the other'),
  given: [tenantStates.empty],
  steps: writes(routingEntry('EventTreatmentApplied', 1, ofNewCall), routingEntry('EventTreatmentEnd', 2, ofSameCall)),
};

const elsewhere: Interaction<RedisContent> = {
  description: 'a request at another DN than its queue is never written, the right one is',
  basis: documented(`${guide}: ThisDN of EventRouteRequest is ThisQueue`),
  given: [tenantStates.empty],
  // One whose two values differ breaks this step whatever they are; an agent's DN can never be a queue.
  steps: appends(request),
  forbidden: [never({ id: 'EventRouteRequest', body: { ThisDN: dns.agent.number } })],
  negative: true,
  only: { side: 'source', reason: 'Redis stores any text: only the producer can keep it out' },
};

const noTarget: Interaction<RedisContent> = {
  description: 'a used route whose target is a mere text is never written, the right one is',
  basis: routing,
  given: [tenantStates.empty],
  steps: appends(
    request,
    routingEntry('EventRouteUsed', 2, { ...ofSameCall, ...routedTo('routed', 'agent', persons[0].employeeId) }),
  ),
  forbidden: [never({ body: { Target: like(persons[0].employeeId) } })],
  negative: true,
  only: { side: 'source', reason: 'Redis stores any text: only the producer can keep it out' },
};

const writeOnly: Interaction<RedisContent> = {
  description: 'the producer may neither read nor empty the bus',
  basis: inferred('row 45 only streams routing events; Redis answers NOPERM to what an ACL user may not do'),
  given: [tenantStates.empty],
  steps: [
    ...refused(xread(stream, { id: '0', count: null, blockMs: null }), 'NOPERM'),
    ...refused(command('XTRIM', stream, 'MAXLEN', '0'), 'NOPERM'),
  ],
  negative: true,
  only: { side: 'destination', reason: 'ORS never tries it under this login; the harness does, to prove the refusal' },
};

export default defineContract<RedisContent>({
  connection: 45,
  interactions: [requested, used, byDefault, treatments, elsewhere, noTarget, writeOnly],
});
