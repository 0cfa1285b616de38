import type { HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import { refuse } from '../../common/http-replies.ts';
import { ok } from './replies.ts';
import { tenantNotFound } from './tenants.ts';
import { type ConfigObject, type ConfigWorld, dataOf } from './world.ts';

/** The keys that a type of object can be looked up by, as the service's own request types name them. */
const keysOfType: Readonly<Record<string, readonly string[]>> = {
  DN: ['number', 'dbid'],
  Script: ['name', 'dbid'],
  Person: ['dbid', 'employeeID', 'userName'],
  Switch: ['dbid', 'name', 'TServerDBID'],
  Skill: ['dbid', 'name'],
  AgentGroup: ['dbid'],
  Application: ['dbid', 'name'],
  Host: ['dbid'],
  Tenant: ['dbid'],
  Transaction: ['dbid', 'name'],
};

/** The field that a key is compared with, where it has another name. */
const fieldOfKey: Readonly<Record<string, string>> = { employeeID: 'employeeId', TServerDBID: 'tserverDbid' };

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
  const found = findObject(world, tenantUuid, type, { [fieldOfKey[key] ?? key]: value });
  return found === undefined ? refuse(404, `${type} not found`) : ok(found, { etag: `"${found.revision}"` });
}

/** The object of a tenant that has these fields. @param fields their values as text */
export function findObject(
  world: ConfigWorld,
  tenantUuid: string,
  type: string,
  fields: Readonly<Record<string, string>>,
): ConfigObject | undefined {
  const wanted = Object.entries(fields);
  return dataOf(world, tenantUuid).objects.find(
    (each) => each.type === type && wanted.every(([field, value]) => String(each[field]) === value),
  );
}
