import type { Interaction, Side } from '../../contracts/contract.ts';
import { Conversation, type ObservedMessage, type StepMismatch } from '../../contracts/conversation.ts';
import type { MessageProfile } from '../../contracts/messages/profile.ts';

/** Judges many records that differ a little from one: what they begin with in common is judged once. */
export class VariantJudge {
  readonly #side: Side;
  readonly #original: readonly ObservedMessage[];
  /** The conversation after each number of messages of the original. */
  readonly #after: Conversation[];

  /** @param original what the others begin with, some longer than others */
  constructor(
    interaction: Interaction,
    original: readonly ObservedMessage[],
    profile: MessageProfile,
    side: Side,
    values: Readonly<Record<string, string>>,
  ) {
    this.#side = side;
    this.#original = original;
    this.#after = [new Conversation(interaction, profile, { values })];
  }

  /** What `judge` says of a record. */
  judge(messages: readonly ObservedMessage[]): StepMismatch[] {
    const differs = messages.findIndex((message, at) => message !== this.#original[at]);
    const common = differs < 0 ? messages.length : differs;
    const conversation = this.#afterFirst(common).fork();
    for (const message of messages.slice(common)) conversation.feed(message);
    return conversation.mismatches().filter(({ side }) => side === this.#side);
  }

  #afterFirst(count: number): Conversation {
    for (let at = this.#after.length; at <= count; at += 1) {
      const next = (this.#after[at - 1] as Conversation).fork();
      next.feed(this.#original[at - 1] as ObservedMessage);
      this.#after.push(next);
    }
    return this.#after[count] as Conversation;
  }
}
