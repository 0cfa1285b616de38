import { equalJson } from '../matching/values.ts';
import { type Compiled, type Mismatch, match } from '../matching.ts';
import type { MessageProfile } from '../messages/profile.ts';
import { candidates, isOpen, isOwed, type Lane, type ObservedMessage, type TrackedStep } from './lanes.ts';
import type { Sessions } from './sessions.ts';

/** A message held against one step. */
export interface Fit {
  lane: Lane;
  at: number;
  mismatches: Mismatch[];
  /** What is remembered if the message is taken for the step. */
  bindings: Map<string, unknown>;
}

/** Whether the message is what the step asks for. */
export function isExact({ mismatches }: Fit): boolean {
  return mismatches.length === 0;
}

/** Finds the step that a message is for. It only looks; the conversation takes note. */
export class Fitting {
  readonly #lanes: readonly Lane[];
  readonly #profile: MessageProfile;
  readonly #message: ObservedMessage;
  readonly #bindings: ReadonlyMap<string, unknown>;
  readonly #sessions: Sessions;
  /** What it was held against so far. */
  readonly #fits = new Map<TrackedStep, Fit>();

  /** @param bindings what has been remembered so far @param sessions those that have come so far */
  constructor(
    lanes: readonly Lane[],
    profile: MessageProfile,
    message: ObservedMessage,
    bindings: ReadonlyMap<string, unknown>,
    sessions: Sessions,
  ) {
    this.#lanes = lanes;
    this.#profile = profile;
    this.#message = message;
    this.#bindings = bindings;
    this.#sessions = sessions;
  }

  /** A step in turn that the message fits, or one further on of the same side: those between were lost or come late. */
  exact(): Fit | undefined {
    for (const fit of this.#due()) if (isExact(fit)) return fit;
    return this.#later().find((fit) => isExact(fit) && isWhole(fit));
  }

  /**
   * The step in turn that the message comes closest to; an optional step only when it is the same kind of message. One further
   * on when the message is of that very kind: then those between were lost. When it is the other side's turn, the step that it
   * fits after that.
   */
  nearest(): Fit | undefined {
    const due = this.#closest([...this.#due()].filter((fit) => this.#isSameKind(fit)));
    if (due === undefined) return this.#early();
    const isDue = this.#strangeness(due) === 0;
    // A message with one fault is broken; one with several may be another message.
    if (isDue && due.mismatches.length === 1) return due;
    const later = this.#later();
    const exact = later.find(isExact);
    if (exact !== undefined || isDue) return exact ?? due;
    return this.#closest(later.filter((fit) => this.#strangeness(fit) === 0)) ?? due;
  }

  #early(): Fit | undefined {
    const ahead = this.#lanes.flatMap((lane) => this.#compareAll(lane, between(lane.head, lane.steps.length)));
    const exact = ahead.filter(isExact);
    return exact.find(isWhole) ?? exact[0];
  }

  /** Whether a message that fits a passed step repeats it: to the letter, or because it is nothing that is due. */
  isCopyOf({ taken, suspect }: TrackedStep): boolean {
    if (suspect !== undefined || taken.some((content) => equalJson(content, this.#message.content))) return true;
    // The answer to the one before may have been lost: then it is a later request of the same form.
    const ahead = this.#early();
    if (ahead !== undefined && isWhole(ahead)) return false;
    return [...this.#due()].every((fit) => this.#strangeness(fit) > 0);
  }

  /** A step after one of the interaction that has still to come, and that the message fits. */
  owedAfter(index: number): Fit | undefined {
    return this.#lanes
      .flatMap((lane) => {
        const owed = (at: number) => isOwed(lane.steps[at] as TrackedStep) && (lane.steps[at]?.index ?? 0) > index;
        return this.#compareAll(lane, [...lane.steps.keys()].filter(owed));
      })
      .find(isExact);
  }

  /** The message held against one step. */
  compare(lane: Lane, at: number): Fit {
    const tracked = lane.steps[at] as TrackedStep;
    const known = this.#fits.get(tracked) ?? this.#compare(lane, at, tracked);
    this.#fits.set(tracked, known);
    return known;
  }

  #compare(lane: Lane, at: number, { step, compiled }: TrackedStep): Fit {
    const { from, content } = this.#message;
    const bindings = new Map(this.#bindings);
    const mismatches = match(compiled, content, { strict: this.#profile.strict[from], bindings });
    const elsewhere = this.#sessions.mismatch(step, this.#message);
    return { lane, at, bindings, mismatches: elsewhere === undefined ? mismatches : [...mismatches, elsewhere] };
  }

  /** Most messages are the first that may come, and then no other is looked at. */
  *#due(): Generator<Fit> {
    for (const lane of this.#lanes) for (const at of this.#open(lane, candidates(lane))) yield this.compare(lane, at);
  }

  /** As far as only steps of the same side lie between. */
  #later(): Fit[] {
    const { from } = this.#message;
    return this.#lanes.flatMap((lane) => {
      const other = lane.steps.findIndex((each, at) => at >= lane.head && each.step.from !== from && isOwed(each));
      return this.#compareAll(lane, between(lane.head, other < 0 ? lane.steps.length : other));
    });
  }

  #compareAll(lane: Lane, places: readonly number[]): Fit[] {
    return this.#open(lane, places).map((at) => this.compare(lane, at));
  }

  #open(lane: Lane, places: readonly number[]): number[] {
    return places.filter((at) => {
      const each = lane.steps[at] as TrackedStep;
      return each.step.from === this.#message.from && isOpen(each);
    });
  }

  #isSameKind({ lane, at, mismatches }: Fit): boolean {
    const [first] = this.#profile.identity[this.#message.from];
    return isOwed(lane.steps[at] as TrackedStep) || !mismatches.some(({ path }) => path === first);
  }

  /** How many of the values that tell messages apart are others, or are missing with all that is around them. */
  #strangeness({ mismatches }: Fit): number {
    const identity = this.#profile.identity[this.#message.from];
    return identity.filter((value) => mismatches.some(({ path }) => path === value || value.startsWith(`${path}.`)))
      .length;
  }

  /** Of what is equally strange, a step that must come before one that may. */
  #closest(fits: readonly Fit[]): Fit | undefined {
    const canWait = ({ lane, at }: Fit) => (isOwed(lane.steps[at] as TrackedStep) ? 0 : 1);
    return fits.toSorted(
      (a, b) =>
        this.#strangeness(a) - this.#strangeness(b) ||
        canWait(a) - canWait(b) ||
        a.mismatches.length - b.mismatches.length,
    )[0];
  }
}

/** Whether all that the step is bound to has been said: what fits only for want of it may be another message. */
function isWhole({ lane, at, bindings }: Fit): boolean {
  const step = lane.steps[at];
  return step === undefined || knowsAllBound(step.compiled, bindings);
}

/** Whether everything is remembered that a template is bound to. */
export function knowsAllBound({ slots }: Compiled, bindings: ReadonlyMap<string, unknown>): boolean {
  return slots.every((slot) => slot.kind !== 'bound' || bindings.has(slot.name));
}

function between(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, offset) => from + offset);
}
