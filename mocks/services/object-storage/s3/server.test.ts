import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assertFree } from '../../../ports.ts';
import { exampleAccessKey } from '../account.ts';
import { startS3Proxy } from './server.ts';

const START_TIMEOUT_MS = 60_000;
const anyPort = { host: '127.0.0.1', port: 0 };

let empty: string;

beforeAll(async () => {
  empty = await mkdtemp(join(tmpdir(), 'voxpact-s3proxy-test-'));
});

afterAll(async () => {
  await rm(empty, { recursive: true });
});

/** Starts it with another environment variable, and puts the old one back. */
async function startWith(name: string, value: string) {
  const before = process.env[name];
  process.env[name] = value;
  try {
    return await startS3Proxy(anyPort);
  } finally {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  }
}

test(
  'it runs beside another one, prints nothing, and leaves its port',
  async () => {
    const both = await Promise.all([startS3Proxy(anyPort), startS3Proxy(anyPort)]);
    expect(new Set(both.map(({ address }) => address.port)).size).toBe(2);
    for (const each of both) {
      await each.stop();
      await each.stop();
      expect(each.process.output()).toBe('');
      await expect(assertFree(each.address)).resolves.toBeUndefined();
    }
  },
  START_TIMEOUT_MS,
);

test('on a port in use it is refused before it starts', async () => {
  const squatter = createServer();
  await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
  const { port } = squatter.address() as { port: number };
  try {
    await expect(startS3Proxy({ host: '127.0.0.1', port })).rejects.toThrow(
      `port ${port} on 127.0.0.1 is in use; stop what listens there, or choose another port.`,
    );
  } finally {
    squatter.close();
  }
});

test('without its jars it says how to get them', async () => {
  await expect(startWith('XDG_CACHE_HOME', empty)).rejects.toThrow(
    /^The S3Proxy jars are not in .*: run bin\/setup\.$/,
  );
});

test('without Java it says how to get it', async () => {
  await expect(startWith('PATH', empty)).rejects.toThrow(
    'S3Proxy is not on this machine. It needs Java 17 or newer: run bin/setup.',
  );
});

test(
  'a start that is given up ends',
  async () => {
    const controller = new AbortController();
    const started = startS3Proxy({ ...anyPort, account: exampleAccessKey, signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(started).rejects.toThrow('enough');
  },
  START_TIMEOUT_MS,
);
