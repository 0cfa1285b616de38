import { world as fixture } from '../../../contracts/world.ts';

/** A call that a node owns. */
export interface Call {
  tenantUuid: string;
  dn: string;
  phase: 'waiting' | 'routed' | 'releasing';
  /** What the caller hears while the call waits. */
  treatment: string | undefined;
  userData: Readonly<Record<string, unknown>>;
}

/** All that one SIP node knows. */
export interface SipNodeWorld {
  /** By UUID; a call that has ended is not here any more. */
  calls: ReadonlyMap<string, Call>;
  registeredDns: ReadonlySet<string>;
  /** Whether the agent who is logged in is ready, by DN. */
  agents: ReadonlyMap<string, boolean>;
  condition: 'up' | 'queue full' | 'restarting' | 'down';
  delayMs: number;
}

/** A call of the fixture tenant that waits on a route point. */
export function waitingCall(dn: string): Call {
  return { tenantUuid: fixture.tenant.uuid, dn, phase: 'waiting', treatment: undefined, userData: {} };
}

/** The node that owns the fixture call, where agents are logged in and wait. */
export function createWorld(): SipNodeWorld {
  return {
    calls: new Map([[fixture.call.uuid, waitingCall(fixture.dns.routePoint.number)]]),
    registeredDns: new Set(fixture.persons.map(({ dn }) => dn)),
    agents: new Map(fixture.persons.filter(({ loginCode }) => loginCode !== null).map(({ dn }) => [dn, true])),
    condition: 'up',
    delayMs: 0,
  };
}

/** The node with a call, in place of the one that had its UUID. */
export function withCall({ calls }: SipNodeWorld, callUuid: string, call: Call): Pick<SipNodeWorld, 'calls'> {
  return { calls: new Map(calls).set(callUuid, call) };
}

/** The node without a call. */
export function withoutCall({ calls }: SipNodeWorld, callUuid: string): Pick<SipNodeWorld, 'calls'> {
  return { calls: new Map([...calls].filter(([uuid]) => uuid !== callUuid)) };
}
