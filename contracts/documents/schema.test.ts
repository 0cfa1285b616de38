import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import {
  arrayContaining,
  bind,
  boolean,
  bound,
  date,
  decimal,
  eachKey,
  eachLike,
  eachValue,
  equal,
  fromState,
  includes,
  integer,
  type Json,
  like,
  notEmpty,
  nullValue,
  number,
  regex,
  semver,
  string,
  text,
  uuid,
  values,
} from '../matchers.ts';
import { compile, match } from '../matching.ts';
import { world } from '../world.ts';
import { anyOf } from './merge.ts';
import { schemaPattern } from './pattern.ts';
import { below, placeOf, type Schema, schemaOf } from './schema.ts';

const ajv = new Ajv2020({ strict: false });
const fits = (schema: Schema, value: unknown) => ajv.compile(schema)(value);
const schemaFor = (template: unknown, strict: readonly string[] = []) => schemaOf(placeOf(template, strict));

const schemas: readonly [name: string, template: unknown, schema: Schema][] = [
  ['a plain value', 'open', { const: 'open' }],
  ['a value of the world', world.tenant.uuid, { type: 'string', examples: [world.tenant.uuid] }],
  ['a number of the world', { dbid: world.switch.dbid }.dbid, { type: 'integer', examples: [105] }],
  ['string', string('a'), { type: 'string', examples: ['a'] }],
  ['boolean', boolean(true), { type: 'boolean', examples: [true] }],
  ['integer', integer(3), { type: 'integer', examples: [3] }],
  ['decimal', decimal(1.5), { type: 'number', not: { type: 'integer' }, examples: [1.5] }],
  ['number', number(3), { type: 'number', examples: [3] }],
  ['null', nullValue(), { type: 'null', examples: [null] }],
  ['equality', equal(world.tenant.uuid), { const: world.tenant.uuid }],
  ['equality of an object', equal({ a: 1 }), { const: { a: 1 } }],
  ['equality of a list', equal([1]), { const: [1] }],
  ['regex', regex('[0-9]+', '1'), { type: 'string', pattern: '^[0-9]+$', examples: ['1'] }],
  ['includes', includes('a.b', 'xa.by'), { type: 'string', pattern: 'a\\.b', examples: ['xa.by'] }],
  ['notEmpty', text(notEmpty('a')), { type: 'string', minLength: 1, examples: ['a'] }],
  ['text', text(regex('^a$', 'a')), { type: 'string', pattern: '^a$', examples: ['a'] }],
  ['fromState', fromState('id', 'a', regex('^a$', 'a')), { type: 'string', pattern: '^a$', examples: ['a'] }],
  ['bind', bind('id', integer(3)), { type: 'integer', examples: [3] }],
  ['bound', bound('id', 3), { type: 'number', examples: [3] }],
  ['a format of dates', date('yyyy', '2025'), expect.objectContaining({ type: 'string' }) as unknown as Schema],
  [
    'a list of fixed items',
    ['a', integer(1)],
    {
      type: 'array',
      prefixItems: [{ const: 'a' }, { type: 'integer', examples: [1] }],
      minItems: 2,
      maxItems: 2,
    },
  ],
  ['a list without items', [], { type: 'array', maxItems: 0 }],
  [
    'eachLike',
    eachLike(integer(1), { min: 2, max: 3 }),
    {
      type: 'array',
      items: { type: 'integer', examples: [1] },
      minItems: 2,
      maxItems: 3,
    },
  ],
  [
    'arrayContaining',
    arrayContaining<Json>('a', integer(1)),
    {
      type: 'array',
      contains: { const: 'a' },
      allOf: [{ contains: { type: 'integer', examples: [1] } }],
    },
  ],
  ['values', values({ a: integer(1) }), { type: 'object', additionalProperties: { type: 'integer', examples: [1] } }],
  [
    'eachValue',
    eachValue({ a: 1 }, integer(1)),
    {
      type: 'object',
      additionalProperties: { type: 'integer', examples: [1] },
    },
  ],
  [
    'eachKey',
    eachKey({ a: 1 }, regex('^[a-z]$', 'a')),
    {
      type: 'object',
      properties: { a: { examples: [1] } },
      propertyNames: { type: 'string', pattern: '^[a-z]$' },
    },
  ],
  [
    'like, which goes for all parts',
    like({ a: [{ b: 'x' }] }),
    {
      type: 'object',
      properties: {
        a: {
          type: 'array',
          items: {
            type: 'object',
            properties: { b: { type: 'string', examples: ['x'] } },
            required: ['b'],
          },
        },
      },
      required: ['a'],
    },
  ],
];

test.each(schemas)('%s', (_name, template, schema) => {
  expect(schemaFor(template)).toEqual(schema);
});

test('below a strict path no further key is allowed, elsewhere it is', () => {
  const place = placeOf({ body: { a: { b: 'x' } }, headers: { c: 'y' } }, ['$.body']);
  const schemaBelow = (key: string) => schemaOf(below(place, key) as ReturnType<typeof placeOf>);
  expect(fits(schemaBelow('body'), { a: { b: 'x' } })).toBe(true);
  expect(fits(schemaBelow('body'), { a: { b: 'x', c: 1 } })).toBe(false);
  expect(fits(schemaBelow('headers'), { c: 'y', d: 1 })).toBe(true);
});

test('what a number looks like as text is said, as JSON Schema has no pattern for it', () => {
  const above = {
    'pact:matcher:type': [{ 'pact:matcher:type': 'integer' }, { 'pact:matcher:type': 'regex', regex: '^[2-9]$' }],
    value: 2,
  };
  expect(schemaFor(above)).toEqual({ type: 'integer', $comment: 'its text fits ^[2-9]$', examples: [2] });
});

describe('a pattern', () => {
  test.each([
    ['a|b', '^(?:a|b)$'],
    ['^(a|b)$', '^(a|b)$'],
    ['^[|]\\|$', '^[|]\\|$'],
    ['a\\$', '^a\\$$'],
    ['(?m)<.*[.]\\.>', '^<[\\s\\S]*[.]\\.>$'],
    ['(?i)a', undefined],
    ['a++', undefined],
  ])('%s becomes %s', (regex, pattern) => {
    expect(schemaPattern(regex)).toBe(pattern);
  });
});

describe('schemas of several interactions', () => {
  test('are one where they ask for the same, whatever their examples', () => {
    expect(anyOf([schemaFor(string('a')), schemaFor(string('b'))])).toEqual({ type: 'string', examples: ['a'] });
  });

  test('are a list of values, or alternatives', () => {
    expect(anyOf([{ const: 1 }, { const: 2 }, { type: 'string' }])).toEqual({
      anyOf: [{ enum: [1, 2] }, { type: 'string' }],
    });
  });
});

/** Where schemas differ on purpose, as `schemaOf` says, or can only say in words what is asked. */
const different = ['a value of the world', 'a number of the world', 'boolean', 'a format of dates'];

/** Values of every kind, to be held against a template and against its schema. */
const anything: readonly Json[] = [
  null,
  true,
  'true',
  'a',
  '',
  '12',
  'x-1',
  3,
  1.5,
  -1,
  [],
  ['a'],
  [3, 3],
  ['a', 1],
  [{ b: 'x' }],
  {},
  { a: 1 },
  { a: 'x' },
  { a: [] },
  { a: [{ b: 'x' }] },
  { a: [{ b: 1 }] },
  { A: 1 },
  { a: 1, b: 'x' },
  { b: 1 },
];

test('a schema fits what its template fits', () => {
  const templates = [
    ...schemas.filter(([name]) => !different.includes(name)).map(([, template]) => template),
    semver('1.0.0'),
    uuid(world.tenant.uuid),
    notEmpty(['a']),
    notEmpty({ a: 1 }),
    eachLike<Json>({ b: string('x') }),
    like([1, 'a']),
    values({ a: { b: integer(1) } }),
    { a: eachLike<Json>({ b: 'x' }), b: like({}) },
  ];
  // Pact holds a pattern against the text of any value.
  const isText = (template: unknown) => /"(regex|include|semver)"/.test(JSON.stringify(template));
  const differences = templates.flatMap((template) => {
    const schema = schemaFor(template);
    const compiled = compile(template);
    return anything
      .filter((value) => typeof value === 'string' || !isText(template))
      .filter((value) => fits(schema, value) !== (match(compiled, value, { strict: [] }).length === 0))
      .map((value) => JSON.stringify({ template, value, schema }));
  });
  expect(differences).toEqual([]);
});
