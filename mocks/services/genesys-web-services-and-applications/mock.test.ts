import { expect, test } from '@jest/globals';
import { states } from '../../../contracts/common/gws-auth.ts';
import contract from '../../../contracts/connections/19-genesys-web-services-and-applications--voicemail.ts';
import type { Interaction } from '../../../contracts/contract.ts';
import type { HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import { world as fixture } from '../../../contracts/world.ts';
import gws from './mock.ts';

/** A mock with a world of its own, asked without a wire. The contract is another one: this mock does not look at it. */
function mock() {
  const world = gws.createWorld();
  const context = {
    contract,
    interaction: contract.interactions[0] as Interaction,
    signal: new AbortController().signal,
  };
  const ask = (authorization?: string, request: Partial<HttpRequest> = {}) => {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    return gws.respond(
      { method: 'GET', path: '/auth/v3/userinfo', headers, ...request },
      world,
      context,
    ) as HttpResponse;
  };
  return { world, ask };
}

test.each([
  ['Bearer', fixture.tokens.agent, 'agent1'],
  ['bearer', fixture.tokens.administrator, 'admin1'],
])('%s %s belongs to %s of the tenant', (scheme, token, userName) => {
  expect(mock().ask(`${scheme} ${token}`)).toMatchObject({
    status: 200,
    body: { status: { code: 0 }, data: { userName, contactCenterId: fixture.tenant.uuid } },
  });
});

test.each([undefined, 'Bearer unknown', `Basic ${fixture.tokens.agent}`, 'Bearer'])(
  '%s is refused',
  (authorization) => {
    expect(mock().ask(authorization)).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Bearer' },
      body: { status: { code: 401 } },
    });
  },
);

test('a token is refused from the state on that says it is expired', async () => {
  const { ask, world } = mock();
  const authorization = `Bearer ${fixture.tokens.agent}`;
  const set = await gws.states[states.tokenExpired.name]?.(world, { token: fixture.tokens.agent });
  expect(set?.values).toEqual({ authorization });
  expect(ask(authorization).status).toBe(401);
  await set?.undo?.();
  expect(ask(authorization).status).toBe(200);
});

test('a service that is unavailable says so to everybody', async () => {
  const { ask, world } = mock();
  await gws.states[states.unavailable.name]?.(world, {});
  expect(ask(`Bearer ${fixture.tokens.agent}`)).toMatchObject({ status: 503, body: { status: { code: 503 } } });
});

test.each([{ method: 'POST' }, { path: '/auth/v3/other' }])('%j is no route', (request) => {
  expect(mock().ask(`Bearer ${fixture.tokens.agent}`, request).status).toBe(404);
});

test.each(Object.values(states).map((state) => [state.name, state] as const))(
  'the state "%s" is undone without a trace',
  async (name, { params }) => {
    const { world } = mock();
    const before = structuredClone(world);
    const set = await gws.states[name]?.(world, params);
    expect(set).toHaveProperty('undo');
    await set?.undo?.();
    expect(world).toEqual(before);
  },
);
