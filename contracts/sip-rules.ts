import { digestRules } from './sip-rules/digests.ts';
import { eventRules } from './sip-rules/events.ts';
import { extensionRules } from './sip-rules/extensions.ts';
import { messageRules } from './sip-rules/messages.ts';
import { offerRules } from './sip-rules/offers.ts';
import { proxyRules } from './sip-rules/proxies.ts';
import { readTraffic, type SipTraffic } from './sip-rules/record.ts';
import { requestRules } from './sip-rules/requests.ts';
import { responseRules } from './sip-rules/responses.ts';
import type { RuleVerdict, SipRule } from './sip-rules/rule.ts';

export type { SipTraffic } from './sip-rules/record.ts';
export type { RuleVerdict, SipRule } from './sip-rules/rule.ts';

/**
 * Rules of the RFCs that hold whatever a contract says, over the logical messages of one connection. What a logical message no longer
 * shows (line ends, framing, spelling) is the parser's to refuse; what takes both sides of a proxy, or time, is not here.
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

/** The broken rules, a sentence each: the rule with its section, the message counted from 1, the path, and what is wrong. */
export function brokenSipRules(traffic: SipTraffic, level: SipRule['level'] = 'error'): string[] {
  const verdicts = checkSipRules(traffic);
  return sipRules
    .filter((rule) => rule.level === level)
    .flatMap(({ id, section, says }) => {
      const found = verdicts.get(id);
      if (found?.verdict !== 'broken') return [];
      return found.breaks.map(
        ({ message, path, text }) => `${id} (${section}): ${says}. Message ${message + 1}, ${path}: ${text}.`,
      );
    });
}
