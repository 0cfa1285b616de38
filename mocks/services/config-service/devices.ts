import type { DeviceOperation } from '../../../contracts/common/config-service.ts';
import type { Json } from '../../../contracts/matchers.ts';
import type { HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import { refuse } from '../../common/http-replies.ts';
import { findObject } from './objects.ts';
import { ok } from './replies.ts';
import { tenantNotFound } from './tenants.ts';
import { type ConfigWorld, type Device, dataOf, withData } from './world.ts';

/** What an operation is given: the world, which device, and the request's body. */
interface Given {
  world: ConfigWorld;
  tenantUuid: string;
  dn: string;
  body: HttpRequest['body'];
}

/** The device as it is after the operation, or why it stays as it was. */
type Outcome = Device | { refusal: HttpResponse };

const operations: Readonly<Record<DeviceOperation, (device: Device, given: Given) => Outcome>> = {
  login,
  logout,
  register,
  unregister: ({ registration: _, ...rest }) => rest,
};

/** Answers who is registered and logged in on a DN. */
export function getStatus(tenantUuid: string, dn: string, world: ConfigWorld): HttpResponse {
  return missing(tenantUuid, dn, world) ?? ok(status(dn, deviceOf(world, tenantUuid, dn)));
}

/** Carries out one operation on a device; undefined when there is no such operation. */
export function operate(
  tenantUuid: string,
  dn: string,
  operation: string,
  { body }: HttpRequest,
  world: ConfigWorld,
): HttpResponse | undefined {
  if (!Object.hasOwn(operations, operation)) return undefined;
  const refusal = missing(tenantUuid, dn, world);
  if (refusal !== undefined) return refusal;
  const given = { world, tenantUuid, dn, body };
  const outcome = operations[operation as DeviceOperation](deviceOf(world, tenantUuid, dn), given);
  if ('refusal' in outcome) return outcome.refusal;
  world.data = withDevice(world, tenantUuid, dn, outcome);
  return ok(status(dn, outcome));
}

/** The world's data with one device as it is given. */
export function withDevice(world: ConfigWorld, tenantUuid: string, dn: string, device: Device): ConfigWorld['data'] {
  return withData(world, tenantUuid, { devices: new Map(dataOf(world, tenantUuid).devices).set(dn, device) });
}

function missing(tenantUuid: string, dn: string, world: ConfigWorld): HttpResponse | undefined {
  if (!world.tenants.has(tenantUuid)) return tenantNotFound(tenantUuid);
  return findObject(world, tenantUuid, 'DN', { number: dn }) === undefined ? refuse(404, 'DN not found') : undefined;
}

/** What is known of a device now: a registration whose time is over is none. */
function deviceOf(world: ConfigWorld, tenantUuid: string, dn: string): Device {
  const { registration, ...rest } = dataOf(world, tenantUuid).devices.get(dn) ?? {};
  const stands = registration !== undefined && registration.expiresAtMs > Date.now();
  return stands ? { ...rest, registration } : rest;
}

function status(dn: string, { registration, agent }: Device): Json {
  return {
    dn,
    registered: registration !== undefined,
    ...(registration === undefined
      ? {}
      : { contact: registration.contact, expiresAt: new Date(registration.expiresAtMs).toISOString() }),
    ...(agent === undefined ? {} : { agent: { ...agent } }),
  };
}

function register(device: Device, { body }: Given): Outcome {
  const { contact, expires } = body as unknown as { contact: string; expires: number };
  return { ...device, registration: { contact, expiresAtMs: Date.now() + expires * 1_000 } };
}

function login(device: Device, { world, tenantUuid, body }: Given): Outcome {
  const { employeeId, loginId } = body as unknown as { employeeId: string; loginId: string };
  if (device.agent?.employeeId === employeeId) return device;
  if (device.agent !== undefined) return { refusal: conflict(device.agent.employeeId) };
  const person = findObject(world, tenantUuid, 'Person', { employeeId });
  if (person === undefined) return { refusal: refuse(404, 'Person not found') };
  const loggedInAt = new Date().toISOString();
  return { ...device, agent: { employeeId, personDbid: person.dbid, loginId, loggedInAt } };
}

function logout(device: Device, { body }: Given): Outcome {
  const { employeeId } = body as unknown as { employeeId: string };
  const { agent, ...rest } = device;
  if (agent !== undefined && agent.employeeId !== employeeId) return { refusal: conflict(agent.employeeId) };
  return rest;
}

function conflict(employeeId: string): HttpResponse {
  return refuse(409, `agent ${employeeId} is logged in`);
}
