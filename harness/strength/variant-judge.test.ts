import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { assumed, destination, type Interaction, type Step, source } from '../../contracts/contract.ts';
import { judge, type ObservedMessage } from '../../contracts/conversation.ts';
import { bind, bound, integer } from '../../contracts/matchers.ts';
import type { MessageProfile } from '../../contracts/messages/profile.ts';
import { VariantJudge } from './variant-judge.ts';

interface Message {
  name: string;
  ref?: number;
}

const profile: MessageProfile = {
  strict: { source: ['$'], destination: [] },
  title: (content) => String((content as Message).name),
  identity: { source: ['$.name'], destination: ['$.name'] },
};

test('records that begin alike are judged as each of them is alone', () => {
  const steps = [
    source<Message>({ name: 'Open', ref: bind('ref', integer(1)) }, { session: 'one' }),
    destination<Message>({ name: 'Part', ref: bound('ref', 1) }, { repeat: true, lane: 'parts' }),
    destination<Message>({ name: 'Opened', ref: bound('ref', 1) }),
    source<Message>({ name: 'Read' }, { session: 'two' }),
    destination<Message>({ name: 'End' }, { optional: true }),
  ] as Step[];
  const talk: Interaction = { description: 'a talk', basis: assumed('for this test'), given: [], steps };
  const asks = (content: Message): ObservedMessage => ({ from: 'source', content, atMs: 0 });
  const answers = (content: Message): ObservedMessage => ({ from: 'destination', content, atMs: 0 });
  const said = [
    ...['one', 'two'].flatMap((session) =>
      [asks({ name: 'Open', ref: 7 }), asks({ name: 'Read' })].map((each) => ({ ...each, session })),
    ),
    ...[7, 8].flatMap((ref) => ['Part', 'Opened', 'End'].map((name) => answers({ name, ref }))),
  ];
  const record = fc.array(fc.constantFrom(...said), { maxLength: 7 });
  const variants = fc.array(fc.record({ from: fc.nat(7), tail: record }), { minLength: 2, maxLength: 4 });
  const differs: number[] = [];
  fc.assert(
    fc.property(
      record,
      variants,
      fc.constantFrom('source' as const, 'destination' as const),
      (original, changes, side) => {
        const judgeOfAll = new VariantJudge(talk, original, profile, side, {});
        for (const { from, tail } of changes) {
          const variant = [...original.slice(0, from), ...tail];
          const alone = judge(talk, variant, profile, side);
          expect(judgeOfAll.judge(variant)).toEqual(alone);
          differs.push(alone.length);
        }
      },
    ),
    { numRuns: 500 },
  );
  expect(new Set(differs).size).toBeGreaterThan(2);
});
