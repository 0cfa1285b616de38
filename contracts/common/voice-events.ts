import { documented, type Interaction, inferred, type ProviderState, type Step, state } from '../contract.ts';
import { dialect } from '../dialect.ts';
import { bind, bound, integer, like, regex, string, type Template } from '../matchers.ts';
import type { TcpMessage, TcpValue } from '../messages/tcp.ts';
import { world } from '../world.ts';
import { connId } from './call-event.ts';
import { type Attributes, answer, event, request, type StepOptions } from './tcp-steps.ts';
import type { SessionKind } from './tenant-session.ts';

/** Pieces of T-Library, port 8000 of the Tenant Service: what is asked for a DN, and what is told of it. */

const { requests, events, registration, workModes, errorCodes } = dialect.tcp.voice;
const { call, dns, now, persons } = world;
const [agent] = persons;

export const registerPage =
  'Platform SDK Developer Guide, T-Server: RequestRegisterAddress, EventRegistered and their attributes';
export const eventManual = 'Genesys Events and Models Reference Manual, T-Library events: names and attributes';

/** A session of T-Library. A name is optional there, and so is a password, which the sources are not known to have. */
export const voiceSession = (clientName: string): SessionKind => ({
  name: 'voice',
  identity: { clientName: string(clientName) },
  refused: { given: state('sessions are refused'), reason: 'the server takes no more sessions' },
  documents: 'a client gives an endpoint and may give a name (Platform SDK Developer Guide, T-Server)',
});

/** A DN that the tenant has, with nobody logged in and no call. */
export const dnIsIdle: ProviderState = state('the DN is idle', { number: dns.agent.number });
/** Like {@link dnIsIdle}, and something happens there once somebody has registered it. */
export const once = (what: string): ProviderState =>
  state(`${what} once the DN is registered`, { number: dns.agent.number });

type Dn = { readonly number: string };

/** Asks for the events of a DN. */
export const register = (id: number, dn: Dn = dns.agent, options: StepOptions = {}): Step<TcpMessage> =>
  request(id, requests.register, { ThisDN: dn.number, ...registration }, options);
export const registered = (id: number, dn: Dn = dns.agent, options: StepOptions = {}): Step<TcpMessage> =>
  answer(id, events.registered, { ThisDN: dn.number }, options);
/** A DN's events are asked for, and will come. */
export const registers = (id: number, dn: Dn = dns.agent) => [register(id, dn), registered(id, dn)];

/** The request is not carried out; which number says so is not published. */
export const refused = (id: number, message: string, options: StepOptions = {}): Step<TcpMessage> =>
  answer(id, dialect.tcp.error, { ErrorCode: integer(errorCodes.unknown), ErrorMessage: string(message) }, options);

/** What every event carries: its number in a growing row, and the time. */
const stamped: Attributes = {
  EventSequenceNumber: regex('^[0-9a-f]{16}$', '0000000000000001'),
  Time: { sec: integer(now.sec), usec: integer(now.usec) },
};

/** An agent as events name one. */
export const agentAt = (mode: Template<TcpValue> = string(workModes.manualIn), dn: Dn = dns.agent): Attributes => ({
  ThisDN: dn.number,
  AgentID: agent.loginCode,
  AgentWorkMode: mode,
  Reasons: like({}),
  ...stamped,
});

/** The first event of a call says which call it is; the later ones are about the same. */
export const newCall: Attributes = {
  ConnID: bind('connection', connId(call.connId)),
  CallUUID: bind('call', string(call.uuid)),
};
export const sameCall: Attributes = {
  ConnID: bound('connection', call.connId),
  CallUUID: bound('call', call.uuid),
};
/** The fixture call, which a provider state has put in place. */
export const knownCall: Attributes = { ConnID: call.connId, CallUUID: call.uuid };

/** A call at one party. @param which of the calls above */
export const atParty = (which: Attributes, other: Template<string>, dn: Dn = dns.agent): Attributes => ({
  ThisDN: dn.number,
  OtherDN: other,
  ...which,
  UserData: like({}),
  ...stamped,
});

/** What both sources meet when they register DNs. */
export const registrations: Interaction<TcpMessage>[] = [
  {
    description: 'register a DN',
    basis: documented(registerPage),
    given: [dnIsIdle],
    steps: registers(1),
  },
  {
    description: 'a DN that the tenant does not have is refused, and holds up no other',
    basis: documented(
      `${eventManual}: EventError with ErrorCode and ErrorMessage; that others are not affected is inferred`,
    ),
    given: [dnIsIdle],
    negative: true,
    steps: [
      register(1, dns.unknown, { lane: 'unknown' }),
      refused(1, 'there is no such DN', { lane: 'unknown' }),
      register(2, dns.agent, { lane: 'known' }),
      registered(2, dns.agent, { lane: 'known' }),
    ],
  },
  {
    description: 'a link that was lost and is back has forgotten the registrations: they are made again',
    basis: inferred('the names of the events are those that public clients handle; what a client does then follows'),
    given: [dnIsIdle, once('the link is lost and comes back')],
    negative: true,
    steps: [...registers(1), event(events.linkLost, {}), event(events.linkBack, {}), ...registers(2)],
  },
];
