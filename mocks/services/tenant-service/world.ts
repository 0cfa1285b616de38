import { type ConfigurationWorld, createConfiguration } from './configuration/world.ts';
import type { Happening, Occasion } from './happenings.ts';
import { createOutbound, type OutboundWorld } from './outbound/world.ts';
import { createStatistics, type StatisticsWorld } from './statistics/world.ts';
import { createTelephony, type TelephonyWorld } from './telephony/world.ts';

/**
 * What the Tenant Service's mock knows, for all its TCP ports together: an agent who logs in on one port is seen on another.
 * Parts are replaced and never written into, so that a provider state can put back what was; what belongs to open
 * sessions is in sets that no state touches.
 */
export interface TenantWorld extends ConfigurationWorld, TelephonyWorld, StatisticsWorld, OutboundWorld {
  /** False: connections are taken and broken off, as a sidecar without a service behind it does. */
  up: boolean;
  acceptsSessions: boolean;
  /** The one password that opens a session, for every user name. */
  password: string;
  /** What happens by itself, once a source has done something. */
  happenings: ReadonlyMap<Occasion, Happening>;
}

/** The world before any state is set: the fixture world's objects, nobody logged in, no call, no campaign loaded. */
export function createTenantWorld(): TenantWorld {
  return {
    up: true,
    acceptsSessions: true,
    password: 'a-password',
    happenings: new Map(),
    ...createConfiguration(),
    ...createTelephony(),
    ...createStatistics(),
    ...createOutbound(),
  };
}
