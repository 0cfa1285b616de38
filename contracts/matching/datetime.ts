/**
 * Dates and times in the letters of Java's DateTimeFormatter, read as Pact's engine reads them: each part takes as many digits
 * as it can, ranges are checked part by part, and the whole text must be used up. A day must exist in its month and year; the
 * name of a weekday is not compared with the date. Offsets end at 11:59, as they do in Pact.
 */

/** Reads one part of a text from `at`; the position behind it, or -1 when the part is not there. */
type Part = (text: string, at: number) => number;

/** What the calendar needs to know of a date. */
type Unit = 'year' | 'month' | 'day';
type Noted = Partial<Record<Unit, number>>;

const months = 'january february march april may june july august september october november december'.split(' ');
const days = 'monday tuesday wednesday thursday friday saturday sunday'.split(' ');

function matches(pattern: RegExp): Part {
  const sticky = new RegExp(pattern.source, `${pattern.flags}y`);
  return (text, at) => {
    sticky.lastIndex = at;
    const found = sticky.exec(text);
    return found === null ? -1 : at + found[0].length;
  };
}

function digits(most: number, lowest = 0, highest = Number.POSITIVE_INFINITY): Part {
  return (text, at) => {
    let end = at;
    while (end < at + most && text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57) end += 1;
    const value = Number(text.slice(at, end));
    return end > at && value >= lowest && value <= highest ? end : -1;
  };
}

function sequence(...parts: Part[]): Part {
  return (text, at) => {
    let position = at;
    for (const part of parts) {
      position = part(text, position);
      if (position < 0) return -1;
    }
    return position;
  };
}

const optional =
  (part: Part): Part =>
  (text, at) => {
    const end = part(text, at);
    return end < 0 ? at : end;
  };

const either =
  (...parts: Part[]): Part =>
  (text, at) =>
    parts.reduce((end, part) => (end < 0 ? part(text, at) : end), -1);

const literal =
  (expected: string): Part =>
  (text, at) =>
    text.startsWith(expected, at) ? at + expected.length : -1;

const oneOf = (names: readonly string[]): Part => matches(new RegExp(names.join('|'), 'i'));
const short = (names: readonly string[]): string[] => names.map((name) => name.slice(0, 3));

const sign = matches(/[+-]+/);
const colon = literal(':');
const offsetHour = digits(2, 0, 11);
const minute = digits(2, 0, 59);
const second = digits(2, 0, 60);
const utcName = either(literal('GMT'), literal('UTC'));
const hourColonMinute = sequence(sign, offsetHour, colon, minute);

function offset(count: number): Part {
  switch (count) {
    case 1:
      return sequence(sign, offsetHour, optional(minute));
    case 2:
      return sequence(sign, offsetHour, minute);
    case 3:
      return hourColonMinute;
    case 4:
      return sequence(sign, offsetHour, minute, optional(second));
    default:
      return sequence(hourColonMinute, optional(sequence(colon, second)));
  }
}

function offsetZ(count: number): Part {
  if (count < 4) return sequence(sign, offsetHour, minute);
  return count === 4 ? either(sequence(utcName, hourColonMinute), utcName) : hourColonMinute;
}

function offsetGmt(count: number): Part {
  return count < 4
    ? sequence(utcName, sign, offsetHour, optional(sequence(colon, minute)))
    : sequence(utcName, hourColonMinute);
}

/** Abbreviations of time zones that Pact's engine accepts; `UTC` is not among them. */
const zoneNames = new Set(
  `ACDT ACST ADT AEDT AEST AKDT AKST AMT AST AWST BMT BST CAT CDT CEST CET CST EAT EDT EEST EET EST GMT GST HDT HKT HST IDT IST
  JST KST LMT MDT MMT MSK MST NPT NZDT NZST PDT PKT PMT PST SAST SST WAT WEST WET WIB WIT WITA`.split(/\s+/),
);

function zoneName(text: string, at: number): number {
  const end = matches(/[A-Z]{3,4}/)(text, at);
  return end >= 0 && zoneNames.has(text.slice(at, end)) ? end : -1;
}

/** IANA's names as this Node.js knows them. */
function zoneId(text: string, at: number): number {
  const end = matches(/[A-Za-z0-9]+\/[A-Za-z0-9]+/)(text, at);
  if (end < 0) return -1;
  try {
    new Intl.DateTimeFormat('en', { timeZone: text.slice(at, end) });
    return end;
  } catch {
    return -1;
  }
}

interface Letter {
  /** How many of the letter may stand in a row. */
  most: number;
  part(count: number): Part;
  unit?: Unit;
}

const unlimited = Number.POSITIVE_INFINITY;
const year: Letter = { most: unlimited, part: (count) => digits(count), unit: 'year' };
const numeric = (lowest: number, highest: number): Letter => ({ most: 2, part: () => digits(2, lowest, highest) });
const monthNumber = digits(2, 1, 12);
const quarterNumber = digits(2, 1, 4);

const letters: Readonly<Record<string, Letter>> = {
  G: { most: 5, part: () => matches(/ad|bc/i) },
  y: year,
  Y: year,
  u: year,
  M: {
    most: 5,
    part: (count) => (count <= 2 ? monthNumber : oneOf(count === 3 ? short(months) : months)),
    unit: 'month',
  },
  L: { most: 5, part: () => monthNumber, unit: 'month' },
  D: { most: unlimited, part: () => digits(3, 1, 356) },
  d: { ...numeric(1, 31), unit: 'day' },
  Q: {
    most: 5,
    part: (count) => (count < 3 ? quarterNumber : matches(count === 3 ? /q[1-4]/i : /(1st|2nd|3rd|4th) quarter/i)),
  },
  q: { most: 2, part: () => quarterNumber },
  w: numeric(1, 56),
  W: numeric(1, 5),
  F: numeric(0, 4),
  E: { most: 5, part: (count) => oneOf(count <= 3 ? short(days) : days) },
  e: { most: 5, part: (count) => (count <= 2 ? digits(1, 1, 7) : oneOf(count === 3 ? short(days) : days)) },
  c: { most: 1, part: () => digits(1, 1, 7) },
  a: { most: 1, part: () => matches(/am|pm/i) },
  h: numeric(1, 12),
  H: numeric(0, 23),
  k: numeric(1, 24),
  K: numeric(0, 11),
  m: { most: 2, part: () => minute },
  s: { most: 2, part: () => second },
  S: { most: unlimited, part: (count) => digits(count) },
  n: { most: unlimited, part: () => matches(/[0-9]+/) },
  A: { most: unlimited, part: () => matches(/[0-9]+/) },
  N: { most: unlimited, part: () => matches(/[0-9]+/) },
  x: { most: 5, part: offset },
  X: { most: 5, part: (count) => either(literal('Z'), offset(count)) },
  Z: { most: 5, part: offsetZ },
  O: { most: 4, part: offsetGmt },
  z: { most: 3, part: () => zoneName },
  V: { most: 2, part: () => zoneId },
};

interface Piece {
  readonly part: Part;
  readonly unit: Unit | undefined;
}

function letterPiece(run: string): Piece {
  const letter = letters[run.charAt(0)];
  if (letter === undefined) throw new SyntaxError(`${run.charAt(0)} is no letter of a date or time format`);
  if (run.length > letter.most) throw new SyntaxError(`${run} has more than ${letter.most} letters`);
  return { part: letter.part(run.length), unit: letter.unit };
}

function numberOf(unit: Unit, text: string): number {
  if (unit !== 'month' || /^\d/.test(text)) return Number(text);
  return months.findIndex((name) => name.startsWith(text.toLowerCase().slice(0, 3))) + 1;
}

function onCalendar({ year: inYear = 1970, month, day }: Noted): boolean {
  if (month === undefined || day === undefined) return true;
  const leap = inYear % 4 === 0 && (inYear % 100 !== 0 || inYear % 400 === 0);
  const length = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return day <= length;
}

function fits(pieces: readonly Piece[], text: string): boolean {
  const noted: Noted = {};
  let at = 0;
  for (const { part, unit } of pieces) {
    const end = part(text, at);
    if (end < 0) return false;
    if (unit !== undefined) noted[unit] = numberOf(unit, text.slice(at, end));
    at = end;
  }
  return at === text.length && onCalendar(noted);
}

/**
 * Compiles a format such as `yyyy-MM-dd'T'HH:mm:ss.SSSXXX`.
 * @throws {SyntaxError} when a letter or character of the format has no meaning to Pact.
 */
export function compileDateTime(format: string): (text: string) => boolean {
  const pieces: Piece[] = [];
  const token = /([A-Za-z])\1*|'((?:''|[^'])+)'|('')|([^A-Za-z0-9'{}[\]]+)/y;
  while (token.lastIndex < format.length) {
    const start = token.lastIndex;
    const found = token.exec(format);
    if (found === null) throw new SyntaxError(`${format.slice(start)} cannot be read; quote literal text with '`);
    const [run, letter, quoted, quote, text] = found;
    if (letter !== undefined) pieces.push(letterPiece(run));
    else {
      const part = literal(quoted?.replaceAll("''", "'") ?? (quote === undefined ? (text ?? '') : "'"));
      pieces.push({ part, unit: undefined });
    }
  }
  if (pieces.length === 0) throw new SyntaxError('the format is empty');
  return (value) => fits(pieces, value);
}
