import type { Interaction } from '../../../../contracts/contract.ts';
import type { ServiceMock } from '../../../adapter.ts';
import type { SipServiceMock } from '../service.ts';
import type { Hop, Refusal } from './config.ts';

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
  /** Who has opened the connection under test, and is called on it the other way round. */
  | { back: true; as?: string }
  /** A target that is not in service. */
  | { down: true }
  /** What the proxy answers itself. */
  | { refused: Refusal }
);

/** How a system relays. */
export interface Relaying {
  /** The domain that it answers for. */
  domain: string;
  /** Where numbers are reached: the first place of a number whose system is there. Numbers without a place are unknown. */
  places: readonly Place[];
  /** Domains of whoever has opened the connection under test. */
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
  source: Hop;
  /** Where nobody listens. */
  nowhere: Hop;
}

/** Where each number goes, with what is there. */
export function numbersOf(
  { places }: Relaying,
  { ends, farEnds, source, nowhere }: Surroundings,
): Map<string, Hop | Refusal> {
  const numbers = new Map<string, Hop | Refusal>();
  for (const place of places) {
    const hop = hopOf(place);
    if (hop !== undefined && !numbers.has(place.number)) numbers.set(place.number, hop);
  }
  return numbers;

  function hopOf(place: Place): Hop | Refusal | undefined {
    if ('refused' in place) return place.refused;
    if ('down' in place) return nowhere;
    if ('back' in place) return { ...source, ...(place.as === undefined ? {} : { as: place.as }) };
    const { at, number: _number, ...rest } = place;
    const end = at === undefined ? farEnds : ends.get(at);
    return end === undefined ? undefined : { ...end, ...rest };
  }
}
