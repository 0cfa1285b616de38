import type { Interaction, Side } from '../../contracts/contract.ts';
import { Conversation, type ObservedMessage, type StepMismatch } from '../../contracts/conversation.ts';
import type { MessagePlace, MessageProfile } from '../../contracts/messages/profile.ts';
import type { BrokenRule } from './standard.ts';

/** More messages of one interaction are not kept. */
const MOST_MESSAGES = 100;

/** A message of an interaction as a report draws it: its kind and place, and nothing else of what it said. */
export interface SeenMessage extends MessagePlace {
  /** Which message it was, counted from 1; absent for one that was awaited and never came. */
  at?: number;
  from: Side;
  title: string;
  /** What is wrong with it, a sentence each. */
  faults: readonly string[];
}

/** The messages of an interaction in their order. */
export interface SeenMessages {
  messages: readonly SeenMessage[];
  /** How many more there were before and after these. */
  before: number;
  after: number;
}

/** What an interaction came to, as far as its picture needs it. */
export interface Judged {
  interaction: Interaction;
  profile: MessageProfile;
  messages: readonly ObservedMessage[];
  values: Readonly<Record<string, string>>;
  mismatches: readonly StepMismatch[];
  broken: readonly BrokenRule[];
}

/** What was seen of an interaction, each fault at its message; undefined where the protocol has no conversations to draw. */
export function seenMessages(judged: Judged): SeenMessages | undefined {
  const { profile, messages, mismatches, broken } = judged;
  if (profile.placeOf === undefined || messages.length === 0) return undefined;
  const isBad = mismatches.length > 0 || broken.length > 0;
  const hasDialogs = messages.some(({ content }) => profile.placeOf?.(content).dialog !== undefined);
  if (!isBad && !hasDialogs) return undefined;
  const replay = isBad ? new Replay(judged) : undefined;
  const all = messages.flatMap(({ from, content }, at): SeenMessage[] => [
    ...(replay?.missingBefore(at) ?? []),
    {
      ...{ at: at + 1, from, title: profile.title(content), ...profile.placeOf?.(content) },
      faults: [...(replay?.faultsOf(at) ?? []), ...broken.filter(({ message }) => message === at + 1).map(ruleFault)],
    },
  ]);
  all.push(...(replay?.missingBefore(messages.length) ?? []));
  const firstFault = all.findIndex(({ at, faults }) => at === undefined || faults.length > 0);
  const before = Math.max(0, Math.min(firstFault - MOST_MESSAGES / 2, all.length - MOST_MESSAGES));
  const kept = all.slice(before, before + MOST_MESSAGES);
  return { messages: kept, before, after: all.length - before - kept.length };
}

function ruleFault({ rule, own, path, text }: BrokenRule): string {
  const kind = `${own ? 'of the harness itself, ' : ''}${rule.level === 'error' ? '' : 'a warning, '}`;
  return `${kind}${path}: ${text} (${rule.section}, ${rule.id})`;
}

/** The messages fed once more, one after the other, to find out which of them each mismatch is about. */
class Replay {
  readonly #judged: Judged;
  /** For each message the step that it was taken for, 0 for none. */
  readonly #steps: number[] = [];
  /** For each message the mismatches after it. */
  readonly #history: StepMismatch[][] = [];

  constructor(judged: Judged) {
    this.#judged = judged;
    const { interaction, profile, values, messages } = judged;
    const conversation = new Conversation(interaction, profile, { values });
    for (const message of messages) {
      this.#steps.push(conversation.feed(message).step);
      this.#history.push(conversation.mismatches());
    }
  }

  faultsOf(at: number): string[] {
    return this.#judged.mismatches
      .filter((each) => each.rule !== 'missing-message' && this.#placeOf(each) === at)
      .map(({ message }) => message.split('\n', 1)[0] as string);
  }

  /** The steps that never came and should have before a message: before the first one that was taken for a later step. */
  missingBefore(at: number): SeenMessage[] {
    return this.#judged.mismatches
      .filter(({ rule, step }) => {
        if (rule !== 'missing-message') return false;
        const later = this.#steps.findIndex((taken) => taken > step);
        return (later < 0 ? this.#steps.length : later) === at;
      })
      .map(({ side, title }) => ({ from: side, title, faults: [] }));
  }

  #placeOf(mismatch: StepMismatch): number {
    const { messages, profile } = this.#judged;
    const { unasked, step, rule, path, got, side, title } = mismatch;
    if (unasked !== undefined) return messages.findIndex(({ content }) => content === unasked);
    const known = this.#history.findIndex((found) =>
      found.some((each) => each.step === step && each.rule === rule && each.path === path && each.got === got),
    );
    if (rule !== 'order') return known;
    // That a message was too early is known only when the one comes that it has overtaken.
    return messages.findLastIndex(
      ({ from, content }, at) => at <= known && from === side && profile.title(content) === title,
    );
  }
}
