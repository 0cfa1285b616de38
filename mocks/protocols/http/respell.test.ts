import { expect, test } from '@jest/globals';
import { respell } from './respell.ts';

const json = 'application/json';

test.each([
  ['a request', { method: 'GET', path: '/a%20b', query: { q: ['1', '2'], r: 'x y' }, headers: { accept: json } }],
  [
    'a request with a body',
    { method: 'POST', path: '/', query: {}, headers: { 'content-type': json, 'content-length': '7' }, body: { a: 1 } },
  ],
  [
    'a response',
    { status: 200, headers: { 'content-type': json, 'content-length': '7', etag: '"1"' }, body: { a: 1 } },
  ],
  ['a response without a body', { status: 204, headers: { etag: '"1"' } }],
  ['a response to HEAD', { status: 200, headers: { 'content-length': '44' } }],
])('every spelling of %s is the same', async (_, message) => {
  const spellings = await respell(message);
  expect(spellings.map(({ change }) => change)).toEqual([
    'header order',
    'header case',
    'no space after the colon',
    'space after the value',
  ]);
  for (const { content } of spellings) expect(content).toEqual(message);
});

test('what came instead of a response has no spelling', async () => {
  expect(await respell({ fault: 'timeout' })).toEqual([]);
});
