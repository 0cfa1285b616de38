import type { ObservedMessage } from '../../contracts/conversation.ts';
import type { MessageProfile } from '../../contracts/messages/profile.ts';
import type { Baseline } from './baseline.ts';
import { type FieldBreak, fieldBreaks } from './field-operators.ts';
import { messageBreaks } from './message-operators.ts';
import { type PlacedMessage, placedMessages, withContent } from './messages.ts';
import type { Break } from './mutant.ts';
import { formatSegments, valueAt } from './paths.ts';
import { placesOf } from './places.ts';
import type { ProtocolOperators } from './protocol-operators.ts';

/** A record that is broken in one way, and how the verdict has to name it. */
export interface Mutant extends Break {
  /** What stood at the place; undefined for a message as a whole. */
  value?: unknown;
  /** What would have told it, where the judge does not. */
  remedy: string;
  /** Where in the record the message stands that is broken; absent where it is the record as a whole. */
  index?: number;
  messages: readonly ObservedMessage[];
}

/** What a protocol brings along. */
export interface Wiring {
  profile: MessageProfile;
  operators: ProtocolOperators;
}

function fieldRemedy({ operator, at }: Pick<FieldBreak, 'operator' | 'at'>, named: boolean, step: number): string {
  const place = `${formatSegments(at)} in step ${step}`;
  if (!named) return `name ${place}`;
  switch (operator) {
    case 'dropped':
      return `demand ${place}; the rule above it lets it be missing`;
    case 'null':
    case 'type changed':
      return `demand the type of ${place} besides its form`;
    case 'field added':
      return `make the profile strict above ${place}`;
    default:
      return `demand more of ${place} than its rule does`;
  }
}

function fieldMutants({ messages }: Baseline, placed: PlacedMessage, { profile, operators }: Wiring): Mutant[] {
  const { index, message, number: step, compiled, bindings } = placed;
  const { content, from } = message;
  const mayDoWithout = placed.step.optional === true || placed.step.repeat === true;
  // Of a message of which nothing is left nobody can tell which one it was.
  const nameless = (found: FieldBreak) => mayDoWithout || found.at.length === 0;
  const mutant = (found: FieldBreak, paths: readonly string[], remedy: string): Mutant => ({
    operator: found.operator,
    step,
    at: found.at,
    value: valueAt(content, found.at),
    naming: { kind: 'field', step, paths, ...(nameless(found) ? { title: profile.title(found.content) } : {}) },
    remedy,
    index,
    messages: withContent(messages, index, found.content),
  });
  const places = placesOf(compiled, content, { strict: profile.strict[from], bindings });
  const wire = operators.wire(content);
  const generic = places.flatMap((place) =>
    fieldBreaks(content, place, wire).map((found) =>
      mutant(found, found.reportedAt.map(formatSegments), fieldRemedy(found, place.named, step)),
    ),
  );
  const namedPaths = new Set(places.filter(({ named }) => named).map(({ at }) => formatSegments(at)));
  // What the contract does not name is reported once, as something that can be dropped.
  const own = operators.breaks(content).filter(({ at }) => namedPaths.has(formatSegments(at)));
  return [
    ...generic,
    ...own.map((found) => mutant({ ...found, reportedAt: [found.at] }, found.paths, fieldRemedy(found, true, step))),
  ];
}

function strayMutants({ messages, side }: Baseline, { profile, operators }: Wiring): Mutant[] {
  return operators.strays(messages, side).map(({ operator, content }) => {
    const titles = [profile.title(content)];
    return {
      operator,
      step: 0,
      at: [],
      // A stray one may be what came rightly before, once more.
      naming: { kind: 'message', rules: ['unexpected-message', 'forbidden', 'duplicate'], titles },
      remedy: `forbid ${titles[0]}`,
      messages: [...messages, { from: side, content, atMs: 0 }],
    };
  });
}

function messageRemedy({ operator, step }: Break): string {
  if (operator === 'forbidden message') return 'describe the forbidden message by what a peer would send';
  if (operator === 'in another session') return `name the session of step ${step}, and of another step`;
  return operator === 'message lost' ? `make step ${step} required` : `tell step ${step} from the steps around it`;
}

/** Every way to break the messages of the side under test, one at a time. */
export function mutantsOf(baseline: Baseline, wiring: Wiring): Mutant[] {
  const placed = placedMessages(baseline, wiring.profile);
  const whole = messageBreaks(baseline, placed, wiring.profile);
  return [
    ...placed.flatMap((each) => fieldMutants(baseline, each, wiring)),
    ...whole.map((each): Mutant => ({ ...each, remedy: messageRemedy(each) })),
    ...strayMutants(baseline, wiring),
  ];
}
