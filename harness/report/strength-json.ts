import type { Strength } from '../strength/measure.ts';
import { nearMissShares } from '../strength/near-miss.ts';
import { wholeStrengths } from './whole.ts';

/**
 * `voxpact strength --json`, version 1. `total` counts the breaks that a contract has to see, `carried` those that
 * went over a wire; what is free is listed apart.
 * @param options.nearMiss adds the near-miss shares by protocol
 */
export function strengthJson(strengths: readonly Strength[], { nearMiss = false }: { nearMiss?: boolean } = {}) {
  return {
    schema: 'voxpact/strength/1',
    connections: wholeStrengths(strengths).map(({ contract, total, killed, carried, survivors, free, tolerant }) => ({
      number: contract.connection,
      total,
      killed,
      carried,
      survivors,
      tolerant,
      free,
    })),
    ...(nearMiss ? { nearMiss: nearMissShares(strengths) } : {}),
  };
}
