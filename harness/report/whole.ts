import { wholeConnections } from '../../contracts/parts.ts';
import type { Strength } from '../strength/measure.ts';
import type { ConnectionResult } from '../verify/run.ts';
import { combine, type SideResult } from '../verify/verdict.ts';

function wholeSide(parts: readonly (SideResult | undefined)[]): SideResult | undefined {
  const asked = parts.filter((part) => part !== undefined);
  const [only] = asked;
  if (asked.length < 2) return only;
  const reasons = asked.flatMap(({ reason }) => reason ?? []);
  const strays = asked.flatMap((each) => each.strays ?? []);
  return {
    verdict: combine(asked),
    interactions: asked.flatMap(({ interactions }) => interactions),
    ...(reasons.length === 0 ? {} : { reason: [...new Set(reasons)].join('; ') }),
    ...(strays.length === 0 ? {} : { strays }),
  };
}

/** One result a connection, by number: what its parts came to together. */
export function wholeResults(results: readonly ConnectionResult[]): ConnectionResult[] {
  return wholeConnections(results.map(({ contract }) => contract)).map((contract) => {
    const parts = results.filter((each) => each.contract.connection === contract.connection);
    const destination = wholeSide(parts.map((part) => part.destination));
    const source = wholeSide(parts.map((part) => part.source));
    return { contract, ...(destination && { destination }), ...(source && { source }) };
  });
}

/** One measure a connection, by number: those of its parts together. */
export function wholeStrengths(strengths: readonly Strength[]): Strength[] {
  return wholeConnections(strengths.map(({ contract }) => contract)).map((contract) => {
    const parts = strengths.filter((each) => each.contract.connection === contract.connection);
    const sum = (count: (part: Strength) => number) => parts.reduce((total, part) => total + count(part), 0);
    return {
      contract,
      total: sum(({ total }) => total),
      killed: sum(({ killed }) => killed),
      carried: sum(({ carried }) => carried),
      exact: sum(({ exact }) => exact),
      nearMiss: { sought: sum(({ nearMiss }) => nearMiss.sought), found: sum(({ nearMiss }) => nearMiss.found) },
      survivors: parts.flatMap(({ survivors }) => survivors),
      free: parts.flatMap(({ free }) => free),
      tolerant: {
        total: sum(({ tolerant }) => tolerant.total),
        accepted: sum(({ tolerant }) => tolerant.accepted),
        refused: parts.flatMap(({ tolerant }) => tolerant.refused),
      },
    };
  });
}
