import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { keyCommands, type RedisCommand, type RedisFields } from '../../../contracts/messages/redis.ts';
import { fromArguments, isMaintenance, keysOf, toArguments } from './commands.ts';

const name = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => text !== '__proto__');
const text = fc.oneof(
  fc.string().filter((each) => !/^\s*[[{]/.test(each)),
  fc.dictionary(name, fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null))),
  fc.array(fc.integer()),
);
const fields: fc.Arbitrary<RedisFields> = fc.dictionary(name, text, { minKeys: 1 }) as fc.Arbitrary<RedisFields>;
const logical: fc.Arbitrary<RedisCommand> = fc.oneof(
  fc.record({ command: fc.constant('HSET' as const), key: fc.string(), fields }),
  fc.record({
    command: fc.constant('SET' as const),
    key: fc.string(),
    value: text as fc.Arbitrary<string>,
    px: fc.option(fc.nat(), { nil: null }),
    nx: fc.boolean(),
  }),
  fc
    .record({
      command: fc.constant('XADD' as const),
      key: fc.string(),
      id: fc.constantFrom('*', '5', '5-1', '5-*'),
      maxlen: fc.option(fc.nat(), { nil: null }),
      approximate: fc.boolean(),
      fields,
    })
    .map((each) => ({ ...each, approximate: each.approximate && each.maxlen !== null })),
  fc.record({
    command: fc.constant('DEL' as const),
    keys: fc.array(fc.string(), { minLength: 1 }).map((keys) => keys.toSorted()),
  }),
  fc.record({ command: fc.constantFrom(...keyCommands), key: fc.string() }),
  fc.record({ command: fc.constantFrom('MULTI', 'EXEC', 'XRANGE', 'PEXPIRE'), args: fc.array(fc.string()) }),
);

test('every logical command survives the way over the wire', () => {
  fc.assert(
    fc.property(logical, (each) => expect(fromArguments(toArguments(each))).toEqual(each)),
    { seed: 9 },
  );
});

test('a time to live in seconds is read as one in milliseconds', () => {
  expect(fromArguments(['EXPIRE', 'k', '60'])).toEqual({ command: 'PEXPIRE', args: ['k', '60000'] });
  expect(fromArguments(['expireat', 'k', '1760000000', 'NX'])).toEqual({
    command: 'PEXPIREAT',
    args: ['k', '1760000000000', 'NX'],
  });
  expect(fromArguments(['EXPIRE', 'k', 'soon'])).toEqual({ command: 'EXPIRE', args: ['k', 'soon'] });
});

test('any arguments at all are read without an error, and go back to what reads the same', () => {
  const word = fc.oneof(fc.string(), fc.constantFrom('NX', 'PX', 'EX', 'MAXLEN', '~', '*', '1', '{"a":1}'));
  const argv = fc
    .tuple(fc.constantFrom('HSET', 'HMSET', 'SET', 'SETEX', 'XADD', 'DEL', 'GET', 'nonsense'), fc.array(word))
    .map(([command, args]) => [command, ...args]);
  fc.assert(
    fc.property(argv, (each) => {
      const read = fromArguments(each);
      expect(fromArguments(toArguments(read))).toEqual(read);
    }),
    { seed: 49 },
  );
});

describe('what Redis does not care about makes no difference', () => {
  const same: readonly (readonly [string, string[], string[]])[] = [
    ['case of the name', ['hset', 'k', 'a', '1'], ['HSET', 'k', 'a', '1']],
    ['order of fields', ['HSET', 'k', 'a', '1', 'b', '2'], ['HSET', 'k', 'b', '2', 'a', '1']],
    ['HMSET', ['HMSET', 'k', 'a', '1'], ['HSET', 'k', 'a', '1']],
    ['order of options', ['SET', 'k', 'v', 'NX', 'PX', '1000'], ['SET', 'k', 'v', 'px', '1000', 'nx']],
    ['seconds', ['SET', 'k', 'v', 'EX', '1'], ['SET', 'k', 'v', 'PX', '1000']],
    ['SETEX', ['SETEX', 'k', '1', 'v'], ['PSETEX', 'k', '1000', 'v']],
    ['order of keys', ['DEL', 'a', 'b'], ['UNLINK', 'b', 'a']],
    [
      'exact MAXLEN with and without its mark',
      ['XADD', 'k', 'MAXLEN', '5', '*', 'a', '1'],
      'XADD k MAXLEN = 5 * a 1'.split(' '),
    ],
    ['white space in JSON text', ['HSET', 'k', 'a', '{"b": [1, 2]}'], ['HSET', 'k', 'a', '{"b":[1,2]}']],
  ];
  test.each(same)('%s', (_, one, other) => expect(fromArguments(one)).toEqual(fromArguments(other)));
});

test('JSON text of an object or array stands as that; scalars and broken JSON stay text', () => {
  const argv = ['HSET', 'k', 'object', '{"a":1}', 'array', '[]', 'number', '5', 'broken', '{"a":', 'quoted', '"x"'];
  expect(fromArguments(argv)).toEqual({
    command: 'HSET',
    key: 'k',
    fields: { object: { a: 1 }, array: [], number: '5', broken: '{"a":', quoted: '"x"' },
  });
});

const unread = [
  'HSET k a',
  'HSET k',
  'SET k v XX',
  'SET k v PX soon',
  'SET k',
  'XADD k NOMKSTREAM * a 1',
  'XADD k MAXLEN ~ 5 LIMIT 1 * a 1',
  'XADD k MINID 5 * a 1',
  'XADD k * a 1 a 2',
  'XADD k * a',
  'DEL',
  'INCR',
  'INCR a b',
  'SETEX k 1',
];
test.each(unread)('%s keeps its arguments, since the logical form could not say it all', (line) => {
  const [command, ...args] = line.split(' ');
  expect(fromArguments(line.split(' '))).toEqual({ command, args });
});

test('keys are found in every form', () => {
  expect(keysOf(fromArguments(['DEL', 'b', 'a']))).toEqual(['a', 'b']);
  expect(keysOf(fromArguments(['GET', 'a']))).toEqual(['a']);
  const read = 'XREADGROUP GROUP ors pod COUNT 1 STREAMS ors:{t}:new >'.split(' ');
  expect(keysOf(fromArguments(read))).toEqual(['ors:{t}:new']);
});

test('what clients send by themselves is told from what a source does', () => {
  const own = [
    'HELLO 3',
    'AUTH x',
    'client setinfo lib-name x',
    'ping',
    'SELECT 0',
    'INFO',
    'CLUSTER SLOTS',
    'COMMAND',
  ];
  expect(own.map((line) => isMaintenance(fromArguments(line.split(' '))))).toEqual(own.map(() => true));
  expect(isMaintenance(fromArguments(['GET', 'k']))).toBe(false);
});
