import type { HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import { ok, refuse } from './replies.ts';
import { tenantNotFound } from './tenants.ts';
import type { ConfigWorld } from './world.ts';

/** The keys that a type of object can be looked up by, as the service's own request types name them. */
const keysOfType: Readonly<Record<string, readonly string[]>> = {
  DN: ['number', 'dbid'],
  Person: ['dbid', 'employeeID', 'userName'],
  Switch: ['dbid', 'name', 'TServerDBID'],
};

/** Looks an object up by exactly one key. */
export function getObject(
  tenantUuid: string,
  type: string,
  query: NonNullable<HttpRequest['query']>,
  world: ConfigWorld,
): HttpResponse {
  const [[key, value] = [], ...others] = Object.entries(query);
  if (!Object.hasOwn(keysOfType, type)) return refuse(400, `${type} is not a type of object`);
  const keys = keysOfType[type] ?? [];
  if (key === undefined || others.length > 0 || typeof value !== 'string' || !keys.includes(key)) {
    return refuse(400, `${type} is looked up by exactly one of ${keys.join(', ')}`);
  }
  if (!world.tenants.has(tenantUuid)) return tenantNotFound(tenantUuid);
  const found = world.objects.get(tenantUuid)?.find((each) => each.type === type && String(each[key]) === value);
  return found === undefined ? refuse(404, `${type} not found`) : ok(found, { etag: `"${found.revision}"` });
}
