import type { SipRecord } from './record.ts';

/** A place in a record where a rule speaks, and whether it is kept there. */
export interface Occasion {
  /** Which message of the record, counted from 0. */
  message: number;
  /** The place in the message: `$.headers.cseq.number`. */
  path: string;
  kept: boolean;
  /** What the rule asks there and what came, for whoever breaks it. */
  text: string;
}

export type RuleVerdict =
  | { verdict: 'kept'; occasions: number }
  | { verdict: 'broken'; breaks: readonly Omit<Occasion, 'kept'>[] }
  /** Nothing in the record is what the rule speaks of. */
  | { verdict: 'no occasion' };

/** A requirement of an RFC on the messages of one SIP connection. */
export interface SipRule {
  /** Short and stable: `R21`. Letters as in R for RFC 3261, P for proxies, X for extensions. */
  id: string;
  /** Where it stands: `RFC 3261, section 8.1.1.7`. */
  section: string;
  says: string;
  /** A warning is nothing that a verdict may turn on: the RFC says "should", or real peers are known to differ. */
  level: 'error' | 'warning';
  check(record: SipRecord): RuleVerdict;
}

/** A rule by the places where it speaks. */
export function rule(
  id: string,
  section: string,
  says: string,
  occasionsOf: (record: SipRecord) => readonly Occasion[],
  level: SipRule['level'] = 'error',
): SipRule {
  const check = (record: SipRecord): RuleVerdict => {
    const occasions = occasionsOf(record);
    if (occasions.length === 0) return { verdict: 'no occasion' };
    const breaks = occasions.filter(({ kept }) => !kept).map(({ message, path, text }) => ({ message, path, text }));
    return breaks.length === 0 ? { verdict: 'kept', occasions: occasions.length } : { verdict: 'broken', breaks };
  };
  return { id, section: `RFC ${section}`, says, level, check };
}

/** One occasion at a message of the record. */
export function occasion({ index }: { index: number }, path: string, kept: boolean, text: string): Occasion {
  return { message: index, path, kept, text };
}
