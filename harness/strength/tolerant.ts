import type { ObservedMessage } from '../../contracts/conversation.ts';
import { isArray, isObject } from '../../contracts/matching/values.ts';
import type { MessageProfile } from '../../contracts/messages/profile.ts';
import type { Respells } from '../../mocks/adapter.ts';
import type { Baseline } from './baseline.ts';
import { unknownMember, withMember } from './field-operators.ts';
import { mayBeMissing } from './message-operators.ts';
import { type PlacedMessage, placedMessages, withContent } from './messages.ts';
import { formatSegments, type Segments } from './paths.ts';
import { placesOf } from './places.ts';

/** A change that every peer has to bear. */
export interface TolerantChange {
  change: string;
  /** The step that is changed, counted from 1; 0 for all. */
  step: number;
  at: Segments;
  messages: readonly ObservedMessage[];
}

function withUnknownMembers({ messages }: Baseline, placed: PlacedMessage, profile: MessageProfile): TolerantChange[] {
  const { index, message, number: step, compiled, bindings } = placed;
  const strict = profile.strict[message.from];
  return placesOf(compiled, message.content, { strict, bindings })
    .filter(({ unknownMember: unknown, at }) => unknown === 'tolerated' && at.length > 0)
    .map(({ at }) => ({
      change: 'unknown field',
      step,
      at: [...at, unknownMember],
      messages: withContent(messages, index, withMember(message.content, at)),
    }));
}

function reversed(value: unknown): unknown {
  if (isArray(value)) return value.map(reversed);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, part]) => [key, reversed(part)]),
  );
}

function otherKeyOrder({ messages, side }: Baseline): TolerantChange {
  const turned = messages.map((each) => (each.from === side ? { ...each, content: reversed(each.content) } : each));
  return { change: 'other key order', step: 0, at: [], messages: turned };
}

function leftOut({ messages }: Baseline, placed: readonly PlacedMessage[]): TolerantChange[] {
  return placed
    .filter((each) => mayBeMissing(placed, each))
    .map(({ index, number: step, step: { optional } }) => ({
      change: optional ? 'optional step left out' : 'repeated step once less',
      step,
      at: [],
      messages: messages.toSpliced(index, 1),
    }));
}

function repeated({ messages }: Baseline, placed: readonly PlacedMessage[]): TolerantChange[] {
  return placed
    .filter(({ step }) => step.repeat)
    .map(({ index, number: step, message }) => ({
      change: 'repeated step once more',
      step,
      at: [],
      messages: messages.toSpliced(index, 0, message),
    }));
}

async function respelt(
  { messages }: Baseline,
  placed: readonly PlacedMessage[],
  { respell }: Respells,
): Promise<TolerantChange[]> {
  const changes = await Promise.all(
    placed.map(async ({ index, message, number: step }) => {
      const spellings = await respell(message.content);
      return spellings.map(({ change, content }) => ({
        change,
        step,
        at: [],
        messages: withContent(messages, index, content),
      }));
    }),
  );
  return changes.flat();
}

/** Every change of one side's messages that the other side has to bear, one at a time. */
export async function tolerantChanges(
  baseline: Baseline,
  profile: MessageProfile,
  adapter: Partial<Respells>,
): Promise<TolerantChange[]> {
  const placed = placedMessages(baseline, profile);
  const { respell } = adapter;
  return [
    ...placed.flatMap((each) => withUnknownMembers(baseline, each, profile)),
    ...(placed.length === 0 ? [] : [otherKeyOrder(baseline)]),
    ...leftOut(baseline, placed),
    ...repeated(baseline, placed),
    ...(respell === undefined ? [] : await respelt(baseline, placed, { respell })),
  ];
}

/** The path of a tolerant change, as reports print it. */
export function changePath({ at }: TolerantChange): string {
  return formatSegments(at);
}
