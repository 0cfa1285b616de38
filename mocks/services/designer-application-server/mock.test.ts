import { expect, test } from '@jest/globals';
import {
  backupPath,
  lookupPath,
  mainPath,
  sessionRecordsPath,
  states,
} from '../../../contracts/common/designer-application-server.ts';
import contract from '../../../contracts/connections/43-ors--designer-application-server.ts';
import type { Interaction, ProviderState } from '../../../contracts/contract.ts';
import type { HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import designer from './mock.ts';

/** A mock with a world of its own, asked without a wire. */
function mock() {
  const world = designer.createWorld();
  const context = {
    contract,
    interaction: contract.interactions[0] as Interaction,
    signal: new AbortController().signal,
  };
  return {
    world,
    ask: (method: string, path: string, rest: Partial<HttpRequest> = {}) =>
      designer.respond({ method, path, ...rest }, world, context) as HttpResponse,
    set: async ({ name, params }: ProviderState) => designer.states[name]?.(world, params),
  };
}

test('a document is known by its entity tag until it is published anew', async () => {
  const { ask, set } = mock();
  const tag = ask('GET', mainPath).headers?.etag ?? '';
  const again = (value: string) => ask('GET', mainPath, { headers: { 'if-none-match': value } });
  expect(again(tag)).toEqual({ status: 304, headers: { etag: tag, 'cache-control': 'max-age=60' } });
  const published = await set(states.publishedAnew);
  expect(published?.values).toMatchObject({ staleEtag: tag });
  expect(again(tag)).toMatchObject({ status: 200, headers: { etag: published?.values?.etag } });
  expect(published?.values?.etag).not.toBe(tag);
});

test.each([
  ['the tag made weak on the way', (tag: string) => `W/${tag}`, 304],
  ['one of several tags', (tag: string) => `"other", ${tag}`, 304],
  ['any tag', () => '*', 304],
  ['another tag', () => '"other"', 200],
])('If-None-Match with %s', (_, value, status) => {
  const { ask } = mock();
  const tag = ask('GET', mainPath).headers?.etag ?? '';
  expect(ask('GET', mainPath, { headers: { 'if-none-match': value(tag) } })).toMatchObject({ status });
});

test('while the main document is missing, the alternate is there', async () => {
  const { ask, set } = mock();
  const missing = await set(states.missing);
  expect(ask('GET', mainPath)).toMatchObject({ status: 404, headers: { 'content-type': 'text/html' } });
  expect(ask('GET', backupPath)).toMatchObject({ status: 200 });
  await missing?.undo?.();
  expect(ask('GET', mainPath)).toMatchObject({ status: 200 });
});

test('PHP that is down takes the look-ups and leaves the files; a lost workspace does it the other way round', async () => {
  const { ask, set } = mock();
  const body = { table: 'Hours', key: 'sunday' };
  const php = await set(states.phpDown);
  expect(ask('POST', lookupPath, { body })).toMatchObject({ status: 502 });
  expect(ask('GET', mainPath)).toMatchObject({ status: 200 });
  await php?.undo?.();
  await set(states.workspaceLost);
  expect(ask('POST', lookupPath, { body }).body).toEqual({ result: { opens: '10:00', closes: '14:00' } });
  expect(ask('GET', mainPath)).toMatchObject({ status: 503 });
});

test.each([
  { table: 'Hours', key: 'never' },
  { table: 'Unknown', key: 'monday' },
])('a look-up of %j has no result', (body) => {
  expect(mock().ask('POST', lookupPath, { body })).toMatchObject({ status: 200, body: { result: null } });
});

test('the record of a session is kept, the last one that came', () => {
  const { world, ask } = mock();
  for (const startedAt of ['2025-10-09T08:53:20Z', '2025-10-09T08:53:21Z']) {
    expect(ask('POST', sessionRecordsPath, { body: { sessionId: 's', startedAt } })).toEqual({ status: 200 });
  }
  expect([...world.sessionRecords]).toEqual([['s', { sessionId: 's', startedAt: '2025-10-09T08:53:21Z' }]]);
});

test('there is a handler for every state of the contract, and its undo puts everything back', async () => {
  for (const state of contract.interactions.flatMap((each) => each.given)) {
    const { world } = mock();
    const before = structuredClone(world);
    const set = await designer.states[state.name]?.(world, state.params);
    expect(set).toHaveProperty('undo');
    await set?.undo?.();
    expect(world).toEqual(before);
  }
});

test('files are only read', () => {
  expect(mock().ask('DELETE', mainPath)).toMatchObject({ status: 405 });
});
