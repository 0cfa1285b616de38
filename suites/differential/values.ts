import fc from 'fast-check';
import type { Json } from '../../contracts/matchers.ts';

type JsonRecord = { readonly [key: string]: Json };

/** Leaves that are near the line of at least one matcher. */
const tellingTexts = [
  '',
  'a',
  'ab',
  'abc',
  'ABC',
  'a-1',
  'k1',
  'k22',
  '1',
  '-1',
  '1.5',
  'true',
  'false',
  'null',
  '1.2.3',
  '1.2.3-rc.1',
  '1.2',
  '2024-02-29',
  '2023-02-29',
  '2024-2-9',
  '12:30:00',
  '24:00:00',
  '2024-01-31T10:20:30Z',
  '2024-01-31T10:20:30+01:00',
  '2024-01-31T10:20:30.123Z',
  'x\ny',
  'é',
];
const tellingNumbers = [0, 1, -1, 2, 200, 404, 1.5, -0.25, 1e21, 1e-7, 12345678901];

export const leaf: fc.Arbitrary<Json> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<Json>(...tellingTexts) },
  { weight: 3, arbitrary: fc.constantFrom<Json>(...tellingNumbers) },
  { weight: 1, arbitrary: fc.constantFrom<Json>(true, false) },
  { weight: 1, arbitrary: fc.constant<Json>(null) },
);

export const keyNames = ['a', 'b', 'k1', 'k2', '3', 'x.y', 'id'] as const;
export const keyName = fc.constantFrom<string>(...keyNames);

const other: fc.Arbitrary<Json> = fc.oneof(
  { weight: 6, arbitrary: leaf },
  { weight: 1, arbitrary: fc.array(leaf, { maxLength: 2 }) },
  { weight: 1, arbitrary: fc.dictionary(keyName, leaf, { maxKeys: 2 }) },
);

function sameKind(example: Json): fc.Arbitrary<Json> {
  if (typeof example === 'string') return fc.constantFrom<Json>(...tellingTexts);
  if (typeof example === 'number') return fc.constantFrom<Json>(...tellingNumbers);
  return typeof example === 'boolean' ? fc.boolean() : fc.constant(null);
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
const isRecord = (value: Json): value is JsonRecord => typeof value === 'object' && value !== null && !isList(value);

function near(example: Json): fc.Arbitrary<Json> {
  if (isList(example)) return nearList(example);
  if (isRecord(example)) return nearRecord(example);
  return fc.oneof(
    { weight: 10, arbitrary: fc.constant(example) },
    { weight: 6, arbitrary: sameKind(example) },
    { weight: 2, arbitrary: leaf },
    { weight: 1, arbitrary: other },
  );
}

function nearList(example: readonly Json[]): fc.Arbitrary<Json> {
  const items = fc.tuple(...example.map(near));
  const extra = fc.array(example[0] === undefined ? leaf : near(example[0]), { minLength: 1, maxLength: 2 });
  return fc.oneof(
    { weight: 8, arbitrary: items },
    { weight: 3, arbitrary: fc.tuple(items, extra).map(([list, more]) => [...list, ...more]) },
    { weight: 2, arbitrary: items.map((list) => list.slice(0, -1)) },
    { weight: 1, arbitrary: items.map((list) => list.toReversed()) },
    { weight: 1, arbitrary: other },
  );
}

function nearRecord(example: JsonRecord): fc.Arbitrary<Json> {
  const keys = Object.keys(example);
  const members = fc.tuple(...keys.map((key) => near(example[key] ?? null)));
  const same = members.map((parts): JsonRecord => Object.fromEntries(keys.map((key, at) => [key, parts[at] ?? null])));
  const without = fc.tuple(same, fc.constantFrom('', ...keys)).map(([record, key]) => {
    return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
  });
  const extended = fc.tuple(same, keyName, leaf).map(([record, key, value]) => ({ ...record, [key]: value }));
  const renamed = fc.tuple(same, keyName).map(([record, key]) => {
    return Object.fromEntries(Object.entries(record).map(([name, value], at) => [at === 0 ? key : name, value]));
  });
  return fc.oneof(
    { weight: 10, arbitrary: same },
    { weight: 2, arbitrary: without },
    { weight: 2, arbitrary: extended },
    { weight: 2, arbitrary: renamed },
    { weight: 1, arbitrary: other },
  );
}

/** Values that are like the example in most places and differ in a few. */
export const valuesNear = (example: Json): fc.Arbitrary<Json> => near(example);
