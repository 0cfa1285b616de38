import { bound, integer, type Json, type Matcher, notEmpty, type Template, text } from '../matchers.ts';
import { world } from '../world.ts';
import { numberOf } from './number-of.ts';

const { now, persons, sipNode } = world;
const [agent] = persons;

/** Numbers as in T-Library's list of work modes. */
export const workModes = { unknown: 0, manualIn: 1, autoIn: 2, afterCall: 3, auxiliary: 4 } as const;
/** A work mode: T-Library knows eight, and after-call work is one of them, no event of its own. */
export const workMode = (example: number): Matcher<number> => numberOf('^[0-7]$', example);

type Attributes = { readonly [name: string]: Template<Json> };

/** What the page of agent-state and DN events calls mandatory on a login; assumed alike on the others. */
const mandatory = {
  Server: integer(sipNode.serverDbid),
  ThisDN: text(notEmpty(agent.dn)),
  /** Seconds and microseconds since 1970, in this JSON form (assumed). */
  time: { sec: integer(now.sec), usec: integer(now.usec) },
} satisfies Attributes;

/** Names of the events that say what an agent does. */
export type AgentEventName =
  | 'EventAgentLogin'
  | 'EventAgentLogout'
  | 'EventQueueLogout'
  | 'EventAgentReady'
  | 'EventAgentNotReady'
  | 'EventDNDOn'
  | 'EventDNDOff'
  | 'EventForwardSet'
  | 'EventForwardCancel';

/** How the agent works from now on; that these two events always say so is assumed. */
const workModeOf: Partial<Record<AgentEventName, Attributes>> = {
  EventAgentReady: { AgentWorkMode: workMode(workModes.manualIn) },
  EventAgentNotReady: { AgentWorkMode: workMode(workModes.afterCall) },
};

/**
 * The JSON of an agent event: its name and mandatory attributes, and the work mode where it is changed. Its AgentID is the one that the interaction has bound as
 * `agent`. Attributes that are not named are allowed.
 */
export function agentEvent(name: AgentEventName, more: Attributes = {}): Template<Json> {
  return { id: name, ...mandatory, AgentID: bound('agent', agent.employeeId), ...workModeOf[name], ...more };
}

/** The JSON of an event of a DN at which no agent need be; its ThisDN is the one that the interaction has bound as `DN`. */
export function dnEvent(name: 'EventDNBackInService' | 'EventDNOutOfService', more: Attributes = {}): Template<Json> {
  return { id: name, ...mandatory, ThisDN: bound('DN', agent.dn), ...more };
}
