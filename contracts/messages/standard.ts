import type { Contract } from '../contract.ts';
import type { ObservedMessage } from '../conversation.ts';

/** A requirement of the standard of a protocol. It holds whatever a contract says. */
export interface StandardRule {
  /** Short and stable: `R21`. */
  id: string;
  /** Where it stands: `RFC 3261, section 8.1.1.7`. */
  section: string;
  says: string;
  /** A warning is nothing that a verdict may turn on: the standard says "should", or real peers are known to differ. */
  level: 'error' | 'warning';
}

/** Where a rule is broken. Whoever sent the message is to blame. */
export interface RuleBreak {
  /** Which message of the exchange, counted from 0. */
  message: number;
  /** The place in the message: `$.headers.cseq.number`. */
  path: string;
  /** What the rule asks there and what came. */
  text: string;
}

/** What a rule says of an exchange. Occasions are the places at which it speaks. */
export type RuleVerdict =
  | { verdict: 'kept'; occasions: number }
  | { verdict: 'broken'; occasions: number; breaks: readonly RuleBreak[] }
  /** Nothing in the exchange is what the rule speaks of. */
  | { verdict: 'no occasion' };

/** What was seen while one interaction ran, as a standard looks at it. */
export interface SeenExchange {
  /** Whose connection it was. */
  contract: Contract;
  /** In their order. */
  messages: readonly Pick<ObservedMessage, 'from' | 'content'>[];
  /** What the provider states gave. */
  values: Readonly<Record<string, string>>;
}

/** The rules of the standard of a protocol, which are apart from any contract. */
export interface Standard {
  /** The protocol's name, for reports. */
  name: string;
  rules: readonly StandardRule[];
  /** What every rule says of an exchange, by the rules' ids. */
  check(exchange: SeenExchange): ReadonlyMap<string, RuleVerdict>;
}

/** What is broken, in one sentence: the path, the section, the rule, and what came. A break of a whole message has no path. */
export function breakSentence({ section, id, says }: StandardRule, { path, text }: Omit<RuleBreak, 'message'>): string {
  return `${path === '$' ? '' : `${path}: `}${section} (${id}): ${says}; ${text}`;
}
