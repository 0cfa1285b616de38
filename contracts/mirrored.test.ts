import { expect, test } from '@jest/globals';
import { destination, documented, type Interaction, type Step, source } from './contract.ts';
import { mirrored, mirroredInteraction, otherSide } from './mirrored.ts';

const steps: Step[] = [source({ a: 1 }), destination({ b: 2 }, { optional: true })];

test('the sides change over, and nothing else', () => {
  expect([otherSide('source'), otherSide('destination')]).toEqual(['destination', 'source']);
  expect(mirrored(steps)).toEqual([destination({ a: 1 }), source({ b: 2 }, { optional: true })]);
  expect(mirrored(mirrored(steps))).toEqual(steps);
});

test('what is forbidden to one side is forbidden to the other in a mirrored interaction', () => {
  const basis = documented('this file');
  const interaction: Interaction = { description: 'one', basis, given: [], steps, forbidden: [source({ c: 3 })] };
  expect(mirroredInteraction(interaction)).toEqual({
    ...interaction,
    steps: mirrored(steps),
    forbidden: [destination({ c: 3 })],
  });
  expect(mirroredInteraction({ description: 'two', basis, given: [], steps })).not.toHaveProperty('forbidden');
});
