import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as m from './matchers.ts';
import {
  compile,
  compileRules,
  generate,
  glanceOf,
  type MatchingRule,
  match,
  TemplateError,
  testOf,
} from './matching.ts';

const everywhere = ['$'];
const nowhere: string[] = [];

function messages(template: unknown, actual: unknown, strict = nowhere, bindings?: Map<string, unknown>): string[] {
  const options = bindings === undefined ? { strict } : { strict, bindings };
  return match(compile(template), actual, options).map(({ message }) => message);
}

describe('one mismatch', () => {
  test('has path, expected, got, rule, and a sentence of them', () => {
    expect(
      match(compile({ body: { revision: m.integer(3) } }), { body: { revision: '3' } }, { strict: nowhere }),
    ).toEqual([
      {
        path: '$.body.revision',
        expected: 'an integer like 3',
        got: '"3" (string)',
        message: '$.body.revision: expected an integer like 3, got "3" (string)',
        rule: 'integer',
      },
    ]);
  });

  test.each<[template: unknown, actual: unknown, message: string]>([
    ['a', 'b', '$: expected "a", got "b" (string)'],
    ['a', undefined, '$: expected "a", got undefined (no JSON value)'],
    [3, '3', '$: expected 3, got "3" (string)'],
    [3, Number.NaN, '$: expected 3, got NaN (no JSON value)'],
    [null, 0, '$: expected null, got 0 (number)'],
    [true, 'true', '$: expected true, got "true" (string)'],
    [{ a: 1 }, [1], '$: expected an object, got [ 1 ] (array of 1)'],
    [[1], { a: 1 }, '$: expected an array, got { a: 1 } (object)'],
    [[1, 2], [1], '$: expected an array of 2, got [ 1 ] (array of 1)'],
    [[], [1], '$: expected an empty array, got [ 1 ] (array of 1)'],
    [m.like('a'), null, '$: expected a string like "a", got null'],
    [m.like(1), '1', '$: expected a number like 1, got "1" (string)'],
    [m.equal({ a: [1] }), { a: [2] }, '$.a[0]: expected 1, got 2 (number)'],
    [m.equal({ a: 1 }), { a: 1, b: 2 }, '$: expected { a: 1 }, got { a: 1, b: 2 } (object)'],
    [m.decimal(1.5), 1, '$: expected a decimal number like 1.5, got 1 (number)'],
    [m.number(1), '1', '$: expected a number like 1, got "1" (string)'],
    [m.boolean(true), 1, '$: expected a boolean like true, got 1 (number)'],
    [m.nullValue(), '', '$: expected null, got "" (string)'],
    [m.regex(/\d+/, '1'), 'a1', '$: expected text that fits /\\d+/ like "1", got "a1" (string)'],
    [m.includes('b', 'abc'), 'ac', '$: expected text that includes "b", got "ac" (string)'],
    [m.semver('1.2.3'), '1.2', '$: expected a semantic version like "1.2.3", got "1.2" (string)'],
    [
      m.date('yyyy-MM-dd', '2024-02-29'),
      '2023-02-29',
      '$: expected a date in the format yyyy-MM-dd like "2024-02-29", got "2023-02-29" (string)',
    ],
    [m.time('HH:mm', '12:30'), '24:00', '$: expected a time in the format HH:mm like "12:30", got "24:00" (string)'],
    [
      m.datetime('yyyy HH', '2024 12'),
      2024,
      '$: expected a timestamp in the format yyyy HH like "2024 12", got 2024 (number)',
    ],
    [m.notEmpty('a'), '', '$: expected something not empty like "a", got "" (string)'],
    [m.notEmpty([1]), [], '$: expected an array that is not empty, got [] (array of 0)'],
    [m.notEmpty({ a: 1 }), [], '$: expected an object, got [] (array of 0)'],
    [m.eachLike(1, { min: 2 }), [1], '$: expected at least 2 items, got 1 item'],
    [m.eachLike(1, { max: 1 }), [1, 2], '$: expected at least 1 item and at most 1 item, got 2 items'],
    [m.eachLike({ id: 1 }), [{ id: 2 }, { id: 'x' }], '$[1].id: expected a number like 1, got "x" (string)'],
    [
      m.arrayContaining({ a: m.integer(1) }),
      [{ a: 'x' }],
      "$: expected an item like { a: 1 }, got [ { a: 'x' } ] (array of 1)",
    ],
    [
      m.eachKey({ k1: 1 }, m.regex('k\\d', 'k1')),
      { x: 1 },
      '$.x: expected a key that is text that fits /k\\d/ like "x", got "x"',
    ],
    [m.eachValue({ a: 1 }, m.integer(1)), { b: 'x' }, '$.b: expected an integer like 1, got "x" (string)'],
    [m.values({ a: m.integer(1) }), { b: 'x' }, '$.b: expected an integer like 1, got "x" (string)'],
    [m.statusCode('success', 200), 404, '$: expected a success status (200 to 299) like 200, got 404 (number)'],
    [m.statusCode([200, 204], 200), 201, '$: expected a status out of 200, 204 like 200, got 201 (number)'],
    [
      m.contentType('image/png', 'iVBORw0KGgo='),
      Buffer.from('GIF89a'),
      '$: expected content of the type image/png, got <474946383961> (6 bytes)',
    ],
    [Buffer.from([1, 2]), Buffer.from([1, 3]), '$: expected <0102> (2 bytes), got <0103> (2 bytes)'],
    [m.like(Buffer.from([1])), 'a', '$: expected bytes, got "a" (string)'],
  ])('%#: %j against %j', (template, actual, message) => {
    expect(messages(template, actual)).toEqual([message]);
  });

  test('tells a missing key, null, a wrong type and a wrong value apart, all at once', () => {
    const template = { a: m.integer(1), b: m.integer(2), c: m.integer(3), d: 4, e: { f: 'g' } };
    expect(messages(template, { b: null, c: '3', d: 5 })).toEqual([
      '$.a: expected an integer like 1, got nothing (the key is missing)',
      '$.b: expected an integer like 2, got null',
      '$.c: expected an integer like 3, got "3" (string)',
      '$.d: expected 4, got 5 (number)',
      '$.e: expected an object, got nothing (the key is missing)',
    ]);
  });

  test('an empty object may break two rules', () => {
    expect(messages(m.notEmpty({ a: 1 }), {})).toEqual([
      '$.a: expected something not empty like 1, got nothing (the key is missing)',
      '$: expected an object that is not empty, got {} (object)',
    ]);
  });

  test('shortens long values', () => {
    const [message = ''] = messages({ a: 'b' }, { a: 'x'.repeat(5_000) });
    expect(message).toBe(`$.a: expected "b", got "${'x'.repeat(80)}…" (5000 characters) (string)`);
  });
});

describe('unexpected keys', () => {
  const template = { query: { a: '1' }, body: { b: [{ c: 1 }] } };
  const actual = { query: { a: '1', x: '2' }, body: { b: [{ c: 1, y: 2 }] }, z: 3 };

  test.each([
    [nowhere, []],
    [['$.query'], ['$.query.x']],
    [['$.body'], ['$.body.b[0].y']],
    [
      ['$.body.b[0]', '$.query'],
      ['$.query.x', '$.body.b[0].y'],
    ],
    [everywhere, ['$.query.x', '$.body.b[0].y', '$.z']],
  ])('below %j are %j', (strict, paths) => {
    const found = match(compile(template), actual, { strict });
    expect(found.map(({ path }) => path)).toEqual(paths);
    expect(new Set(found.map(({ rule }) => rule))).toEqual(new Set(paths.length > 0 ? ['unexpected'] : []));
  });

  test('are said to be unexpected', () => {
    expect(messages({}, { a: { b: 1 } }, everywhere)).toEqual(['$.a: expected no such key, got { b: 1 } (object)']);
  });

  test('an object that only the template lacks is an empty one where what lies below it is strict', () => {
    const found = match(
      compile({ method: 'GET' }),
      { method: 'GET', query: { x: '1' }, headers: { y: '2' } },
      { strict: ['$.query'] },
    );
    expect(found.map(({ path, rule }) => [path, rule])).toEqual([['$.query.x', 'unexpected']]);
    expect(match(compile({ method: 'GET' }), { method: 'GET', query: {} }, { strict: ['$.query'] })).toEqual([]);
  });

  test('a strict path that is none is refused', () => {
    expect(() => messages({}, {}, ['body'])).toThrow('body: this is no path; expected $ or a path like $.body');
  });
});

describe('text', () => {
  const template = { id: m.text(m.regex('^[0-9]+$', '7')), word: m.text(m.notEmpty('a')) };

  test('lets no number in by its digits, and no list by its not being empty', () => {
    expect(messages(template, { id: '8', word: 'b' })).toEqual([]);
    expect(messages(template, { id: 8, word: ['b'] })).toEqual([
      '$.id: expected a string like "7", got 8 (number)',
      `$.word: expected a string like "a", got [ 'b' ] (array of 1)`,
    ]);
    expect(messages(template, { id: 'x', word: '' })).toHaveLength(2);
  });
});

describe('bind and bound', () => {
  const request = { ref: m.bind('ref', m.integer(7)) };
  const answer = { ref: m.bound('ref', 7) };

  test('a value that was bound must come back', () => {
    const bindings = new Map<string, unknown>();
    expect(messages(request, { ref: 12 }, nowhere, bindings)).toEqual([]);
    expect(bindings).toEqual(new Map([['ref', 12]]));
    expect(messages(answer, { ref: 12 }, nowhere, bindings)).toEqual([]);
    expect(messages(answer, { ref: 13 }, nowhere, bindings)).toEqual([
      '$.ref: expected 12, the value bound to ref, got 13 (number)',
    ]);
  });

  test('what does not fit is not bound', () => {
    const bindings = new Map<string, unknown>();
    expect(messages(request, { ref: 'x' }, nowhere, bindings)).toHaveLength(1);
    expect(bindings.size).toBe(0);
  });

  test('a plain value inside bind must be equal', () => {
    expect(messages({ a: m.bind('a', 1) }, { a: 2 })).toEqual(['$.a: expected 1, got 2 (number)']);
  });

  test('without a binding the type of the example is asked for', () => {
    expect(messages(answer, { ref: 99 })).toEqual([]);
    expect(messages(answer, { ref: 'x' })).toEqual(['$.ref: expected the value bound to ref like 7, got "x" (string)']);
  });

  test('a whole object can be bound', () => {
    const bindings = new Map<string, unknown>();
    expect(messages(m.bind('call', m.like({ id: 1 })), { id: 5, extra: [1] }, nowhere, bindings)).toEqual([]);
    expect(messages({ a: m.bound('call', { id: 1 }) }, { a: { id: 5, extra: [1] } }, nowhere, bindings)).toEqual([]);
    expect(messages({ a: m.bound('call', { id: 1 }) }, { a: { id: 5 } }, nowhere, bindings)).toHaveLength(1);
  });

  test('only the variant that fits binds', () => {
    const template = m.arrayContaining({ kind: 'b', id: m.bind('id', m.integer(1)) });
    const bindings = new Map<string, unknown>();
    expect(
      messages(
        template,
        [
          { id: 1, kind: 'a' },
          { id: 2, kind: 'b' },
        ],
        nowhere,
        bindings,
      ),
    ).toEqual([]);
    expect(bindings).toEqual(new Map([['id', 2]]));
  });
});

describe('compile', () => {
  test('gives the example and the rules of a pact file', () => {
    const template = {
      body: {
        'a.b': m.integer(1),
        items: m.eachLike({ id: m.regex(/k\d/i, 'k1') }, { min: 2, max: 5 }),
        map: m.values({ a: m.boolean(true) }),
        any: m.arrayContaining<unknown>({ x: m.integer(1) }, 'plain'),
        ref: m.bind('ref', m.integer(1)),
        back: m.bound('ref', 1),
        user: m.fromState('userId', 'u1'),
      },
    };
    const { example, rules, generators } = compile(template);
    expect(example).toEqual({
      body: {
        'a.b': 1,
        items: [{ id: 'k1' }, { id: 'k1' }],
        map: { a: true },
        any: [{ x: 1 }, 'plain'],
        ref: 1,
        back: 1,
        user: 'u1',
      },
    });
    const one = (rule: MatchingRule) => ({ combine: 'AND', matchers: [rule] });
    expect(rules).toEqual({
      "$.body['a.b']": one({ match: 'integer' }),
      '$.body.items[*].id': one({ match: 'regex', regex: '(?i)k\\d' }),
      '$.body.items': one({ match: 'type', min: 2, max: 5 }),
      '$.body.map.*': one({ match: 'boolean' }),
      '$.body.map': one({ match: 'values' }),
      '$.body.any': one({
        match: 'arrayContains',
        variants: [
          { index: 0, rules: { '$.x': one({ match: 'integer' }) }, generators: {} },
          { index: 1, rules: {}, generators: {} },
        ],
      }),
      '$.body.ref': one({ match: 'integer' }),
      '$.body.back': one({ match: 'type' }),
      '$.body.user': one({ match: 'type' }),
    });
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the expression syntax of Pact
    expect(generators).toEqual({ '$.body.user': { type: 'ProviderState', expression: '${userId}' } });
  });

  test.each<[template: unknown, path: string, message: string]>([
    [{ a: { 'pact:matcher:type': 'nope' } }, '$.a', '$.a: there is no matcher "nope"; known are type, equality,'],
    [[m.regex('(', 'x')], '$[0]', '$[0]: the pattern "(" is wrong: a group is not closed'],
    [m.regex('a++', 'a'), '$', '$: the pattern "a++" is wrong: the possessive quantifier ++ cannot be translated'],
    [{ a: { 'pact:matcher:type': 'type', min: 1 } }, '$.a', '$.a: the matcher type has no value as an example'],
    [m.eachLike(1, { min: 3, max: 2 }), '$', '$: min 3 is above max 2'],
    [m.eachLike(1, { min: -1 }), '$', '$: min must be a whole number from 0, got -1'],
    [m.date('yyyy-QQQQQQ', 'x'), '$', '$: the date format "yyyy-QQQQQQ" is wrong: QQQQQQ has more than 5 letters'],
    [m.integer(1.5), '$', '$: the example does not fit: expected an integer like 1.5, got 1.5 (number)'],
    [
      m.statusCode('good', 200),
      '$',
      '$: status must be a list of codes or one of info, success, redirect, clientError,',
    ],
    [m.eachKey({ a: 1 }), '$', '$: keys needs at least one rule in rules, got []'],
    [
      m.eachValue({ a: m.integer(1) }, m.string('')),
      '$',
      '$: matchers below the example of eachValue or of a rule: Pact',
    ],
    [m.arrayContaining(), '$', '$: arrayContains needs at least one variant, got []'],
    [{ "it's": m.integer(1) }, "$['it's']", "$['it's']: a pact file has no path for a key that is empty or holds"],
    [{ a: Number.NaN }, '$.a', '$.a: NaN is no JSON value'],
    [{ a: { 'pact:generator:type': 'Uuid' } }, "$.a['pact:generator:type']", 'a key with pact: belongs to a matcher'],
  ])('refuses %j', (template, path, message) => {
    expect(() => compile(template)).toThrow(TemplateError);
    expect(() => compile(template)).toThrow(
      expect.objectContaining({ path, message: expect.stringContaining(message) }),
    );
  });

  test('refuses a cyclic template', () => {
    const template: Record<string, unknown> = {};
    template.self = template;
    expect(() => compile(template)).toThrow('$: the template is deeper than 200 levels; is it cyclic?');
  });
});

describe('rules of a pact file', () => {
  const rule = (match: string, combine: 'AND' | 'OR' = 'AND') => ({ combine, matchers: [{ match }] });
  const paths = (example: m.Json, rules: Parameters<typeof compileRules>[1], actual: unknown) =>
    match(compileRules(example, rules), actual, { strict: nowhere }).map(({ path }) => path);

  test('a rule cascades to the parts of its value, until a nearer rule', () => {
    const rules = { '$.a': rule('type'), '$.a.c': rule('equality') };
    expect(paths({ a: { b: 1, c: { d: 1 } } }, rules, { a: { b: 9, c: { d: 1 } } })).toEqual([]);
    expect(paths({ a: { b: 1, c: { d: 1 } } }, rules, { a: { b: 9, c: { d: 2 } } })).toEqual(['$.a.c.d']);
  });

  test('the heavier path wins, a name over a star', () => {
    const rules = { '$.*': rule('integer'), '$.a': rule('boolean'), "$['b.c']": rule('type') };
    expect(paths({ a: true, 'b.c': 'x', d: 1 }, rules, { a: 2, 'b.c': 'y', d: 'z' })).toEqual(['$.a', '$.d']);
  });

  test('[*] is for array items, and for keys that are numbers', () => {
    const rules = { '$.a[*]': rule('integer') };
    expect(paths({ a: [1] }, rules, { a: ['x'] })).toEqual(['$.a[0]']);
    expect(paths({ a: { k: 1 } }, rules, { a: { k: 2 } })).toEqual(['$.a.k']);
    expect(paths({ a: { '7': 1 } }, rules, { a: { '7': 2 } })).toEqual([]);
  });

  test('AND asks for all, OR for one', () => {
    const matchers = [{ match: 'integer' }, { match: 'null' }];
    const any = compileRules({ a: 1 }, { '$.a': { combine: 'OR', matchers } });
    expect(match(any, { a: null }, { strict: nowhere })).toEqual([]);
    expect(match(any, { a: 'x' }, { strict: nowhere })).toMatchObject([
      { message: '$.a: expected an integer like 1 or null, got "x" (string)', rule: 'integer or null' },
    ]);
    const all = compileRules({ a: 1 }, { '$.a': { combine: 'AND', matchers } });
    expect(match(all, { a: 1 }, { strict: nowhere })).toMatchObject([
      { message: '$.a: expected null, got 1 (number)' },
    ]);
  });

  test.each<[rules: unknown, message: string]>([
    [{ 'body.a': rule('type') }, 'body.a: this is no path of a matching rule'],
    [{ '$.a': { matchers: 'type' } }, '$.a: a rule needs a list of matchers'],
    [{ '$.a': { combine: 'XOR', matchers: [] } }, '$.a: combine must be AND or OR, got "XOR"'],
    [{ '$.a': { matchers: [{}] } }, '$.a: expected a matching rule with the field match, got {}'],
  ])('refuses %j', (rules, message) => {
    expect(() => compileRules({}, rules as Parameters<typeof compileRules>[1])).toThrow(message);
  });
});

describe('whatever comes in', () => {
  test('cyclic and very deep values are compared as far as the template goes', () => {
    const cyclic: Record<string, unknown> = { a: 1 };
    cyclic.self = cyclic;
    const text = /^\$\.self: expected "x", got <ref \*1> \{ a: 1, self: \[Circular \*1\] \} \(object\)$/;
    expect(messages({ a: 1, self: 'x' }, cyclic)).toEqual([expect.stringMatching(text)]);
    expect(messages({ self: m.regex('.*', '') }, cyclic)).toHaveLength(1);
    expect(messages(m.like({ self: { self: { a: 2 } } }), cyclic)).toEqual([]);
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    expect(messages({ a: 'x', b: m.regex('x', 'x'), c: m.equal([1]) }, { a: deep, b: deep, c: deep })).toHaveLength(3);
  });

  test('keys of the prototype are ordinary keys', () => {
    const actual = JSON.parse('{"__proto__": 1, "constructor": "x"}');
    expect(messages({}, {}, everywhere)).toEqual([]);
    expect(messages({ constructor: m.string('a') }, {})).toEqual([
      '$.constructor: expected a string like "a", got nothing (the key is missing)',
    ]);
    expect(messages(JSON.parse('{"__proto__": 2, "constructor": "x"}'), actual)).toEqual([
      '$.__proto__: expected 2, got 1 (number)',
    ]);
    expect(messages({}, actual, everywhere)).toHaveLength(2);
    expect(Object.keys(generate(compile(actual), {}) ?? {})).toEqual(['__proto__', 'constructor']);
  });

  test('of a huge array that differs everywhere 10000 mismatches are kept', () => {
    const huge = Array.from({ length: 200_000 }, (_, at) => at);
    expect(messages(m.eachLike(1), huge)).toEqual([]);
    expect(messages(m.eachLike('a'), huge)).toHaveLength(10_000);
  });

  test('undefined is an absent key', () => {
    expect(messages({ a: 1, b: undefined }, { a: 1, c: undefined }, everywhere)).toEqual([]);
  });

  test('a bigint is a number', () => {
    expect(messages({ a: m.integer(1), b: 2 }, { a: 10n ** 18n, b: 2n })).toEqual([]);
  });
});

describe('a glance', () => {
  const request = compile({
    path: '/a',
    body: { id: m.string('c-1'), tier: 'gold', lines: [{ count: m.integer(1) }] },
  });
  const order = { path: '/a', body: { id: 'c-2', tier: 'gold', lines: [{ count: 7 }] } };
  const glance = glanceOf(request, { strict: ['$.body'] });

  test.each<[seen: string, change: string, actual: unknown]>([
    ['fits', 'nothing', order],
    ['fits', 'more where nothing is strict', { ...order, headers: {} }],
    ['differs', 'a plain value', { ...order, body: { ...order.body, tier: 'ruby' } }],
    ['differs', 'a type', { ...order, body: { ...order.body, id: 2 } }],
    ['differs', 'a missing key', { path: '/a' }],
    ['differs', 'the length of a list', { ...order, body: { ...order.body, lines: [] } }],
    ['differs', 'the item of a list', { ...order, body: { ...order.body, lines: [{ count: 1.5 }] } }],
    ['unclear', 'more where it is strict', { ...order, body: { ...order.body, constructor: 1 } }],
  ])('%s: %s', (seen, _, actual) => {
    expect(glance(actual)).toBe(seen);
  });

  test.each<[seen: string, what: string, actual: unknown, boundFits: boolean]>([
    ['fits', 'a value of the type that is asked for', { own: 'x', call: 'c-2' }, false],
    ['differs', 'a value of another type', { own: 'x', call: 2 }, false],
    ['fits', 'a value of another type, where what is bound fits', { own: 'x', call: 2 }, true],
    ['differs', 'no value', { own: 'x' }, true],
  ])('of what another message binds, %s: %s', (seen, _, actual, boundFits) => {
    const answer = compile({ own: m.bind('own', 'x'), call: m.bound('call', 'c-1') });
    expect(glanceOf(answer, { strict: [], boundFits })(actual)).toBe(seen);
  });

  test('what a message binds and asks for itself is unclear', () => {
    const own = compile({ a: m.bind('x', 'a'), b: m.bound('x', 'a') });
    expect(glanceOf(own, { strict: [] })({ a: 'a', b: 'a' })).toBe('unclear');
  });

  test('every one of several rules is asked', () => {
    const rules = { '$.a': { matchers: [{ match: 'regex', regex: 'a+' }, { match: 'notEmpty' }, { match: 'type' }] } };
    const several = glanceOf(compileRules({ a: 'aa' }, rules), { strict: [] });
    expect(['a', 'b', ''].map((a) => several({ a }))).toEqual(['fits', 'differs', 'differs']);
  });

  test('says what the comparison says, of any template', () => {
    const names = fc.constantFrom('x', 'y');
    const { template } = fc.letrec((tie) => ({
      template: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom<unknown>('a', 1, null, m.string('a'), m.integer(1), m.regex('a+', 'a'), m.nullValue()),
        names.map((name) => m.bind(name, 'a')),
        fc.tuple(names, fc.constantFrom('a', 1)).map(([name, value]) => m.bound(name, value)),
        fc.constantFrom<unknown>(m.like({ a: 'a' }), m.eachLike('a'), m.eachLike(m.bind('x', 1)), {}, []),
        fc.array(tie('template'), { maxLength: 2 }),
        fc.dictionary(fc.constantFrom('a', 'b', 'constructor'), tie('template'), { maxKeys: 2 }),
        tie('template').map((part) => m.like(part as string)),
      ),
    }));
    const sound = template.filter((each) => {
      try {
        return compile(each).example !== undefined;
      } catch {
        return false;
      }
    });
    const seen = new Set<string>();
    fc.assert(
      fc.property(sound, sound, fc.constantFrom(['$'], ['$.a'], []), fc.boolean(), (one, other, strict, boundFits) => {
        const compiled = compile(one);
        const glanced = glanceOf(compiled, { strict, boundFits });
        const test = testOf(compiled, { strict, boundFits });
        for (const actual of [compiled.example, compile(other).example, { a: compiled.example }]) {
          const mismatches = match(compiled, actual, { strict, bindings: new Map() });
          const fits = mismatches.every(({ rule }) => boundFits && rule === 'bound');
          const found = glanced(actual);
          expect([fits ? 'fits' : 'differs', 'unclear']).toContain(found);
          expect(test(actual)).toBe(fits);
          seen.add(found);
        }
      }),
      { numRuns: 5_000 },
    );
    expect(seen).toEqual(new Set(['fits', 'differs', 'unclear']));
  });
});

describe('generate', () => {
  test('fills in what states gave and what was bound', () => {
    const compiled = compile({
      path: {
        'pact:matcher:type': 'regex',
        regex: '/u/.*',
        value: '/u/1',
        'pact:generator:type': 'ProviderState',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the expression syntax of Pact
        expression: '/u/${id}',
      },
      list: m.eachLike({ ref: m.bound('ref', 1) }, { min: 2 }),
      other: m.fromState('unknown', 'x'),
    });
    const bindings = new Map([['ref', 5]]);
    expect(generate(compiled, { id: '42' }, bindings)).toEqual({
      path: '/u/42',
      list: [{ ref: 5 }, { ref: 5 }],
      other: 'x',
    });
    expect(compiled.example).toEqual({ path: '/u/1', list: [{ ref: 1 }, { ref: 1 }], other: 'x' });
  });
});

const leaf = fc.oneof(
  fc.string().map((text) => m.like(text)),
  fc.integer().map((number) => m.integer(number)),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => m.number(number)),
  fc.boolean().map((flag) => m.boolean(flag)),
  fc.string().map((text) => m.equal(text)),
  fc.string().map((text) => m.includes(text)),
  fc.constant(m.nullValue()),
  fc.constant(m.fromState('state', 'x')),
  fc.constant(m.bound('bound', 1)),
  fc.uint8Array({ maxLength: 4 }),
  fc.constantFrom(null, 'plain', 1, 1.5, true),
);
const key = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'a.b', '0', 'id'), fc.stringMatching(/^[a-z ]{1,4}$/));
const { template } = fc.letrec<{ template: unknown }>((tie) => ({
  template: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.array(tie('template'), { maxLength: 3 }),
    fc.dictionary(key, tie('template'), { maxKeys: 4, noNullPrototype: true }),
    tie('template').map((part) => m.eachLike(part, { min: 2 })),
    tie('template').map((part) => m.bind('kept', part)),
    fc.tuple(key, tie('template')).map(([name, part]) => m.values(Object.fromEntries([[name, part]]))),
    fc.array(tie('template'), { minLength: 1, maxLength: 2 }).map((parts) => m.arrayContaining(...parts)),
  ),
}));

describe('properties', () => {
  test('an example fits its own template, and so does what is generated', () => {
    fc.assert(
      fc.property(template, fc.string(), fc.integer(), (any, state, bound) => {
        const compiled = compile(any);
        const bindings = new Map([['bound', bound]]);
        expect(match(compiled, compiled.example, { strict: everywhere })).toEqual([]);
        const message = generate(compiled, { state }, bindings);
        expect(match(compiled, message, { strict: everywhere, bindings })).toEqual([]);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  test('no value makes it throw, and each mismatch has a text', () => {
    fc.assert(
      fc.property(template, fc.anything({ withBigInt: true, withDate: true, withSparseArray: true }), (any, actual) => {
        for (const { path, message } of match(compile(any), actual, { strict: everywhere })) {
          expect(message).toMatch(/^\$.*: expected .+, got .+/s);
          expect(message.startsWith(path)).toBe(true);
        }
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
