import type { StateSet } from '../adapter.ts';

/**
 * Changes a mock's world and leaves behind how to put everything back, with what was added since. A world's parts are
 * replaced and never written into, so what stood there before still stands as it was.
 */
export function changed<World extends object>(world: World, change: Partial<World>): Pick<StateSet, 'undo'> {
  const before = { ...world };
  Object.assign(world, change);
  return { undo: async () => void Object.assign(world, before) };
}

/** A copy of a map without one of its keys. */
export function without<Key, T>(map: ReadonlyMap<Key, T>, key: Key): ReadonlyMap<Key, T> {
  return new Map([...map].filter(([each]) => each !== key));
}
