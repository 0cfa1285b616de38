import { type RelayTraffic, readRelay } from './sip-relay-rules/record.ts';
import type { RelayRule } from './sip-relay-rules/rule.ts';
import { relayRules } from './sip-relay-rules/rules.ts';

export type { RelayTraffic } from './sip-relay-rules/record.ts';
export type { RelayRule } from './sip-relay-rules/rule.ts';
export { relayRules } from './sip-relay-rules/rules.ts';

/** How often each rule on proxies speaks in what passed on both sides of one, by the rules' ids. */
export function relayOccasions(traffic: RelayTraffic): Map<string, number> {
  const record = readRelay(traffic);
  return new Map(relayRules.map(({ id, occasions }) => [id, occasions(record).length]));
}

/**
 * The rules on proxies that are broken in what passed on both sides of one, a sentence each: the rule with its section, the message of
 * its side counted from 1, the path, and what is wrong.
 */
export function brokenRelayRules(traffic: RelayTraffic, level: RelayRule['level'] = 'error'): string[] {
  const record = readRelay(traffic);
  return relayRules
    .filter((rule) => rule.level === level)
    .flatMap(({ id, section, says, occasions }) =>
      occasions(record)
        .filter(({ kept }) => !kept)
        .map(
          ({ hop, message, path, text }) =>
            `${id} (${section}): ${says}. Message ${message + 1} ${hop}, ${path}: ${text}.`,
        ),
    );
}
