import { expect, test } from '@jest/globals';
import { Journal } from './journal.ts';

test('the record is a ring: the newest exchanges stay, ids rise', () => {
  const journal = new Journal(3);
  for (let count = 0; count < 5; count += 1) journal.add({ messages: [] });
  expect(journal.exchanges().map((each) => each.id)).toEqual([3, 4, 5]);
  journal.clear();
  journal.add({ messages: [] });
  expect(journal.exchanges().map((each) => each.id)).toEqual([6]);
});
