import { world as fixture } from '../../../../contracts/world.ts';

/** How far URS is there: it answers, fails at everything, leaves everything unanswered, or is gone. */
export type Condition = 'up' | 'failing' | 'silent' | 'down';

/** A call that URS routes, and the queue that it waits in; a virtual call waits in none until its strategy says so. */
export interface RoutedCall {
  connId: string;
  queue: string | undefined;
}

/** What the mock of the Universal Routing Server knows. */
export interface RoutingWorld {
  condition: Condition;
  strategies: readonly string[];
  /** In the order in which they came. */
  calls: readonly RoutedCall[];
  /** Rises with every virtual call, so that no id is given twice. */
  callsStarted: number;
}

/** URS without a strategy and without calls. */
export function createRoutingWorld(): RoutingWorld {
  return { condition: 'up', strategies: [], calls: [], callsStarted: 0 };
}

/** Calls that fill a queue; their ids are of no call of the fixture world. */
export function callsIn(queue: string, count: number): RoutedCall[] {
  return Array.from({ length: count }, (_, at) => ({ connId: virtualCallId(1_000 + at), queue }));
}

/** The id of the virtual call with this number. */
export function virtualCallId(number: number): string {
  return (BigInt(`0x${fixture.call.connId}`) + 0x1000n + BigInt(number)).toString(16).padStart(16, '0');
}
