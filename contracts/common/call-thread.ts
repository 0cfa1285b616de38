import { state } from '../contract.ts';
import { dialect } from '../dialect.ts';
import type { RedisText } from '../messages/redis.ts';
import { world } from '../world.ts';
import { type CachedRecord, timeText } from './redis-cache.ts';
import { decimalText } from './stream-entry.ts';

const { call, dns } = world;
const keys = dialect.redis.callState;
const tenant = world.tenant.uuid;

/** The cache of call threads (connection 42): what the events of a call in Kafka come to. */

/** When the fixture call begins and ends. */
export const threadTimes = { startedAt: 1_760_000_000_000, endedAt: 1_760_000_090_000 } as const;

/** A thread of calls after an event. */
export interface CallThread {
  connIds: readonly string[];
  parties: readonly string[];
  /** The offset of the event; it and those before it are done. */
  offset: number;
  revision: number;
}

const bothParties = [dns.agent.number, call.ani];
/** The fixture call when it begins, with the consultation call that grows from it, and when all have hung up. */
export const threads = {
  begun: { connIds: [call.connId], parties: bothParties, offset: 8121, revision: 1 },
  consulting: { connIds: [call.connId, call.consultConnId], parties: bothParties, offset: 8130, revision: 2 },
  ended: { connIds: [call.connId], parties: [], offset: 8140, revision: 2 },
} as const satisfies Record<string, CallThread>;

/** What changes with every event. */
export const eventFields = ({ connIds, parties, offset, revision }: CallThread): CachedRecord['fields'] => ({
  connIds: connIds satisfies RedisText,
  parties: parties satisfies RedisText,
  lastOffset: decimalText(offset),
  partition: decimalText(3),
  rev: String(revision),
});

/** The whole record of a thread. */
export const threadRecord = (each: CallThread): CachedRecord => ({
  key: keys.thread(tenant, call.threadId),
  fields: { ...eventFields(each), startedAt: timeText(threadTimes.startedAt) },
});

/** The provider states, by what they say. */
export const states = {
  none: state('no call thread is cached', { tenant }),
  begun: state('a call thread is cached', { tenant, callThreadId: call.threadId }),
};
