import { outboundRule } from '../../../contracts/common/dial-plan-service.ts';
import { world as fixture } from '../../../contracts/world.ts';

/** What the plan knows of a DN. */
export interface Dn {
  registered: boolean;
  voicemailEnabled: boolean;
  rejectWhenNotReady: boolean;
  agentReady: boolean;
}

/** Calls to numbers of the pattern, in which an X is any digit, leave through the trunk with the X after the prefix. */
export interface OutboundRule {
  pattern: string;
  prefix: string;
  trunk: string;
}

/** All that one running mock knows. */
export interface DialPlanWorld {
  tenantUuid: string;
  /** By number. */
  dns: ReadonlyMap<string, Dn>;
  /** Route points by the number that is called from outside. */
  routePoints: ReadonlyMap<string, string>;
  rules: readonly OutboundRule[];
  condition: 'up' | 'redis lost' | 'failing' | 'down';
  delayMs: number;
  /** Set where every route gets this status, whatever is asked. */
  answersStatus: number | undefined;
}

/** A DN as the plan has it where nobody says otherwise. */
export const readyDn: Dn = { registered: true, voicemailEnabled: false, rejectWhenNotReady: false, agentReady: true };

/** The fixture tenant: the DNs of its agents, its route point and its way out. */
export function createWorld(): DialPlanWorld {
  return {
    tenantUuid: fixture.tenant.uuid,
    dns: new Map(fixture.persons.map(({ dn }) => [dn, readyDn])),
    routePoints: new Map([[fixture.call.dnis, fixture.dns.routePoint.number]]),
    rules: [outboundRule],
    condition: 'up',
    delayMs: 0,
    answersStatus: undefined,
  };
}
