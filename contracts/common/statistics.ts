import {
  documented,
  type FreePart,
  type Interaction,
  inferred,
  type ProviderState,
  type Step,
  state,
} from '../contract.ts';
import { dialect } from '../dialect.ts';
import { eachLike, integer, regex, string, type Template, text } from '../matchers.ts';
import type { TcpMessage, TcpValue } from '../messages/tcp.ts';
import { world } from '../world.ts';
import { numberOf } from './number-of.ts';
import { type Attributes, answer, referenceOf, request, type StepOptions } from './tcp-steps.ts';
import type { SessionKind } from './tenant-session.ts';

/**
 * Pieces of the Stat Server protocol, port 2060 of the Tenant Service. What the protocol calls REQ_ID is the reference id of
 * the message here.
 */

const { requests, events, modes, objectTypes, currentState, statuses, stateValue, types, timeProfile, mainMask } =
  dialect.tcp.statistics;
const { now, tenant } = world;
const [agent] = world.persons;

export const sdkPage = 'Platform SDK Developer Guide, Stat Server: requests, notification modes and events';
export const closePage =
  'Platform SDK 9.0 Java API Reference, RequestCloseStatistic: a server build answered with the reference of the open request';

/** A session of Stat Server, which knows its clients by name and number. */
export const statisticsSession = (clientName: string): SessionKind => ({
  name: 'statistics',
  identity: { clientName: string(clientName), clientId: integer(1) },
  refused: { given: state('sessions are refused'), reason: 'the server takes no more sessions' },
  documents: 'public clients give a client name and a numeric client id',
});

export const loggedOut: ProviderState = state('the agent is logged out', { agentId: agent.employeeId });
export const loggedIn: ProviderState = state('the agent is logged in and waits', { agentId: agent.employeeId });
export const changesOnce: ProviderState = state('the agent does something else once a statistic is open', {
  agentId: agent.employeeId,
});

/** The agent whom statistics are about. @param id of another one */
const aboutAgent = (id: string): Attributes => ({
  StatisticObject: {
    ObjectId: id,
    ObjectType: objectTypes.agent,
    TenantName: tenant.name,
    TenantPassword: string(''),
  },
});

/** How often the source wants to hear of a statistic. */
export const notifications = {
  immediate: { Mode: modes.immediate },
  onRequest: { Mode: modes.onRequest },
  /** Every so many seconds. */
  periodical: { Mode: modes.periodical, Frequency: integer(1) },
} satisfies Record<string, Attributes>;

/** What a statistic is opened for, where it is not the fixture's own. */
interface Wish {
  agentId?: string;
  type?: string;
}

/** Opens a statistic by the name that the server's options give it. */
export const openNumber = (
  id: number,
  notification: Attributes,
  { agentId = agent.employeeId, type = types.handleTime }: Wish = {},
): Step<TcpMessage> =>
  request(id, requests.open, {
    ...aboutAgent(agentId),
    StatisticMetric: { StatisticType: type, TimeProfile: timeProfile },
    Notification: notification,
  });

/** Opens the current state of an agent, whatever the server's options are. */
export const openState = (id: number, agentId: string = agent.employeeId): Step<TcpMessage> =>
  request(id, requests.openEx, {
    ...aboutAgent(agentId),
    StatisticMetricEx: {
      Category: currentState.category,
      Subject: currentState.subject,
      IntervalType: currentState.intervalType,
      TimeProfile: timeProfile,
      MainMask: eachLike(text(regex('^[A-Z][A-Za-z]+$', mainMask[0]))),
    },
    Notification: notifications.immediate,
  });

/** The statistic is open. */
export const opened = (id: number, options: StepOptions = {}): Step<TcpMessage> =>
  answer(id, events.opened, { Tag: integer(1) }, options);

/** A number as the value of a statistic. */
export const numberInfo: Attributes = { TM_SERVER: integer(now.sec), LONG_VALUE: integer(120) };

const place = (status: Template<number>): Attributes => ({
  PlaceId: string(agent.dn),
  Status: status,
  Time: integer(now.sec),
  DnStatuses: eachLike<TcpValue>({
    DnId: string(agent.dn),
    SwitchId: string(world.switch.name),
    Status: integer(statuses.waitForNextCall),
  }),
});
const agentStatus = (status: Template<number>): Attributes => ({
  AgentId: agent.employeeId,
  Status: status,
  Time: integer(now.sec),
});

/** The state of the agent who is logged out, and of whom nothing else is known. */
export const stateOut: Attributes = {
  TM_SERVER: integer(now.sec),
  [stateValue]: agentStatus(statuses.loggedOut),
};
/** The state of the agent at a place. It is one of the published numbers, and not the one for being logged out. */
export const stateIn: Attributes = {
  TM_SERVER: integer(now.sec),
  [stateValue]: {
    ...agentStatus(numberOf('^([4-9]|13|18|19|2[0-2])$', statuses.waitForNextCall)),
    LoginId: string(agent.loginCode),
    Place: place(numberOf('^([4-9]|13|18|19|2[0-2])$', statuses.waitForNextCall)),
  },
};

/** The value of an open statistic. */
export const info = (id: number, value: Attributes, options: StepOptions = {}): Step<TcpMessage> =>
  answer(id, events.info, value, options);

/** Asks about the statistic that the request `opening` has opened. */
export const aboutOpened = (id: number, name: string, opening: number): Step<TcpMessage> =>
  request(id, name, { StatisticId: referenceOf(opening) });

/** An answer under the reference id of its request, or under that of the request by which the statistic was opened. */
export const underEither = (id: number, opening: number) => numberOf(`^(${id}|${opening})$`, id);

/** Closes a statistic; either reference id will do in the answer, since servers are known that give the older one. */
export const closes = (id: number, opening: number): Step<TcpMessage>[] => [
  aboutOpened(id, requests.close, opening),
  {
    from: 'destination',
    content: { name: events.closed, referenceId: underEither(id, opening), attributes: {} },
  },
];

const whicheverRefusal: readonly FreePart[] = [
  { path: '$.attributes.StringValue', reason: 'only one of the two events that may come here has a text' },
];

/** A statistic that there cannot be. */
export const notOpened = (
  description: string,
  opening: Step<TcpMessage>,
  given: readonly ProviderState[],
): Interaction<TcpMessage> => ({
  description,
  basis: documented(
    `${sdkPage}; public clients handle EventError with StringValue and EventStatisticInvalid, and which comes when is not published`,
  ),
  given,
  negative: true,
  free: whicheverRefusal,
  steps: [opening, answer(1, text(regex(`^(${dialect.tcp.error}|${events.invalid})$`, events.invalid)), {})],
});

/** The state of an agent is told at once and again when it changes; the word that it is open may come in between. */
export const stateStream = (description: string): Interaction<TcpMessage> => ({
  description,
  basis: documented(
    `${sdkPage}; a public client opens the state of agents in this way. That a value may come before the confirmation is inferred`,
  ),
  given: [loggedOut, changesOnce],
  steps: [openState(1), opened(1), info(1, stateOut, { lane: 'values' }), info(1, stateIn, { lane: 'values' })],
});

/** A value overtakes the confirmation, and the source goes on all the same. */
export const overtaken: Interaction<TcpMessage> = {
  description: 'a value that comes before the statistic is confirmed as open is taken',
  only: { side: 'source', reason: 'a destination is free to send the two in either order' },
  basis: inferred('value and confirmation are sent by different parts of a server, so their order is not given'),
  given: [loggedIn, state('values come before the statistic is confirmed')],
  steps: [openState(1), info(1, stateIn), opened(1), ...closes(2, 1)],
};

/** What was closed tells nothing more, also while another statistic of the same agent is open. */
export const closedForGood: Interaction<TcpMessage> = {
  description: 'a statistic that is closed tells nothing more, while another one of the same agent does',
  basis: inferred('each open statistic is a subscription of its own, under its own reference id'),
  given: [loggedIn, changesOnce],
  negative: true,
  steps: [
    openState(1),
    opened(1),
    info(1, stateIn),
    info(1, stateIn),
    ...closes(2, 1),
    openState(3),
    opened(3),
    info(3, stateIn),
    info(3, stateIn),
  ],
};
