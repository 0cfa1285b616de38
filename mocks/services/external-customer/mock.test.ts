import { expect, test } from '@jest/globals';
import contract from '../../../contracts/connections/44-designer-application-server--external-customer.ts';
import type { Interaction } from '../../../contracts/contract.ts';
import type { HttpRequest } from '../../../contracts/messages/http.ts';
import externalCustomer from './mock.ts';

/** A mock with a world of its own, asked without a wire. */
function mock() {
  const world = externalCustomer.createWorld();
  const context = {
    contract,
    interaction: contract.interactions[0] as Interaction,
    signal: new AbortController().signal,
  };
  return {
    world,
    ask: (method: string, path: string, rest: Partial<HttpRequest> = {}) =>
      externalCustomer.respond({ method, path, ...rest }, world, context),
  };
}

test('a ticket lives: created, closed, deleted, and its number is not given again', async () => {
  const { ask } = mock();
  expect(await ask('POST', '/api/v1/tickets')).toMatchObject({ status: 201, body: { ticketId: 'T-1' } });
  expect(await ask('PUT', '/api/v1/tickets/T-1', { body: { status: 'closed' } })).toMatchObject({
    status: 200,
    body: { ticketId: 'T-1', status: 'closed' },
  });
  expect(await ask('DELETE', '/api/v1/tickets/T-1')).toEqual({ status: 204 });
  expect(await ask('DELETE', '/api/v1/tickets/T-1')).toMatchObject({ status: 404 });
  expect(await ask('POST', '/api/v1/tickets')).toMatchObject({ body: { ticketId: 'T-2' } });
});

test('nobody is known until a state says so', async () => {
  const { ask, world } = mock();
  const look = { query: { phone: '+15551230000' } };
  expect(await ask('GET', '/api/v1/customers', look)).toMatchObject({ status: 404 });
  const [state] = contract.interactions[0]?.given ?? [];
  await externalCustomer.states[state?.name ?? '']?.(world, state?.params ?? {});
  expect(await ask('GET', '/api/v1/customers', look)).toMatchObject({ status: 200, body: { tier: 'gold' } });
});

test('there is a handler for every state of the contract, and its undo puts everything back', async () => {
  for (const state of contract.interactions.flatMap((each) => each.given)) {
    const { world } = mock();
    const before = structuredClone(world);
    const set = await externalCustomer.states[state.name]?.(world, state.params);
    expect(set).toHaveProperty('undo');
    await set?.undo?.();
    expect(world).toEqual(before);
  }
});
