import { describe, expect, test } from '@jest/globals';
import control from '../../../contracts/connections/10-genesys-engagement-service--ors.ts';
import dialogs from '../../../contracts/connections/21-genesys-voice-platform--ors.ts';
import type { Interaction } from '../../../contracts/contract.ts';
import type { HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import { world as fixture } from '../../../contracts/world.ts';
import ors from './mock.ts';

const { callback, call, orsSession } = fixture;
const callbackPath = `/scxml/session/${callback.sessionId}`;
const dialogPath = `/scxml/session/${orsSession.id}`;

/** A mock with a world of its own, asked without a wire. */
function mock() {
  const world = ors.createWorld();
  const context = {
    contract: control,
    interaction: control.interactions[0] as Interaction,
    signal: new AbortController().signal,
  };
  const ask = (method: string, path: string, rest: Partial<HttpRequest> = {}) =>
    ors.respond({ method, path, ...rest }, world, context) as HttpResponse;
  return { world, ask, post: (path: string, rest: Partial<HttpRequest> = {}) => ask('POST', path, rest) };
}

describe('sessions', () => {
  test('what events did is read back', () => {
    const { ask, post } = mock();
    expect(post(`${callbackPath}/event/callback.update`, { query: { priority: '50' } })).toMatchObject({ status: 200 });
    expect(post(`${callbackPath}/event/callback.cancel`, { body: {} })).toMatchObject({ status: 200 });
    expect(ask('GET', `${callbackPath}/query`).body).toMatchObject({
      states: ['cancelled'],
      data: { callbackId: callback.id, priority: 50 },
    });
  });

  test('an event that the application does nothing with is acknowledged and changes nothing', () => {
    const { ask, post } = mock();
    const before = ask('GET', `${callbackPath}/query`);
    expect(post(`${callbackPath}/event/unheard.of`)).toMatchObject({ status: 200 });
    expect(ask('GET', `${callbackPath}/query`)).toEqual(before);
  });

  test.each(['text', ['list'], 7])('an event whose body is %j is refused', (body) => {
    expect(mock().post(`${callbackPath}/event/callback.cancel`, { body })).toMatchObject({
      status: 400,
      body: { status: { code: 400 } },
    });
  });

  test('a terminated session is gone at once, for every request', () => {
    const { ask, post } = mock();
    expect(post(`${callbackPath}/terminate`)).toMatchObject({ status: 200 });
    expect(ask('GET', `${callbackPath}/query`)).toMatchObject({ status: 404 });
    expect(post(`${callbackPath}/event/callback.cancel`)).toMatchObject({ status: 404 });
    expect(post(`${callbackPath}/request/check-queue-position`)).toMatchObject({ status: 404 });
    expect(post(`${callbackPath}/terminate`)).toMatchObject({ status: 404 });
    expect(ask('GET', `${dialogPath}/query`)).toMatchObject({ status: 200 });
  });

  test('a request that the application does not know is refused', () => {
    const { post } = mock();
    expect(post(`${callbackPath}/request/unheard-of`)).toMatchObject({ status: 404 });
    expect(post(`${dialogPath}/request/check-queue-position`)).toMatchObject({ status: 404 });
  });

  test('the owner of a session is named with path and query, and no cookie names this node', () => {
    const { world, post } = mock();
    world.elsewhere = new Map([[callback.sessionId, fixture.otherOrsNode.url]]);
    const answer = post(`${callbackPath}/event/callback.update`, { query: { priority: '50' } });
    expect(answer).toEqual({
      status: 307,
      headers: {
        'cache-control': 'no-store',
        location: `${fixture.otherOrsNode.url}${callbackPath}/event/callback.update?priority=50`,
      },
    });
  });

  test('a cookie names session and node unless the operator wants none', () => {
    const { world, ask } = mock();
    expect(ask('GET', `${callbackPath}/query`).headers?.['set-cookie']).toBe(
      `ORSSESSIONID=${callback.sessionId}.node001`,
    );
    world.setsCookies = false;
    expect(ask('GET', `${callbackPath}/query`).headers).not.toHaveProperty('set-cookie');
  });
});

describe('dialogs and call data', () => {
  test('a dialog is over when its result has come; the same result again is stale', () => {
    const { post } = mock();
    const body = { requestid: 'r-1' };
    expect(post(`${dialogPath}/event/dialog.start`, { body })).toMatchObject({ status: 200 });
    expect(post(`${dialogPath}/event/dialog.done`, { body: { requestid: 'r-0' } })).toMatchObject({ status: 409 });
    expect(post(`${dialogPath}/event/dialog.done`, { body })).toMatchObject({ status: 200 });
    expect(post(`${dialogPath}/event/dialog.done`, { body })).toMatchObject({ status: 409 });
  });

  test('a dialog event without a request id is stale, also where no dialog is awaited', () => {
    const { post } = mock();
    expect(post(`${dialogPath}/event/dialog.done`)).toMatchObject({ status: 409 });
    expect(post(`${callbackPath}/event/dialog.done`)).toMatchObject({ status: 409 });
  });

  test('XML says what JSON says, with its special characters escaped', () => {
    const { world, ask } = mock();
    const known = world.calls.get(call.uuid);
    if (known === undefined) throw new Error('the fixture call is missing');
    world.calls = new Map([[call.uuid, { ...known, userData: { topic: 'a < b & c' } }]]);
    const json = ask('GET', `/calldata/${call.uuid}`, { headers: { accept: 'application/json, application/xml' } });
    const xml = ask('GET', `/calldata/${call.uuid}`, { headers: { accept: 'application/xml' } });
    expect(json.body).toMatchObject({ callUuid: call.uuid, userData: { topic: 'a < b & c' } });
    expect(xml.body).toContain(`<callUuid>${call.uuid}</callUuid>`);
    expect(xml.body).toContain('<userData><topic>a &lt; b &amp; c</topic></userData>');
  });

  test('the call goes with its session', () => {
    const { ask, post } = mock();
    expect(ask('GET', `/calldata/${call.uuid}`)).toMatchObject({ status: 200 });
    expect(post(`${dialogPath}/terminate`)).toMatchObject({ status: 200 });
    expect(ask('GET', `/calldata/${call.uuid}`)).toMatchObject({ status: 404 });
  });
});

test('there is a handler for every state of both contracts, and its undo puts everything back', async () => {
  const interactions: readonly Interaction[] = [...control.interactions, ...dialogs.interactions];
  for (const state of interactions.flatMap((each) => each.given)) {
    const { world } = mock();
    const before = structuredClone(world);
    const set = await ors.states[state.name]?.(world, state.params);
    expect(set).toHaveProperty('undo');
    await set?.undo?.();
    expect(world).toEqual(before);
  }
});

test('a route that the service does not have is a 404', () => {
  const { ask } = mock();
  expect(ask('GET', '/ors/help')).toMatchObject({ status: 404 });
  expect(ask('DELETE', `${callbackPath}/query`)).toMatchObject({ status: 404 });
});
