import { state } from '../contract.ts';
import { world } from '../world.ts';

/** What a call meets in the fixture tenant's dial plan, and the provider states that make it so. */

const { call, customer, dns, tenant } = world;
const localDigits = 7;

/** The rule by which agents reach the outside: a 9, then a local number. */
export const outboundRule = {
  pattern: `9${'X'.repeat(localDigits)}`,
  prefix: customer.phone.slice(0, -localDigits),
  trunk: dns.trunk.number,
};

/** What an agent dials to reach the fixture customer by {@link outboundRule}. */
export const dialledOutside = `9${customer.phone.slice(-localDigits)}`;

/** The statuses after which a source must not ask again, here or elsewhere. */
export const finalStatuses = [400, 404, 501] as const;

/** The provider states, by what they say. */
export const states = {
  dnRegistered: state(`DN ${dns.agent.number} registered in tenant ${tenant.name}`, { number: dns.agent.number }),
  routePointExists: state(`route point ${dns.routePoint.number} exists`, {
    number: dns.routePoint.number,
    dialled: call.dnis,
  }),
  outboundRuleExists: state(`outbound rule ${outboundRule.pattern} exists`, outboundRule),
  voicemailEnabled: state(`DN ${dns.agent.number} has voicemail enabled`, { number: dns.agent.number }),
  agentNotReady: state('reject-when-not-ready is on and the agent is not ready', { number: dns.agent.number }),
  up: state('dial plan is up'),
  redisLost: state('dial plan lost redis'),
  throws: state('dial plan throws'),
  slow: state('dial plan delays', { delayMs: 600 }),
  down: state('dial plan service is down'),
  answers: (status: (typeof finalStatuses)[number]) => state(`dial plan answers ${status}`, { status }),
};
