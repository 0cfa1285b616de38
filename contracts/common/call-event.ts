import { type Basis, documented, inferred } from '../contract.ts';
import { bind, bound, integer, type Json, type Matcher, notEmpty, regex, type Template, text } from '../matchers.ts';
import { world } from '../world.ts';

const { call, dns, sipNode, now } = world;

/** A connection id as T-Library prints it (assumed): 64 bits in lower-case hexadecimal. */
export const connId = (example: string): Matcher<string> => regex('^[0-9a-f]{16}$', example);
/** Numbers by position in T-Library's list of call types. */
export const callTypes = { unknown: 0, internal: 1, inbound: 2, outbound: 3, consult: 4 } as const;

const callThread = bound('call thread', call.threadId);

/** Every attribute that an event page calls mandatory, as it looks when the contract has nothing more to say of it. */
const attributes = {
  Server: integer(sipNode.serverDbid),
  /** Seconds and microseconds since 1970, in this JSON form (assumed). */
  time: { sec: integer(now.sec), usec: integer(now.usec) },
  ThisDN: text(notEmpty(dns.agent.number)),
  ThisDNRole: integer(2),
  /** 0 when the switch gives none. */
  CallID: integer(call.callId),
  CallState: integer(0),
  CallThreadID: callThread,
  CallType: integer(callTypes.inbound),
  ConnID: connId(call.connId),
} satisfies Record<string, Template<Json>>;

/** A routing event happens at the queue itself. */
const atQueue = {
  ThisDN: bind('queue', text(notEmpty(dns.routePoint.number))),
  ThisQueue: bound('queue', dns.routePoint.number),
};

type Attributes = { readonly [name: string]: Template<Json> };

const atParty: Attributes = attributes;
const { CallID: _unlisted, ...withoutCallId } = attributes;
const { ThisDNRole: _role, CallState: _state, ...routing } = attributes;
const routed: Attributes = { ...routing, ...atQueue };

const callPages = 'Voice Microservices, Events and models';
const sharedList = inferred(
  `${callPages}, Attributes: CallID is mandatory; the other mandatory attributes as on EventAbandoned, the one event of a party whose page lists all`,
);
const sharedRouting = inferred(
  `${callPages}, Attributes: CallID is mandatory; the other mandatory attributes as on EventRouteRequest, the event of a queue whose page lists all`,
);
const noCallId = inferred(
  `${callPages}, Attributes: the event is not among those in which CallID is mandatory; the rest as on EventAbandoned`,
);

/** The mandatory attributes of each event of a call, and why they may be relied on. */
export const callEvents = {
  EventAbandoned: {
    mandatory: atParty,
    basis: documented(`${callPages}, Call handling, transfer and conference events: mandatory attributes`),
  },
  EventRouteRequest: {
    mandatory: routed,
    basis: documented(`${callPages}, Call routing events: mandatory attributes; ThisDN is ThisQueue`),
  },
  EventQueued: { mandatory: routed, basis: sharedRouting },
  EventRouteUsed: { mandatory: routed, basis: sharedRouting },
  EventDiverted: { mandatory: routed, basis: sharedRouting },
  EventRinging: { mandatory: atParty, basis: sharedList },
  EventDialing: { mandatory: atParty, basis: sharedList },
  EventEstablished: { mandatory: atParty, basis: sharedList },
  EventHeld: { mandatory: atParty, basis: sharedList },
  EventRetrieved: { mandatory: atParty, basis: sharedList },
  EventReleased: { mandatory: atParty, basis: sharedList },
  EventTreatmentApplied: { mandatory: routed, basis: sharedRouting },
  EventTreatmentEnd: { mandatory: routed, basis: sharedRouting },
  EventPartyAdded: { mandatory: withoutCallId, basis: noCallId },
  EventPartyChanged: { mandatory: withoutCallId, basis: noCallId },
  EventBridged: { mandatory: withoutCallId, basis: noCallId },
  EventTreatmentRequired: { mandatory: withoutCallId, basis: noCallId },
} satisfies Record<string, { mandatory: Attributes; basis: Basis }>;

export type CallEventName = keyof typeof callEvents;

/**
 * The JSON of a call event: its name and mandatory attributes. Its CallThreadID is the one that the interaction has bound as
 * `call thread`; a routing event binds its DN as `queue`. Attributes that are not named are allowed.
 * @param more attributes that this interaction is about, or that it knows better
 */
export function callEvent(name: CallEventName, more: Attributes = {}): Template<Json> {
  return { id: name, ...callEvents[name].mandatory, ...more };
}
