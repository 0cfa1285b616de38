import type { Interaction, Side, Step } from '../../contracts/contract.ts';
import { Conversation, type ObservedMessage } from '../../contracts/conversation.ts';
import { type Compiled, compile } from '../../contracts/matching.ts';
import type { MessageProfile } from '../../contracts/messages/profile.ts';
import type { Baseline } from './baseline.ts';

/** A message of the side under test, with the step that it was taken for. */
export interface PlacedMessage {
  /** Its place in the record. */
  index: number;
  message: ObservedMessage;
  step: Step;
  /** The step's place in the interaction, counted from 1. */
  number: number;
  compiled: Compiled;
  /** What was remembered before it came. */
  bindings: ReadonlyMap<string, unknown>;
}

/** The messages of one side, each with its step; those that no step is about are left out. */
export function placedMessages(
  { interaction, messages, side, values }: Baseline,
  profile: MessageProfile,
): PlacedMessage[] {
  const conversation = new Conversation(interaction, profile, { values });
  return messages.flatMap((message, index) => {
    const { step: number, bindings } = conversation.feed(message);
    const step = interaction.steps[number - 1];
    if (step === undefined || message.from !== side) return [];
    return [{ index, message, step, number, compiled: compile(step.content), bindings }];
  });
}

/** What a message may be called: as it was seen, or as the contract's example has it. */
export function titlesOf({ message, compiled }: PlacedMessage, profile: MessageProfile): string[] {
  return [profile.title(message.content), profile.title(compiled.example)];
}

/** A record with the content of one message changed. */
export function withContent(messages: readonly ObservedMessage[], index: number, content: unknown): ObservedMessage[] {
  return messages.with(index, { ...(messages[index] as ObservedMessage), content });
}

/** What a side must never send. */
export function forbiddenOf({ forbidden = [] }: Interaction, side: Side): Step[] {
  return forbidden.filter(({ from }) => from === side);
}
