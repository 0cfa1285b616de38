import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import contract from '../../../contracts/connections/24-voicemail--object-storage.ts';
import type { Contract } from '../../../contracts/contract.ts';
import type { HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import type { MockServer } from '../../adapter.ts';
import { assertFree } from '../../ports.ts';
import { send } from '../../protocols/http/client.ts';
import { emulatorAccount } from './account.ts';
import { kept, Trial } from './fixtures/trial.ts';
import { type ObjectStorageMock, objectStorage, openAzurite } from './mock.ts';
import { type Azurite, startAzurite } from './server.ts';
import { type OpenStore, StorageWorld } from './world.ts';

const never = new AbortController().signal;
const { interactions } = contract;
const trial = new Trial(contract as Contract);
let azurite: Azurite;
let storage: ObjectStorageMock;
let server: MockServer;

/** All worlds of this file share one Azurite, which outlives them. */
const borrowed = async () => ({ ...azurite, stop: async () => {} });

beforeAll(async () => {
  azurite = await startAzurite({ host: '127.0.0.1', port: 0 });
  storage = objectStorage(borrowed);
  server = await trial.serve(storage);
});

afterAll(async () => {
  await server?.close();
  await azurite?.stop();
});

const requestOf = (description: string, values: Record<string, string>, changed?: Partial<HttpRequest>) =>
  trial.requestOf(storage, server, trial.interactionOf(description), values, changed);

describe('the mock keeps the contract, and so does the harness as its source', () => {
  test.each(interactions.map((each) => [each.description, each] as const))('%s', async (_description, interaction) => {
    expect(await trial.perform(server, interaction)).toEqual(kept);
  });

  test('whatever came before, as every state is undone', async () => {
    for (const interaction of interactions) expect(await trial.perform(server, interaction)).toEqual(kept);
  });
});

test('what is stored is read back, byte for byte', async () => {
  await trial.withStates(server, trial.interactionOf('store a message'), async (values) => {
    const body = Buffer.from('RIFF\x00\xff\xfe and more', 'latin1').toString('base64');
    const store = await requestOf('store a message', values, { body });
    const options = { timeoutMs: 20_000, signal: never };
    expect(await send(store, server.address, options)).toMatchObject({ status: 201 });
    const read = await requestOf('read a message', values);
    expect(read.path).toBe(store.path);
    expect(await send(read, server.address, options)).toMatchObject({ status: 200, body });
  });
});

test('a source with another key is refused, and neither key is in the record', async () => {
  const wrongKey = Buffer.from('wrong').toString('base64');
  const at = { ...server.address, user: emulatorAccount.name, password: wrongKey };
  const result = await trial.perform(server, trial.interactionOf('read a message'), at);
  expect(result.destination).toContainEqual(expect.stringContaining('$.status: expected 200, got 403'));
  expect(JSON.stringify(server.exchanges())).not.toContain(wrongKey);
  expect(JSON.stringify(server.exchanges())).not.toContain(emulatorAccount.key);
});

describe('a broken source is caught', () => {
  test.each<[string, string, (headers: Record<string, string>) => void, string]>([
    ['read a message', 'unsigned', (headers) => delete headers.authorization, '$.headers.authorization'],
    ['read a message', 'undated', (headers) => delete headers['x-ms-date'], '$.headers.x-ms-date'],
    [
      'store a message',
      'as a page blob',
      (headers) => {
        headers['x-ms-blob-type'] = 'PageBlob';
      },
      '$.headers.x-ms-blob-type',
    ],
    ['update the mailbox that was read before', 'unconditionally', (headers) => delete headers['if-match'], 'if-match'],
  ])('%s, %s', async (description, _how, spoil, path) => {
    const interaction = trial.interactionOf(description);
    await trial.withStates(server, interaction, async (values) => {
      const request = await requestOf(description, values);
      const headers = { ...request.headers };
      spoil(headers);
      const reply = await send({ ...request, headers }, server.address, { timeoutMs: 20_000, signal: never });
      expect(reply).toMatchObject({ status: 500, body: expect.stringContaining(path) });
      expect(server.exchanges().map(({ failure }) => failure?.message)).toEqual([expect.stringContaining(path)]);
    });
  });
});

describe('a broken store is caught', () => {
  const set = (change: Partial<HttpResponse>) => (reply: HttpResponse) => ({ ...reply, ...change });
  const without = (name: string) => (reply: HttpResponse) => {
    const { [name]: _, ...headers } = reply.headers ?? {};
    return { ...reply, headers };
  };
  test.each<[string, string, (reply: HttpResponse) => HttpResponse, string]>([
    ['store a message', 'says 200', set({ status: 200 }), '$.status: expected 201, got 200'],
    ['store a message', 'gives no ETag', without('etag'), '$.headers.etag: expected'],
    ['read a message', 'gives no audio', set({ body: 'SUQzBA==' }), '$.body: expected'],
    ['read a message', 'does not say what it is', without('x-ms-blob-type'), '$.headers.x-ms-blob-type: expected'],
    ['delete a message', 'says 204', set({ status: 204 }), '$.status: expected 202, got 204'],
    ['list the messages of a mailbox', 'loses one', set({ body: '<EnumerationResults/>' }), '$.body: expected'],
    [
      'update a mailbox that somebody else has changed',
      'lets the lost update through',
      set({ status: 201 }),
      '$.status: expected 412, got 201',
    ],
  ])('%s: it %s', async (description, _fault, spoil, expected) => {
    const broken: ObjectStorageMock = {
      ...storage,
      respond: async (request, world, context) =>
        spoil((await storage.respond(request, world, context)) as HttpResponse),
    };
    const brokenServer = await trial.serve(broken);
    try {
      const { destination, source } = await trial.perform(brokenServer, trial.interactionOf(description));
      expect(destination).toEqual(expect.arrayContaining([expect.stringContaining(expected)]));
      expect(source).toEqual([]);
    } finally {
      await brokenServer.close();
    }
  });
});

describe('a world', () => {
  test('of the mock as it is brings an Azurite of its own, which ends with it', async () => {
    const started: OpenStore[] = [];
    const own = await trial.serve(
      objectStorage(async () => {
        const store = await openAzurite();
        started.push(store);
        return store;
      }),
    );
    const result = await trial.perform(own, trial.interactionOf('store a message'));
    await own.close();
    await own.close();
    expect(result).toEqual(kept);
    expect(started).toHaveLength(1);
    await expect(Promise.all(started.map(({ address }) => assertFree(address)))).resolves.toHaveLength(1);
  });

  test('opens its store once, and gives it back once', async () => {
    const calls: string[] = [];
    const mock = objectStorage(async () => {
      calls.push('open');
      return { ...azurite, stop: async () => void calls.push('stop') };
    });
    const world = mock.createWorld();
    await Promise.all([mock.open(world), mock.open(world)]);
    await mock.close(world);
    await mock.close(world);
    expect(calls).toEqual(['open', 'stop']);
  });

  test('closes without having opened, and after its store did not start', async () => {
    await expect(new StorageWorld(borrowed, emulatorAccount).close()).resolves.toBeUndefined();
    const world = new StorageWorld(() => Promise.reject(new Error('azurite is not on this machine.')), emulatorAccount);
    await expect(world.store()).rejects.toThrow('azurite is not on this machine.');
    await expect(world.close()).resolves.toBeUndefined();
  });
});
