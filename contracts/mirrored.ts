import type { Interaction, Side, Step } from './contract.ts';

/** The side at the other end. */
export function otherSide(side: Side): Side {
  return side === 'source' ? 'destination' : 'source';
}

/** The same steps with the ends changed over: what the source sent, the destination sends. */
export function mirrored<C>(steps: readonly Step<C>[]): Step<C>[] {
  return steps.map((step) => ({ ...step, from: otherSide(step.from) }));
}

/** An interaction as it is from the other end. */
export function mirroredInteraction(interaction: Interaction): Interaction {
  const { steps, forbidden } = interaction;
  return {
    ...interaction,
    steps: mirrored(steps),
    ...(forbidden === undefined ? {} : { forbidden: mirrored(forbidden) }),
  };
}
