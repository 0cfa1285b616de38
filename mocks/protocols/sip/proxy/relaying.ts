import type { Interaction } from '../../../../contracts/contract.ts';
import type { ServiceMock } from '../../../adapter.ts';
import type { SipServiceMock } from '../service.ts';
import type { Hop, Refusal, SourceHop } from './config.ts';

/** Where a number is reached. */
export type Place = { number: string } & (
  | {
      /** A system behind the proxy; the far ends, which the mock plays itself, when absent. */
      at?: string;
      /** The number by which it is known there; the same when absent. */
      as?: string;
      /** For how long it may ring before the proxy gives up for the caller, in milliseconds. */
      ringsMs?: number;
    }
  /** Whoever opens the connection, who is called on it the other way round. */
  | SourceHop
  /** A target that is not in service. */
  | { isDown: true }
  /** What the proxy answers itself. */
  | { refused: Refusal }
);

/** How a system relays. */
export interface Relaying {
  /** The domain that it answers for. */
  domain: string;
  /** Where numbers are reached: the first place of a number whose system is there. Numbers without a place are unknown. */
  places: readonly Place[];
  /** Domains of whoever opens the connection. */
  sourceDomains: readonly string[];
  /** The provider state in which it asks a node whether it is in service. */
  asking: string;
  /** Interactions that a far end begins, as it sends them itself: with no hop before it, and no recorded route. */
  asFarEnd(interaction: Interaction): Interaction;
}

/** The mock of a system that can relay to others. */
export interface RelayingMock extends SipServiceMock {
  relaying: Relaying;
}

/** Whether the mock of a system can relay. */
export function canRelay(service: ServiceMock): service is RelayingMock {
  return 'relaying' in service;
}

/** What is there behind a proxy. */
export interface Surroundings {
  /** By system. */
  ends: ReadonlyMap<string, Hop>;
  farEnds: Hop;
  /** Where nobody listens. */
  nowhere: Hop;
}

/** Where each number goes, with what is there. */
export function numbersOf({ places }: Relaying, there: Surroundings): Map<string, Hop | SourceHop | Refusal> {
  const numbers = new Map<string, Hop | SourceHop | Refusal>();
  for (const place of places) {
    const hop = hopTo(place, there);
    if (hop !== undefined && !numbers.has(place.number)) numbers.set(place.number, hop);
  }
  return numbers;
}

function hopTo(place: Place, { ends, farEnds, nowhere }: Surroundings): Hop | SourceHop | Refusal | undefined {
  if ('refused' in place) return place.refused;
  if ('isDown' in place) return nowhere;
  if ('isSource' in place) return place;
  const { at, as, ringsMs } = place;
  const end = at === undefined ? farEnds : ends.get(at);
  if (end === undefined) return undefined;
  return { ...end, ...(as === undefined ? {} : { as }), ...(ringsMs === undefined ? {} : { ringsMs }) };
}
