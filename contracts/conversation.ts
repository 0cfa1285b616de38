import type { Interaction, Side, Step } from './contract.ts';
import { type Fit, Fitting, knowsAllBound } from './conversation/fitting.ts';
import {
  candidates,
  copyOf,
  isOwed,
  type Lane,
  lanesOf,
  type ObservedMessage,
  type Overtaking,
  type TrackedStep,
  trackedStep,
} from './conversation/lanes.ts';
import { Sessions } from './conversation/sessions.ts';
import { generate, type Mismatch, match } from './matching.ts';
import type { MessageProfile } from './messages/profile.ts';

export type { ObservedMessage } from './conversation/lanes.ts';

/** A mismatch, placed within its interaction. */
export interface StepMismatch extends Mismatch {
  /** The side that broke the contract. */
  side: Side;
  /** The step's place in the interaction, counted from 1; 0 where no step fits. */
  step: number;
  /** What kind of message it is about (`200`, `HSET config:x`). */
  title: string;
  /** The content of the message, where it is one that nothing asked for. */
  unasked?: unknown;
}

/** What a message was taken for. */
export interface Taken {
  /** The step's place in the interaction, counted from 1; 0 where it fits none that was due. */
  step: number;
  /** What was remembered before this message. */
  bindings: ReadonlyMap<string, unknown>;
}

/**
 * Holds what was seen on a connection against the steps of one interaction, message by message.
 * It says what is due, notes every mismatch, and knows lost, doubled, swapped and unexpected messages apart.
 * Every wire is judged by it: verification, mocks and taps alike.
 */
export class Conversation {
  readonly #interaction: Interaction;
  readonly #profile: MessageProfile;
  readonly #values: Readonly<Record<string, string>>;
  readonly #forbidden: TrackedStep[];
  #lanes: Lane[];
  #found: StepMismatch[] = [];
  #bindings = new Map<string, unknown>();
  #sessions = new Sessions();

  /** @param options.values what the provider states gave, for `fromState` templates */
  constructor(
    interaction: Interaction,
    profile: MessageProfile,
    options: { values?: Readonly<Record<string, string>> } = {},
  ) {
    this.#interaction = interaction;
    this.#profile = profile;
    this.#values = options.values ?? {};
    this.#lanes = lanesOf(interaction);
    this.#forbidden = (interaction.forbidden ?? []).map(trackedStep);
  }

  /** Another one that has seen the same so far, and goes on by itself. */
  fork(): Conversation {
    const twin = new Conversation(this.#interaction, this.#profile, { values: this.#values });
    twin.#lanes = copyOf(this.#lanes);
    twin.#found = [...this.#found];
    twin.#bindings = this.#bindings;
    twin.#sessions = new Sessions(this.#sessions);
    return twin;
  }

  /** Whether every step that must come has come. */
  get done(): boolean {
    return this.#lanes.every((lane) => !lane.steps.some(isOwed));
  }

  /** The steps that may come next, required and optional. */
  get due(): readonly Step[] {
    return this.#lanes.flatMap((lane) => candidates(lane).map((at) => lane.steps[at]?.step as Step));
  }

  /**
   * The content of the next step that the source has to send now, with state values and remembered values filled in;
   * undefined while it is the destination's turn, and when nothing is left to send.
   */
  nextFromSource(): unknown {
    const next = this.#nextStepOfSource();
    return next === undefined ? undefined : generate(next.compiled, this.#values, this.#bindings);
  }

  /** The session, by its name in the interaction, that the source has to send it in; undefined where any will do. */
  get nextSession(): string | undefined {
    return this.#nextStepOfSource()?.step.session;
  }

  /** Takes the next message that was seen. */
  feed(message: ObservedMessage): Taken {
    const bindings = this.#bindings;
    const fitting = new Fitting(this.#lanes, this.#profile, message, bindings, this.#sessions);
    this.#refuseForbidden(message, fitting);
    const taken = (step: TrackedStep): Taken => ({ step: step.index + 1, bindings });
    const exact = fitting.exact();
    if (exact !== undefined) return taken(this.#accept(exact, message));
    if (this.#noteRepetition(message, fitting)) return { step: 0, bindings };
    const near = fitting.nearest();
    if (near === undefined) {
      this.#noteUnasked(message, 'no further message');
      return { step: 0, bindings };
    }
    const step = this.#accept(near, message);
    const title = this.#title(step.compiled.example);
    this.#found.push(...near.mismatches.map((each) => this.#placed(each, message.from, step.index + 1, title)));
    if (near.mismatches.length > 0) step.suspect = message;
    return taken(step);
  }

  /** Every mismatch so far, the steps that never came included. */
  mismatches(): StepMismatch[] {
    const missing = this.#lanes.flatMap(({ steps }) => steps.filter(isOwed)).map((each) => this.#missing(each));
    return [...this.#found, ...missing].sort((a, b) => a.step - b.step);
  }

  #nextStepOfSource(): TrackedStep | undefined {
    return this.#lanes
      .flatMap((lane) => candidates(lane).map((at) => lane.steps[at] as TrackedStep))
      .filter((each) => each.step.from === 'source' && each.seen === 0 && !each.step.optional)
      .sort((a, b) => a.index - b.index)[0];
  }

  #accept({ lane, at, bindings }: Fit, message: ObservedMessage): TrackedStep {
    const step = lane.steps[at] as TrackedStep;
    if (at < lane.head) this.#noteTooEarly(step);
    else {
      const overtaking: Overtaking = { by: step, title: this.#title(message.content), noted: false };
      for (const skipped of lane.steps.slice(lane.head, at).filter(isOwed)) {
        if (skipped.step.from === message.from) this.#lose(skipped);
        else skipped.overtaking = overtaking;
      }
      lane.head = step.step.repeat ? at : at + 1;
    }
    step.seen += 1;
    step.taken.push(message.content);
    this.#bindings = bindings;
    this.#sessions.bind(step.step, message);
    return step;
  }

  #lose(step: TrackedStep): void {
    step.lost = true;
    this.#found.push(this.#missing(step));
  }

  /** What was overtaken has come: whoever did not wait for it broke the order. */
  #noteTooEarly({ overtaking }: TrackedStep): void {
    if (overtaking === undefined || overtaking.noted) return;
    overtaking.noted = true;
    const { by, title } = overtaking;
    const mismatch = this.#mismatch(by.step.from, by.index + 1, 'order', `${title} in its place`, 'it came too early');
    this.#found.push({ ...mismatch, title });
  }

  /** Whether the message is a doubled or a late copy of a step that has been passed. */
  #noteRepetition(message: ObservedMessage, fitting: Fitting): boolean {
    for (const lane of this.#lanes) {
      for (const [at, passed] of lane.steps.slice(0, lane.head).entries()) {
        if (passed.step.from !== message.from || fitting.compare(lane, at).mismatches.length > 0) continue;
        if (passed.seen > 0 && !fitting.isCopyOf(passed)) continue;
        if (passed.suspect !== undefined) {
          this.#acquit(passed);
          return true;
        }
        // The rest of what was overtaken.
        if (passed.overtaking !== undefined && passed.step.repeat) return true;
        const late = this.#found.findIndex((each) => each.rule === 'missing-message' && each.step === passed.index + 1);
        if (late >= 0) this.#found.splice(late, 1);
        this.#noteOutOfTurn(message, passed, passed.seen === 0);
        passed.seen += 1;
        return true;
      }
    }
    return false;
  }

  /** @param first whether it has not come before: it was lost so far, or its optional step was passed without it */
  #noteOutOfTurn({ from, content }: ObservedMessage, { index }: TrackedStep, first: boolean): void {
    const title = this.#title(content);
    const mismatch = first
      ? this.#mismatch(from, index + 1, 'order', `${title} in its place`, 'it came too late')
      : this.#mismatch(from, index + 1, 'duplicate', `${title} once`, 'it came again');
    this.#found.push({ ...mismatch, title });
  }

  /** The message that fits has come after all: the one that was taken for it belongs nowhere. */
  #acquit(step: TrackedStep): void {
    const { suspect, index } = step;
    if (suspect === undefined) return;
    delete step.suspect;
    const others = this.#found.filter((each) => each.step !== index + 1);
    this.#found.splice(0, this.#found.length, ...others);
    if (!this.#noteEarly(suspect, index)) this.#noteUnasked(suspect, 'no such message');
  }

  /** Whether the message was the one of a later step that is still owed. */
  #noteEarly(message: ObservedMessage, index: number): boolean {
    const fitting = new Fitting(this.#lanes, this.#profile, message, this.#bindings, this.#sessions);
    const fit = fitting.owedAfter(index);
    if (fit === undefined) return false;
    const step = fit.lane.steps[fit.at] as TrackedStep;
    const title = this.#title(message.content);
    const mismatch = this.#mismatch(
      message.from,
      step.index + 1,
      'order',
      `${title} in its place`,
      'it came too early',
    );
    this.#found.push({ ...mismatch, title });
    step.seen += 1;
    step.taken.push(message.content);
    return true;
  }

  #refuseForbidden(message: ObservedMessage, fitting: Fitting): void {
    for (const each of this.#forbidden) {
      if (each.step.from !== message.from) continue;
      const strict = this.#profile.strict[message.from];
      const bindings = new Map(this.#bindings);
      if (match(each.compiled, message.content, { strict, bindings }).length > 0) continue;
      // What is bound to something that nobody has said yet fits anything.
      if (!knowsAllBound(each.compiled, bindings)) continue;
      const all = leaves(each.compiled.example);
      const parts = all.filter((path) => !this.#profile.identity[message.from].includes(path));
      const wrong = fitting.nearest()?.mismatches.map(({ path }) => path) ?? [];
      const got = `${this.#title(message.content)}${parts.length === 0 ? '' : ` with ${parts.join(' and ')}`}`;
      this.#note(
        message.from,
        0,
        'forbidden',
        'this message never to be sent',
        got,
        all.find((path) => wrong.includes(path)) ?? parts[0],
      );
    }
  }

  #missing({ step, index, compiled }: TrackedStep): StepMismatch {
    return this.#mismatch(step.from, index + 1, 'missing-message', this.#title(compiled.example), 'nothing');
  }

  #noteUnasked({ from, content }: ObservedMessage, expected: string): void {
    this.#found.push({
      ...this.#mismatch(from, 0, 'unexpected-message', expected, this.#title(content)),
      unasked: content,
    });
  }

  #note(side: Side, step: number, rule: string, expected: string, got: string, path = '$'): void {
    this.#found.push({ ...this.#mismatch(side, step, rule, expected, got), path });
  }

  /** A session is no part of a message, so what is wrong with it is said of the message as a whole. */
  #placed(found: Mismatch, side: Side, step: number, title: string): StepMismatch {
    if (found.rule !== 'session') return { ...found, side, step, title };
    const { expected, got } = found;
    return { ...this.#mismatch(side, step, 'session', `${title} in ${expected}`, `it in ${got}`), title };
  }

  #mismatch(side: Side, step: number, rule: string, expected: string, got: string): StepMismatch {
    const place = step === 0 ? side : `step ${step} of ${this.#interaction.steps.length}, from the ${side}`;
    const message = `${place}: expected ${expected}, got ${got}`;
    return { side, step, title: step === 0 ? got : expected, rule, path: '$', expected, got, message };
  }

  #title(content: unknown): string {
    return this.#profile.title(content);
  }
}

/** The paths of the values that a message holds, `$.headers.to.tag`. */
function leaves(value: unknown, path = '$'): string[] {
  if (typeof value !== 'object' || value === null) return [path];
  const parts = Object.entries(value);
  if (parts.length === 0) return [path];
  return parts.flatMap(([key, part]) => leaves(part, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`));
}

/**
 * Judges one side's part of an interaction.
 * @param side whose messages are under test; the other side's are the harness's own
 * @returns every mismatch of that side, empty when it kept the contract
 */
export function judge(
  interaction: Interaction,
  messages: readonly ObservedMessage[],
  profile: MessageProfile,
  side: Side,
  values: Readonly<Record<string, string>> = {},
): StepMismatch[] {
  const conversation = new Conversation(interaction, profile, { values });
  for (const message of messages) conversation.feed(message);
  return conversation.mismatches().filter((mismatch) => mismatch.side === side);
}
