import { state } from '../contract.ts';
import { dialect } from '../dialect.ts';
import { string } from '../matchers.ts';
import { world } from '../world.ts';
import { type CachedRecord, timeText } from './redis-cache.ts';

const { call, orsNode, otherOrsNode, orsSession } = world;
const keys = dialect.redis.orsCache;
const tenant = world.tenant.uuid;

/** The cache of ORS (connection 47): the sessions, for the pod that takes over. */

/** A session as a pod caches it. */
export interface OrsSession {
  /** The pod that runs it. */
  owner: string;
  heartbeatAtMs: number;
  revision: number;
  /** The version of the layout of its state. */
  stateVersion: string;
}

/** The fixture session when it starts, as another pod left it, when this one has resumed it, and of a later product. */
export const sessions = {
  started: { owner: orsNode.id, heartbeatAtMs: 1_760_000_010_000, revision: 1, stateVersion: keys.stateVersion },
  left: { owner: otherOrsNode.id, heartbeatAtMs: 1_760_000_010_000, revision: 9, stateVersion: keys.stateVersion },
  resumed: { owner: orsNode.id, heartbeatAtMs: 1_760_000_050_000, revision: 10, stateVersion: keys.stateVersion },
  incompatible: { owner: otherOrsNode.id, heartbeatAtMs: 1_760_000_010_000, revision: 9, stateVersion: '99' },
} as const satisfies Record<string, OrsSession>;

export type SessionName = keyof typeof sessions;

/** What a pod writes when it takes a session over. */
export const ownerFields = ({ owner, heartbeatAtMs, revision }: OrsSession): CachedRecord['fields'] => ({
  ownerPod: owner,
  heartbeatAt: timeText(heartbeatAtMs),
  rev: String(revision),
});

/** The whole record of a session. */
export const sessionRecord = (each: OrsSession): CachedRecord => ({
  key: keys.session(tenant, orsSession.id),
  fields: {
    app: string('designer/inbound'),
    connId: call.connId,
    /** It goes on exactly where it stopped, so no part of it may change. */
    state: { node: 'menu', attempts: 2, variables: { language: 'en-US' } },
    startedAt: timeText(1_760_000_000_200),
    sv: each.stateVersion,
    ...ownerFields(each),
  },
});

const ofSession = { tenant, sessionId: orsSession.id };
/** The provider states, by what they say. The owners stand apart from the sessions: they run out much sooner. */
export const states = {
  noSession: state('no ORS session is cached', { tenant }),
  cached: (session: SessionName) => state('an ORS session is cached', { tenant, session }),
  noOwner: state('no ORS pod owns a session', { tenant }),
  ownedBy: (pod: string) => state('an ORS pod owns a session', { ...ofSession, pod }),
};
