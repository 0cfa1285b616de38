import { describe, expect, test } from '@jest/globals';
import * as m from '../../contracts/matchers.ts';
import { compile, match } from '../../contracts/matching.ts';
import { type FieldBreak, fieldBreaks, type Wire } from './field-operators.ts';
import { formatSegments } from './paths.ts';
import { placesOf } from './places.ts';

interface Options {
  strict?: readonly string[];
  wire?: Wire;
  bindings?: ReadonlyMap<string, unknown>;
}

function breaksOf(template: unknown, content: unknown, { strict = [], wire, bindings = new Map() }: Options = {}) {
  const compiled = compile(template);
  return placesOf(compiled, content, { strict, bindings })
    .filter(({ at }) => at.length > 0)
    .flatMap((place) => fieldBreaks(content, place, wire ?? { textual: [] }));
}

const named = (breaks: readonly FieldBreak[]) => breaks.map(({ operator, at }) => `${operator} ${formatSegments(at)}`);
const brokenTo = (breaks: readonly FieldBreak[], operator: string) =>
  (breaks.find((each) => each.operator === operator)?.content as { a: unknown } | undefined)?.a;

describe('what can be done to a field', () => {
  test('of a fixed value: everything', () => {
    const breaks = breaksOf({ a: 'x' }, { a: 'x' });
    expect(named(breaks)).toEqual(['dropped $.a', 'null $.a', 'type changed $.a', 'other value $.a', 'emptied $.a']);
    expect(breaks.map(({ content }) => content)).toEqual([{}, { a: null }, { a: false }, { a: 'x~' }, { a: '' }]);
  });

  test.each<[string, unknown, unknown, string, unknown]>([
    ['a pattern', m.regex('^[0-9]+$', '1'), '42', 'other value', '42~'],
    ['an integer', m.integer(1), 7, 'other value', 7.5],
    ['a number that is fixed', 7, 7, 'other value', 1_007],
    ['a boolean', true, true, 'other value', false],
    ['a string of digits', m.string('1'), '42', 'type changed', 42],
    ['a number', m.number(1), 7, 'type changed', '7'],
    ['null', null, null, 'type changed', 'text'],
    ['a list of a length', [1, 2], [1, 2], 'item lost', [1]],
    ['a list of a length', [1, 2], [1, 2], 'item added', [1, 2, 2]],
    ['a list of at least one', m.eachLike(1), [1, 2], 'emptied', []],
    ['a list of at most two', m.eachLike(1, { max: 2 }), [1, 2], 'item added', [1, 2, 2]],
    ['an object', { b: 1 }, { b: 1 }, 'emptied', {}],
    ['an object', { b: 1 }, { b: 1 }, 'type changed', [{ b: 1 }]],
  ])('of %s %j', (_, template, value, operator, broken) => {
    expect(brokenTo(breaksOf({ a: template }, { a: value }), operator)).toEqual(broken);
  });

  test('of free text: its type and its being there, but no other text', () => {
    expect(named(breaksOf({ a: m.string('x') }, { a: 'y' }))).toEqual(['dropped $.a', 'null $.a', 'type changed $.a']);
  });

  test('that nobody names: that it is there', () => {
    expect(named(breaksOf({ a: 'x' }, { a: 'x', b: { c: 1 }, nothing: {} })).slice(5)).toEqual(['dropped $.b']);
  });

  test('whose value was said before: another one, down to its parts', () => {
    const via = { hop: 'h', tag: 't' };
    const bindings = new Map([['via', via]]);
    const breaks = breaksOf({ a: m.bound('via', { hop: 'x', tag: 'y' }) }, { a: via }, { bindings });
    expect(named(breaks)).toContain('other value $.a.tag');
    expect(named(breaks)).toContain('field added $.a.unknownToAll');
  });

  test('where the profile is strict: an unknown one is added, named by the template or not', () => {
    const breaks = breaksOf({ a: { b: 'x' } }, { a: { b: 'x' }, query: {}, c: {} }, { strict: ['$.a', '$.query'] });
    expect(named(breaks).filter((each) => each.startsWith('field added'))).toEqual([
      'field added $.a.unknownToAll',
      'field added $.query.unknownToAll',
    ]);
  });

  test('where the wire has only text: no other type', () => {
    const breaks = breaksOf({ a: '42' }, { a: '42' }, { wire: { textual: ['$.a'] } });
    expect(named(breaks)).toEqual(['dropped $.a', 'other value $.a', 'emptied $.a']);
  });

  test('where the wire spells JSON: an object or a list, but no number', () => {
    const breaks = breaksOf({ a: '42' }, { a: '42' }, { wire: { textual: [], textOrJson: ['$.a'] } });
    expect(brokenTo(breaks, 'type changed')).toEqual(['42']);
    expect(brokenTo(breaks, 'null')).toBeUndefined();
  });

  test('of an item that may stand anywhere: only of the one that the list needs, and the list is to be named', () => {
    const template = { a: m.arrayContaining({ id: 1 }, { id: m.integer(2) }) };
    const breaks = breaksOf(template, { a: [{ id: 1 }, { id: 5.5 }, { id: 7 }, { id: 8 }] });
    const ids = breaks.filter(({ at }) => at.at(-1) === 'id');
    expect(named(ids)).toContain('other value $.a[0].id');
    expect(ids.every(({ at }) => at[1] === 0)).toBe(true);
    expect(ids[0]?.reportedAt).toEqual([['a']]);
  });

  test('that a rule about all members lets in: not that it is missing', () => {
    const breaks = breaksOf({ a: m.eachKey({ b: 'x' }, m.regex('^[a-z]+$', 'b')) }, { a: { b: 'x', c: 'y' } });
    expect(named(breaks)).not.toContain('dropped $.a.b');
    expect(named(breaks)).not.toContain('dropped $.a.c');
  });
});

test('a rule that sees no type is told by the value that it lets through', () => {
  const template = { a: m.regex('^[0-9]+$', '1') };
  const changed = breaksOf(template, { a: '42' }).find(({ operator }) => operator === 'type changed');
  expect(changed?.content).toEqual({ a: 42 });
  expect(match(compile(template), changed?.content, { strict: [] })).toEqual([]);
});
