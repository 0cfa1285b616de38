import { afterEach, describe, expect, jest, test } from '@jest/globals';
import tenantContract from '../../../contracts/connections/31-tenant-service--frontend-service.ts';
import orsContract from '../../../contracts/connections/38-ors--frontend-service.ts';
import type { Interaction } from '../../../contracts/contract.ts';
import type { HttpBody, HttpResponse } from '../../../contracts/messages/http.ts';
import { world as fixture } from '../../../contracts/world.ts';
import frontEndService from './mock.ts';

const { call, otherSipNode, sipNode, tenant } = fixture;
const onRoutePoint = { thisDn: '5000', callUuid: call.uuid, attributes: {} };

afterEach(() => {
  jest.restoreAllMocks();
});

/** A mock with a world of its own, asked without a wire; each request has the next reference id. */
function mock() {
  const world = frontEndService.createWorld();
  const context = {
    contract: tenantContract,
    interaction: tenantContract.interactions[0] as Interaction,
    signal: new AbortController().signal,
  };
  let referenceId = 0;
  const ask = (name: string, body: Record<string, HttpBody> = {}, tenantUuid: string = tenant.uuid) => {
    referenceId += 1;
    const path = `/tlib/v1/tenants/${tenantUuid}/requests/${name}`;
    const request = { method: 'POST', path, body: { referenceId, ...onRoutePoint, ...body } };
    return frontEndService.respond(request, world, context) as HttpResponse;
  };
  return { world, ask, callAt: (node: string) => world.nodes.get(node)?.calls.get(call.uuid) };
}

/** Moves the fixture call to the second node. */
function moveCall(nodes: ReturnType<typeof mock>['world']['nodes']) {
  const [from, to] = [nodes.get(sipNode.id), nodes.get(otherSipNode.id)];
  if (from === undefined || to === undefined) throw new Error('the fixture world has two nodes');
  to.calls = from.calls;
  from.calls = new Map();
}

test('a call is routed once, and unknown after its release', () => {
  const { ask } = mock();
  expect(ask('RequestRouteCall')).toMatchObject({ status: 200, body: { referenceId: 1, sipNodeId: sipNode.id } });
  expect(ask('RequestRouteCall')).toMatchObject({ status: 409 });
  expect(ask('RequestReleaseCall')).toMatchObject({ status: 200 });
  expect(ask('RequestRouteCall')).toMatchObject({ status: 404, body: { errorMessage: `no call ${call.uuid}` } });
});

describe('the node', () => {
  test('is the one that owns the call', () => {
    const { ask, world, callAt } = mock();
    moveCall(world.nodes);
    expect(ask('RequestRouteCall')).toMatchObject({ status: 200, body: { sipNodeId: otherSipNode.id } });
    expect(callAt(otherSipNode.id)?.phase).toBe('routed');
  });

  test('is looked up anew, once, where the one that is named does not know the call', () => {
    const { ask, world } = mock();
    expect(ask('RequestRouteCall', { sipNodeId: otherSipNode.id })).toMatchObject({ body: { sipNodeId: sipNode.id } });
    expect(ask('RequestReleaseCall', { sipNodeId: 'voice-sip-9' })).toMatchObject({ body: { sipNodeId: sipNode.id } });
    world.nodes = new Map();
    expect(ask('RequestReleaseCall')).toMatchObject({ status: 503 });
  });
});

describe('a repeated reference id', () => {
  const repeated = { referenceId: 500 };

  test('gets the first answer for 60 s, and acts once', () => {
    const { ask } = mock();
    const now = jest.spyOn(Date, 'now').mockReturnValue(1_000_000);
    const first = ask('RequestRouteCall', repeated);
    expect(first).toMatchObject({ status: 200 });
    now.mockReturnValue(1_059_999);
    expect(ask('RequestRouteCall', repeated)).toEqual(first);
    now.mockReturnValue(1_060_000);
    expect(ask('RequestRouteCall', repeated)).toMatchObject({ status: 409 });
  });

  test('makes no second call', () => {
    const { ask, world } = mock();
    const make = () => ask('RequestMakeCall', { ...repeated, thisDn: '7001', attributes: { destination: '7002' } });
    expect(make()).toEqual(make());
    expect(world.nodes.get(sipNode.id)?.calls.size).toBe(2);
  });

  test('of another request, DN or tenant is another request', () => {
    const { ask } = mock();
    expect(ask('RequestUpdateUserData', repeated, fixture.otherTenant.uuid)).toMatchObject({ status: 404 });
    expect(ask('RequestUpdateUserData', repeated)).toMatchObject({ status: 200 });
    expect(ask('RequestReleaseCall', repeated)).toMatchObject({ status: 200 });
    expect(ask('RequestAgentReady', { ...repeated, thisDn: '7001' })).toMatchObject({ status: 200 });
    expect(ask('RequestAgentReady', { ...repeated, thisDn: '7004' })).toMatchObject({ status: 409 });
  });

  test('is tried again where no node was there to act', () => {
    const { ask, world } = mock();
    const { nodes } = world;
    world.nodes = new Map();
    expect(ask('RequestRouteCall', repeated)).toMatchObject({ status: 503 });
    world.nodes = nodes;
    expect(ask('RequestRouteCall', repeated)).toMatchObject({ status: 200 });
  });
});

test('there is a handler for every state of the contracts; its undo puts everything back, with what was asked since', async () => {
  const given = [tenantContract, orsContract].flatMap(({ interactions }) => interactions.flatMap((each) => each.given));
  for (const state of given) {
    const { ask, world } = mock();
    const before = structuredClone(world);
    const set = await frontEndService.states[state.name]?.(world, state.params);
    expect(set).toHaveProperty('undo');
    ask('RequestReleaseCall');
    await set?.undo?.();
    expect(world).toEqual(before);
  }
});
