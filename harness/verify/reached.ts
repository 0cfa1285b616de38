import type { Interaction, Side } from '../../contracts/contract.ts';
import { Conversation, type ObservedMessage } from '../../contracts/conversation.ts';
import { compile } from '../../contracts/matching.ts';
import type { MessageProfile } from '../../contracts/messages/profile.ts';

/** A step of the side under test that did not come while its interaction ran. */
export interface UnreachedStep {
  /** Its place in the interaction, counted from 1. */
  step: number;
  /** What kind of message it is. */
  title: string;
  /** A peer that keeps the contract may leave it out; then nobody has tried it. */
  optional: boolean;
}

/** The steps of one side that none of the messages was taken for; all of them where there are no messages. */
export function unreachedSteps(
  interaction: Interaction,
  messages: readonly ObservedMessage[],
  profile: MessageProfile,
  side: Side,
  values: Readonly<Record<string, string>> = {},
): UnreachedStep[] {
  const conversation = new Conversation(interaction, profile, { values });
  const reached = new Set(messages.map((message) => conversation.feed(message).step));
  return interaction.steps.flatMap(({ from, content, optional = false }, index) => {
    const step = index + 1;
    if (from !== side || reached.has(step)) return [];
    return [{ step, title: profile.title(compile(content).example), optional }];
  });
}
