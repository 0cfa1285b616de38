import type { SystemName } from './architecture.ts';
import { credentialValues } from './messages/sip.ts';
import { breakSentence, type RuleVerdict, type SeenExchange, type Standard } from './messages/standard.ts';
import { rowOf } from './parts.ts';
import { digestRules } from './sip-rules/digests.ts';
import { eventRules } from './sip-rules/events.ts';
import { extensionRules } from './sip-rules/extensions.ts';
import { messageRules } from './sip-rules/messages.ts';
import { offerRules } from './sip-rules/offers.ts';
import { proxyRules } from './sip-rules/proxies.ts';
import { readTraffic, type SipTraffic } from './sip-rules/record.ts';
import { requestRules } from './sip-rules/requests.ts';
import { responseRules } from './sip-rules/responses.ts';
import type { SipRule } from './sip-rules/rule.ts';

export type { SipTraffic } from './sip-rules/record.ts';

const PROXY: SystemName = 'Voice SIP Proxy Service';

/**
 * Rules of the RFCs that hold whatever a contract says, over the logical messages of one connection. What a logical message no longer
 * shows (line ends, framing, spelling) is the parser's to refuse; what takes both sides of a proxy is in
 * `sip-relay-rules.ts`, and what takes time is not here.
 */
export const sipRules: readonly SipRule[] = [
  ...messageRules,
  ...requestRules,
  ...responseRules,
  ...proxyRules,
  ...offerRules,
  ...extensionRules,
  ...digestRules,
  ...eventRules,
];

/** What every rule says of the messages of one connection, by the rules' ids. */
export function checkSipRules(traffic: SipTraffic): Map<string, RuleVerdict> {
  const record = readTraffic(traffic);
  return new Map(sipRules.map((rule) => [rule.id, rule.check(record)]));
}

/** The broken rules, a sentence each, with the message counted from 1. */
export function brokenSipRules(traffic: SipTraffic, level: SipRule['level'] = 'error'): string[] {
  const verdicts = checkSipRules(traffic);
  return sipRules
    .filter((rule) => rule.level === level)
    .flatMap((rule) => {
      const found = verdicts.get(rule.id);
      if (found?.verdict !== 'broken') return [];
      return found.breaks.map((each) => `message ${each.message + 1}: ${breakSentence(rule, each)}`);
    });
}

/** What the rules have to know besides of the messages of an exchange. */
export function trafficOf({ contract, messages, values }: SeenExchange): SipTraffic {
  const { protocol, dials, listens } = rowOf(contract);
  const proxy = dials === PROXY ? 'source' : listens === PROXY ? 'destination' : undefined;
  const user = values[credentialValues.user];
  const password = values[credentialValues.password];
  return {
    transport: protocol === 'SIP/UDP' ? 'UDP' : 'TCP',
    messages,
    ...(proxy === undefined ? {} : { proxy }),
    ...(user === undefined || password === undefined ? {} : { passwords: { [user]: password } }),
  };
}

/** The rules of the RFCs, as a run checks them. */
export const sipStandard: Standard = {
  name: 'SIP',
  rules: sipRules,
  check: (exchange) => checkSipRules(trafficOf(exchange)),
};
