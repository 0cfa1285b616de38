import { type ProxyPlan, proxyConfig } from '../../mocks/protocols/sip/proxy/config.ts';

/** The configuration of a proxy in which something good is replaced by something bad. @throws Error when it is not there */
export const brokenConfig =
  (good: string, bad: string) =>
  (plan: ProxyPlan): string => {
    const config = proxyConfig(plan);
    if (!config.includes(good)) throw new Error(`the configuration has no "${good}"`);
    return config.replace(good, bad);
  };
