import { expect, test } from '@jest/globals';
import { PlainWorld } from './plain-world.ts';

class Store {
  readonly secret = 1;
}

test('a world is shown as JSON: what has a behaviour of its own only by what it is', () => {
  const world = PlainWorld.of({
    people: new Map([['agent1', { dbid: 101, left: undefined }]]),
    open: new Set(['a']),
    list: [1n, null, true],
    audio: new Uint8Array(44),
    store: new Store(),
    tell: () => {},
  });
  expect(world?.inspect()).toEqual({
    people: { agent1: { dbid: 101 } },
    open: ['a'],
    list: [1, null, true],
    audio: '44 bytes',
    store: 'Store',
    tell: 'function',
  });
});

test('a world is put back as it was, without what was added to it', () => {
  const people = new Map([['agent1', 1]]);
  const sessions = new Set<string>();
  const held: Record<string, unknown> = { people, sessions, up: true };
  const world = PlainWorld.of(held);
  Object.assign(held, { people: new Map(), up: false, since: 1 });
  sessions.add('a session that goes on');
  world?.reset();
  expect(held).toEqual({ people, sessions, up: true });
  expect(held.people).toBe(people);
  expect(world?.inspect()).toEqual({ people: { agent1: 1 }, sessions: ['a session that goes on'], up: true });
});

test.each([[new Store()], [null], [undefined], ['text']])('%p is no plain world', (world) => {
  expect(PlainWorld.of(world)).toBeUndefined();
});
