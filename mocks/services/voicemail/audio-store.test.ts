import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Azurite, startAzurite } from '../object-storage/server.ts';
import { AudioStoreError, memoryAudio, remember } from './audio-store.ts';
import { blobAudio } from './blob-audio.ts';
import { audioName } from './world.ts';

let azurite: Azurite;

beforeAll(async () => {
  azurite = await startAzurite({ host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  await azurite?.stop();
});

const first = audioName({ mailbox: '7001', id: 'm-1' });
const second = audioName({ mailbox: '7002', id: 'm-2' });

describe.each([
  ['in memory', memoryAudio],
  ['in an object storage', () => blobAudio(async () => azurite)],
])('recordings %s', (_where, open) => {
  test('are read back byte for byte, listed, replaced and deleted', async () => {
    const store = open();
    const audio = Buffer.from([0, 255, 254, 10, 13]);
    expect(await store.get(first)).toBeUndefined();
    await store.put(first, audio);
    await store.put(second, Buffer.from('two'));
    expect(await store.get(first)).toEqual(audio);
    expect((await store.names()).toSorted()).toEqual([first, second]);
    await store.put(first, Buffer.from('one'));
    expect(await store.get(first)).toEqual(Buffer.from('one'));
    for (const name of [first, second, second]) await store.delete(name);
    expect(await store.names()).toEqual([]);
  });

  test('are put back as they were remembered', async () => {
    const store = open();
    await store.put(first, Buffer.from('one'));
    const putBack = await remember(store);
    await store.delete(first);
    await store.put(second, Buffer.from('two'));
    await putBack();
    expect(await store.names()).toEqual([first]);
    expect(await store.get(first)).toEqual(Buffer.from('one'));
    await store.delete(first);
  });
});

test('an object storage that refuses is told as such, with its own words as the cause', async () => {
  const wrongKey = { ...azurite.account, key: Buffer.from('wrong').toString('base64') };
  const refused = blobAudio(async () => ({ ...azurite, account: wrongKey })).put(first, Buffer.from('one'));
  await expect(refused).rejects.toThrow(AudioStoreError);
  await expect(refused).rejects.toHaveProperty('cause.message', expect.stringContaining('403'));
});
