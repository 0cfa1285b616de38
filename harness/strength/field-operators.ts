import { isArray, isObject } from '../../contracts/matching/values.ts';
import { covers, names, type Segments, without, withValue } from './paths.ts';
import type { Place } from './places.ts';

/** One field of a message, broken in one way. */
export interface FieldBreak {
  operator: string;
  at: Segments;
  /** Where the judge has to point; one of these. */
  reportedAt: readonly Segments[];
  content: unknown;
}

/** The member that operators add; no protocol has it. */
export const unknownMember = 'unknownToAll';

/** What a wire can carry at a place; a value that it cannot carry needs no contract to refuse it. */
export interface Wire {
  /** Paths (with `.*` and `[*]`) below which everything is text by the nature of the wire. */
  textual: readonly string[];
  /** Paths of places that hold text, or the object or list that the text spells in JSON, but no other JSON value. */
  textOrJson?: readonly string[];
}

type Change = (place: Place) => readonly unknown[];

function numberIn(text: string): number[] {
  return text.trim() !== '' && Number.isFinite(Number(text)) ? [Number(text)] : [];
}

/** Values of another type, those first that look most like the true one. */
const ofAnotherType: Change = ({ value }) => {
  if (typeof value === 'string') return [...numberIn(value), value === 'true', 7, [value], { text: value }];
  if (typeof value === 'number') return [String(value), true, [value]];
  if (typeof value === 'boolean') return [String(value), value ? 1 : 0];
  if (value === null) return ['text', 0, {}];
  return isArray(value) ? [{ items: value }, 'text'] : [[value], 'text'];
};

/** Values of the same type. */
const otherValues: Change = ({ value }) => {
  // Far off, lest it be the number of another message.
  if (typeof value === 'number') return [value + 1_000, value - 1_000, -value - 1, value + 0.5];
  if (typeof value === 'boolean') return [!value];
  if (typeof value !== 'string') return [];
  return [`${value}~`, `~${value}`, `${value} ${value}`, '~', '?', 'x', '0', ' '];
};

const emptied: Change = ({ value }) => {
  if (typeof value === 'string') return value === '' ? [] : [''];
  if (isArray(value)) return value.length === 0 ? [] : [[]];
  return isObject(value) && Object.keys(value).length > 0 ? [{}] : [];
};

const itemLost: Change = ({ value }) =>
  isArray(value) ? [...value.keys()].reverse().map((index) => value.toSpliced(index, 1)) : [];
const itemAdded: Change = ({ value }) => (isArray(value) && value.length > 0 ? [[...value, value.at(-1)]] : []);

/** Breaks that only a rule can tell from a good message: the first value that the rule does not let through. */
const byRule: readonly (readonly [operator: string, change: Change])[] = [
  ['other value', otherValues],
  ['emptied', emptied],
  ['item lost', itemLost],
  ['item added', itemAdded],
];

function isText(at: Segments, { textual }: Wire): boolean {
  return textual.some((path) => covers(path, at));
}

/** Breaks of type, whatever the rule says: of several values the one that the rule would let through. */
function typeBreaks(place: Place, wire: Wire): [operator: string, value: unknown][] {
  if (isText(place.at, wire)) return [];
  const spelt = wire.textOrJson?.some((path) => names(path, place.at)) ?? false;
  const others = ofAnotherType(place).filter((value) => !spelt || typeof value === 'object');
  const changed = others.find(place.fits) ?? others[0];
  const nothing: [string, unknown][] = place.value === null || spelt ? [] : [['null', null]];
  return changed === undefined ? nothing : [...nothing, ['type changed', changed]];
}

function valueBreaks(place: Place): [operator: string, value: unknown][] {
  return byRule.flatMap(([operator, change]) => {
    const value = change(place).find((each) => !place.fits(each));
    return value === undefined ? [] : [[operator, value] as [string, unknown]];
  });
}

/** Everything that can be done to one place of a message so that the contract is broken there. */
export function fieldBreaks(content: unknown, place: Place, wire: Wire): FieldBreak[] {
  const { at, reportedAt } = place;
  const breaks: FieldBreak[] = [];
  if (place.owed || (!place.named && !isNothing(place.value))) {
    breaks.push({ operator: 'dropped', at, reportedAt: [reportedAt], content: without(content, at) });
  }
  if (!place.named) return [...breaks, ...memberAdded(content, place)];
  const values = at.length === 0 ? valueBreaks(place) : [...typeBreaks(place, wire), ...valueBreaks(place)];
  for (const [operator, value] of values) {
    const members = operator === 'emptied' && isObject(place.value) ? Object.keys(place.value) : [];
    const shown = [reportedAt, ...members.map((key) => [...reportedAt, key])];
    breaks.push({ operator, at, reportedAt: shown, content: withValue(content, at, value) });
  }
  return [...breaks, ...memberAdded(content, place)];
}

/** An empty list or object that nobody speaks of is as good as absent. */
function isNothing(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function memberAdded(content: unknown, { at, reportedAt, value, unknownMember: unknown }: Place): FieldBreak[] {
  if (unknown !== 'forbidden' || !isObject(value)) return [];
  const added = [...at, unknownMember];
  const shown = reportedAt.length === at.length ? added : reportedAt;
  return [{ operator: 'field added', at: added, reportedAt: [shown], content: withMember(content, at) }];
}

/** A copy with one more member at a place. */
export function withMember(content: unknown, at: Segments): unknown {
  return withValue(content, [...at, unknownMember], 'added');
}
