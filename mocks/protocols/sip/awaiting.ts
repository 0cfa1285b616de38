import type { SipTransport } from './transport.ts';
import { element } from './xml.ts';

/** Time for two repetitions of a 2xx that waits for its ACK (RFC 3261, section 13.3.1.4), in milliseconds. */
const ACK_TIMEOUT_MS = 2_000;

export interface AwaitOptions {
  /** Where one of several comes, all but the last; and an ACK that another request follows: it is the judge who misses it. */
  optional?: true;
  /** In milliseconds, with the label to go on at. */
  timeout?: number;
  ontimeout?: string;
  /** The label to go on at. */
  next?: string;
}

/** Awaits a request. */
export function awaitRequest(method: string, actions: readonly string[], options: AwaitOptions = {}): string {
  const children = actions.length > 0 ? [element('action', {}, actions)] : [];
  return element('recv', { request: method, ...options }, children);
}

/** A request that is awaited, and what its place in the scenario is. */
export interface Awaited {
  /** The element that takes it. */
  recv: string;
  method: string;
  /** The variable that says that it was a copy of an earlier one of its method. */
  again: string | undefined;
  /** Whether the dialog goes on without it. */
  isMissable: boolean;
  /** A name that no other place of the scenario has. */
  name: string;
}

/**
 * Awaits a request after what was sent before it. A copy of an earlier one is nothing new (RFC 3261, section 17.2), so it is awaited on;
 * SIPp repeats a response no more once any ACK has come, so it is sent again then.
 * @param sent the elements before it
 */
export function awaited(sent: readonly string[], { recv, method, again, isMissable, name }: Awaited): string[] {
  const after = isMissable ? [element('label', { id: goOnAt(name) })] : [];
  if (again === undefined) return [...sent, recv, ...after];
  const label = `await${name}`;
  const from = method === 'ACK' ? sent.length - 1 : sent.length;
  return [
    ...sent.toSpliced(from, 0, element('label', { id: label })),
    recv,
    element('nop', { next: label, test: again }),
    ...after,
  ];
}

/**
 * Options of an ACK that another request follows. It may be missed: it is the judge who says so, and the dialog goes on, on UDP when the
 * ACK has had time to be lost and sent again.
 */
export function missable(transport: SipTransport, name: string): AwaitOptions {
  return transport === 'TCP' ? { optional: true } : { timeout: ACK_TIMEOUT_MS, ontimeout: goOnAt(name) };
}

const goOnAt = (name: string) => `acked${name}`;
