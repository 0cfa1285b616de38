import type { Step } from '../contract.ts';
import type { Mismatch } from '../matching.ts';
import type { ObservedMessage } from './lanes.ts';

/**
 * Which sessions the names of an interaction stand for, as they come: one name is one session, and two names are two.
 * Where the wire does not tell its sessions apart nothing is asked of them.
 */
export class Sessions {
  readonly #byName: Map<string, string>;

  /** @param known those that have come already */
  constructor(known?: Sessions) {
    this.#byName = new Map(known === undefined ? [] : known.#byName);
  }

  /** What is wrong with the session that a message came in, if it is taken for the step. */
  mismatch({ session: name }: Step, { session: id }: ObservedMessage): Mismatch | undefined {
    if (name === undefined || id === undefined) return undefined;
    const known = this.#byName.get(name);
    const [named] = [...this.#byName].find(([, each]) => each === id) ?? [];
    if (named === name || (known === undefined && named === undefined)) return undefined;
    const expected = known === undefined ? `a session of its own, "${name}"` : `the session "${name}"`;
    const got = named === undefined ? 'another session' : `the session "${named}"`;
    return { path: '$', rule: 'session', expected, got, message: `$: expected ${expected}, got ${got}` };
  }

  /** Takes the session of a message for the one that its step names, where that is the first of it. */
  bind(step: Step, message: ObservedMessage): void {
    const { session: name } = step;
    if (name === undefined || message.session === undefined || this.#byName.has(name)) return;
    if (this.mismatch(step, message) === undefined) this.#byName.set(name, message.session);
  }
}
