import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import contract from '../../../contracts/connections/24-voicemail--object-storage.s3.ts';
import type { Contract } from '../../../contracts/contract.ts';
import type { HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import type { MockServer } from '../../adapter.ts';
import { assertFree } from '../../ports.ts';
import { send } from '../../protocols/http/client.ts';
import { exampleAccessKey } from './account.ts';
import { kept, Trial } from './fixtures/trial.ts';
import { openS3Proxy, s3Storage } from './mock.s3.ts';
import type { ObjectStorageMock } from './mock.ts';
import { S3Objects } from './s3/objects.ts';
import { type S3Proxy, startS3Proxy } from './s3/server.ts';
import { hostOf, signV4 } from './s3/signature.ts';
import type { OpenStore } from './world.ts';

const patience = { timeoutMs: 20_000, signal: new AbortController().signal };
const { interactions } = contract;
const trial = new Trial(contract as Contract);
let s3proxy: S3Proxy;
let storage: ObjectStorageMock;
let server: MockServer;

/** All worlds of this file share one S3Proxy, which outlives them. */
const borrowed = async () => ({ ...s3proxy, stop: async () => {} });

beforeAll(async () => {
  s3proxy = await startS3Proxy({ host: '127.0.0.1', port: 0 });
  storage = s3Storage(borrowed);
  server = await trial.serve(storage);
}, 60_000);

afterAll(async () => {
  await server?.close();
  await s3proxy?.stop();
});

const requestOf = (description: string, values: Record<string, string>, changed?: Partial<HttpRequest>) =>
  trial.requestOf(storage, server, trial.interactionOf(description), values, changed);

describe('the mock keeps the contract, and so does the harness as its source', () => {
  test.each(interactions.map((each) => [each.description, each] as const))('%s', async (_description, interaction) => {
    expect(await trial.perform(server, interaction)).toEqual(kept);
  });

  test('whatever came before, as every state is undone', async () => {
    for (const interaction of interactions) expect(await trial.perform(server, interaction)).toEqual(kept);
    expect(await new S3Objects(s3proxy).names('')).toEqual([]);
  });
});

test('a client library may name the operation in the query, or not', async () => {
  const description = 'store a message in S3';
  await trial.withStates(server, trial.interactionOf(description), async (values) => {
    for (const query of [{ 'x-id': 'PutObject' }, {}]) {
      const good = await requestOf(description, values, { query });
      expect(await send(good, server.address, patience)).toMatchObject({ status: 200 });
    }
    const other = await requestOf(description, values, { query: { tagging: '' } });
    expect(await send(other, server.address, patience)).toMatchObject({
      status: 500,
      body: expect.stringContaining('tagging'),
    });
  });
});

test('what is stored is read back, byte for byte', async () => {
  await trial.withStates(server, trial.interactionOf('store a message in S3'), async (values) => {
    const body = Buffer.from('RIFF\x00\xff\xfe and more', 'latin1').toString('base64');
    const store = await requestOf('store a message in S3', values, { body });
    expect(await send(store, server.address, patience)).toMatchObject({ status: 200 });
    const read = await requestOf('read a message from S3', values);
    expect(await send(read, server.address, patience)).toMatchObject({ status: 200, body });
  });
});

test('a mailbox in another spacing than ours is taken as it is meant', async () => {
  const description = 'update the mailbox in S3 that was read before';
  await trial.withStates(server, trial.interactionOf(description), async (values) => {
    const text = '{ "mailbox": "7001" }';
    const { path, headers = {} } = await requestOf(description, values);
    const { host, port } = server.address;
    const signed = await signV4(
      {
        method: 'PUT',
        target: path,
        headers: {
          host: hostOf({ host, port }),
          'content-type': 'application/json',
          'if-match': headers['if-match'] ?? '',
        },
        body: Buffer.from(text),
      },
      exampleAccessKey,
    );
    const { status } = await fetch(`http://${host}:${port}${path}`, { method: 'PUT', headers: signed, body: text });
    expect(status).toBe(200);
    expect(server.exchanges().map(({ failure }) => failure)).toEqual([undefined]);
  });
});

describe('a source that the store does not know is refused in its words, and no key is in the record', () => {
  test.each([
    ['its secret is another', { user: exampleAccessKey.name, password: 'another' }, 'SignatureDoesNotMatch'],
    ['its access key is another', { user: 'AKIAANOTHER', password: exampleAccessKey.key }, 'InvalidAccessKeyId'],
  ])('%s', async (_how, login, code) => {
    const { address } = server;
    const interaction = trial.interactionOf('read a message from S3');
    const result = await trial.perform(server, interaction, { ...address, ...login });
    expect(result.destination).toContainEqual(expect.stringContaining('$.status: expected 200, got 403'));
    const record = JSON.stringify(server.exchanges());
    expect(record).toContain(`<Code>${code}</Code>`);
    expect(record).not.toContain(exampleAccessKey.key);
    expect(record).not.toContain('"another"');
  });

  test('it changes what it has signed', async () => {
    await trial.withStates(server, trial.interactionOf('store a message in S3'), async (values) => {
      const request = await requestOf('store a message in S3', values);
      const moved = { ...request, headers: { ...request.headers, 'x-amz-date': '20251009T085320Z' } };
      const reply = await send(moved, server.address, patience);
      expect(reply).toMatchObject({ status: 403, body: expect.stringContaining('<Code>SignatureDoesNotMatch</Code>') });
      const spoilt = { ...request, body: Buffer.from('RIFF changed').toString('base64') };
      const { status, body } = (await send(spoilt, server.address, patience)) as HttpResponse;
      expect([status, body]).toEqual([400, expect.stringContaining('<Code>XAmzContentSHA256Mismatch</Code>')]);
    });
  });
});

describe('a broken source is caught', () => {
  test.each<[string, string, (headers: Record<string, string>) => void, string]>([
    ['read a message from S3', 'unsigned', (headers) => delete headers.authorization, '$.headers.authorization'],
    ['read a message from S3', 'undated', (headers) => delete headers['x-amz-date'], '$.headers.x-amz-date'],
    [
      'read a message from S3',
      'without its date signed',
      (headers) => {
        headers.authorization = headers.authorization?.replace(';x-amz-date', '') ?? '';
      },
      '$.headers.authorization',
    ],
    [
      'update the mailbox in S3 that was read before',
      'unconditionally',
      (headers) => delete headers['if-match'],
      'if-match',
    ],
  ])('%s, %s', async (description, _how, spoil, path) => {
    await trial.withStates(server, trial.interactionOf(description), async (values) => {
      const request = await requestOf(description, values);
      const headers = { ...request.headers };
      spoil(headers);
      const reply = await send({ ...request, headers }, server.address, patience);
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
    ['store a message in S3', 'says 201', set({ status: 201 }), '$.status: expected 200, got 201'],
    ['store a message in S3', 'gives no ETag', without('etag'), '$.headers.etag: expected'],
    ['read a message from S3', 'gives no audio', set({ body: 'SUQzBA==' }), '$.body: expected'],
    ['delete a message that is gone from S3', 'says 404', set({ status: 404 }), '$.status: expected 204, got 404'],
    ['list the messages of a mailbox in S3', 'loses all', set({ body: '<ListBucketResult/>' }), '$.body: expected'],
    [
      'update a mailbox in S3 that somebody else has changed',
      'lets the lost update through',
      set({ status: 200 }),
      '$.status: expected 412, got 200',
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
  test('of the mock as it is brings an S3Proxy of its own, which ends with it', async () => {
    const started: OpenStore[] = [];
    const own = await trial.serve(
      s3Storage(async () => {
        const store = await openS3Proxy();
        started.push(store);
        return store;
      }),
    );
    const result = await trial.perform(own, trial.interactionOf('store a message in S3'));
    await own.close();
    await own.close();
    expect(result).toEqual(kept);
    expect(started).toHaveLength(1);
    await expect(Promise.all(started.map(({ address }) => assertFree(address)))).resolves.toHaveLength(1);
  }, 60_000);
});

describe("a storage of the user's", () => {
  test('is used with its own access key, and stays up', async () => {
    const account = { name: 'AKIAOWN', key: 'own-secret' };
    const theirs = await startS3Proxy({ host: '127.0.0.1', port: 0, account });
    try {
      const at = { ...theirs.address, user: account.name, password: account.key };
      const gateway = await trial.serve(storage.inFrontOf?.(at) as ObjectStorageMock);
      for (const interaction of interactions) expect(await trial.perform(gateway, interaction)).toEqual(kept);
      await gateway.close();
      expect(await new S3Objects({ address: at, account }).names('')).toEqual([]);
    } finally {
      await theirs.stop();
    }
  }, 60_000);

  test('that does not know the access key, or is none of S3, is one sentence', async () => {
    const { host, port } = s3proxy.address;
    const served = trial.serve(storage.inFrontOf?.({ host, port, user: 'AKIAANOTHER' }) as ObjectStorageMock);
    await expect(served).rejects.toThrow(`no S3 storage answers at ${host}:${port} to access key AKIAANOTHER`);
    const mock = server.address;
    await expect(trial.serve(storage.inFrontOf?.(mock) as ObjectStorageMock)).rejects.toThrow(
      `no S3 storage answers at ${mock.host}:${mock.port} to access key ${exampleAccessKey.name}`,
    );
  });
});
