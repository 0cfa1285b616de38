import { state } from '../contract.ts';
import { dialect } from '../dialect.ts';
import { type Json, regex, string, type Template } from '../matchers.ts';
import { world } from '../world.ts';

const { dns, call } = world;
const { targetTypes } = dialect.redis.dialPlan;
const tenant = world.tenant.uuid;

/** The revision of the configuration that is cached, and the one before it. */
export const revisions = { current: 42, previous: 41 } as const;

/** What the caller of the fixture call has dialled. */
export const dialled = call.dnis;
/** What stands in the place of a rule where it is broken. */
export const brokenRule = 'no JSON';

/** The rule by which the dialled number leads to the routing point. */
export const dialPlanRule = (revision: number): Template<{ [key: string]: Json }> => ({
  target: dns.routePoint.number,
  type: regex(`^(${Object.values(targetTypes).join('|')})$`, targetTypes.routePoint),
  transformed: string(dns.routePoint.number),
  rev: revision,
});

const key = { tenant, digits: dialled };
/** The provider states, by what they say. */
export const states = {
  cached: (revision: number) => state('a rule of the dial plan is cached', { ...key, revision }),
  ranOut: state('a cached rule of the dial plan has run out', { ...key, revision: revisions.current }),
  broken: state('a cached rule of the dial plan is no JSON', key),
};
