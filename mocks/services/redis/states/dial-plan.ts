import { brokenRule, dialPlanRule, states } from '../../../../contracts/common/dial-plan-rule.ts';
import { stored } from '../../../../contracts/common/redis-steps.ts';
import { dialect } from '../../../../contracts/dialect.ts';
import { type Handler, keysInstead, seenGone } from './keys.ts';

const { rule, ruleTtlMs } = dialect.redis.dialPlan;
/** What all rules of a tenant begin with; the configuration beside them stays. */
const rules = (tenant: string) => rule(tenant, '');
const ruleText = (revision: unknown) => JSON.stringify(stored(dialPlanRule(Number(revision))));

/** The provider states of connection 12 that are about its own keys. */
export const handlers: Readonly<Record<string, Handler>> = {
  [states.cached(0).name]: keysInstead(rules, (admin, { digits, revision }, tenant) =>
    admin.set(rule(tenant, String(digits)), ruleText(revision), 'PX', ruleTtlMs),
  ),
  [states.ranOut.name]: keysInstead(rules, async (admin, { digits, revision }, tenant) => {
    const key = rule(tenant, String(digits));
    await admin.set(key, ruleText(revision), 'PX', 1);
    await seenGone(admin, key);
  }),
  [states.broken.name]: keysInstead(rules, (admin, { digits }, tenant) =>
    admin.set(rule(tenant, String(digits)), brokenRule, 'PX', ruleTtlMs),
  ),
};
