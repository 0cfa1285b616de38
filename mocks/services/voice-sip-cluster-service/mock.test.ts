import { describe, expect, test } from '@jest/globals';
import contract from '../../../contracts/connections/39-frontend-service--voice-sip-cluster-service.ts';
import type { Interaction } from '../../../contracts/contract.ts';
import type { HttpBody, HttpResponse } from '../../../contracts/messages/http.ts';
import { world as fixture } from '../../../contracts/world.ts';
import voiceSipClusterService from './mock.ts';

const { call, tenant, otherTenant } = fixture;
const onRoutePoint = { referenceId: 7, thisDn: '5000', callUuid: call.uuid };
const onAgentDn = { referenceId: 8, thisDn: '7001', attributes: {} };
const route = { ...onRoutePoint, attributes: { destination: '7001', routeType: 'default' } };

/** A mock with a world of its own, asked without a wire. */
function mock() {
  const world = voiceSipClusterService.createWorld();
  const context = {
    contract,
    interaction: contract.interactions[0] as Interaction,
    signal: new AbortController().signal,
  };
  const ask = async (name: string, body: HttpBody, tenantUuid: string = tenant.uuid) => {
    const headers = { 'x-tenant-id': tenantUuid };
    const request = { method: 'POST', path: `/tlib/v1/requests/${name}`, headers, body };
    return (await voiceSipClusterService.respond(request, world, context)) as HttpResponse;
  };
  return { world, ask };
}

describe('a call', () => {
  test('is routed once, takes data after that but no treatment, and is gone when released', async () => {
    const { ask, world } = mock();
    const treatment = { ...onRoutePoint, attributes: { type: 'Music', parameters: {} } };
    expect(await ask('RequestApplyTreatment', treatment)).toMatchObject({ status: 200 });
    expect(world.calls.get(call.uuid)?.treatment).toBe('Music');
    expect(await ask('RequestRouteCall', route)).toMatchObject({ body: { referenceId: 7, accepted: true } });
    expect(await ask('RequestRouteCall', route)).toMatchObject({ status: 409, body: { status: { code: 409 } } });
    expect(await ask('RequestApplyTreatment', treatment)).toMatchObject({ status: 409 });
    const data = (userData: object) =>
      ask('RequestUpdateUserData', { ...onRoutePoint, attributes: { userData } } as never);
    await data({ segment: 'gold', language: 'en' });
    await data({ segment: 'silver' });
    expect(world.calls.get(call.uuid)?.userData).toEqual({ segment: 'silver', language: 'en' });
    expect(await ask('RequestReleaseCall', { ...onRoutePoint, attributes: {} })).toMatchObject({ status: 200 });
    expect(await ask('RequestUpdateUserData', route)).toMatchObject({
      status: 404,
      body: { errorMessage: `no call ${call.uuid}` },
    });
  });

  test('that is made has a UUID of its own, by which it is known from then on', async () => {
    const { ask, world } = mock();
    const make = { ...onAgentDn, attributes: { destination: '+15551230000', userData: { campaign: 'Airlines' } } };
    const [first, second] = [await ask('RequestMakeCall', make), await ask('RequestMakeCall', make)];
    const { callUuid } = first.body as { callUuid: string };
    expect(callUuid).toMatch(/^[0-9A-V]{32}$/);
    expect(second.body).not.toMatchObject({ callUuid });
    expect(world.calls.get(callUuid)).toMatchObject({ dn: '7001', userData: { campaign: 'Airlines' } });
    expect(await ask('RequestReleaseCall', { ...onAgentDn, callUuid })).toMatchObject({ status: 200 });
  });

  test('of one tenant is unknown to another', async () => {
    expect(await mock().ask('RequestRouteCall', route, otherTenant.uuid)).toMatchObject({ status: 404 });
  });
});

test('only an agent who is logged in changes state', async () => {
  const { ask, world } = mock();
  expect(await ask('RequestAgentNotReady', onAgentDn)).toMatchObject({ status: 200 });
  expect(world.agents.get('7001')).toBe(false);
  expect(await ask('RequestAgentReady', onAgentDn)).toMatchObject({ status: 200 });
  expect(world.agents.get('7001')).toBe(true);
  expect(await ask('RequestAgentReady', { ...onAgentDn, thisDn: '7004' })).toMatchObject({ status: 409 });
});

test.each([
  ['RequestNoSuch', route, 400],
  ['toString', route, 400],
  ['RequestRouteCall', '{"referenceId":7', 400],
  ['RequestRouteCall', { ...route, referenceId: '7' }, 400],
  ['RequestRouteCall', { referenceId: 7, thisDn: '5000', attributes: {} }, 400],
  ['RequestMakeCall', { ...onAgentDn, thisDn: '9999' }, 404],
])('%s with %j is refused', async (name, body, status) => {
  expect(await mock().ask(name, body)).toMatchObject({ status, body: { status: { code: status } } });
});

test('there is a handler for every state of the contract, and its undo puts everything back', async () => {
  for (const state of contract.interactions.flatMap((each) => each.given)) {
    const { world } = mock();
    const before = structuredClone(world);
    const set = await voiceSipClusterService.states[state.name]?.(world, state.params);
    expect(set).toHaveProperty('undo');
    await set?.undo?.();
    expect(world).toEqual(before);
  }
});
