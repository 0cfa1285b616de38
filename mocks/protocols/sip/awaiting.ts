import { label } from './elements.ts';
import { element } from './xml.ts';

/** Time for two repetitions of a 2xx that waits for its ACK (RFC 3261, section 13.3.1.4), in milliseconds. */
const ACK_TIMEOUT_MS = 2_000;

export interface AwaitOptions {
  /** Where one of several comes, all but the last; and an ACK that another request follows: it is the judge who misses it. */
  optional?: true;
  /** In milliseconds, with the label to go on at. */
  timeout?: number;
  ontimeout?: string;
  /** The label to go on at; only where this variable is set, if there is one. */
  next?: string;
  test?: string;
}

/** Awaits a request. */
export function awaitRequest(method: string, actions: readonly string[], options: AwaitOptions = {}): string {
  const children = actions.length > 0 ? [element('action', {}, actions)] : [];
  return element('recv', { request: method, ...options }, children);
}

/** A request that is awaited, and what its place in the scenario is. */
export interface Awaited {
  method: string;
  actions: readonly string[];
  /** The variable that says that it was a copy of an earlier one of its method. */
  again?: string | undefined;
  /** A name that no other place of the scenario has. */
  name: string;
  options?: AwaitOptions;
  /** Elements that take what may come in its place. */
  besides?: readonly string[];
  /** Of an ACK over UDP: the BYE that follows it. */
  bye?: Bye | undefined;
}

export interface Bye {
  actions: readonly string[];
  /** The label at which the dialog goes on with it. */
  next: string;
}

/**
 * Awaits a request after what was sent before it. A copy of an earlier one is nothing new (RFC 3261, section 17.2), so it is awaited on;
 * SIPp repeats a response no more once any ACK has come, so it is sent again then.
 * @param sent the elements before it
 */
export function awaited(
  sent: readonly string[],
  { method, actions, again, name, options, besides = [], bye }: Awaited,
): string[] {
  const limit = bye === undefined ? {} : { timeout: ACK_TIMEOUT_MS, ontimeout: lateAt(name) };
  const recv = awaitRequest(method, actions, { ...limit, ...options, ...unlessCopy(again, name) });
  const at = method === 'ACK' ? sent.length - 1 : sent.length;
  const before = again === undefined ? sent : sent.toSpliced(at, 0, label(repeatAt(name)));
  return [...before, ...besides, recv, label(cameTo(name))];
}

/**
 * What is awaited where an ACK has had time to be lost and sent again, apart from the other elements: a BYE ends the dialog without
 * it, and it is the judge who misses it. SIPp sends nothing else before one of them has ended the repetition of its answer, so
 * nothing else is taken: its source sends it again.
 */
export function lateAck({ actions, again, name, bye }: Awaited): string[] {
  if (bye === undefined) return [];
  return [
    label(lateAt(name)),
    awaitRequest('BYE', bye.actions, { optional: true, next: bye.next }),
    awaitRequest('ACK', actions, unlessCopy(again, name)),
    element('nop', { next: cameTo(name) }),
  ];
}

/** The label at which a dialog goes on with a request that has come already. */
export const cameTo = (name: string): string => `came${name}`;
const lateAt = (name: string) => `late${name}`;
const repeatAt = (name: string) => `await${name}`;

const unlessCopy = (again: string | undefined, name: string) =>
  again === undefined ? {} : { next: repeatAt(name), test: again };
