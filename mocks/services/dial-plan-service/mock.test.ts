import { expect, test } from '@jest/globals';
import contract from '../../../contracts/connections/27-voice-sip-cluster-service--dial-plan-service.ts';
import type { Interaction } from '../../../contracts/contract.ts';
import type { HttpBody } from '../../../contracts/messages/http.ts';
import { world as fixture } from '../../../contracts/world.ts';
import dialPlanService from './mock.ts';
import { readyDn } from './world.ts';

const path = `/${fixture.tenant.uuid}`;
const leg = {
  id: 'xs-7',
  operation: 'route',
  callUuid: fixture.call.uuid,
  from: '7002',
  to: '7001',
  direction: 'internal',
  sipDomain: fixture.tenant.sipDomain,
};

/** A mock with a world of its own, asked without a wire. */
function mock() {
  const world = dialPlanService.createWorld();
  const context = {
    contract,
    interaction: contract.interactions[0] as Interaction,
    signal: new AbortController().signal,
  };
  const ask = (body: HttpBody, at = path) =>
    dialPlanService.respond({ method: 'POST', path: at, body }, world, context);
  return { world, ask, route: (change: Partial<typeof leg>) => ask({ ...leg, ...change }) };
}

const instructed = (instruction: object) => ({ status: 200, body: { id: 'xs-7', instructions: [instruction] } });

test('a DN is rung while it is registered; after that its calls go to voicemail, where it has one', async () => {
  const { world, route } = mock();
  const dial = { action: 'dial', target: '7001', type: 'dn', timeoutSec: 20 };
  expect(await route({})).toMatchObject(instructed(dial));
  expect(await route({ operation: 'forward' })).toMatchObject(instructed({ action: 'reject', sipCode: 480 }));
  world.dns = new Map([['7001', { ...readyDn, registered: false, voicemailEnabled: true }]]);
  expect(await route({})).toMatchObject(instructed({ action: 'voicemail', target: '7001' }));
});

test('an agent who is not ready is rung all the same, unless the DN is set to reject', async () => {
  const { world, route } = mock();
  world.dns = new Map([['7001', { ...readyDn, agentReady: false }]]);
  expect(await route({})).toMatchObject(instructed({ action: 'dial', type: 'dn' }));
  world.dns = new Map([['7001', { ...readyDn, agentReady: false, rejectWhenNotReady: true }]]);
  expect(await route({})).toMatchObject(instructed({ action: 'reject', sipCode: 486 }));
});

test('of several outbound rules the closest pattern counts, and only for calls that go out', async () => {
  const { world, route } = mock();
  world.rules = [
    { pattern: '9XXXXXXX', prefix: '+1555', trunk: 'trunk_sbc' },
    { pattern: '9123XXXX', prefix: '+1666', trunk: 'trunk_other' },
  ];
  const to = '91230000';
  expect(await route({ to, direction: 'outbound' })).toMatchObject(
    instructed({ target: 'trunk_other', type: 'trunk', number: '+16660000' }),
  );
  expect(await route({ to: '99990000', direction: 'outbound' })).toMatchObject(
    instructed({ target: 'trunk_sbc', number: '+15559990000' }),
  );
  expect(await route({ to, direction: 'inbound' })).toMatchObject(instructed({ action: 'reject', sipCode: 404 }));
  expect(await route({ to: '9123000x', direction: 'outbound' })).toMatchObject(instructed({ sipCode: 404 }));
});

test.each([
  ['text', 400],
  [{ ...leg, to: 7001 }, 400],
  [{ ...leg, operation: 'toString' }, 501],
])('%j is refused', async (body, status) => {
  expect(await mock().ask(body)).toMatchObject({ status, body: { status: { code: status } } });
});

test("another tenant's plan is not there", async () => {
  expect(await mock().ask(leg, `/${fixture.otherTenant.uuid}`)).toMatchObject({ status: 404 });
});

test('there is a handler for every state of the contract, and its undo puts everything back', async () => {
  for (const state of contract.interactions.flatMap((each) => each.given)) {
    const { world } = mock();
    const before = structuredClone(world);
    const set = await dialPlanService.states[state.name]?.(world, state.params);
    expect(set).toHaveProperty('undo');
    await set?.undo?.();
    expect(world).toEqual(before);
  }
});
