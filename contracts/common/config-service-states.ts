import { type ProviderState, state } from '../contract.ts';
import { dialect } from '../dialect.ts';
import { world } from '../world.ts';
import { tenantRevision } from './config-service.ts';
import { backupPath, mainPath } from './designer-application-server.ts';

const tenantUuid = world.tenant.uuid;
const [agent, otherAgent] = world.persons;
const { dns, switch: aSwitch, sipNode, routingScript, list, agentGroup, registration } = world;

/** An object of the fixture tenant. @param more what it has beside its DBID, as far as the state speaks of it */
const object = (name: string, type: string, dbid: number, more: ProviderState['params'] = {}) =>
  state(name, { tenantUuid, type, dbid, ...more });

const extension = (name: string, more: ProviderState['params'] = {}) =>
  object(name, 'DN', dns.agent.dbid, {
    number: dns.agent.number,
    dnType: 'Extension',
    switchDbid: aSwitch.dbid,
    ...more,
  });

const person = (name: string) =>
  object(name, 'Person', agent.dbid, {
    employeeId: agent.employeeId,
    userName: agent.userName,
    isAgent: true,
    loginId: agent.loginCode,
    switchDbid: aSwitch.dbid,
  });

const switchObject = (name: string) =>
  object(name, 'Switch', aSwitch.dbid, { name: aSwitch.name, tserverDbid: aSwitch.tserverDbid });

const loggedIn = (name: string, { dbid, employeeId, loginCode }: typeof agent | typeof otherAgent) =>
  extension(name, { employeeId, personDbid: dbid, loginId: loginCode });

/** How a script object names a document of the Designer Application Server; ORS fills the brackets in. */
const documentUrl = (path: string) => `http://designer-das-service${path}?ani=[ANI]&dnis=[DNIS]`;

/** Where the fixture script is fetched. */
export const scriptUrl = documentUrl(mainPath);
/** What is fetched where the first address fails. */
export const alternateScriptUrl = documentUrl(backupPath);

/** The convention by which a route point names its script. */
export const scriptReference = `${dialect.http.configService.scriptPrefix}${routingScript.name}`;

/** The phone of the first agent as it was last registered; `expires` is how many seconds are left. */
const registered = { ...registration, cseq: 1 };

/** The provider states of the Config Service, by what they say. */
export const states = {
  tenantExists: state(`tenant ${world.tenant.name} exists`, { tenantUuid, revision: tenantRevision }),
  tenantMissing: state(`tenant ${world.tenant.name} does not exist`, { tenantUuid }),
  otherTenantMissing: state(`tenant ${world.otherTenant.uuid} does not exist`, {
    tenantUuid: world.otherTenant.uuid,
  }),

  dnExists: extension(`DN ${dns.agent.number} exists`),
  dnMissing: state(`DN ${dns.unknown.number} does not exist`, { tenantUuid, type: 'DN', number: dns.unknown.number }),
  dnHasMailbox: extension(`DN ${dns.agent.number} has mailbox ${world.mailbox.number}`, {
    mailbox: world.mailbox.number,
  }),
  groupHasMailbox: object(
    `AgentGroup ${agentGroup.dbid} has mailbox ${agentGroup.mailbox}`,
    'AgentGroup',
    agentGroup.dbid,
    { mailbox: agentGroup.mailbox },
  ),
  trunkExists: object(`trunk DN ${dns.trunk.number} exists`, 'DN', dns.trunk.dbid, {
    number: dns.trunk.number,
    dnType: 'Trunk',
    contact: world.sbc.contact,
  }),
  routePointRunsScript: object(
    `route point ${dns.routePoint.number} runs script ${routingScript.name}`,
    'DN',
    dns.routePoint.dbid,
    { number: dns.routePoint.number, dnType: 'RoutePoint', application: scriptReference },
  ),
  scriptExists: object(`script ${routingScript.name} exists`, 'Script', routingScript.dbid, {
    name: routingScript.name,
    url: scriptUrl,
  }),
  scriptHasAlternate: object(`script ${routingScript.name} has an alternate URL`, 'Script', routingScript.dbid, {
    name: routingScript.name,
    url: scriptUrl,
    alternateUrl: alternateScriptUrl,
  }),
  listExists: object(`transaction ${list.name} exists`, 'Transaction', list.dbid, { name: list.name }),
  personWithUserName: person(`person ${agent.userName} exists`),
  personWithEmployeeId: person(`person ${agent.employeeId} exists`),
  switchExists: switchObject(`switch ${aSwitch.name} exists`),
  switchOfTServerExists: switchObject(`switch of TServer ${aSwitch.tserverDbid} exists`),
  applicationExists: object(`application ${sipNode.application} exists`, 'Application', sipNode.serverDbid, {
    name: sipNode.application,
  }),

  notRegistered: extension(`DN ${dns.agent.number} exists and is not registered`),
  registered: extension(`DN ${dns.agent.number} is registered`, registered),
  registrationExpired: extension(`the registration of DN ${dns.agent.number} has expired`, {
    ...registered,
    expires: 0,
  }),
  registeredAndLoggedIn: extension(`DN ${dns.agent.number} registered and agent logged in`, {
    ...registered,
    employeeId: agent.employeeId,
    personDbid: agent.dbid,
    loginId: agent.loginCode,
  }),
  nobodyLoggedIn: extension(`DN ${dns.agent.number} exists and nobody is logged in`),
  agentLoggedIn: loggedIn(`agent ${agent.employeeId} is logged in on DN ${dns.agent.number}`, agent),
  otherAgentLoggedIn: loggedIn(`agent ${otherAgent.employeeId} is logged in on DN ${dns.agent.number}`, otherAgent),

  up: state('config service is up'),
  redisLost: state('config service lost redis'),
  down: state('config service is down'),
};
