import { connectionTitle } from './architecture.ts';
import { contractFileName } from './catalogue.ts';
import type { Contract, Interaction, Side } from './contract.ts';
import { formatSegments } from './matching/path.ts';
import { type Compiled, compile, type Mismatch, match } from './matching.ts';
import type { MessageProfile } from './messages/profile.ts';
import { rowOf } from './parts.ts';

/** A message that some interaction holds, ready to be compared. */
export interface Candidate {
  contract: Contract;
  interaction: Interaction;
  compiled: Compiled;
  /** The values of its example, by their paths. */
  leaves: ReadonlyMap<string, unknown>;
}

/** The contracted message that one on the wire comes closest to. */
export interface NearMiss extends Candidate {
  /** Every difference, in the order of the template; empty when the message is that very one. */
  mismatches: readonly Mismatch[];
}

/** A message that no contract holds. Its text is the near miss. */
export class UnmatchedMessageError extends Error {
  override name = 'UnmatchedMessageError';
}

/** What a value that tells messages apart counts for, where any other value counts for one. */
const identityWeight = 2;

/** What it counts for, beside that a value fits, that it is the example's own. */
const repeated = 0.0001;

/** By how much two sums of the same numbers may differ. */
const rounding = 1e-9;

function weightOf(path: string, identity: readonly string[]): number {
  return identity.includes(path) ? identityWeight : 1;
}

/** One message of an interaction, ready to be compared. */
export function candidate(contract: Contract, interaction: Interaction, compiled: Compiled): Candidate {
  return { contract, interaction, compiled, leaves: leavesOf(compiled.example) };
}

/** Every message that one side may send by the contracts, in their order. */
export function candidates(contracts: readonly Contract[], side: Side): Candidate[] {
  return contracts.flatMap((contract) =>
    contract.interactions.flatMap((interaction) =>
      interaction.steps
        .filter(({ from }) => from === side)
        .map(({ content }) => candidate(contract, interaction, compile(content))),
    ),
  );
}

/**
 * Finds which of many messages another one comes closest to: a mock, a run or a measure asks again and again among the same ones.
 */
export class NearMissSearch {
  readonly #among: readonly Candidate[];
  readonly #side: Side;
  readonly #profile: MessageProfile;
  /** Made when it is first asked for: most mocks never get a message that nobody holds. */
  #leaves: LeavesByPath | undefined;

  /** @param side that sends the messages */
  constructor(among: readonly Candidate[], side: Side, profile: MessageProfile) {
    this.#among = among;
    this.#side = side;
    this.#profile = profile;
  }

  /**
   * The candidate that a message comes closest to: the one that explains most of it, with what the profile calls its identity
   * counting more, less what differs. The first of several that are equally close; undefined when there is none.
   */
  nearest(content: unknown): NearMiss | undefined {
    const actual = leavesOf(content);
    const strict = this.#profile.strict[this.#side];
    const identity = this.#profile.identity[this.#side];
    const reach = this.#reach(actual, identity);
    const promising = [...reach.keys()].sort((left, right) => (reach[right] ?? 0) - (reach[left] ?? 0));
    let best: { near: NearMiss; at: number; score: number } | undefined;
    for (const at of promising) {
      const each = this.#among[at] as Candidate;
      const most = (reach[at] ?? 0) + rounding;
      if (best !== undefined && most < best.score) break;
      const mismatches = match(each.compiled, content, { strict, bindings: new Map() });
      const faults = new Set(mismatches.map(placeOf)).size;
      // Most candidates that were compared need no closer look either.
      if (best !== undefined && most + 1 - faults < best.score) continue;
      const score = closeness(each.leaves, actual, mismatches, identity) - faults;
      const isCloser = best === undefined || score > best.score || (score === best.score && at < best.at);
      if (isCloser) best = { near: { ...each, mismatches }, at, score };
    }
    return best?.near;
  }

  /** The near miss of a message, with what to do, as an error to be recorded. */
  unmatched(content: unknown): UnmatchedMessageError {
    const near = this.nearest(content);
    return new UnmatchedMessageError(`${nearMissText(content, near, this.#profile)}\nFix: ${fixText(near)}.`);
  }

  /** What each candidate scores at most, whatever is asked of the values: told without a comparison. */
  #reach(actual: ReadonlyMap<string, unknown>, identity: readonly string[]): Float64Array {
    this.#leaves ??= leavesByPath(this.#among);
    const reach = new Float64Array(this.#among.length);
    for (const [path, value] of actual) {
      const weight = weightOf(path, identity);
      for (const { at, example } of this.#leaves.get(path) ?? []) {
        reach[at] = (reach[at] ?? 0) + weight + (value === example ? repeated : 0);
      }
    }
    return reach;
  }
}

/** The values that candidates have at a path in their examples, each with the place of its candidate. */
type LeavesByPath = ReadonlyMap<string, readonly { at: number; example: unknown }[]>;

function leavesByPath(among: readonly Candidate[]): LeavesByPath {
  const all = among.flatMap(({ leaves }, at) => [...leaves].map(([path, example]) => ({ path, at, example })));
  return Map.groupBy(all, ({ path }) => path);
}

/** Says of a message that nobody asked for which interaction came closest, and every difference. */
export function nearMissText(content: unknown, near: NearMiss | undefined, profile: MessageProfile): string {
  const title = profile.title(content);
  if (near === undefined) return `no contract has any message here, and ${title} came.`;
  const { contract, interaction, mismatches } = near;
  const where = `[${connectionTitle(rowOf(contract))}]`;
  if (mismatches.length === 0)
    return `${where} ${title} belongs to "${interaction.description}", which is not under way.`;
  return [
    `${where} no interaction has this message: ${title}.`,
    `Nearest: "${interaction.description}", but`,
    ...mismatches.map(({ message }) => `  ${message}`),
  ].join('\n');
}

function fixText(near: NearMiss | undefined): string {
  if (near === undefined) return 'write a contract';
  if (near.mismatches.length === 0) return 'send it only when it is due';
  const { connection } = near.contract;
  return (
    `correct the message; or, if it is right, add an interaction to contracts/connections/${contractFileName(near.contract)}.ts` +
    ` ("voxpact show ${connection}" prints what is there)`
  );
}

/**
 * What fits, before one is taken off for each difference, however much is missing there: an emptied object is one difference, and
 * of equally many the fewer parts count. A text that differs still counts for as much of it as is the same; of what fits equally
 * well, the one whose examples the message repeats.
 */
function closeness(
  expected: ReadonlyMap<string, unknown>,
  actual: ReadonlyMap<string, unknown>,
  mismatches: readonly Mismatch[],
  identity: readonly string[],
): number {
  let score = 0;
  for (const [path, example] of expected) {
    // What a map of any keys does without says nothing.
    if (
      isEmpty(example) ||
      !actual.has(path) ||
      mismatches.some((each) => isWithin(path, each.path) || isWithin(each.path, path))
    )
      continue;
    score += weightOf(path, identity) + (actual.get(path) === example ? repeated : 0);
  }
  for (const { path, rule } of mismatches) {
    score -= 0.002;
    score += weightOf(path, identity) * likeness(expected.get(path), actual.get(path));
    // Something else in its place is closer than nothing there.
    if (actual.has(path)) score += 0.01;
    // At equal numbers, what is missing is closer than what is too much: the sender meant this one and left it out.
    if (rule === 'unexpected') score -= 0.001;
  }
  return score;
}

/** To ask for nothing says little about what is meant. */
function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** Where a difference is: members that are missing have their place in the object that they are missing from. */
function placeOf({ path, rule }: Mismatch): string {
  return rule === 'missing' ? path.replace(/(\.[^.[\]]+|\[[^\]]*\])$/, '') : path;
}

function isWithin(path: string, ancestor: string): boolean {
  return path === ancestor || path.startsWith(`${ancestor}.`) || path.startsWith(`${ancestor}[`);
}

/** The share of the parts of two texts that are the same (segments of a path, words of a key); 0 for other values. */
function likeness(expected: unknown, actual: unknown): number {
  if (typeof expected !== 'string' || typeof actual !== 'string') return 0;
  const [left, right] = [expected, actual].map((text) => text.split(/[^A-Za-z0-9-]+/)) as [string[], string[]];
  const same = left.filter((part, at) => part === right[at]).length;
  return same / Math.max(left.length, right.length);
}

/** The values that a message holds, by their paths; an empty list or object is a value. */
function leavesOf(content: unknown): ReadonlyMap<string, unknown> {
  const leaves = new Map<string, unknown>();
  const walk = (value: unknown, path: readonly (string | number)[]): void => {
    const isContainer = typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
    const parts = isContainer ? Object.entries(value) : [];
    if (parts.length === 0) leaves.set(formatSegments(path), value);
    for (const [key, part] of parts) walk(part, [...path, Array.isArray(value) ? Number(key) : key]);
  };
  walk(content, []);
  return leaves;
}
