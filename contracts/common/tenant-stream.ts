import { type ProviderState, state } from '../contract.ts';
import { dialect } from '../dialect.ts';
import { bind, bound, integer, type Json, like, notEmpty, regex, string, type Template, text } from '../matchers.ts';
import type { RedisFields } from '../messages/redis.ts';
import { world } from '../world.ts';
import { agentEvent, dnEvent, workMode, workModes } from './agent-event.ts';
import { type CallEventName, callEvent, callTypes, connId } from './call-event.ts';
import { stored } from './redis-steps.ts';
import { decimalText, pod, streamEntry } from './stream-entry.ts';

/**
 * The bus of a tenant: what its producers (connections 40, 45, 52 and 54) write is what its reader (connection 14) gets.
 */
const { tenantEvents } = dialect.redis;
const { tenant, call, sipNode, orsNode, orsSession, registration, persons, dns, now } = world;
const [agent] = persons;
const atMs = now.sec * 1_000 + now.usec / 1_000;

/** The tenant's bus. */
export const tenantStream = tenantEvents.stream(tenant.uuid);

type Attributes = { readonly [name: string]: Template<Json> };

/** What varies between the entries of the bus. */
export interface TenantEntry {
  event: string;
  producer: Template<string>;
  sequence: Template<string>;
  body: Template<Json>;
}

/** The fields of an entry of the bus. @param ofTenant the tenant that the entry names; the bus's own when absent */
export const tenantEntry = (
  { event, producer, sequence, body }: TenantEntry,
  ofTenant: string = tenant.uuid,
): Template<RedisFields> => streamEntry({ event, tenant: ofTenant, source: producer, sequence, atMs, body });

const sipPod = pod(sipNode.id);
const orsPod = pod(orsNode.id);

/** Remembers thread and connection of a call: what follows in the interaction is about the same call. */
export const ofNewCall: Attributes = {
  CallThreadID: bind('call thread', string(call.threadId)),
  ConnID: bind('connection id', connId(call.connId)),
};
/** Of the call that is remembered. */
export const ofSameCall: Attributes = { ConnID: bound('connection id', call.connId) };

/** An event of a call, as a SIP node tells it. @param sequence counts the events of one connection */
export const callEntry = (name: CallEventName, sequence: number, more: Attributes = ofNewCall): TenantEntry => ({
  event: name,
  producer: sipPod,
  sequence: String(sequence),
  body: callEvent(name, more),
});

/** A consultation call names the call that it grew from. */
export const consultation = callEntry('EventDialing', 1, {
  CallThreadID: string(call.threadId),
  CallType: callTypes.consult,
  ConnID: connId(call.consultConnId),
  PreviousConnID: connId(call.connId),
});

type UserDataRequest = keyof typeof tenantEvents.userDataRequests;

/** A request to change the user data of a call. A reader applies it once for each ReferenceID. */
export const userDataEntry = (request: UserDataRequest, sequence: number): TenantEntry => ({
  event: tenantEvents.userDataRequests[request],
  producer: sipPod,
  sequence: String(sequence),
  body: { ConnID: connId(call.connId), UserData: like({}), ReferenceID: integer(77 + sequence) },
});

const ofSession: Attributes = { OrsSessionId: text(notEmpty(orsSession.id)), Strategy: text(notEmpty('Main')) };

/** An event of routing, as ORS tells it: with the session and the strategy that it comes from. */
export const routingEntry = (name: CallEventName, sequence: number, more: Attributes = {}): TenantEntry => ({
  event: name,
  producer: orsPod,
  sequence: String(sequence),
  body: callEvent(name, { ...ofSession, ...more }),
});

/** What came of a routing, and where the call went. */
export const routedTo = (
  result: keyof typeof tenantEvents.routingResults,
  type: keyof typeof tenantEvents.targetTypes,
  value: string,
): Attributes => ({
  Target: { type: tenantEvents.targetTypes[type], value: text(notEmpty(value)) },
  Result: tenantEvents.routingResults[result],
});

/** A contact that says where a phone is, and nothing of how it logs in. */
const contact = text(regex('^sips?:[^:@ ]+@[^@ ]+$', registration.contact));

/** Remembers the DN that an interaction is about. */
const ofNewDn: Attributes = { ThisDN: bind('DN', text(notEmpty(dns.agent.number))) };

/**
 * A DN that came or went, as the registrar tells it; the sequence is the revision of the registration.
 * @param more.dn the DN; one to be remembered when absent
 * @param more.reason another rule for the reason
 */
export const registrationEntry = (
  reason: keyof typeof tenantEvents.registrationReasons,
  sequence: number,
  more: { dn?: Template<Json>; reason?: Template<Json> } = {},
): TenantEntry => {
  const event = reason === 'registered' ? 'EventDNBackInService' : 'EventDNOutOfService';
  const extensions = {
    contact,
    expiresAt: integer(atMs + registration.expires * 1_000),
    region: text(notEmpty('r1')),
    reason: more.reason ?? tenantEvents.registrationReasons[reason],
  };
  return {
    event,
    producer: pod('voice-registrar-0'),
    sequence: String(sequence),
    body: dnEvent(event, { ...(more.dn === undefined ? ofNewDn : { ThisDN: more.dn }), Extensions: extensions }),
  };
};

/** Remembers the agent that an interaction is about. */
export const ofNewAgent: Attributes = { AgentID: bind('agent', text(notEmpty(agent.employeeId))) };

/** What an agent does, as the Agent State Service tells it; the sequence is the revision of the agent's record. */
export const agentEntry = (
  name: Parameters<typeof agentEvent>[0],
  sequence: number,
  more: Attributes = {},
): TenantEntry => ({
  event: name,
  producer: pod('voice-agent-0'),
  sequence: String(sequence),
  body: agentEvent(name, more),
});

/** After-call work is a work mode, with what the agent gave as the reason. */
export const afterCallWork: Attributes = {
  AgentWorkMode: workModes.afterCall,
  Reasons: { ReasonCode: string('ACW') },
};

const ringing = callEntry('EventRinging', 1);
const onlyFields = (entry: TenantEntry) => stored<RedisFields>(tenantEntry(entry));

/** What a reader passes over: it can be read, and is not delivered. To the letter. */
export const passedOver = {
  ofOtherTenant: stored<RedisFields>(tenantEntry(ringing, world.otherTenant.uuid)),
  withoutBody: Object.fromEntries(Object.entries(onlyFields(ringing)).filter(([name]) => name !== 'body')),
  withoutCallThread: {
    ...onlyFields(ringing),
    body: Object.fromEntries(
      Object.entries(onlyFields(ringing).body as RedisFields).filter(([name]) => name !== 'CallThreadID'),
    ),
  },
  unknownEvent: { ...onlyFields(ringing), id: 'EventUnheardOf' },
} satisfies Record<string, RedisFields>;

/** A reader takes any sequence; that it rises is the producer's part. */
const asRead = (entry: TenantEntry): Template<RedisFields> =>
  tenantEntry({ ...entry, sequence: decimalText(stored(entry.sequence)) });
const oneOf = (names: Readonly<Record<string, string>>, example: string) =>
  text(regex(`^(${Object.values(names).join('|')})$`, example));
const { targetTypes, routingResults, registrationReasons } = tenantEvents;
const anyRoute: Attributes = {
  Target: { type: oneOf(targetTypes, targetTypes.agent), value: text(notEmpty(agent.employeeId)) },
  Result: oneOf(routingResults, routingResults.routed),
};
const anyMode = { AgentWorkMode: workMode(workModes.manualIn) };

/** All entries that provider states put on the bus, by the name that a state gives them, as their reader takes them. */
export const tenantEntries = {
  ringing: asRead(ringing),
  established: asRead(callEntry('EventEstablished', 2, ofSameCall)),
  held: asRead(callEntry('EventHeld', 3, ofSameCall)),
  retrieved: asRead(callEntry('EventRetrieved', 4, ofSameCall)),
  released: asRead(callEntry('EventReleased', 5, ofSameCall)),
  queued: asRead(callEntry('EventQueued', 1)),
  consultation: asRead(consultation),
  firstOfTwo: tenantEntry({
    ...ringing,
    producer: bind('producer', sipPod),
    sequence: bind('sequence', decimalText(1)),
  }),
  secondOfTwo: tenantEntry({
    ...callEntry('EventRinging', 1, ofSameCall),
    producer: bound('producer', sipNode.id),
    sequence: bound('sequence', '1'),
  }),
  establishedEarly: tenantEntry(callEntry('EventEstablished', 2)),
  ringingLate: tenantEntry(callEntry('EventRinging', 1, ofSameCall)),
  userDataAttach: asRead(userDataEntry('attach', 1)),
  userDataUpdate: asRead(userDataEntry('update', 2)),
  userDataDelete: asRead(userDataEntry('deletePair', 3)),
  routeRequest: asRead(routingEntry('EventRouteRequest', 1, ofNewCall)),
  routeUsed: asRead(routingEntry('EventRouteUsed', 2, { ...ofSameCall, ...anyRoute })),
  routeUsedAlone: asRead(routingEntry('EventRouteUsed', 2, { ...ofNewCall, ...anyRoute })),
  treatmentApplied: asRead(routingEntry('EventTreatmentApplied', 1, ofNewCall)),
  treatmentEnd: asRead(routingEntry('EventTreatmentEnd', 2, ofSameCall)),
  backInService: asRead(registrationEntry('registered', 1)),
  outOfService: asRead(
    registrationEntry('expired', 2, {
      reason: oneOf(
        { expired: registrationReasons.expired, removed: registrationReasons.removed },
        registrationReasons.expired,
      ),
    }),
  ),
  agentLogin: asRead(agentEntry('EventAgentLogin', 1, ofNewAgent)),
  agentReady: asRead(agentEntry('EventAgentReady', 2, { ...ofNewAgent, ...anyMode })),
  agentNotReady: asRead(agentEntry('EventAgentNotReady', 3, { ...ofNewAgent, ...anyMode })),
  afterCallWork: asRead(agentEntry('EventAgentNotReady', 3, { ...ofNewAgent, ...afterCallWork })),
  agentLogout: asRead(agentEntry('EventAgentLogout', 4, ofNewAgent)),
  ...passedOver,
} satisfies Record<string, Template<RedisFields>>;

export type TenantEntryName = keyof typeof tenantEntries;

const withEntries = (name: string, entries: readonly TenantEntryName[], more: ProviderState['params'] = {}) =>
  state(name, { tenant: tenant.uuid, entries: entries.join(' '), ...more });

/** The provider states of the bus. A cursor stands before or behind the entries that a pod has had already. */
export const tenantStates = {
  empty: state('nothing is on the bus of the tenant', { tenant: tenant.uuid }),
  full: state('the bus of the tenant is full', { tenant: tenant.uuid }),
  /** Entries that the pod has not had, after one that it has had. */
  unread: (reader: string, ...entries: TenantEntryName[]) =>
    withEntries('entries are new to a pod', entries, { reader }),
  coming: (reader: string, ...entries: TenantEntryName[]) =>
    withEntries('entries come once a pod waits', entries, { reader }),
  firstTime: (reader: string, ...entries: TenantEntryName[]) =>
    withEntries('entries come once a pod waits that has never read', entries, { reader }),
  cutOff: (reader: string, ...entries: TenantEntryName[]) =>
    withEntries('the connection of a pod that waits is lost, and entries come after that', entries, { reader }),
  trimmed: (reader: string, ...entries: TenantEntryName[]) =>
    withEntries('what a pod would read next is trimmed away', entries, { reader }),
} as const;
