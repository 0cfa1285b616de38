import type { ProtocolName } from '../../contracts/architecture.ts';
import { rowOf } from '../../contracts/parts.ts';
import type { Strength } from './measure.ts';

/** Of the breaks that were seen on one protocol, how many the first mismatch names to the exact field. */
export interface NearMissShare {
  protocol: ProtocolName;
  total: number;
  exact: number;
}

/** The shares by protocol, in the order of the connections. */
export function nearMissShares(strengths: readonly Strength[]): NearMissShare[] {
  const shares = new Map<ProtocolName, NearMissShare>();
  for (const { contract, total, exact } of strengths) {
    const { protocol } = rowOf(contract);
    const share = shares.get(protocol) ?? { protocol, total: 0, exact: 0 };
    share.total += total;
    share.exact += exact;
    shares.set(protocol, share);
  }
  return [...shares.values()];
}
