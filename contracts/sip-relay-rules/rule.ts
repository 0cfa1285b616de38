import type { Hop, RelayRecord } from './record.ts';

/** A place on one side of a proxy where a rule speaks, and whether it is kept there. */
export interface RelayOccasion {
  hop: Hop;
  /** Which message of that side, counted from 0. */
  message: number;
  /** The place in the message: `$.headers.via`. */
  path: string;
  kept: boolean;
  /** What the rule asks there and what came, for whoever breaks it. */
  text: string;
}

/** A requirement of RFC 3261 on proxies that only both sides of one show. */
export interface RelayRule {
  /** Short and stable: `P01`; those of `sip-rules` that begin with P are of one side. */
  id: string;
  /** Where it stands: `RFC 3261, section 16.6 (step 8)`. */
  section: string;
  says: string;
  /** A warning is nothing that a verdict may turn on: the RFC says "should". */
  level: 'error' | 'warning';
  /** The places where the rule speaks; none where nothing is what it speaks of. */
  occasions(record: RelayRecord): readonly RelayOccasion[];
}

/** One occasion at a message of a hop. */
export function occasion(
  hop: Hop,
  { index }: { index: number },
  path: string,
  kept: boolean,
  text: string,
): RelayOccasion {
  return { hop, message: index, path, kept, text };
}
