import type { TcpValue } from '../../../contracts/messages/tcp.ts';
import { world as fixture } from '../../../contracts/world.ts';
import type { StreamEvent } from './world.ts';

const { call, dns, sipNode, now } = fixture;
const inbound = 2;
const timeStamp = (now.sec * 1_000 + now.usec / 1_000).toString(16).padStart(16, '0');

const ofCall = {
  ConnID: call.connId,
  CallID: call.callId,
  CallThreadID: call.threadId,
  CallType: inbound,
  Server: sipNode.serverDbid,
  ThisDN: dns.routePoint.number,
  ThisQueue: dns.routePoint.number,
  time: { ...now },
} satisfies TcpValue;

const told = (event: string, body: { readonly [key: string]: TcpValue }): StreamEvent => ({
  event,
  timeStamp,
  body: { id: event, ...body },
});

/** What the SIP cluster tells of the fixture world's call: it waits at a routing point, and is given a treatment. */
export const callEvents = [
  told('EventRouteRequest', { ...ofCall, ANI: call.ani, DNIS: call.dnis }),
  told('EventTreatmentApplied', ofCall),
  told('EventTreatmentEnd', { ConnID: call.connId }),
] as const;

/** What may come of the call at any time. */
export const dataChanged = told('EventAttachedDataChanged', {
  ConnID: call.connId,
  UserData: { ...call.userData.later },
});
