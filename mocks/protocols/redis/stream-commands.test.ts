import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { StreamCommand } from '../../../contracts/messages/redis-streams.ts';
import { fromArguments, keysOf, toArguments, waitOf } from './commands.ts';

const key = fc.string();
const amount = fc.nat();
const orNone = fc.option(amount, { nil: null });
const id = fc.constantFrom('>', '$', '0', '5-1', '1795665743139-0');
const ids = fc.array(fc.constantFrom('5', '5-1', '6-0'), { minLength: 1 });
const group = fc.string();
const consumer = fc.string();
const command = <C extends StreamCommand['command']>(name: C) => fc.constant(name);

const logical: fc.Arbitrary<StreamCommand> = fc.oneof(
  fc.record({ command: command('XREAD'), key, id, count: orNone, blockMs: orNone }),
  fc.record({
    command: command('XREADGROUP'),
    key,
    id,
    group,
    consumer,
    count: orNone,
    blockMs: orNone,
    noack: fc.boolean(),
  }),
  fc.record({ command: command('XACK'), key, group, ids }),
  fc.record({
    command: command('XPENDING'),
    key,
    group,
    idleMs: orNone,
    start: fc.constantFrom('-', '5-1'),
    end: fc.constantFrom('+', '6-0'),
    count: amount,
    consumer: fc.option(consumer, { nil: null }),
  }),
  fc.record({ command: command('XCLAIM'), key, group, consumer, minIdleMs: amount, ids }),
  fc.record({
    command: command('XAUTOCLAIM'),
    key,
    group,
    consumer,
    minIdleMs: amount,
    start: fc.constantFrom('0-0', '5-1'),
    count: orNone,
  }),
);

test('every command of a reader survives the way over the wire', () => {
  fc.assert(
    fc.property(logical, (each) => expect(fromArguments(toArguments(each))).toEqual(each)),
    { seed: 46 },
  );
});

test('any arguments at all are read without an error, and go back to what reads the same', () => {
  const name = fc.constantFrom('XREAD', 'XREADGROUP', 'XACK', 'XPENDING', 'XCLAIM', 'XAUTOCLAIM');
  const marks = fc.constantFrom('GROUP', 'COUNT', 'BLOCK', 'NOACK', 'STREAMS', 'IDLE', '-', '+', '>', '0', '7', '5-1');
  const argv = fc.tuple(name, fc.array(fc.oneof(marks, fc.string()))).map(([first, rest]) => [first, ...rest]);
  fc.assert(
    fc.property(argv, (each) => {
      const read = fromArguments(each);
      expect(fromArguments(toArguments(read))).toEqual(read);
    }),
    { seed: 14 },
  );
});

describe('what Redis does not care about makes no difference', () => {
  test.each([
    ['order of options', 'XREAD BLOCK 5 COUNT 1 STREAMS k 1-0', 'XREAD COUNT 1 BLOCK 5 STREAMS k 1-0'],
    [
      'order of options for a group',
      'XREADGROUP GROUP g c NOACK COUNT 1 STREAMS k >',
      'xreadgroup group g c count 1 noack streams k >',
    ],
    ['the two ways to say the very beginning', 'XREAD STREAMS k 0-0', 'XREAD STREAMS k 0'],
    ['case of an option', 'XAUTOCLAIM k g c 0 0-0 count 5', 'XAUTOCLAIM k g c 0 0-0 COUNT 5'],
  ])('%s', (_, one, other) => expect(fromArguments(one.split(' '))).toEqual(fromArguments(other.split(' '))));
});

test.each([
  'XREAD STREAMS a b 0 0',
  'XREAD COUNT many STREAMS k 0',
  'XREAD STREAMS k',
  'XREADGROUP g c STREAMS k >',
  'XACK k g',
  'XPENDING k g',
  'XPENDING k g IDLE soon - + 5',
  'XCLAIM k g c 0 5-1 JUSTID',
  'XCLAIM k g c 0',
  'XAUTOCLAIM k g c 0 0-0 COUNT 5 JUSTID',
  'XAUTOCLAIM k g c 0',
])('%s keeps its arguments, since the logical form could not say it all', (line) => {
  const [name, ...args] = line.split(' ');
  expect(fromArguments(line.split(' '))).toEqual({ command: name, args });
});

test('a read knows its key, and how long it waits', () => {
  const waiting = fromArguments('XREAD BLOCK 250 STREAMS tenant:{t}:events $'.split(' '));
  expect(keysOf(waiting)).toEqual(['tenant:{t}:events']);
  expect(waitOf(waiting)).toBe(250);
  expect(waitOf(fromArguments('XREAD BLOCK 0 STREAMS k $'.split(' ')))).toBe(0);
  expect(waitOf(fromArguments('XREAD BLOCK 5 STREAMS a b 0 0'.split(' ')))).toBe(5);
  expect(waitOf(fromArguments('XREAD STREAMS a b 0 0'.split(' ')))).toBeUndefined();
  expect(waitOf(fromArguments('XREAD STREAMS k 0'.split(' ')))).toBeUndefined();
  expect(waitOf(fromArguments(['GET', 'k']))).toBeUndefined();
});
