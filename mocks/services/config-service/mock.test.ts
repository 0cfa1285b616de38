import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { states } from '../../../contracts/common/config-service-states.ts';
import contract from '../../../contracts/connections/26-tenant-service--config-service.ts';
import type { Interaction } from '../../../contracts/contract.ts';
import type { HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import { world as fixture } from '../../../contracts/world.ts';
import configService from './mock.ts';

const tenants = '/config/v1/tenants';
const own = `${tenants}/${fixture.tenant.uuid}`;
const device = `${own}/devices/7001`;
const tenant = {
  tenantUuid: fixture.tenant.uuid,
  tenantId: 't100',
  name: 't100',
  dbid: 101,
  sipDomain: 't100.voice.example',
  status: 'ACTIVE',
};

/** A mock with a world of its own, asked without a wire. */
function mock() {
  const world = configService.createWorld();
  const context = {
    contract,
    interaction: contract.interactions[0] as Interaction,
    signal: new AbortController().signal,
  };
  return {
    world,
    ask: (method: string, path: string, rest: Partial<HttpRequest> = {}) =>
      configService.respond({ method, path, ...rest }, world, context) as HttpResponse,
  };
}

describe('tenants', () => {
  test('an unchanged tenant keeps its revision, a changed one gets the next, unknown fields are dropped', () => {
    const { ask } = mock();
    expect(ask('POST', tenants, { body: tenant }).body).toEqual({ ...tenant, revision: 3 });
    const changed = { ...tenant, status: 'INIT' };
    expect(ask('POST', tenants, { body: { ...changed, later: true } }).body).toEqual({ ...changed, revision: 4 });
    expect(ask('GET', own).headers?.etag).toBe('"4"');
  });

  test('what was added is in the list, what was deleted is not', () => {
    const { ask } = mock();
    const other = { ...tenant, tenantUuid: fixture.otherTenant.uuid, sipDomain: fixture.otherTenant.sipDomain };
    ask('POST', tenants, { body: other });
    expect(ask('GET', tenants).body).toEqual({
      tenants: [
        { ...tenant, revision: 3 },
        { ...other, revision: 1 },
      ],
    });
    ask('DELETE', own);
    expect(ask('GET', tenants).body).toEqual({ tenants: [{ ...other, revision: 1 }] });
  });

  test('a deleted tenant takes its objects and devices with it at once', () => {
    const { ask } = mock();
    const dn = { query: { number: '7001' } };
    expect(ask('GET', `${own}/objects/DN`, dn).status).toBe(200);
    expect(ask('GET', device).status).toBe(200);
    expect(ask('DELETE', own).body).toEqual({ status: { code: 0 } });
    expect(ask('GET', `${own}/objects/DN`, dn).status).toBe(404);
    expect(ask('GET', device)).toMatchObject({ status: 404, body: { status: { code: 404 } } });
    expect(ask('DELETE', own).status).toBe(404);
    ask('POST', tenants, { body: tenant });
    expect(ask('GET', `${own}/objects/DN`, dn).status).toBe(404);
  });
});

describe('objects', () => {
  test.each([
    ['DN', { number: '7001' }, 301],
    ['DN', { dbid: '310' }, 310],
    ['Script', { name: 'Main' }, 320],
    ['Script', { dbid: '320' }, 320],
    ['Person', { dbid: '111' }, 111],
    ['Person', { employeeID: 'A1001' }, 111],
    ['Person', { userName: 'agent2' }, 112],
    ['Switch', { dbid: '105' }, 105],
    ['Switch', { name: 'SIP_Switch' }, 105],
    ['Switch', { TServerDBID: '120' }, 105],
    ['Skill', { dbid: '350' }, 350],
    ['Skill', { name: 'Billing' }, 350],
    ['AgentGroup', { dbid: '301' }, 301],
    ['Application', { dbid: '101' }, 101],
    ['Application', { name: 'SIPS' }, 101],
    ['Host', { dbid: '340' }, 340],
    ['Tenant', { dbid: '101' }, 101],
    ['Transaction', { dbid: '330' }, 330],
    ['Transaction', { name: 'List1' }, 330],
  ])('%s by %j', (type, query, dbid) => {
    expect(mock().ask('GET', `${own}/objects/${type}`, { query })).toMatchObject({ status: 200, body: { type, dbid } });
  });

  test.each([
    ['DN', { number: '9999' }, 404, 'DN not found'],
    ['DN', {}, 400, 'DN is looked up by exactly one of number, dbid'],
    ['DN', { number: '7001', dbid: '301' }, 400, 'DN is looked up by exactly one of number, dbid'],
    ['DN', { number: ['7001', '7002'] }, 400, 'DN is looked up by exactly one of number, dbid'],
    ['AgentGroup', { name: 'Support' }, 400, 'AgentGroup is looked up by exactly one of dbid'],
    ['Person', { employeeId: 'A1001' }, 400, 'Person is looked up by exactly one of dbid, employeeID, userName'],
    ['constructor', { dbid: '1' }, 400, 'constructor is not a type of object'],
  ])('%s by %j is refused', (type, query, status, message) => {
    expect(mock().ask('GET', `${own}/objects/${type}`, { query })).toMatchObject({
      status,
      body: { status: { code: status, message } },
    });
  });
});

describe('devices', () => {
  const login = { body: { employeeId: 'A1001', loginId: '1001' } };
  const otherLogin = { body: { employeeId: 'A2002', loginId: '1002' } };
  const register = { body: { contact: 'sip:7001@10.0.0.5:5060', expires: 60, callId: 'c', cseq: 1 } };
  const start = Date.parse('2030-01-01T00:00:00Z');
  const agent = { employeeId: 'A1001', personDbid: 111, loginId: '1001', loggedInAt: '2030-01-01T00:00:00.000Z' };

  beforeEach(() => void jest.useFakeTimers({ now: start }));
  afterEach(() => void jest.useRealTimers());

  test('nobody is registered or logged in at first', () => {
    expect(mock().ask('GET', device)).toMatchObject({ status: 200, body: { dn: '7001', registered: false } });
  });

  test('a registration and a login stand side by side for every reader, and each ends on its own', () => {
    const { ask } = mock();
    const registration = { contact: 'sip:7001@10.0.0.5:5060', expiresAt: '2030-01-01T00:01:00.000Z' };
    ask('POST', `${device}/register`, register);
    ask('POST', `${device}/login`, login);
    expect(ask('GET', device).body).toEqual({ dn: '7001', registered: true, ...registration, agent });
    expect(ask('GET', `${own}/devices/7002`).body).toEqual({ dn: '7002', registered: false });
    ask('POST', `${device}/unregister`, { body: {} });
    expect(ask('GET', device).body).toEqual({ dn: '7001', registered: false, agent });
    ask('POST', `${device}/logout`, { body: { employeeId: 'A1001' } });
    expect(ask('GET', device).body).toEqual({ dn: '7001', registered: false });
  });

  test('a refresh makes a registration last longer; without one it lapses when its time is over', () => {
    const { ask } = mock();
    ask('POST', `${device}/register`, register);
    jest.setSystemTime(start + 59_999);
    expect(ask('POST', `${device}/register`, register).body).toMatchObject({ expiresAt: '2030-01-01T00:01:59.999Z' });
    jest.setSystemTime(start + 119_998);
    expect(ask('GET', device).body).toMatchObject({ registered: true });
    jest.setSystemTime(start + 119_999);
    expect(ask('GET', device).body).toEqual({ dn: '7001', registered: false });
  });

  test('a second login of the same agent changes nothing', () => {
    const { ask } = mock();
    ask('POST', `${device}/login`, login);
    jest.setSystemTime(start + 1_000);
    expect(ask('POST', `${device}/login`, login)).toMatchObject({ status: 200, body: { agent } });
  });

  test('another agent can neither log in nor log the first one out, and can log in afterwards', () => {
    const { ask } = mock();
    const logoutOf = (employeeId: string) => ask('POST', `${device}/logout`, { body: { employeeId } });
    ask('POST', `${device}/login`, login);
    const conflict = { status: 409, body: { status: { code: 409, message: 'agent A1001 is logged in' } } };
    expect(ask('POST', `${device}/login`, otherLogin)).toMatchObject(conflict);
    expect(logoutOf('A2002')).toMatchObject(conflict);
    expect(ask('GET', device).body).toMatchObject({ agent });
    logoutOf('A1001');
    expect(ask('POST', `${device}/login`, otherLogin)).toMatchObject({
      status: 200,
      body: { agent: { personDbid: 112 } },
    });
  });

  test.each([
    ['devices/9999/login', login, 'DN not found'],
    ['devices/9999/register', register, 'DN not found'],
    ['devices/7001/login', { body: { employeeId: 'A9999', loginId: '1' } }, 'Person not found'],
    ['devices/7001/toString', { body: {} }, `POST ${device}/toString is not a route`],
  ])('%s with %j is a 404', (route, request, message) => {
    expect(mock().ask('POST', `${own}/${route}`, request)).toMatchObject({
      status: 404,
      body: { status: { message } },
    });
  });
});

test('what was stored while a state is set goes with the state', async () => {
  const { world, ask } = mock();
  const { name, params } = states.nobodyLoggedIn;
  const set = await configService.states[name]?.(world, params);
  ask('POST', `${device}/login`, { body: { employeeId: 'A1001', loginId: '1001' } });
  await set?.undo?.();
  expect(ask('GET', device).body).toEqual({ dn: '7001', registered: false });
});

test.each(Object.values(states))(
  'the state "$name" has a handler, and its undo puts everything back',
  async ({ name, params }) => {
    const { world } = mock();
    const before = structuredClone(world);
    const set = await configService.states[name]?.(world, params);
    await expect(set?.undo?.()).resolves.toBeUndefined();
    expect(world).toEqual(before);
  },
);

test('a state about an object that the fixture world does not have cannot be set', () => {
  const { name, params } = states.switchExists;
  expect(() => configService.states[name]?.(mock().world, { ...params, dbid: 1 })).toThrow(
    `Switch 1 of ${fixture.tenant.uuid} is not in the fixture world`,
  );
});

test.each([
  ['PATCH', own],
  ['GET', '/config/v1/tenantsother'],
  ['GET', `${own}/objects`],
  ['GET', `${device}/login`],
  ['DELETE', tenants],
])('%s %s is not a route: 404', (method, path) => {
  expect(mock().ask(method, path)).toMatchObject({
    status: 404,
    body: { status: { message: `${method} ${path} is not a route` } },
  });
});
