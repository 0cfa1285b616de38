import { destination, type Interaction, source } from '../contract.ts';
import { integer, type Json, type Matcher, regex, string, type Template } from '../matchers.ts';
import type { HttpMessage, HttpRequest } from '../messages/http.ts';
import { world } from '../world.ts';
import { answered, type DeviceOperation, devicePath, operationPath, requestJson } from './config-service.ts';

/** Devices: who is registered on a DN of the fixture tenant, and which agent is logged in there. */

const [agent] = world.persons;

/** The DN of the first agent. */
export const agentDn = world.dns.agent.number;

/** An instant in UTC, as RFC 3339 writes it. */
export const utcTime = regex(
  '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?Z$',
  new Date(world.now.sec * 1_000).toISOString(),
);

/** Where a SIP device wants to be reached. */
export const sipContact = regex('^<?sips?:[^ ]+$', world.registration.contact);

/** A sequence number that is above the last one of a registration. @param last one digit, from 1 up to 8 */
export const sequenceAbove = (last: number): Matcher<number> => ({
  'pact:matcher:type': [
    { 'pact:matcher:type': 'integer' },
    { 'pact:matcher:type': 'regex', regex: `^([${last + 1}-9]|[1-9][0-9]+)$` },
  ],
  value: last + 1,
});

/** The first agent as a device's status shows it. */
export const loggedInAgent = {
  employeeId: agent.employeeId,
  personDbid: integer(agent.dbid),
  loginId: agent.loginCode,
  loggedInAt: utcTime,
};

export const getStatus: HttpRequest = { method: 'GET', path: devicePath(agentDn) };

/** A request that changes the device of the first agent, or of the DN given. */
export const operate = (
  operation: DeviceOperation,
  body: Template<Json>,
  dn: string = agentDn,
): Template<HttpMessage> =>
  ({ method: 'POST', path: operationPath(dn, operation), headers: requestJson, body }) as Template<HttpMessage>;

/** The request of an operation and the status that the service answers. */
export const operation = (
  name: DeviceOperation,
  body: Template<Json>,
  status: { readonly [field: string]: Template<Json> },
): Interaction<HttpMessage>['steps'] => [
  source<HttpMessage>(operate(name, body)),
  answered({ dn: agentDn, ...status }),
];

/** A status that shows an agent, where none must be. */
export const statusWithAgent = destination<HttpMessage>({
  status: 200,
  body: { agent: { employeeId: string(agent.employeeId) } },
});
