import type { ObservedMessage } from '../../contracts/conversation.ts';
import { compile, generate, match } from '../../contracts/matching.ts';
import type { MessageProfile } from '../../contracts/messages/profile.ts';
import type { Baseline } from './baseline.ts';
import { forbiddenOf, type PlacedMessage, titlesOf } from './messages.ts';
import type { Break, Naming } from './mutant.ts';

/** A record that is broken as a whole: a message too few, too many, or in the wrong place. */
export interface MessageBreak extends Break {
  messages: readonly ObservedMessage[];
}

const wrongPlace = ['order', 'missing-message', 'duplicate', 'unexpected-message'];

function isLastOfItsStep(placed: readonly PlacedMessage[], each: PlacedMessage): boolean {
  return placed.filter(({ number }) => number === each.number).length === 1;
}

/** Whether a step may do without this message. */
export function mayBeMissing(placed: readonly PlacedMessage[], each: PlacedMessage): boolean {
  return each.step.optional === true || !isLastOfItsStep(placed, each);
}

function breakOf(operator: string, each: PlacedMessage, rules: readonly string[], titles: readonly string[]): Break {
  return { operator, step: each.number, at: [], naming: { kind: 'message', rules, titles } };
}

function lost({ messages }: Baseline, placed: readonly PlacedMessage[], profile: MessageProfile): MessageBreak[] {
  return placed
    .filter((each) => !mayBeMissing(placed, each))
    .map((each) => ({
      ...breakOf('message lost', each, ['missing-message'], titlesOf(each, profile)),
      messages: messages.toSpliced(each.index, 1),
    }));
}

/** A copy may be taken for a message that looks alike, which then is the one too many. */
function twinTitles(placed: readonly PlacedMessage[], each: PlacedMessage, profile: MessageProfile): string[] {
  return placed.filter((other) => fits(other, each)).flatMap((other) => titlesOf(other, profile));
}

function fits(at: PlacedMessage, { message }: PlacedMessage): boolean {
  return match(at.compiled, message.content, { strict: [], bindings: new Map(at.bindings) }).length === 0;
}

function duplicated({ messages }: Baseline, placed: readonly PlacedMessage[], profile: MessageProfile): MessageBreak[] {
  return placed
    .filter(({ step }) => !step.repeat)
    .map((each) => ({
      ...breakOf('message duplicated', each, ['duplicate', 'unexpected-message'], twinTitles(placed, each, profile)),
      messages: messages.toSpliced(each.index + 1, 0, each.message),
    }));
}

/** Whether one message may stand where the other stood, and the other way round. */
function interchangeable(a: PlacedMessage, b: PlacedMessage): boolean {
  if (a.number === b.number) return true;
  return fits(a, b) && fits(b, a);
}

/** The messages of one lane, which have an order among themselves. */
function lanes(placed: readonly PlacedMessage[]): PlacedMessage[][] {
  return [...Map.groupBy(placed, ({ step }) => step.lane ?? '').values()];
}

/** Puts some messages of one side into each other's places; who speaks when stays as it was. */
function rearranged(messages: readonly ObservedMessage[], places: PlacedMessage[], order: PlacedMessage[]) {
  return places.reduce<readonly ObservedMessage[]>(
    (record, { index, message: { atMs } }, at) => record.with(index, { ...(order[at] as PlacedMessage).message, atMs }),
    messages,
  );
}

function moved(
  { messages }: Baseline,
  placed: readonly PlacedMessage[],
  profile: MessageProfile,
  operator: string,
  distance: (left: number) => number,
): MessageBreak[] {
  return lanes(placed).flatMap((lane) =>
    lane.flatMap((each, at) => {
      const others = lane.slice(at + 1, at + 1 + distance(lane.length - at - 1));
      if (others.length === 0 || others.every((other) => interchangeable(each, other))) return [];
      const titles = [each, ...others].flatMap((one) => titlesOf(one, profile));
      const record = rearranged(messages, [each, ...others], [...others, each]);
      const found = breakOf(operator, each, wrongPlace, titles);
      if (!others.some((other) => fits(each, other) || fits(other, each))) return [{ ...found, messages: record }];
      const steps = [each, ...others].map(({ number }) => number);
      return [{ ...found, naming: { ...found.naming, steps } as Naming, messages: record }];
    }),
  );
}

/** Only a source can choose. Of a session of which there is one message only nobody can tell that it is another one. */
function inAnotherSession(
  { messages, side }: Baseline,
  placed: readonly PlacedMessage[],
  profile: MessageProfile,
): MessageBreak[] {
  if (side === 'destination') return [];
  const named = placed.filter(({ step, message }) => step.session !== undefined && message.session !== undefined);
  const sessions = [...Map.groupBy(named, ({ step }) => step.session).values()].filter(({ length }) => length > 1);
  return sessions.flatMap((session) => {
    // Of the first one it is told by those that come after it.
    const titles = session.flatMap((each) => titlesOf(each, profile));
    return session.map((each) => ({
      ...breakOf('in another session', each, ['session'], titles),
      messages: messages.with(each.index, { ...each.message, session: `another than ${each.message.session}` }),
    }));
  });
}

function forbidden(baseline: Baseline, profile: MessageProfile): MessageBreak[] {
  const { interaction, side, messages, values } = baseline;
  return forbiddenOf(interaction, side).map((step) => {
    const content = generate(compile(step.content), values);
    const naming = { kind: 'message', rules: ['forbidden'], titles: [profile.title(content)] } as const;
    const message: ObservedMessage = { from: side, content, atMs: 0 };
    return { operator: 'forbidden message', step: 0, at: [], naming, messages: [...messages, message] };
  });
}

/** Everything that can be done to the messages of one side as wholes. */
export function messageBreaks(
  baseline: Baseline,
  placed: readonly PlacedMessage[],
  profile: MessageProfile,
): MessageBreak[] {
  return [
    ...lost(baseline, placed, profile),
    ...duplicated(baseline, placed, profile),
    ...moved(baseline, placed, profile, 'swapped with the next', () => 1),
    ...moved(baseline, placed, profile, 'late', (left) => (left > 1 ? left : 0)),
    ...inAnotherSession(baseline, placed, profile),
    ...forbidden(baseline, profile),
  ];
}
