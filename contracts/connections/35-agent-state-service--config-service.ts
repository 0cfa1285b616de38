import { notRead, objectPath } from '../common/config-service.ts';
import { loggedInAgent, operate, operation, statusWithAgent } from '../common/config-service-devices.ts';
import { refused, refusedLookUp, storeLost } from '../common/config-service-errors.ts';
import { dnWith, lookUp, readTenant, storedObject } from '../common/config-service-look-ups.ts';
import { states } from '../common/config-service-states.ts';
import { sidecarWithoutUpstream } from '../common/http-common.ts';
import { assumed, documented } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { eachLike, integer, type Json, string } from '../matchers.ts';
import type { HttpMessage, HttpRequest } from '../messages/http.ts';
import { world } from '../world.ts';

const [agent] = world.persons;
const { dns } = world;
const reader = 'Agent State Service';

const table = 'Voice Microservices Private Edition Guide, connections table';
const fetching = documented(`${table}: fetching of tenant, DN and person information`);
const storing = documented(`${table}: storing agent login and logout; the bodies are assumed`);

const getPerson: HttpRequest = {
  method: 'GET',
  path: objectPath(world.tenant.uuid, 'Person'),
  query: { employeeID: agent.employeeId },
};
const login = { employeeId: agent.employeeId, loginId: agent.loginCode };
const logout = { employeeId: agent.employeeId };
/** Whether the phone is registered is the registrar's business. */
const registrationNotRead = notRead(reader, 'registered', 'contact', 'expiresAt');
const loggedIn = { agent: loggedInAgent };

/** The Agent State Service reads tenant, DNs and persons, and stores which agent is logged in where. */
export default defineContract<HttpMessage>({
  connection: 35,
  port: 9100,
  interactions: [
    readTenant(
      {
        description: 'read the tenant',
        given: states.tenantExists,
        basis: fetching,
        free: notRead(reader, 'tenantId', 'name', 'dbid', 'sipDomain'),
      },
      ['tenantUuid', 'status', 'revision'],
    ),
    lookUp(
      {
        description: 'look up a DN with its switch',
        given: states.dnExists,
        basis: fetching,
        free: notRead(reader, 'dnType', 'annex'),
      },
      'DN',
      { number: dns.agent.number },
      dnWith(dns.agent, { switchDbid: world.switch.dbid }),
    ),
    lookUp(
      {
        description: 'look up a person by the employee ID',
        given: states.personWithEmployeeId,
        basis: assumed('an agent logs in by a code that belongs to a switch, so a person lists both'),
        free: notRead(reader, 'userName', 'isAgent'),
      },
      'Person',
      { employeeID: agent.employeeId },
      storedObject('Person', agent.dbid, {
        employeeId: agent.employeeId,
        agentLogins: eachLike<Json>({ loginId: string(agent.loginCode), switchDbid: integer(world.switch.dbid) }),
      }),
    ),
    {
      description: 'store a login',
      basis: storing,
      given: [states.nobodyLoggedIn],
      free: registrationNotRead,
      steps: operation('login', login, loggedIn),
    },
    {
      description: 'store a login into a queue and at a place',
      basis: storing,
      given: [states.nobodyLoggedIn],
      free: registrationNotRead,
      steps: operation('login', { ...login, queue: string('8000'), place: string('Place7001') }, loggedIn),
    },
    {
      description: 'store a login again: the agent stays logged in',
      basis: assumed('a login that is stored already is no error'),
      given: [states.agentLoggedIn],
      free: registrationNotRead,
      steps: operation('login', login, loggedIn),
    },
    {
      description: 'store a logout',
      basis: storing,
      given: [states.agentLoggedIn],
      free: registrationNotRead,
      forbidden: [statusWithAgent],
      steps: operation('logout', logout, {}),
    },
    {
      description: 'store a logout with its reason',
      basis: storing,
      given: [states.agentLoggedIn],
      free: registrationNotRead,
      forbidden: [statusWithAgent],
      steps: operation('logout', { ...logout, reason: string('lunch') }, {}),
    },
    {
      description: 'store a logout where nobody is logged in: 200 all the same',
      basis: assumed('a logout that is stored already is no error'),
      given: [states.nobodyLoggedIn],
      free: registrationNotRead,
      forbidden: [statusWithAgent],
      steps: operation('logout', logout, {}),
    },
    refused('store a login where another agent is logged in', {
      basis: assumed('one DN has one agent; a second one is a conflict'),
      given: states.otherAgentLoggedIn,
      request: operate('login', login),
      code: 409,
      message: 'another agent is logged in',
    }),
    refused('store a login on a DN that does not exist', {
      basis: assumed('a login needs an existing DN'),
      given: states.dnMissing,
      request: operate('login', login, dns.unknown.number),
      code: 404,
      message: 'DN not found',
    }),
    refusedLookUp('look up a person by a key that its type does not have', 'Person', { number: dns.agent.number }),
    storeLost('look up a person while the service has lost Redis', getPerson),
    storeLost('store a login while the service has lost Redis', operate('login', login)),
    sidecarWithoutUpstream('look up a person while the service is down', states.down, getPerson),
  ],
});
