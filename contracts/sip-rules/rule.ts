import type { RuleBreak, RuleVerdict, StandardRule } from '../messages/standard.ts';
import type { SipRecord } from './record.ts';

/** A place in a record where a rule speaks, and whether it is kept there. */
export interface Occasion extends RuleBreak {
  kept: boolean;
}

/** A requirement of an RFC. Ids begin with R for RFC 3261, P for proxies, X for extensions. */
export interface SipRule extends StandardRule {
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
    const spoken = { occasions: occasions.length };
    return breaks.length === 0 ? { verdict: 'kept', ...spoken } : { verdict: 'broken', ...spoken, breaks };
  };
  return { id, section: `RFC ${section}`, says, level, check };
}

/** One occasion at a message of the record. */
export function occasion({ index }: { index: number }, path: string, kept: boolean, text: string): Occasion {
  return { message: index, path, kept, text };
}
