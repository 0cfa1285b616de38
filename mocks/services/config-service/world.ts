import { tenantBody, tenantRevision } from '../../../contracts/common/config-service.ts';
import type { Json } from '../../../contracts/matchers.ts';
import { world as fixture } from '../../../contracts/world.ts';

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

/** A configuration object; its type says which keys it has. */
export type ConfigObject = { type: string; dbid: number } & Record<string, Json>;

/** All that one running mock knows. */
export interface ConfigWorld {
  /** By tenant UUID. */
  tenants: ReadonlyMap<string, StoredTenant>;
  /** By tenant UUID. */
  objects: ReadonlyMap<string, readonly ConfigObject[]>;
  condition: 'up' | 'redis lost' | 'down';
}

/** The fixture tenant with its agents, DNs and switch. Absence is rare in a running system, so all of it is there. */
export function createWorld(): ConfigWorld {
  const { uuid } = fixture.tenant;
  return {
    tenants: new Map([[uuid, { ...tenantBody, revision: tenantRevision }]]),
    objects: new Map([[uuid, fixtureObjects()]]),
    condition: 'up',
  };
}

function fixtureObjects(): ConfigObject[] {
  const common = { tenantUuid: fixture.tenant.uuid, state: 'enabled', annex: {}, revision: 1 };
  const dn = ({ dbid, number }: { dbid: number; number: string }, dnType: string): ConfigObject => ({
    ...common,
    type: 'DN',
    dbid,
    number,
    name: number,
    dnType,
    switchDbid: fixture.switch.dbid,
  });
  return [
    dn(fixture.dns.agent, 'Extension'),
    dn(fixture.dns.secondAgent, 'Extension'),
    dn(fixture.dns.routePoint, 'RoutePoint'),
    dn(fixture.dns.trunk, 'Trunk'),
    { ...common, type: 'Switch', ...fixture.switch, TServerDBID: fixture.switch.tserverDbid },
    ...fixture.persons.map(({ dbid, employeeId, userName, enabled }) => ({
      ...common,
      type: 'Person',
      dbid,
      employeeID: employeeId,
      employeeId,
      userName,
      state: enabled ? 'enabled' : 'disabled',
    })),
  ];
}
