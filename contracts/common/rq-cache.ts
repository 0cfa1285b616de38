import { state } from '../contract.ts';
import { dialect } from '../dialect.ts';
import { like, regex, string, type Template } from '../matchers.ts';
import { world } from '../world.ts';
import { type CachedRecord, timeText } from './redis-cache.ts';
import { decimalText } from './stream-entry.ts';

const { call, dns, rqNode } = world;
const keys = dialect.redis.rq;
const tenant = world.tenant.uuid;

/** The cache of connection 6: the events of calls in queues, kept for the pod that takes over. */

/** When the events of the two calls came. */
export const eventTimes = { first: 1_760_000_000_125, second: 1_760_000_000_500, latest: 1_760_000_001_000 } as const;

/** A call in the cache. */
export interface RqCall {
  connId: string;
  callType: number;
  /** How far its routing is. */
  progress: keyof typeof keys.states;
  lastEvent: string;
  revision: number;
  updatedAtMs: number;
}

const inbound = { connId: call.connId, callType: 2 } as const;
/** The fixture call as its first event shows it, and as later ones do. */
export const queuedCall: RqCall = {
  ...inbound,
  progress: 'queued',
  lastEvent: 'EventQueued',
  revision: 1,
  updatedAtMs: eventTimes.first,
};
export const routingCall = (revision: number): RqCall => ({
  ...inbound,
  progress: 'routing',
  lastEvent: 'EventRouteRequest',
  revision,
  updatedAtMs: eventTimes.first,
});
/** The other call that waits: a consultation call to the queue. */
export const otherCall: RqCall = {
  connId: call.consultConnId,
  callType: 4,
  progress: 'routing',
  lastEvent: 'EventRouteRequest',
  revision: 1,
  updatedAtMs: eventTimes.second,
};

/** What changes with every event of a call. */
export const eventFields = (each: RqCall, pod: Template<string> = string(rqNode.id)): CachedRecord['fields'] => ({
  state: keys.states[each.progress],
  ownerPod: pod,
  rev: String(each.revision),
  lastEvent: each.lastEvent,
  updatedAt: timeText(each.updatedAtMs),
});

/** The whole record of a call. */
export const callRecord = (each: RqCall): CachedRecord => ({
  key: keys.call(tenant, each.connId),
  fields: {
    callThreadId: string(call.threadId),
    connId: each.connId,
    callType: regex('^[0-4]$', String(each.callType)),
    thisDn: dns.routePoint.number,
    queue: string('VQ_Billing'),
    ...eventFields(each),
    userData: like({ RTargetRequested: 'Billing' }),
  },
});

/** A score in the index of calls. */
export const score = (ms: number) => decimalText(ms);

/** The provider states, by what they say. */
export const states = {
  empty: state('RQ caches no call', { tenant }),
  /** The revision of the fixture call; the other call is there as well. */
  calls: (revision: number) => state('RQ caches two calls', { tenant, revision }),
  leaseFree: state('no RQ pod has the lease, and two calls are cached', { tenant }),
  leaseHeld: state('an RQ pod has the lease', { tenant, pod: rqNode.id }),
  noHash: state('the key of a call of RQ holds a text', { tenant, connId: call.connId }),
};
