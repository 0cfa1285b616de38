import { types } from 'node:util';
import { errorMessage } from '../../error-code.ts';

/** What is to be undone, last one first. */
export class Undos {
  readonly #undos: (() => unknown)[] = [];

  add(...undos: (() => unknown)[]): void {
    this.#undos.push(...undos);
  }

  /** Undoes everything once, also after one fails. @throws the first failure, when all the others are undone */
  async all(): Promise<void> {
    const failures: unknown[] = [];
    for (let undo = this.#undos.pop(); undo !== undefined; undo = this.#undos.pop()) {
      try {
        await undo();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw asError(failures[0]);
  }
}

/** Whatever was thrown, as an error. Not by `instanceof`: in Jest, Node's own errors come from another realm. */
export function asError(error: unknown): Error {
  return types.isNativeError(error) ? error : new Error(errorMessage(error), { cause: error });
}
