import type { HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import { refuse } from '../../common/http-replies.ts';
import { ok } from './replies.ts';
import type { ConfigWorld, StoredTenant, Tenant } from './world.ts';

const fields = ['tenantUuid', 'tenantId', 'name', 'dbid', 'sipDomain', 'status'] as const;

/** Adds a tenant or takes a change of it. What is there already, unchanged, keeps its revision; unknown fields are ignored. */
export function addTenant({ body }: HttpRequest, world: ConfigWorld): HttpResponse {
  const given = body as unknown as Tenant;
  const tenant = Object.fromEntries(fields.map((field) => [field, given[field]])) as unknown as Tenant;
  const known = world.tenants.get(tenant.tenantUuid);
  const stored = { ...tenant, revision: nextRevision(known, tenant) };
  world.tenants = new Map(world.tenants).set(tenant.tenantUuid, stored);
  return ok({ ...stored }, { etag: `"${stored.revision}"` });
}

function nextRevision(known: StoredTenant | undefined, tenant: Tenant): number {
  if (known === undefined) return 1;
  return fields.every((field) => known[field] === tenant[field]) ? known.revision : known.revision + 1;
}

export function listTenants({ tenants }: ConfigWorld): HttpResponse {
  return ok({ tenants: [...tenants.values()].map((tenant) => ({ ...tenant })) });
}

export function getTenant(tenantUuid: string, world: ConfigWorld): HttpResponse {
  const tenant = world.tenants.get(tenantUuid);
  return tenant === undefined ? tenantNotFound(tenantUuid) : ok({ ...tenant }, { etag: `"${tenant.revision}"` });
}

/** Deletes a tenant and with it, at once, all its objects and devices. */
export function deleteTenant(tenantUuid: string, world: ConfigWorld): HttpResponse {
  if (!world.tenants.has(tenantUuid)) return tenantNotFound(tenantUuid);
  const without = <T>(map: ReadonlyMap<string, T>) => new Map([...map].filter(([uuid]) => uuid !== tenantUuid));
  world.tenants = without(world.tenants);
  world.data = without(world.data);
  return ok({ status: { code: 0 } });
}

export function tenantNotFound(tenantUuid: string): HttpResponse {
  return refuse(404, `tenant ${tenantUuid} not found`);
}
