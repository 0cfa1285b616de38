import { states as contracted } from '../../../contracts/common/config-service-states.ts';
import type { ProviderState } from '../../../contracts/contract.ts';
import type { StateHandler } from '../../adapter.ts';
import { changed } from '../../common/changed.ts';
import { withDevice } from './devices.ts';
import {
  type Annex,
  type ConfigObject,
  type ConfigWorld,
  createWorld,
  type Device,
  dataOf,
  withData,
} from './world.ts';

type Handler = StateHandler<ConfigWorld>;
type Params = ProviderState['params'];

const tenantExists: Handler = (world, { tenantUuid, revision }) => {
  const uuid = String(tenantUuid);
  const fresh = createWorld();
  const tenant = fresh.tenants.get(uuid);
  if (tenant === undefined) throw new RangeError(`tenant ${uuid} is not in the fixture world`);
  return changed(world, {
    tenants: new Map(world.tenants).set(uuid, { ...tenant, revision: Number(revision) }),
    data: new Map(world.data).set(uuid, dataOf(fresh, uuid)),
  });
};

const tenantMissing: Handler = (world, { tenantUuid }) => {
  const others = <T>(map: ReadonlyMap<string, T>) => new Map([...map].filter(([uuid]) => uuid !== tenantUuid));
  return changed(world, { tenants: others(world.tenants), data: others(world.data) });
};

/** The world's data with an object of the fixture world as it was at first, but for the sections given. */
function withObject(world: ConfigWorld, params: Params, sections: Annex = {}): ConfigWorld['data'] {
  const { type, dbid } = params;
  const tenantUuid = String(params.tenantUuid);
  const same = (each: ConfigObject) => each.type === type && each.dbid === dbid;
  const found = dataOf(createWorld(), tenantUuid).objects.find(same);
  if (found === undefined) throw new RangeError(`${type} ${dbid} of ${tenantUuid} is not in the fixture world`);
  const merged = Object.entries(sections).map(([name, options]) => [name, { ...found.annex[name], ...options }]);
  const object = { ...found, annex: { ...found.annex, ...Object.fromEntries(merged) } };
  const others = dataOf(world, tenantUuid).objects.filter((each) => !same(each));
  return withData(world, tenantUuid, { objects: [...others, object] });
}

/** A state in which an object is there. @param sections what it has in its annex for the state's parameters */
const objectExists =
  (sections: (params: Params) => Annex = () => ({})): Handler =>
  (world, params) =>
    changed(world, { data: withObject(world, params, sections(params)) });

const hasMailbox = objectExists(({ mailbox }) => ({ TServer: { gvm_mailbox: String(mailbox) } }));

const dnMissing: Handler = (world, { tenantUuid, type, number }) => {
  const uuid = String(tenantUuid);
  const objects = dataOf(world, uuid).objects.filter((each) => each.type !== type || each.number !== number);
  return changed(world, { data: withData(world, uuid, { objects }) });
};

/** A state in which a DN is there and nothing else is known of it than what its parameters give. */
const deviceIs =
  (...parts: readonly ((params: Params) => Device)[]): Handler =>
  (world, params) => {
    const device: Device = Object.assign({}, ...parts.map((part) => part(params)));
    const data = withObject(world, params);
    return changed(world, {
      data: withDevice({ ...world, data }, String(params.tenantUuid), String(params.number), device),
    });
  };

const registered = ({ contact, expires }: Params): Device => ({
  registration: { contact: String(contact), expiresAtMs: Date.now() + Number(expires) * 1_000 },
});

const loggedIn = ({ employeeId, personDbid, loginId }: Params): Device => ({
  agent: {
    employeeId: String(employeeId),
    personDbid: Number(personDbid),
    loginId: String(loginId),
    loggedInAt: new Date().toISOString(),
  },
});

const conditionIs =
  (condition: ConfigWorld['condition']): Handler =>
  (world) =>
    changed(world, { condition });

/** How each state of the contracts is set; a state without a handler does not compile. */
const handlers: Readonly<Record<keyof typeof contracted, Handler>> = {
  tenantExists,
  tenantMissing,
  otherTenantMissing: tenantMissing,
  dnExists: objectExists(),
  dnMissing,
  dnHasMailbox: hasMailbox,
  groupHasMailbox: hasMailbox,
  trunkExists: objectExists(({ contact }) => ({ TServer: { contact: String(contact) } })),
  routePointRunsScript: objectExists(({ application }) => ({ Orchestration: { application: String(application) } })),
  scriptExists: objectExists(({ url }) => ({ Application: { url: String(url) } })),
  scriptHasAlternate: objectExists(({ url, alternateUrl }) => ({
    Application: { url: String(url), 'alternate-url': String(alternateUrl) },
  })),
  listExists: objectExists(),
  personWithUserName: objectExists(),
  personWithEmployeeId: objectExists(),
  switchExists: objectExists(),
  switchOfTServerExists: objectExists(),
  applicationExists: objectExists(),
  notRegistered: deviceIs(),
  registered: deviceIs(registered),
  registrationExpired: deviceIs(registered),
  registeredAndLoggedIn: deviceIs(registered, loggedIn),
  nobodyLoggedIn: deviceIs(),
  agentLoggedIn: deviceIs(loggedIn),
  otherAgentLoggedIn: deviceIs(loggedIn),
  up: conditionIs('up'),
  redisLost: conditionIs('redis lost'),
  down: conditionIs('down'),
};

/** The provider states of the mock, by name. */
export const states: Readonly<Record<string, Handler>> = Object.fromEntries(
  Object.entries(handlers).map(([key, handler]) => [contracted[key as keyof typeof contracted].name, handler]),
);
