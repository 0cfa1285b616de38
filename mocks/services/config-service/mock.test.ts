import { describe, expect, test } from '@jest/globals';
import contract from '../../../contracts/connections/26-tenant-service--config-service.ts';
import type { Interaction } from '../../../contracts/contract.ts';
import type { HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import { world as fixture } from '../../../contracts/world.ts';
import configService from './mock.ts';

const tenants = '/config/v1/tenants';
const own = `${tenants}/${fixture.tenant.uuid}`;
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

  test('a deleted tenant takes its objects with it at once', () => {
    const { ask } = mock();
    const dn = { query: { number: '7001' } };
    expect(ask('GET', `${own}/objects/DN`, dn).status).toBe(200);
    expect(ask('DELETE', own).body).toEqual({ status: { code: 0 } });
    expect(ask('GET', `${own}/objects/DN`, dn).status).toBe(404);
    expect(ask('DELETE', own).status).toBe(404);
  });
});

describe('objects', () => {
  test.each([
    ['DN', { number: '7001' }, 301],
    ['Person', { employeeID: 'A1001' }, 111],
    ['Person', { userName: 'agent2' }, 112],
    ['Switch', { TServerDBID: '120' }, 105],
  ])('%s by %j', (type, query, dbid) => {
    expect(mock().ask('GET', `${own}/objects/${type}`, { query })).toMatchObject({ status: 200, body: { type, dbid } });
  });

  test.each([
    ['DN', { number: '9999' }, 404, 'DN not found'],
    ['DN', {}, 400, 'DN is looked up by exactly one of number, dbid'],
    ['DN', { number: ['7001', '7002'] }, 400, 'DN is looked up by exactly one of number, dbid'],
    ['constructor', { dbid: '1' }, 400, 'constructor is not a type of object'],
  ])('%s by %j is refused', (type, query, status, message) => {
    expect(mock().ask('GET', `${own}/objects/${type}`, { query })).toMatchObject({
      status,
      body: { status: { code: status, message } },
    });
  });
});

test('there is a handler for every state of the contract, and its undo puts everything back', async () => {
  for (const state of contract.interactions.flatMap((each) => each.given)) {
    const { world } = mock();
    const before = structuredClone(world);
    const set = await configService.states[state.name]?.(world, state.params);
    expect(set).toHaveProperty('undo');
    await set?.undo?.();
    expect(world).toEqual(before);
  }
});

test('a route that the service does not have is a 404', () => {
  expect(mock().ask('PATCH', own)).toMatchObject({ status: 404 });
});
