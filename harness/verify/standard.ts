import type { Side } from '../../contracts/contract.ts';
import type { MessageProfile } from '../../contracts/messages/profile.ts';
import {
  breakSentence,
  type SeenExchange,
  type Standard,
  type StandardRule,
} from '../../contracts/messages/standard.ts';

/** A broken rule of the protocol's standard, in one message. */
export interface BrokenRule {
  rule: StandardRule;
  /** Who sent the message. */
  by: Side;
  /** Whether that is the harness and not the side under test. */
  own: boolean;
  /** Which message of the exchange, counted from 1. */
  message: number;
  /** Which conversation it belongs to, where the protocol tells them apart: `Call-ID f81d4fae`. */
  dialog?: string;
  /** What kind of message it is. */
  title: string;
  path: string;
  /** What the rule asks there and what came. */
  text: string;
  /** All of it in one sentence. */
  sentence: string;
}

/** What the protocol's standard says of an exchange, apart from its contract. */
export interface StandardFindings {
  standard: Standard;
  /** How many messages were looked at. */
  messages: number;
  /** In how many places each rule had to be kept, by its id; a rule without occasion is absent. */
  occasions: ReadonlyMap<string, number>;
  broken: readonly BrokenRule[];
}

/**
 * Holds an exchange against the standard of its protocol.
 * @param side the one under test
 * @returns undefined where no standard is known, or nothing was exchanged
 */
export function checkStandard(
  profile: MessageProfile,
  exchange: SeenExchange,
  side: Side,
): StandardFindings | undefined {
  const { standard } = profile;
  const { messages } = exchange;
  if (standard === undefined || messages.length === 0) return undefined;
  const occasions = new Map<string, number>();
  const broken: BrokenRule[] = [];
  const verdicts = standard.check(exchange);
  for (const rule of standard.rules) {
    const found = verdicts.get(rule.id);
    if (found === undefined || found.verdict === 'no occasion') continue;
    occasions.set(rule.id, found.occasions);
    if (found.verdict === 'kept') continue;
    for (const each of found.breaks) {
      const sent = messages[each.message];
      if (sent === undefined) throw new Error(`rule ${rule.id} speaks of message ${each.message}, which is not there`);
      const title = profile.title(sent.content);
      const { path, text } = each;
      const sentence = `${title}: ${breakSentence(rule, each)}`;
      const dialog = profile.placeOf?.(sent.content).dialog;
      broken.push({
        ...{ rule, by: sent.from, own: sent.from !== side, message: each.message + 1 },
        ...(dialog === undefined ? {} : { dialog }),
        ...{ title, path, text, sentence },
      });
    }
  }
  return { standard, messages: messages.length, occasions, broken };
}

/** What the side under test has broken, and may not: a warning is not among it. */
export function faults(findings: StandardFindings | undefined): BrokenRule[] {
  return (findings?.broken ?? []).filter(({ rule, own }) => rule.level === 'error' && !own);
}

/** Why nothing is proven: whoever was sent what breaks a rule was not tested. Undefined where the harness kept them all. */
export function ownFault(findings: StandardFindings | undefined): string | undefined {
  const first = findings?.broken.find(({ rule, own }) => rule.level === 'error' && own);
  return first && `the harness broke a rule itself, so nothing is proven: ${first.sentence}`;
}
