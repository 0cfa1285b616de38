import type { Interaction, Side, Step } from './contract.ts';
import { type Compiled, compile, generate, type Mismatch, match } from './matching.ts';
import type { MessageProfile } from './messages/profile.ts';

/** A message as it was seen on the wire, in the logical form of its protocol. */
export interface ObservedMessage {
  from: Side;
  content: unknown;
  /** Milliseconds since the epoch. */
  atMs: number;
}

/** A mismatch, placed within its interaction. */
export interface StepMismatch extends Mismatch {
  /** The side that broke the contract. */
  side: Side;
  /** The step's place in the interaction, counted from 1; 0 where no step fits. */
  step: number;
  /** What kind of message it is about (`200`, `HSET config:x`). */
  title: string;
}

interface CompiledStep {
  step: Step;
  index: number;
  compiled: Compiled;
  seen: number;
  /** The message that was taken for this step though it does not fit. */
  suspect?: ObservedMessage;
}

const compiledSteps = new WeakMap<Step, Compiled>();

function compiledOf(step: Step): Compiled {
  const known = compiledSteps.get(step);
  if (known !== undefined) return known;
  const compiled = compile(step.content);
  compiledSteps.set(step, compiled);
  return compiled;
}

/** One lane of steps and how far it has got. */
interface Lane {
  steps: CompiledStep[];
  /** Index of the first step that is not done with. */
  head: number;
}

interface Fit {
  lane: Lane;
  at: number;
  mismatches: Mismatch[];
  bindings: Map<string, unknown>;
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
  readonly #lanes: Lane[];
  readonly #forbidden: CompiledStep[];
  readonly #found: StepMismatch[] = [];
  #bindings = new Map<string, unknown>();

  /** @param options.values what the provider states gave, for `fromState` templates */
  constructor(
    interaction: Interaction,
    profile: MessageProfile,
    options: { values?: Readonly<Record<string, string>> } = {},
  ) {
    this.#interaction = interaction;
    this.#profile = profile;
    this.#values = options.values ?? {};
    const lanes = new Map<string, Lane>();
    for (const [index, step] of interaction.steps.entries()) {
      const name = step.lane ?? '';
      const lane = lanes.get(name) ?? { steps: [], head: 0 };
      lane.steps.push({ step, index, compiled: compiledOf(step), seen: 0 });
      lanes.set(name, lane);
    }
    this.#lanes = [...lanes.values()];
    this.#forbidden = (interaction.forbidden ?? []).map((step, index) => ({
      step,
      index,
      compiled: compiledOf(step),
      seen: 0,
    }));
  }

  /** Whether every step that must come has come. */
  get done(): boolean {
    return this.#lanes.every((lane) => lane.steps.slice(lane.head).every((each) => !isOwed(each)));
  }

  /** The steps that may come next, required and optional. */
  get due(): readonly Step[] {
    return this.#lanes.flatMap((lane) => this.#candidates(lane).map((at) => lane.steps[at]?.step as Step));
  }

  /**
   * The content of the next step that the source has to send now, with state values and remembered values filled in;
   * undefined while it is the destination's turn, and when nothing is left to send.
   */
  nextFromSource(): unknown {
    const due = this.#lanes
      .flatMap((lane) => this.#candidates(lane).map((at) => lane.steps[at] as CompiledStep))
      .filter((each) => each.step.from === 'source' && each.seen === 0 && !each.step.optional)
      .sort((a, b) => a.index - b.index)[0];
    return due === undefined ? undefined : generate(due.compiled, this.#values, this.#bindings);
  }

  /** Takes the next message that was seen. */
  feed(message: ObservedMessage): void {
    this.#refuseForbidden(message);
    const fit = this.#exactFit(message) ?? this.#laterFit(message);
    if (fit !== undefined) {
      this.#accept(fit);
      return;
    }
    if (this.#noteRepetition(message)) return;
    const near = this.#nearestFit(message);
    if (near === undefined) {
      this.#note(message.from, 0, 'unexpected-message', 'no further message', this.#title(message.content));
      return;
    }
    const step = near.lane.steps[near.at] as CompiledStep;
    const title = this.#title(step.compiled.example);
    this.#found.push(...near.mismatches.map((each) => ({ ...each, side: message.from, step: step.index + 1, title })));
    this.#accept(near);
    step.suspect = message;
  }

  /** Every mismatch so far, the steps that never came included. */
  mismatches(): StepMismatch[] {
    const missing = this.#lanes
      .flatMap((lane) => lane.steps.slice(lane.head))
      .filter(isOwed)
      .map((each) => this.#missing(each));
    return [...this.#found, ...missing].sort((a, b) => a.step - b.step);
  }

  #candidates(lane: Lane): number[] {
    const candidates: number[] = [];
    for (let at = lane.head; at < lane.steps.length; at += 1) {
      candidates.push(at);
      if (isOwed(lane.steps[at] as CompiledStep)) break;
    }
    return candidates;
  }

  #compare(lane: Lane, at: number, message: ObservedMessage): Fit {
    const step = lane.steps[at] as CompiledStep;
    const bindings = new Map(this.#bindings);
    const strict = this.#profile.strict[message.from];
    return { lane, at, bindings, mismatches: match(step.compiled, message.content, { strict, bindings }) };
  }

  #fits(message: ObservedMessage): Fit[] {
    return this.#lanes.flatMap((lane) =>
      this.#candidates(lane)
        .filter((at) => lane.steps[at]?.step.from === message.from)
        .map((at) => this.#compare(lane, at, message)),
    );
  }

  #exactFit(message: ObservedMessage): Fit | undefined {
    return this.#fits(message).find((fit) => fit.mismatches.length === 0);
  }

  /** A step further on that fits, when only steps of the same side lie between: those were lost or come late. */
  #laterFit(message: ObservedMessage): Fit | undefined {
    for (const lane of this.#lanes) {
      for (let at = lane.head; at < lane.steps.length; at += 1) {
        const each = lane.steps[at] as CompiledStep;
        if (each.step.from !== message.from && isOwed(each)) break;
        if (each.step.from !== message.from) continue;
        const fit = this.#compare(lane, at, message);
        if (fit.mismatches.length === 0) return fit;
      }
    }
    return undefined;
  }

  /** The step in turn that the message comes closest to; an optional step only when it is the same kind of message. */
  #nearestFit(message: ObservedMessage): Fit | undefined {
    const identity = this.#profile.identity[message.from];
    const wrongIdentity = (fit: Fit) => fit.mismatches.filter(({ path }) => identity.includes(path)).length;
    const sameKind = ({ lane, at, mismatches }: Fit) =>
      isOwed(lane.steps[at] as CompiledStep) || !mismatches.some(({ path }) => path === identity[0]);
    return this.#fits(message)
      .filter(sameKind)
      .sort((a, b) => wrongIdentity(a) - wrongIdentity(b) || a.mismatches.length - b.mismatches.length)[0];
  }

  #accept({ lane, at, bindings }: Fit): void {
    for (const skipped of lane.steps.slice(lane.head, at).filter(isOwed)) this.#found.push(this.#missing(skipped));
    const step = lane.steps[at] as CompiledStep;
    step.seen += 1;
    lane.head = step.step.repeat ? at : at + 1;
    this.#bindings = bindings;
  }

  /** Whether the message is a doubled or a late copy of a step that has been passed. */
  #noteRepetition(message: ObservedMessage): boolean {
    for (const lane of this.#lanes) {
      for (const [at, passed] of lane.steps.slice(0, lane.head).entries()) {
        if (passed.step.from !== message.from || this.#compare(lane, at, message).mismatches.length > 0) continue;
        if (passed.suspect !== undefined) {
          this.#acquit(passed);
          return true;
        }
        const late = this.#found.findIndex((each) => each.rule === 'missing-message' && each.step === passed.index + 1);
        const title = this.#title(message.content);
        if (late >= 0) this.#found.splice(late, 1);
        if (late >= 0) this.#note(message.from, passed.index + 1, 'order', `${title} in its place`, 'it came too late');
        else this.#note(message.from, passed.index + 1, 'duplicate', `${title} once`, 'it came again');
        passed.seen += 1;
        return true;
      }
    }
    return false;
  }

  /** The message that fits has come after all: the one that was taken for it belongs nowhere. */
  #acquit(step: CompiledStep): void {
    const { suspect, index } = step;
    if (suspect === undefined) return;
    delete step.suspect;
    const others = this.#found.filter((each) => each.step !== index + 1);
    this.#found.splice(0, this.#found.length, ...others);
    this.#note(suspect.from, 0, 'unexpected-message', 'no such message', this.#title(suspect.content));
  }

  #refuseForbidden(message: ObservedMessage): void {
    for (const each of this.#forbidden) {
      if (each.step.from !== message.from) continue;
      const strict = this.#profile.strict[message.from];
      if (match(each.compiled, message.content, { strict, bindings: new Map(this.#bindings) }).length > 0) continue;
      const parts = leaves(each.compiled.example).filter(
        (path) => !this.#profile.identity[message.from].includes(path),
      );
      const got = `${this.#title(message.content)}${parts.length === 0 ? '' : ` with ${parts.join(' and ')}`}`;
      this.#note(message.from, 0, 'forbidden', 'this message never to be sent', got, parts[0]);
    }
  }

  #missing({ step, index, compiled }: CompiledStep): StepMismatch {
    return this.#mismatch(step.from, index + 1, 'missing-message', this.#title(compiled.example), 'nothing');
  }

  #note(side: Side, step: number, rule: string, expected: string, got: string, path = '$'): void {
    this.#found.push({ ...this.#mismatch(side, step, rule, expected, got), path });
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
  return Object.entries(value).flatMap(([key, part]) =>
    leaves(part, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`),
  );
}

function isOwed({ step, seen }: CompiledStep): boolean {
  return seen === 0 && !step.optional;
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
