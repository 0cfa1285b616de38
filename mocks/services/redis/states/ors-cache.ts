import { type SessionName, sessionRecord, sessions, states } from '../../../../contracts/common/ors-session.ts';
import { dialect } from '../../../../contracts/dialect.ts';
import { type Handler, keysInstead, putRecord } from './keys.ts';

const keys = dialect.redis.orsCache;

/** The provider states of connection 47. */
export const handlers: Readonly<Record<string, Handler>> = {
  [states.noSession.name]: keysInstead(keys.sessions, async () => {}),
  [states.cached('left').name]: keysInstead(keys.sessions, (admin, { session }) =>
    putRecord(admin, sessionRecord(sessions[session as SessionName]), keys.sessionTtlMs),
  ),
  [states.noOwner.name]: keysInstead(keys.owners, async () => {}),
  [states.ownedBy('').name]: keysInstead(keys.owners, (admin, { sessionId, pod }, tenant) =>
    admin.set(keys.owner(tenant, String(sessionId)), String(pod), 'PX', keys.ownerMs),
  ),
};
