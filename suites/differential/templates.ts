import fc from 'fast-check';
import * as m from '../../contracts/matchers.ts';
import { keyName, leaf } from './values.ts';

type Template = unknown;

const texts: readonly (readonly [pattern: string, example: string])[] = [
  ['^a+$', 'a'],
  ['[a-c]*', 'abc'],
  ['ab|a|abc', 'ab'],
  ['\\w+-\\d+', 'a-1'],
  ['(?i)abc', 'abc'],
  ['^(\\d+)(\\.\\d+)*$', '1.2.3'],
  ['[[:alpha:]]+', 'é'],
  ['\\A\\S+\\z', 'k1'],
  ['x.y', 'x-y'],
  ['^x$\\n^y$', 'x\ny'],
  ['true|null|\\d', 'true'],
  ['k(?<n>\\d)\\k<n>', 'k22'],
];

const leafMatchers: fc.Arbitrary<Template> = fc.oneof(
  fc.constantFrom<Template>(
    m.integer(1),
    m.integer(-1),
    m.decimal(1.5),
    m.number(1),
    m.boolean(true),
    m.nullValue(),
    m.semver('1.2.3'),
    m.includes('b', 'abc'),
    m.includes('.'),
    m.date('yyyy-MM-dd', '2024-02-29'),
    m.time('HH:mm:ss', '12:30:00'),
    m.datetime("yyyy-MM-dd'T'HH:mm:ssX", '2024-01-31T10:20:30Z'),
    m.datetime("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", '2024-01-31T10:20:30.123Z'),
    m.uuid('c0ffee00-0000-4000-8000-000000000000'),
    { 'pact:matcher:type': [{ 'pact:matcher:type': 'type' }, { 'pact:matcher:type': 'notEmpty' }], value: 'a' },
  ),
  fc.constantFrom(...texts).map(([pattern, example]) => m.regex(pattern, example)),
  leaf.map((example) => m.like(example)),
  leaf.map((example) => m.equal(example)),
);

const keyRule = fc.constantFrom(m.regex('k\\d', 'k1'), m.string('k'), m.regex('[a-z.]+', 'a'), m.includes('k'));
const valueRule = fc.constantFrom<m.Matcher>(
  m.integer(1),
  m.string(''),
  m.regex('[a-c]*', 'abc'),
  m.notEmpty('a'),
  m.equal('a'),
);

function record(part: fc.Arbitrary<Template>): fc.Arbitrary<Record<string, Template>> {
  return fc.dictionary(keyName, part, { maxKeys: 3 });
}

const { template } = fc.letrec<{ template: Template; nested: Template }>((tie) => ({
  nested: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 3, arbitrary: leafMatchers },
    { weight: 2, arbitrary: leaf },
    { weight: 1, arbitrary: tie('template') },
  ),
  template: fc.oneof(
    { weight: 5, arbitrary: record(tie('nested')) },
    { weight: 2, arbitrary: fc.array(tie('nested'), { maxLength: 3 }) },
    { weight: 2, arbitrary: tie('nested').map((part) => m.like(part)) },
    { weight: 2, arbitrary: record(tie('nested')).map((part) => m.like(part)) },
    { weight: 1, arbitrary: fc.array(tie('nested'), { minLength: 1, maxLength: 2 }).map((part) => m.like(part)) },
    { weight: 1, arbitrary: tie('nested').map((part) => m.notEmpty([part])) },
    { weight: 1, arbitrary: record(tie('nested')).map((part) => m.notEmpty(part)) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(tie('nested'), fc.constantFrom({}, { min: 0 }, { min: 2 }, { min: 1, max: 2 }, { max: 1 }))
        .map(([part, limits]) => m.eachLike(part, limits)),
    },
    {
      weight: 2,
      arbitrary: fc
        .array(fc.oneof(record(tie('nested')), leafMatchers), { minLength: 1, maxLength: 2 })
        .map((variants) => m.arrayContaining(...variants)),
    },
    { weight: 1, arbitrary: record(tie('nested')).map((part) => m.values(part)) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(record(tie('nested')), fc.array(keyRule, { minLength: 1, maxLength: 2 }))
        .map(([part, rules]) => m.eachKey(part, ...rules)),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(record(leaf), fc.array(valueRule, { minLength: 1, maxLength: 2 }))
        .map(([part, rules]) => m.eachValue(part, ...rules)),
    },
  ),
}));

/** Templates with every matcher of a JSON body, nested in each other. Pact reads matchers only inside an object or array. */
export const templates: fc.Arbitrary<Template> = template.map((part) => ({ x: part }));
