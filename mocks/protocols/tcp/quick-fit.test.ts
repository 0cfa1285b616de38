import { expect, test } from '@jest/globals';
import { loadContracts } from '../../../contracts/catalogue.ts';
import type { Json } from '../../../contracts/matchers.ts';
import { bind, bound, eachLike, integer, like, regex, string } from '../../../contracts/matchers.ts';
import { compile, match } from '../../../contracts/matching.ts';
import { type TcpMessage, tcpProfile } from '../../../contracts/messages/tcp.ts';
import { rowOf } from '../../../contracts/parts.ts';
import { quickFit } from './quick-fit.ts';
import { Random, randomMessage } from './random-messages.ts';

const strict = tcpProfile.strict.source;
const contracts = (await loadContracts()).filter((contract) => rowOf(contract).protocol === 'TCP');
const templates = contracts
  .flatMap(({ interactions }) => interactions.flatMap(({ steps }) => steps))
  .filter(({ from }) => from === 'source')
  .map(({ content }) => compile(content));
const fits = templates.map((compiled) => quickFit(compiled, strict));

const matches = (index: number, message: unknown) =>
  match(templates[index] as (typeof templates)[number], message, { strict, bindings: new Map() }).length === 0;

/** The message with one place changed: another value, a key more or less. */
function changed(message: Json, random: Random): Json {
  const copy = structuredClone(message) as { [key: string]: Json };
  let place = copy;
  for (;;) {
    const keys = Object.keys(place);
    const key = keys[random.below(keys.length + 1)] ?? 'unexpected';
    const inner = place[key];
    if (typeof inner === 'object' && inner !== null && random.below(3) > 0) {
      place = inner as { [key: string]: Json };
      continue;
    }
    const values: readonly [Json, ...Json[]] = [0, 7, 7.5, '', 'text', 'A1001', true, null, [], {}, { dbid: 1 }, ['x']];
    if (random.below(4) === 0) delete place[key];
    else place[key] = random.pick(values);
    return copy;
  }
}

test('most messages of the contracts are accepted without a match', () => {
  const quick = templates.filter((compiled, index) => fits[index]?.(compiled.example) === true);
  expect(quick.length / templates.length).toBeGreaterThan(0.8);
});

test('what is accepted matches, whatever is changed in a message', () => {
  const random = new Random(20_251_126);
  const accepted = { changed: 0, all: 0 };
  for (const [index, { example }] of templates.entries()) {
    for (let round = 0; round < 200; round += 1) {
      const message = round < 180 ? changed(example, random) : randomMessage(random);
      for (const other of [index, random.below(templates.length)]) {
        if (fits[other]?.(message) !== true) continue;
        accepted.changed += 1;
        expect({ message, fits: matches(other, message) }).toEqual({ message, fits: true });
      }
    }
  }
  expect(accepted.changed).toBeGreaterThan(1_000);
});

const message = (attributes: unknown) => ({ name: 'A', attributes });
const fitOf = (attributes: unknown) => quickFit(compile(message(attributes)), strict);

test('a yes is for values, kinds and tests of single values', () => {
  const quick = fitOf({ a: 1, b: string('x'), c: regex('[0-9]+', '12'), d: [integer(1)], Filter: { k: 'v' } });
  const good = { a: 1, b: '', c: '7', d: [9], Filter: { k: 'v' } };
  expect(quick?.(message({ ...good, more: 1 }))).toBe(true);
  const bad: TcpMessage['attributes'][] = [
    { ...good, a: 2 },
    { ...good, b: 1 },
    { ...good, c: 'x' },
    { ...good, d: [] },
    { ...good, d: [1, 2] },
    { ...good, d: 'text' },
    { ...good, Filter: { k: 'v', more: 1 } },
    { ...good, Filter: [] },
  ];
  for (const attributes of bad) expect([attributes, quick?.(message(attributes))]).toEqual([attributes, false]);
});

test('a filter where the template has none is left to the match', () => {
  expect(fitOf({ a: 1 })?.(message({ a: 1, Filter: { k: 1 } }))).toBe(false);
  expect(fitOf({ a: 1 })?.(message({ a: 1 }))).toBe(true);
});

test('all else is left to the match', () => {
  expect(fitOf({ a: eachLike(1) })).toBeUndefined();
  expect(fitOf(like({ a: 1 }))).toBeUndefined();
  expect(fitOf({ a: bind('x', 1), b: bound('x', 1) })).toBeUndefined();
  expect(fitOf({ a: bound('x', 1) })?.(message({ a: 5 }))).toBe(true);
  expect(fitOf({ toString: 'x' })).toBeUndefined();
});
