import { tenantBody, tenantRevision } from '../../../contracts/common/config-service.ts';
import type { Json } from '../../../contracts/matchers.ts';
import { world as fixture } from '../../../contracts/world.ts';
import { fixtureObjects } from './fixture-objects.ts';

/** A tenant as its owner adds it. */
export interface Tenant {
  tenantUuid: string;
  tenantId: string;
  name: string;
  dbid: number;
  sipDomain: string;
  status: string;
}

export interface StoredTenant extends Tenant {
  /** 1 when added, one more with each change. */
  revision: number;
}

/** The options of an object, by section and name; their values are text. */
export type Annex = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A configuration object; its type says which keys it has. */
export type ConfigObject = { type: string; dbid: number; annex: Annex; revision: number } & Readonly<
  Record<string, Json>
>;

/** The agent who is logged in on a DN. */
export interface LoggedInAgent {
  employeeId: string;
  personDbid: number;
  loginId: string;
  /** RFC 3339. */
  loggedInAt: string;
}

/** What was told of a DN; of the DN itself there is an object. */
export interface Device {
  registration?: { contact: string; expiresAtMs: number };
  agent?: LoggedInAgent;
}

/** What is kept of one tenant beside itself; it goes with the tenant. */
export interface TenantData {
  objects: readonly ConfigObject[];
  /** By the number of the DN. */
  devices: ReadonlyMap<string, Device>;
}

/** All that one running mock knows. */
export interface ConfigWorld {
  /** By tenant UUID. */
  tenants: ReadonlyMap<string, StoredTenant>;
  /** By tenant UUID. */
  data: ReadonlyMap<string, TenantData>;
  condition: 'up' | 'redis lost' | 'down';
}

/** The fixture tenant with all its objects. Absence is rare in a running system, so all of it is there. */
export function createWorld(): ConfigWorld {
  const { uuid } = fixture.tenant;
  return {
    tenants: new Map([[uuid, { ...tenantBody, revision: tenantRevision }]]),
    data: new Map([[uuid, { objects: fixtureObjects(), devices: new Map() }]]),
    condition: 'up',
  };
}

/** What is kept of a tenant; nothing of one that has just been added. */
export function dataOf(world: ConfigWorld, tenantUuid: string): TenantData {
  return world.data.get(tenantUuid) ?? { objects: [], devices: new Map() };
}

/** The world's data with a change to one tenant's; the old maps stay as they were. */
export function withData(world: ConfigWorld, tenantUuid: string, change: Partial<TenantData>): ConfigWorld['data'] {
  return new Map(world.data).set(tenantUuid, { ...dataOf(world, tenantUuid), ...change });
}
