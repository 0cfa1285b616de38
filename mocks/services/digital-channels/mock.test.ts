import { expect, test } from '@jest/globals';
import contract from '../../../contracts/connections/33-designer-application-server--digital-channels.ts';
import type { Interaction } from '../../../contracts/contract.ts';
import type { HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import { world as fixture } from '../../../contracts/world.ts';
import digitalChannels from './mock.ts';

const { sessionId, messageId, laterMessageId, clientMessageId } = fixture.chat;
const session = `/nexus/v3/chat/sessions/${sessionId}`;
const media = '/nexus/v3/channels/ch-1/media';
const hello = { type: 'Text', text: 'Hello', from: { role: 'system' } };

/** A mock with a world of its own, asked without a wire. */
function mock() {
  const world = digitalChannels.createWorld();
  const context = {
    contract,
    interaction: contract.interactions[0] as Interaction,
    signal: new AbortController().signal,
  };
  return {
    world,
    ask: (method: string, path: string, rest: Partial<HttpRequest> = {}) =>
      digitalChannels.respond({ method, path, ...rest }, world, context) as HttpResponse,
  };
}

test('a message is read back after the one before it, under the id that it was given', () => {
  const { ask } = mock();
  const sent = ask('POST', `${session}/messages`, { body: hello });
  const { data } = sent.body as { data: { messageId: string } };
  expect(ask('GET', `${session}/messages`, { query: { after: laterMessageId, limit: '50' } }).body).toEqual({
    status: { code: 0 },
    data: { messages: [{ messageId: data.messageId, ...hello }] },
  });
});

test('a message that comes again under the id of its client is there once, under the same message id', () => {
  const { world, ask } = mock();
  const first = ask('POST', `${session}/messages`, { body: { ...hello, clientMessageId: 'cm-2' } });
  expect(ask('POST', `${session}/messages`, { body: { ...hello, clientMessageId: 'cm-2' } })).toEqual(first);
  expect(ask('POST', `${session}/messages`, { body: { ...hello, clientMessageId } }).body).toMatchObject({
    data: { messageId },
  });
  expect(world.sessions.get(sessionId)?.messages).toHaveLength(3);
});

test('messages without an id of their client are all different', () => {
  const { world, ask } = mock();
  const [first, second] = [1, 2].map(() => ask('POST', `${session}/messages`, { body: hello }));
  expect(first).not.toEqual(second);
  expect(world.sessions.get(sessionId)?.messages).toHaveLength(4);
});

test('the history begins at its start where the message is unknown, and ends at the limit', () => {
  const { ask } = mock();
  const ids = (query: Record<string, string>) => {
    const { data } = ask('GET', `${session}/messages`, { query }).body as {
      data: { messages: { messageId: string }[] };
    };
    return data.messages.map((each) => each.messageId);
  };
  expect(ids({})).toEqual([messageId, laterMessageId]);
  expect(ids({ after: 'unknown', limit: '1' })).toEqual([messageId]);
  expect(ids({ after: messageId, limit: '1' })).toEqual([laterMessageId]);
  expect(ids({ after: laterMessageId })).toEqual([]);
});

test('a closed session is not found, for every request', () => {
  const { ask } = mock();
  expect(ask('GET', session)).toMatchObject({ status: 200, body: { data: { state: 'open' } } });
  expect(ask('POST', `${session}/close`, { body: { reason: 'completed' } }).body).toEqual({ status: { code: 0 } });
  expect(ask('GET', session)).toMatchObject({ status: 404 });
  expect(ask('GET', `${session}/messages`)).toMatchObject({ status: 404 });
  expect(ask('POST', `${session}/messages`, { body: hello })).toMatchObject({ status: 404 });
  expect(ask('POST', `${session}/close`)).toMatchObject({ status: 404 });
});

test('a file is kept by name, type and true length, under an id of its own', () => {
  const { ask } = mock();
  const file = (contentType: string, body: string) =>
    ask('POST', media, { body: [{ name: 'file', filename: 'a', contentType, body }] }).body;
  expect(file('text/plain', 'ä')).toMatchObject({ data: { mediaId: 'media-1', length: 2, mimetype: 'text/plain' } });
  expect(file('image/png', 'iVBORw==')).toMatchObject({
    data: { mediaId: 'media-2', url: 'genesys://nexus/media-2', filename: 'a', length: 4 },
  });
});

test.each([
  ['a body that is not in parts', media, 'text', 400],
  ['no body', media, undefined, 400],
  ['a channel that is not there', media.replace('ch-1', 'ch-2'), [], 404],
])('%s is refused', (_, path, body, status) => {
  expect(mock().ask('POST', path, body === undefined ? {} : { body })).toMatchObject({
    status,
    body: { status: { code: status } },
  });
});

test('there is a handler for every state of the contract, and its undo puts everything back', async () => {
  for (const state of contract.interactions.flatMap((each) => each.given)) {
    const { world } = mock();
    const before = structuredClone(world);
    const set = await digitalChannels.states[state.name]?.(world, state.params);
    expect(set).toHaveProperty('undo');
    await set?.undo?.();
    expect(world).toEqual(before);
  }
});

test('a route that the service does not have is a 404', () => {
  const { ask } = mock();
  expect(ask('GET', '/ux/')).toMatchObject({ status: 404 });
  expect(ask('DELETE', session)).toMatchObject({ status: 404 });
});
