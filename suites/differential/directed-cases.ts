import type { Json } from '../../contracts/matchers.ts';
import type { MatchingRule } from '../../contracts/matching.ts';
import type { Case } from './cases.ts';

/** One rule on one field, held against many values of that field. */
function onField(name: string, example: Json, rule: MatchingRule, values: readonly Json[]): Case {
  const rules = { '$.x': { combine: 'AND' as const, matchers: [rule] } };
  return { name, example: { x: example }, rules, values: values.map((x) => ({ x })) };
}

const texts = (line: string) => line.split(' ');

const regexSubjects = [
  ...texts(
    'a ab abc ABC aB a-1 k1 12 1.5 1.2.3 é É a.b [a] {a} a{2} aa b\\c a/b - _ ٣ 😀 foo@example.com c0ffee a|b # && ^',
  ),
  '',
  'x\ny',
  'x\n',
  'a b',
  '\t',
  'a\rb',
];

const patterns = [
  '[ -~]+',
  '\\+?[\\d ]+',
  ...texts(
    'a ^a a$ \\Aa\\z x\\Z . .* (?m).* \\w+ \\W+ \\d+ \\D+ \\s+ \\S+ \\h+ \\bab\\b a\\B. a|ab (a|ab)(c|bcd)? |a a||b a*?',
  ),
  ...texts(
    '(?i)abc (?i:a)B a(?i)b (?i)a(?-i)b x(?i)y|a(?i)b (?i)é (?im)A.B a{2} a{,2} a{1,2}? a{ {a} a} ] []a]+ [a\\-1]+ [-a1]+',
  ),
  ...texts(
    '[a1-]+ [\\w.]+@[\\w.]+ [^\\w]+ [\\W] [\\s\\S]* [a-z[A-Z]]+ [*+?] \\/ a\\/b [\\]\\[a]+ \\[a\\] \\{a\\} \\d+(\\.\\d+)*',
  ),
  ...texts(
    '(?<n>a)\\k<n> (a)\\1 (?=a)ab (?!b)a.* (?<=a)b a(?#comment)b \\x61 \\x{61} \\u0061 \\t x\\ny ^x$\\n^y$ \\p{Alpha}+',
  ),
  ...texts(
    '\\p{L}+ \\p{^L}+ \\P{L}+ [\\p{L}\\d]+ \\p{Punct} 😀 [é-ê] \\# \\- \\_ [&]+ [^\\n]+ [[:alpha:]]+ [[:^alpha:]]+',
  ),
  ...texts('[^[:digit:]]+ [[:punct:]] [[:word:]]+ [[:xdigit:]]+ (?<year>\\d)(?:\\.\\d)+ $^ ^$ \\^ \\| (a*)* \\Q'),
];

const dateTimes: readonly (readonly [rule: string, format: string, values: readonly string[]])[] = [
  ['date', '', ['2024-01-01', 'x', '2024-1-1', '24-01-01', '2024-02-30', '2023-02-29', '2024-13-01', '2024-01-00']],
  ['date', 'MM-dd', ['02-28', '02-29', '04-31', '12-31', '1-1']],
  ['date', 'yy-MM-dd', ['24-02-29', '23-02-29', '2024-02-29']],
  ['date', 'yyyyMMdd', ['20240131', '20240231', '2024131']],
  ['date', 'yyyy-DDD', ['2024-356', '2024-357', '2024-1']],
  ['date', 'EEE, dd MMM yyyy', ['Mon, 01 Jan 2024', 'Tue, 01 Jan 2024', 'mon, 1 jan 2024', 'Mon, 31 Feb 2024']],
  ['date', 'EEEE d MMMM yyyy', ['Monday 1 January 2024', 'Mon 1 Jan 2024', 'Monday 31 June 2024']],
  ['date', "yyyy'W'ww", ['2024W01', '2024W57']],
  ['date', "yyyy 'Q'q", ['2024 Q1', '2024 Q5']],
  ['time', '', ['00:00:00', '24:00:00', '23:59:60', '23:59:61', '1:2:3', '23:60:00']],
  ['time', 'hh:mm a', ['12:00 am', '00:00 am', '1:00 PM', '13:00 PM']],
  ['time', 'HH:mm:ss.SSS', ['00:00:00.999', '00:00:00.1', '00:00:00.', '00:00:00.1234']],
  ['time', 'HH:mm:ss.SSSSSS', ['00:00:00.123456', '00:00:00.1234567']],
  ['timestamp', '', ['2024-01-01T00:00:00Z', '2024-01-01T00:00:00+01:00', '2024-01-01T00:00:00']],
  ['timestamp', "yyyy-MM-dd'T'HH:mm:ssX", ['2024-01-01T00:00:00+01', '2024-01-01T00:00:00+12', '2024-02-30T00:00:00Z']],
  ['timestamp', "yyyy-MM-dd'T'HH:mm:ssXX", ['2024-01-01T00:00:00+0100', '2024-01-01T00:00:00+01:00']],
  ['timestamp', "yyyy-MM-dd'T'HH:mm:ssXXX", ['2024-01-01T00:00:00+11:59', '2024-01-01T00:00:00+14:00']],
  ['timestamp', "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", ['2024-01-01T00:00:00.000Z', '2024-01-01T00:00:00.000+01:00']],
  ['timestamp', "yyyy-MM-dd'T'HH:mm:ssZ", ['2024-01-01T00:00:00+0100', '2024-01-01T00:00:00Z']],
  ['timestamp', "yyyy-MM-dd'T'HH:mm:ssZZZZ", ['2024-01-01T00:00:00GMT', '2024-01-01T00:00:00GMT+01:00']],
  [
    'timestamp',
    'yyyy-MM-dd HH:mm:ss z',
    ['2024-01-01 00:00:00 GMT', '2024-01-01 00:00:00 UTC', '2024-01-01 00:00:00 CET'],
  ],
  ['timestamp', 'yyyy-MM-dd HH:mm:ss VV', ['2024-01-01 00:00:00 Europe/Berlin', '2024-01-01 00:00:00 Europe/Nowhere']],
  ['timestamp', 'yyyy-MM-dd HH:mm O', ['2024-01-01 00:00 GMT+1', '2024-01-01 00:00 GMT']],
];

const contents: readonly Json[] = [
  ...[
    'hello',
    'test',
    '{"a":1}',
    '[',
    'true',
    '<?xml version="1.0"?><a/>',
    '<a>b</a>',
    '<px>',
    '<html></html>',
    '%PDF-1.4',
  ],
  ...['iVBORw0KGgoAAAANSUhEUg==', 'R0lGODlhAQABAAAAAA==', 'UklGRiQAAABXQVZFZm10IBAAAAA=', 'AAECA/4=', 'SUQzAwAAAAAA'],
  1,
  { a: 1 },
];
const mediaTypes = texts(
  'text/plain application/json text/xml application/xml text/html application/pdf image/png image/gif audio/x-wav audio/mpeg application/octet-stream',
);

const numbers: readonly Json[] = [0, 1, -1, 1.5, -0.5, 1e20, 2 ** 64, -(2 ** 63), 1e21, 1e-7, '1', null, true];
const versions = texts('1.2.3 1.2 v1.2.3 1.2.3-rc.1 1.2.3-rc.1+b.2 01.2.3 1.2.3-01 1.2.3+ 1.2.3- 0.0.0 1.2.3.4');
const empties: readonly Json[] = ['', 'a', null, 0, false, [], [0], {}, { a: null }];

const oddKeys = ['a.b', 'b\\', 'd"d', 'a b', 'ü', '$x', 'b\\s', '3', '-', '_a', '@type', 'a:b', '[0]', '..'];

function oddKeyCase(key: string): Case {
  const x = { [key]: 1 };
  const template = { x: { [key]: { 'pact:matcher:type': 'integer', value: 1 } } };
  const path = `$.x['${key}']`;
  const rules = { [path]: { combine: 'AND' as const, matchers: [{ match: 'integer' }] } };
  return { name: `key ${key}`, example: { x }, rules, template, values: [{ x: { [key]: 2 } }, { x: { [key]: 'a' } }] };
}

/** Cases that nobody would meet by chance: the edges of each matcher. */
export const directedCases: readonly Case[] = [
  ...patterns.map((regex) => onField(`/${regex}/`, 'x', { match: 'regex', regex }, regexSubjects)),
  ...dateTimes.map(([match, format, values]) => onField(`${match} ${format}`, 'x', { match, format }, values)),
  ...mediaTypes.map((value) => onField(value, 'x', { match: 'contentType', value }, contents)),
  ...texts('integer decimal number boolean type equality').map((match) => onField(match, 1, { match }, numbers)),
  ...texts('include regex').map((match) => onField(match, 'x', { match, value: '1', regex: '.*1.*' }, numbers)),
  onField('semver', '1.2.3', { match: 'semver' }, versions),
  onField('notEmpty', 'a', { match: 'notEmpty' }, empties),
  onField('null', null, { match: 'null' }, empties),
  onField('boolean', true, { match: 'boolean' }, [true, false, 'true', 'false', 'TRUE', 1, null]),
  ...oddKeys.map(oddKeyCase),
];
