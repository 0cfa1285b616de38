/** What is wrong with a codec, in one sentence. */
export class Flaw extends Error {
  override name = 'Flaw';
}

/** @throws {Flaw} with the message when there is one */
export function flawIf(is: boolean, message: () => string): void {
  if (is) throw new Flaw(message());
}
