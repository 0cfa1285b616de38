import { type ProviderState, state } from '../contract.ts';
import { dialect } from '../dialect.ts';
import { bind, bound, integer, type Json, like, notEmpty, regex, string, type Template, text } from '../matchers.ts';
import type { RedisFields } from '../messages/redis.ts';
import { world } from '../world.ts';
import { callEvent, callTypes, connId } from './call-event.ts';
import { stored } from './redis-steps.ts';
import { decimalText, pod, streamEntry } from './stream-entry.ts';

/**
 * The stream of new calls and interactions: what its producers (connections 7 and 49, and the Genesys Engagement Service)
 * write is what its reader (connection 46) gets.
 */
const { newCalls } = dialect.redis;
const { tenant, call, customer, callback, interaction, campaign, sipNode } = world;
const atMs = world.now.sec * 1_000 + world.now.usec / 1_000;

/** The tenant's stream of new calls. */
export const orsStream = newCalls.stream(tenant.uuid);
/** Where its reader puts what cannot be worked on. */
export const orsDeadLetters = newCalls.deadLetters(tenant.uuid);

/** What varies between the entries of the stream. */
export interface OrsEntry {
  event: string;
  producer: Template<string>;
  sequence?: Template<string>;
  body: Template<Json>;
}

/** The fields of an entry of the stream. */
export const orsEntry = ({ event, producer, sequence = decimalText(1), body }: OrsEntry): Template<RedisFields> =>
  streamEntry({ event, tenant: tenant.uuid, source: producer, sequence, atMs, body });

const routeRequest = 'EventRouteRequest';
const inbound = {
  CallType: callTypes.inbound,
  ANI: string(call.ani),
  DNIS: string(call.dnis),
};

/** A new inbound call at a routing point. Its thread and its connection are remembered. */
export const newInboundCall: OrsEntry = {
  event: routeRequest,
  producer: pod(sipNode.id),
  body: callEvent(routeRequest, {
    ...inbound,
    CallThreadID: bind('call thread', string(call.threadId)),
    ConnID: bind('connection id', connId(call.connId)),
  }),
};

/** The same call once more, after its producer missed the answer: for `first`, whose producer and sequence are remembered. */
export const repeatedCall = {
  first: {
    ...newInboundCall,
    producer: bind('producer', pod(sipNode.id)),
    sequence: bind('sequence', decimalText(1)),
  },
  again: {
    event: routeRequest,
    producer: bound('producer', sipNode.id),
    sequence: bound('sequence', '1'),
    body: callEvent(routeRequest, { ...inbound, ConnID: bound('connection id', call.connId) }),
  },
} satisfies Record<string, OrsEntry>;

/** A consultation call to a routing point names the call that it grew from. */
export const consultCall: OrsEntry = {
  event: routeRequest,
  producer: pod(sipNode.id),
  body: callEvent(routeRequest, {
    CallThreadID: string(call.threadId),
    CallType: callTypes.consult,
    ConnID: connId(call.consultConnId),
    PreviousConnID: connId(call.connId),
  }),
};

/** The end of the inbound call, after its start. */
export const abandonedCall: OrsEntry = {
  event: 'EventAbandoned',
  producer: pod(sipNode.id),
  sequence: decimalText(2),
  body: callEvent('EventAbandoned', {
    ThisQueue: bound('queue', world.dns.routePoint.number),
    CallType: callTypes.inbound,
    ConnID: bound('connection id', call.connId),
  }),
};

const interactionId = text(regex('^[^ ]{1,16}$', interaction.id));

/** The kinds of digital work that are handed to ORS. */
export const mediaTypes = ['chat', 'email', 'sms', 'workitem'] as const;

/** A digital interaction for ORS to route. @param mediaType one of the kinds; any of them when absent */
export const submittedInteraction = (mediaType?: (typeof mediaTypes)[number]): OrsEntry => ({
  event: newCalls.events.interaction,
  producer: pod('ixn-node-0'),
  body: {
    InteractionId: interactionId,
    MediaType: mediaType ?? regex(`^(${mediaTypes.join('|')})$`, 'chat'),
    InteractionType: text(notEmpty('Inbound')),
    InteractionSubtype: text(notEmpty('InboundNew')),
    Queue: text(notEmpty(campaign.name)),
    TenantId: integer(tenant.dbid),
    ReceivedAt: integer(atMs),
    UserData: like({}),
  },
});

const chat = submittedInteraction('chat');

/** The same interaction once more, after its producer missed the answer. */
export const repeatedInteraction = {
  first: {
    ...chat,
    producer: bind('producer', pod('ixn-node-0')),
    sequence: bind('sequence', decimalText(1)),
    body: { ...(chat.body as object), InteractionId: bind('interaction', interactionId) },
  },
  again: {
    ...chat,
    producer: bound('producer', 'ixn-node-0'),
    sequence: bound('sequence', '1'),
    body: { ...(chat.body as object), InteractionId: bound('interaction', interaction.id) },
  },
} satisfies Record<string, OrsEntry>;

/** A callback that enters the queue. ORS makes the session's id from the session key, so that a repeat starts no second one. */
export const callbackStart: OrsEntry = {
  event: newCalls.events.startSession,
  producer: pod('ges-0'),
  body: {
    SessionKey: text(notEmpty(callback.id)),
    ApplicationUrl: text(
      regex('^https?://[^ ]+$', `http://designer-das-service/workspaces/${tenant.uuid}/Callback/main.scxml`),
    ),
    CallbackId: text(notEmpty(callback.id)),
    CustomerNumber: text(regex('^\\+[1-9][0-9]{1,14}$', customer.phone)),
    VirtualQueue: text(notEmpty(callback.serviceName)),
    Priority: integer(0),
    UserData: like({}),
    RequestedAt: integer(atMs),
  },
};

const without = (fields: RedisFields, name: string): RedisFields =>
  Object.fromEntries(Object.entries(fields).filter(([each]) => each !== name));
const bodyWithout = (entry: OrsEntry, name: string): RedisFields => {
  const fields = stored<RedisFields>(orsEntry(entry));
  return { ...fields, body: without(fields.body as RedisFields, name) };
};
const aCall = stored<RedisFields>(orsEntry(newInboundCall));

/** Entries that nobody can work on, to the letter; a reader moves them to the dead letters. */
export const poisonEntries = {
  withoutVersion: without(aCall, 'v'),
  withoutTenant: without(aCall, 'tid'),
  withoutBody: without(aCall, 'body'),
  notJson: { ...aCall, body: 'not JSON' },
  withoutInteractionId: bodyWithout(chat, 'InteractionId'),
  withoutApplicationUrl: bodyWithout(callbackStart, 'ApplicationUrl'),
} satisfies Record<string, RedisFields>;

/** All entries that provider states put on the stream, by the name that a state gives them. */
export const orsEntries = {
  inboundCall: orsEntry(newInboundCall),
  firstOfTwo: orsEntry(repeatedCall.first),
  secondOfTwo: orsEntry(repeatedCall.again),
  consultCall: orsEntry(consultCall),
  abandonedCall: orsEntry(abandonedCall),
  interaction: orsEntry(submittedInteraction()),
  callbackStart: orsEntry(callbackStart),
  ...poisonEntries,
} satisfies Record<string, Template<RedisFields>>;

export type OrsEntryName = keyof typeof orsEntries;

const withEntries = (name: string, entries: readonly OrsEntryName[], more: ProviderState['params'] = {}) =>
  state(name, { tenant: tenant.uuid, entries: entries.join(' '), ...more });

/** The provider states of the stream, for its reader; entries stand there in the order given. */
export const orsStates = {
  empty: state('no new call waits', { tenant: tenant.uuid }),
  waiting: (...entries: OrsEntryName[]) => withEntries('entries wait for ORS', entries),
  coming: (...entries: OrsEntryName[]) => withEntries('entries for ORS come once a reader waits', entries),
  withoutGroup: (...entries: OrsEntryName[]) => withEntries('entries wait for ORS, whose group is gone', entries),
  /** Given to a reader that has not acknowledged them since. */
  pending: (entry: OrsEntryName, consumer: string, { idleMs = 0, deliveries = 1 } = {}) =>
    withEntries('entries for ORS are pending', [entry], { consumer, idleMs, deliveries }),
  trimmed: (entry: OrsEntryName, consumer: string) =>
    withEntries('entries for ORS were trimmed away while they were pending', [entry], { consumer }),
  sessionKnown: state('a session of ORS works on an interaction', {
    tenant: tenant.uuid,
    interactionId: interaction.id,
    sessionId: world.orsSession.id,
  }),
  sessionUnknown: state('no session of ORS works on an interaction', {
    tenant: tenant.uuid,
    interactionId: interaction.id,
  }),
  /** Gives `ca`, the authority that clients are to trust, as PEM: it is not the one of the certificate. */
  foreignCertificate: state('Redis shows a certificate that its clients do not trust'),
  noStream: state('the key of the stream of new calls holds a text', { tenant: tenant.uuid }),
} as const;
