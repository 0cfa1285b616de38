import type { Json } from '../../../contracts/matchers.ts';
import { world as fixture } from '../../../contracts/world.ts';

/** A session that this node runs. */
export interface Session {
  startedAt: string;
  /** The states of its application, those of a state chart. */
  states: readonly string[];
  data: Readonly<Record<string, Json>>;
  ixnIds: readonly string[];
  /** The request id of the dialog on GVP that it waits for. */
  awaitedDialog?: string;
}

/** What GVP is told about a call. */
export interface CallData {
  callUuid: string;
  sessionId: string;
  ani: string;
  dnis: string;
  language: string;
  userData: Readonly<Record<string, string>>;
}

/** All that one running mock knows. */
export interface OrsWorld {
  /** By session id. */
  sessions: ReadonlyMap<string, Session>;
  /** The addresses of the nodes that own other sessions, by session id. */
  elsewhere: ReadonlyMap<string, string>;
  /** By call UUID. */
  calls: ReadonlyMap<string, CallData>;
  /** Whether answers about a session name its node in a cookie. */
  setsCookies: boolean;
  condition: 'up' | 'silent' | 'down';
}

const startedAt = new Date(fixture.now.sec * 1000).toISOString();

/** A callback that waits for an agent. */
export function queuedCallback(callbackId: string): Session {
  const { serviceName } = fixture.callback;
  return {
    startedAt,
    states: ['queued'],
    data: { callbackId, serviceName, customerNumber: fixture.customer.phone, position: 3, eta: 120 },
    ixnIds: [],
  };
}

/** A session for the caller's own service, which waits for a dialog. */
export function selfService(awaitedDialog: string): Session {
  return { startedAt, states: ['dialog'], data: {}, ixnIds: [fixture.call.uuid], awaitedDialog };
}

export function callData(callUuid: string, sessionId: string): CallData {
  const { ani, dnis } = fixture.call;
  return { callUuid, sessionId, ani, dnis, language: 'en-US', userData: { topic: 'billing' } };
}

/** The fixture callback, and the fixture call in its self-service session. */
export function createWorld(): OrsWorld {
  const { callback, call, dialog, orsSession } = fixture;
  return {
    sessions: new Map([
      [callback.sessionId, queuedCallback(callback.id)],
      [orsSession.id, selfService(dialog.requestId)],
    ]),
    elsewhere: new Map(),
    calls: new Map([[call.uuid, callData(call.uuid, orsSession.id)]]),
    setsCookies: true,
    condition: 'up',
  };
}
