import type { Interaction, Side, Step } from '../contract.ts';
import { type Compiled, compile } from '../matching.ts';

/** A message as it was seen on the wire, in the logical form of its protocol. */
export interface ObservedMessage {
  from: Side;
  content: unknown;
  /** Milliseconds since the epoch. */
  atMs: number;
  /** The session that it came in, by whatever tells it from the source's others on the wire; absent where nothing does. */
  session?: string;
}

/** A step of an interaction, and what has been seen of it. */
export interface TrackedStep {
  step: Step;
  index: number;
  compiled: Compiled;
  seen: number;
  /** What was taken for this step. */
  taken: unknown[];
  /** Noted as missing; it may still come too late. */
  lost?: true;
  /** What the other side sent though this step was still owed. */
  overtaking?: Overtaking;
  /** The message that was taken for this step though it does not fit. */
  suspect?: ObservedMessage;
}

/** A message that came before one of the other side that it has to wait for. Only if that one comes was it too early. */
export interface Overtaking {
  /** The step that it was taken for. */
  by: Pick<TrackedStep, 'step' | 'index'>;
  title: string;
  noted: boolean;
}

/** One lane of steps and how far it has got. */
export interface Lane {
  steps: TrackedStep[];
  /** Index of the first step that is not done with. */
  head: number;
}

const compiledSteps = new WeakMap<Step, Compiled>();

function compiledOf(step: Step): Compiled {
  const known = compiledSteps.get(step);
  if (known !== undefined) return known;
  const compiled = compile(step.content);
  compiledSteps.set(step, compiled);
  return compiled;
}

/** A step of which nothing has been seen. */
export function trackedStep(step: Step, index: number): TrackedStep {
  return { step, index, compiled: compiledOf(step), seen: 0, taken: [] };
}

/** The steps of an interaction by their lanes. */
export function lanesOf({ steps }: Interaction): Lane[] {
  const tracked = steps.map(trackedStep);
  const lanes = Map.groupBy(tracked, ({ step }) => step.lane ?? '');
  return [...lanes.values()].map((own) => ({ steps: own, head: 0 }));
}

/** Lanes that have got as far, and get on by themselves. */
export function copyOf(lanes: readonly Lane[]): Lane[] {
  const overtakings = new Map<Overtaking, Overtaking>();
  const copied = (overtaking: Overtaking): Overtaking => {
    const copy = overtakings.get(overtaking) ?? { ...overtaking };
    overtakings.set(overtaking, copy);
    return copy;
  };
  return lanes.map(({ steps, head }) => ({
    head,
    steps: steps.map((each) => ({
      ...each,
      taken: [...each.taken],
      ...(each.overtaking && { overtaking: copied(each.overtaking) }),
    })),
  }));
}

/** Whether a step has still to come. */
export function isOwed({ step, seen, lost }: TrackedStep): boolean {
  return seen === 0 && !step.optional && !lost;
}

/** Whether a message may be taken for the step; one that came too early is done with. */
export function isOpen({ step, seen }: TrackedStep): boolean {
  return seen === 0 || step.repeat === true;
}

/** Where the steps stand that may come now: those that were overtaken, then those up to the first that must come. */
export function candidates({ steps, head }: Lane): number[] {
  const overtaken = [...steps.keys()].filter((at) => at < head && isOwed(steps[at] as TrackedStep));
  const owed = steps.findIndex((each, at) => at >= head && isOwed(each));
  const end = owed < 0 ? steps.length : owed + 1;
  const next = Array.from({ length: end - head }, (_, offset) => head + offset);
  return [...overtaken, ...next.filter((at) => isOpen(steps[at] as TrackedStep))];
}
