import { afterEach, describe, expect, jest, test } from '@jest/globals';
import {
  adminMailboxPath,
  callAudioPath,
  callMessagePath,
  passwordResetPath,
  webMediaPath,
  webMessagePath,
  webMessagesPath,
} from '../../../contracts/common/voicemail.ts';
import telephoneContract from '../../../contracts/connections/18-genesys-voice-platform--voicemail.ts';
import webContract from '../../../contracts/connections/19-genesys-web-services-and-applications--voicemail.ts';
import type { Interaction } from '../../../contracts/contract.ts';
import { dialect } from '../../../contracts/dialect.ts';
import type { HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import { world as fixture } from '../../../contracts/world.ts';
import { startAzurite } from '../object-storage/server.ts';
import { type AudioStore, memoryAudio } from './audio-store.ts';
import { blobAudio } from './blob-audio.ts';
import { voicemail } from './mock.ts';
import type { VoicemailWorld } from './world.ts';

const routes = dialect.http.voicemail;
const [{ dn: own, userName }, { dn: other }] = fixture.persons;
const recorded = Buffer.from('RIFF with a voice').toString('base64');
const minutes = (count: number) => count * 60_000;
const days = (count: number) => minutes(count * 24 * 60);

afterEach(() => {
  jest.restoreAllMocks();
});

/** Moves the clock on, and there it stands still for all that looks at it. */
function later(ms: number): void {
  const now = Date.now() + ms;
  jest.spyOn(Date, 'now').mockImplementation(() => now);
}

/** A mock with a world of its own, asked without a wire. */
function mock(audio: AudioStore = memoryAudio()) {
  const service = voicemail(() => audio);
  const world = service.createWorld();
  const context = {
    contract: telephoneContract,
    interaction: telephoneContract.interactions[0] as Interaction,
    signal: new AbortController().signal,
  };
  const ask = async (method: string, path: string, rest: Partial<HttpRequest> = {}) =>
    (await service.respond({ method, path, ...rest }, world, context)) as HttpResponse;
  const web =
    (token: string) =>
    (method: string, path: string, rest: Partial<HttpRequest> = {}) =>
      ask(method, path, { ...rest, headers: { ...rest.headers, authorization: `Bearer ${token}` } });
  const agent = web(fixture.tokens.agent);
  const page = async (...request: Parameters<typeof ask>) => String((await ask(...request)).body);
  return {
    service,
    world,
    ask,
    agent,
    administrator: web(fixture.tokens.administrator),
    page,
    logIn: (pin: string, mailbox: string = own) => page('POST', routes.login, { body: { mailbox, pin, callid: 'c' } }),
    deposit: (mailbox: string = own, priority = 'normal') =>
      page('POST', routes.deposit, {
        body: [
          { name: 'audio', filename: 'message.wav', contentType: 'audio/wav', body: recorded },
          ...Object.entries({ mailbox, callerId: '5551', duration: '900', priority }).map(([name, body]) => ({
            name,
            contentType: 'text/plain',
            body,
          })),
        ],
      }),
    counters: async () => {
      const { body } = await agent('GET', routes.userMailboxes);
      const { newMessages, oldMessages, messagesWaiting } = (body as { mailboxes: Record<string, unknown>[] })
        .mailboxes[0] ?? { messagesWaiting: 'no mailbox' };
      return [newMessages, oldMessages, messagesWaiting];
    },
    messages: (mailbox: string = own) => [...world.messages.values()].filter((each) => each.mailbox === mailbox),
  };
}

type Mock = ReturnType<typeof mock>;

/** The address of the first recording in the menu that a caller meets after login. */
async function audioLink(
  { logIn }: Mock,
  pin: string = own,
  mailbox: string = own,
): Promise<{ path: string; query: Record<string, string> }> {
  const [, path = '', token = ''] = /src="([^"?]+)[?]token=([^"]+)"/.exec(await logIn(pin, mailbox)) ?? [];
  return { path, query: { token } };
}

async function lifeOfAMessage(mocked: Mock): Promise<void> {
  const { deposit, counters, ask, agent, messages, world } = mocked;
  expect(await deposit()).toContain('Thank you');
  expect(await counters()).toEqual([1, 0, true]);
  const link = await audioLink(mocked);
  expect(await ask('GET', link.path, { query: link.query })).toMatchObject({ status: 200, body: recorded });
  expect(await counters()).toEqual([0, 1, false]);
  const [{ id } = { id: '' }] = messages();
  expect(link.path).toBe(callAudioPath(id));
  expect(await world.audio.names()).toHaveLength(1);
  await ask('POST', callMessagePath(id), { body: { action: 'delete' } });
  expect(await ask('GET', link.path, { query: link.query })).toEqual({ status: 404 });
  expect(await agent('GET', webMediaPath(own, id))).toMatchObject({ status: 404 });
  expect(await counters()).toEqual([0, 0, false]);
  expect(await world.audio.names()).toEqual([]);
}

describe('a message', () => {
  test('is left, waits, is heard, is deleted', async () => {
    await lifeOfAMessage(mock());
  });

  test('does so in an object storage too', async () => {
    const azurite = await startAzurite({ host: '127.0.0.1', port: 0 });
    try {
      await lifeOfAMessage(mock(blobAudio(async () => azurite)));
    } finally {
      await azurite.stop();
    }
  });

  test('is listed by status, in parts, with what the caller gave', async () => {
    const { deposit, agent, messages } = mock();
    for (const priority of ['normal', 'high', 'normal']) await deposit(own, priority);
    const [first, second] = messages();
    await agent('PUT', webMessagePath(own, first?.id ?? ''), { body: { status: 'saved' } });
    const query = { status: 'new', limit: '1', offset: '0' };
    const { body } = await agent('GET', webMessagesPath(own), { query });
    const listed = { id: second?.id, callerId: '5551', durationMs: 900, priority: 'high', status: 'new' };
    expect(body).toMatchObject({ total: 2, messages: [listed] });
    expect((body as { messages: unknown[] }).messages).toHaveLength(1);
    expect(await agent('GET', webMessagesPath(own), { query: { status: 'saved' } })).toMatchObject({
      body: { total: 1, messages: [{ id: first?.id }] },
    });
  });

  test('that was the last new one waits no more when it is deleted on the web', async () => {
    const { deposit, agent, counters, messages } = mock();
    await deposit();
    await deposit();
    const [first, last] = messages();
    expect(await agent('DELETE', webMessagePath(own, first?.id ?? ''))).toEqual({ status: 204 });
    expect(await counters()).toEqual([1, 0, true]);
    await agent('DELETE', webMessagePath(own, last?.id ?? ''));
    expect(await counters()).toEqual([0, 0, false]);
    expect(await agent('DELETE', webMessagePath(own, last?.id ?? ''))).toMatchObject({ status: 404 });
  });

  test('is copied when it is forwarded; the copy is new, begins its retention anew and outlives the first one', async () => {
    const mocked = mock();
    const { deposit, ask, agent, messages } = mocked;
    await deposit();
    const [{ id, receivedAtMs } = { id: '', receivedAtMs: 0 }] = messages();
    const { body } = await agent('GET', webMessagesPath(own));
    expect(body).toMatchObject({ messages: [{ expiresAt: new Date(receivedAtMs + days(30)).toISOString() }] });
    later(days(1));
    await ask('POST', callMessagePath(id), { body: { action: 'save' } });
    await ask('POST', callMessagePath(id), { body: { action: 'forward', target: other } });
    await ask('POST', callMessagePath(id), { body: { action: 'delete' } });
    const copies = messages(other);
    expect(copies).toMatchObject([{ callerId: '5551', status: 'new', durationMs: 900 }]);
    expect(copies[0]?.receivedAtMs).toBeGreaterThanOrEqual(receivedAtMs + days(1));
    const link = await audioLink(mocked, other, other);
    expect(await ask('GET', link.path, { query: link.query })).toMatchObject({ status: 200, body: recorded });
  });

  test('is neither heard nor seen from another mailbox', async () => {
    const mocked = mock();
    const { deposit, ask, agent, messages } = mocked;
    await deposit();
    await deposit(other);
    const [{ id } = { id: '' }] = messages();
    const stranger = await audioLink(mocked, other, other);
    expect(await ask('GET', callAudioPath(id), { query: stranger.query })).toEqual({ status: 404 });
    expect(await ask('GET', callAudioPath(id), { query: { token: 'guessed' } })).toEqual({ status: 403 });
    expect(await agent('GET', webMessagesPath(other))).toMatchObject({ status: 403 });
    const [copy] = messages(other);
    expect(await agent('GET', webMediaPath(own, copy?.id ?? ''))).toMatchObject({ status: 404 });
  });
});

describe('a mailbox', () => {
  const opened = 'You have 0 new and 0 saved messages';

  test('is locked by four wrong PINs, for ten minutes', async () => {
    later(0);
    const { logIn } = mock();
    for (let wrong = 1; wrong < 4; wrong += 1) expect(await logIn('0000')).toContain('try again.');
    expect(await logIn('0000')).toContain('locked');
    expect(await logIn(own)).toContain('locked');
    later(minutes(10) - 1);
    expect(await logIn(own)).toContain('locked');
    later(1);
    expect(await logIn(own)).toContain(opened);
  });

  test('forgets wrong PINs after a right one', async () => {
    const { logIn } = mock();
    for (let round = 1; round < 4; round += 1) {
      for (let wrong = 1; wrong < 4; wrong += 1) await logIn('0000');
      expect(await logIn(own)).toContain(opened);
    }
  });

  test('is unlocked by an administrator at once', async () => {
    const { logIn, administrator } = mock();
    for (let wrong = 1; wrong <= 4; wrong += 1) await logIn('0000');
    expect(await administrator('GET', adminMailboxPath(own))).toMatchObject({ body: { status: 'Locked' } });
    await administrator('PUT', adminMailboxPath(own), { body: { status: 'Active' } });
    expect(await administrator('GET', adminMailboxPath(own))).toMatchObject({ body: { status: 'Active' } });
    expect(await logIn('0000')).toContain('try again.');
    expect(await logIn(own)).toContain(opened);
  });

  test('has its number as PIN after a reset', async () => {
    const { service, world, logIn, administrator } = mock();
    const exists = `mailbox ${own} exists with password ${own}`;
    await service.states[exists]?.(world, { mailbox: own, pin: '4711', newMessages: 0, savedMessages: 0 });
    expect(await logIn(own)).toContain('try again.');
    expect(await logIn('4711')).toContain(opened);
    expect(await administrator('POST', passwordResetPath(own))).toEqual({ status: 200 });
    expect(await logIn('4711')).toContain('try again.');
    expect(await logIn(own)).toContain(opened);
  });

  test('takes no more messages than it may hold, and keeps the settings that were not given', async () => {
    const { administrator, deposit, page, messages, ask } = mock();
    await administrator('PUT', adminMailboxPath(own), { body: { maxMessages: 1, later: true } });
    expect(await administrator('GET', adminMailboxPath(own))).toMatchObject({
      body: { maxMessages: 1, language: 'System', assigned: [{ type: 'Person', name: userName }] },
    });
    const query = { tenant: 't100', mode: 'deposit', mailbox: own, ani: '5551', callid: 'c' };
    expect(await page('GET', routes.entry, { query })).toContain('<record');
    await deposit();
    expect(await page('GET', routes.entry, { query })).toContain('full');
    expect(await deposit()).toContain('full');
    expect(messages()).toHaveLength(1);
    await deposit(other);
    const [{ id } = { id: '' }] = messages(other);
    expect((await ask('POST', callMessagePath(id), { body: { action: 'forward', target: own } })).body).toContain(
      'full',
    );
    expect(messages()).toHaveLength(1);
  });

  test('that is not there is said to be so', async () => {
    const { page, logIn, deposit, administrator } = mock();
    expect(await page('GET', routes.entry, { query: { mode: 'deposit', mailbox: '1' } })).toContain('no such mailbox');
    expect(await deposit('1')).toContain('no such mailbox');
    expect(await logIn('1', '1')).toContain('try again.');
    expect(await administrator('GET', adminMailboxPath('1'))).toMatchObject({ status: 404 });
  });
});

test('what a caller sends cannot break out of a page', async () => {
  const { page } = mock();
  const ani = `"/><exit/>' & <`;
  const text = await page('GET', routes.entry, { query: { mode: 'deposit', mailbox: own, ani } });
  expect(text).toContain('expr="&quot;\\&quot;/&gt;&lt;exit/&gt;&apos; &amp; &lt;&quot;"');
  expect(text).not.toContain('<exit/>');
});

test('while the storage is unreachable nothing is kept or lost, and both sides are told', async () => {
  const { world, ask, agent, deposit, messages, counters } = mock();
  await deposit();
  const [{ id } = { id: '' }] = messages();
  world.condition = 'storage unreachable';
  expect(await agent('GET', webMediaPath(own, id))).toMatchObject({ status: 503, body: { status: { code: 503 } } });
  expect(await ask('POST', callMessagePath(id), { body: { action: 'delete' } })).toEqual({ status: 503 });
  expect(await agent('DELETE', webMessagePath(own, id))).toMatchObject({ status: 503 });
  expect(await counters()).toEqual([1, 0, true]);
});

test.each([
  ['GET', '/fs/other'],
  ['DELETE', callMessagePath('m-1')],
  ['PATCH', adminMailboxPath(own)],
  ['DELETE', routes.profiles],
  ['GET', `${routes.userMailboxes}/${own}`],
])('%s %s is no route', async (method, path) => {
  const { administrator, agent } = mock();
  const ask = path.startsWith(routes.userMailboxes) ? agent : administrator;
  expect(await ask(method, path)).toMatchObject({ status: 404, body: { status: { code: 404 } } });
});

const given = [telephoneContract, webContract].flatMap(({ interactions }) =>
  interactions.flatMap((each) => each.given),
);

test.each(
  [...new Map(given.map((state) => [state.name, state])).values()].map((state) => [state.name, state] as const),
)('the state "%s" is undone without a trace, whatever came since', async (name, state) => {
  const { service, world, deposit, ask, messages } = mock();
  await deposit();
  const [kept] = messages();
  const seen = async (at: VoicemailWorld) => {
    const { audio, ...rest } = at;
    const names = (await audio.names()).toSorted();
    return structuredClone({ ...rest, recordings: await Promise.all(names.map((each) => audio.get(each))), names });
  };
  const before = await seen(world);
  const set = await service.states[name]?.(world, state.params);
  expect(set).toHaveProperty('undo');
  await deposit();
  await ask('POST', callMessagePath(kept?.id ?? ''), { body: { action: 'delete' } });
  await set?.undo?.();
  expect(await seen(world)).toEqual(before);
});
