import type { ProtocolName } from '../../contracts/architecture.ts';
import type { Contract } from '../../contracts/contract.ts';
import { compile, match } from '../../contracts/matching.ts';
import type { MessageProfile } from '../../contracts/messages/profile.ts';
import { type Candidate, candidate, type NearMissSearch } from '../../contracts/near-miss.ts';
import { rowOf } from '../../contracts/parts.ts';
import type { Baseline } from './baseline.ts';
import type { Strength } from './measure.ts';
import type { Mutant } from './mutants.ts';
import { related } from './paths.ts';

/** Of the broken messages of one protocol, how many are explained rightly. */
export interface NearMissShare {
  protocol: ProtocolName;
  /** Breaks that were seen. */
  total: number;
  /** Those whose first mismatch names the exact field. */
  exact: number;
  /** Broken messages of sources that no interaction holds, each held against all messages of its contract. */
  sought: number;
  /** Those whose nearest interaction is the one that was broken. */
  found: number;
}

/** The shares by protocol, in the order of the connections. */
export function nearMissShares(strengths: readonly Strength[]): NearMissShare[] {
  const shares = new Map<ProtocolName, NearMissShare>();
  for (const { contract, total, exact, nearMiss } of strengths) {
    const { protocol } = rowOf(contract);
    const share = shares.get(protocol) ?? { protocol, total: 0, exact: 0, sought: 0, found: 0 };
    share.total += total;
    share.exact += exact;
    share.sought += nearMiss.sought;
    share.found += nearMiss.found;
    shares.set(protocol, share);
  }
  return [...shares.values()];
}

/** Every message that a source may send by a contract, once: many interactions begin or end alike. */
export function sourceMessages(contract: Contract): Candidate[] {
  const steps = contract.interactions.flatMap((interaction) =>
    interaction.steps.filter(({ from }) => from === 'source').map(({ content }) => ({ interaction, content })),
  );
  const distinct = new Map(steps.toReversed().map((step) => [JSON.stringify(step.content), step]));
  return [...distinct.values()]
    .toReversed()
    .map(({ interaction, content }) => candidate(contract, interaction, compile(content)));
}

/**
 * Whether the nearest interaction of a broken message is the one that it was taken from. Where several interactions have the
 * same message, the broken place apart, any of them is right. Only of what a source sends: an answer belongs to its request.
 * @param sent every message that the source may send by the contract
 * @returns undefined where the break is of no single message of a source, or makes another message of the contract
 */
export function findsInteraction(
  mutant: Mutant,
  { interaction, side, messages }: Baseline,
  sent: NearMissSearch,
  profile: MessageProfile,
  place: string,
): boolean | undefined {
  const { index } = mutant;
  const broken = index === undefined ? undefined : mutant.messages[index];
  if (index === undefined || broken === undefined || side !== 'source') return undefined;
  const near = sent.nearest(broken.content);
  if (near === undefined || near.mismatches.length === 0) return undefined;
  if (near.interaction === interaction) return true;
  const strict = profile.strict[side];
  const others = match(near.compiled, messages[index]?.content, { strict, bindings: new Map() });
  return others.every(({ path, rule }) => rule === 'bound' || related(path, place));
}
