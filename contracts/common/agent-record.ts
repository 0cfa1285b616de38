import { state } from '../contract.ts';
import { dialect } from '../dialect.ts';
import { eachKey, type Json, regex, string, type Template, text } from '../matchers.ts';
import { world } from '../world.ts';
import { workModes } from './agent-event.ts';
import { type CachedRecord, timeText } from './redis-cache.ts';

const keys = dialect.redis.agentState;
const tenant = world.tenant.uuid;
const [agent, secondAgent] = world.persons;

/** The cache of agent activity (connection 37). */

type Reasons = { readonly [name: string]: Json };

/** What an agent does. */
export interface Activity {
  state: keyof typeof keys.states;
  workMode: number;
  reasons: Template<Reasons>;
  sinceMs: number;
  revision: number;
}

/** No reason at all, as opposed to reasons that nobody names here: an object that no key fits. */
export const noReasons = eachKey<Reasons>({}, regex('^$', ''));

/** The day of an agent. */
export const activities = {
  loggedOut: { state: 'loggedOut', workMode: workModes.unknown, reasons: {}, sinceMs: 1_760_000_000_000, revision: 9 },
  loggedIn: { state: 'notReady', workMode: workModes.manualIn, reasons: {}, sinceMs: 1_760_000_100_000, revision: 1 },
  ready: { state: 'ready', workMode: workModes.manualIn, reasons: noReasons, sinceMs: 1_760_000_200_000, revision: 2 },
  atLunch: {
    state: 'notReady',
    workMode: workModes.auxiliary,
    reasons: { ReasonCode: string('Lunch') },
    sinceMs: 1_760_000_300_000,
    revision: 3,
  },
  afterCall: {
    state: 'notReady',
    workMode: workModes.afterCall,
    reasons: { ReasonCode: string('ACW') },
    sinceMs: 1_760_000_300_000,
    revision: 3,
  },
  readyAgain: {
    state: 'ready',
    workMode: workModes.manualIn,
    reasons: noReasons,
    sinceMs: 1_760_000_400_000,
    revision: 4,
  },
} as const satisfies Record<string, Activity>;

export type ActivityName = keyof typeof activities;

/** What changes with every activity. */
export const activityFields = (each: Activity): CachedRecord['fields'] => ({
  state: keys.states[each.state],
  workMode: String(each.workMode),
  reasons: each.reasons,
  since: timeText(each.sinceMs),
  rev: String(each.revision),
});

/** The whole record of the first agent. */
export const agentRecord = (each: Activity): CachedRecord => ({
  key: keys.agent(tenant, agent.employeeId),
  fields: {
    agentId: agent.employeeId,
    dn: agent.dn,
    queues: ['VQ_Billing'],
    sessionId: string(world.agentSession.id),
    ...activityFields(each),
  },
});

/** At login the work mode decides whether the agent is ready. */
export const loginFields: CachedRecord['fields'] = {
  ...agentRecord(activities.loggedIn).fields,
  state: regex(`^(${keys.states.ready}|${keys.states.notReady})$`, keys.states.notReady),
  workMode: text(regex('^[0-7]$', String(activities.loggedIn.workMode))),
};

/** The provider states, by what they say. */
export const states = {
  nobody: state('nobody is logged in', { tenant }),
  active: (activity: ActivityName) => state('an agent has an activity', { tenant, activity }),
  dnTaken: state('another agent is logged in at a DN', { tenant, number: agent.dn, agentId: secondAgent.employeeId }),
};
