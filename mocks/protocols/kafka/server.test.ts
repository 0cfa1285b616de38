import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { assertFree } from '../../ports.ts';
import { isUsableArchive } from './class-archive.ts';
import { probe } from './client.ts';
import { makeClassArchive } from './make-class-archive.ts';
import { startKafka } from './server.ts';

const PROBE_TIMEOUT_MS = 10_000;
const START_TIMEOUT_MS = 90_000;
const listen = { host: '127.0.0.1', port: 0 };

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxpact-kafka-test-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Runs with another environment variable, and puts the old one back. */
async function withVariable<T>(name: string, value: string, run: () => Promise<T>): Promise<T> {
  const before = process.env[name];
  process.env[name] = value;
  try {
    return await run();
  } finally {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  }
}

describe('a broker', () => {
  test(
    'runs beside another one, and leaves nothing behind',
    async () => {
      const brokers = await Promise.all([startKafka({ listen }), startKafka({ listen })]);
      const ports = new Set(brokers.map(({ address }) => address.port));
      expect(ports.size).toBe(2);
      for (const broker of brokers) {
        await probe(broker.address, PROBE_TIMEOUT_MS);
        expect(broker.process.output()).not.toContain('Exception');
        await broker.close();
        await broker.close();
        expect(await broker.process.exited).toEqual({ code: null, signal: 'SIGKILL' });
        await expect(assertFree(broker.address)).resolves.toBeUndefined();
      }
    },
    START_TIMEOUT_MS,
  );

  test('on a port in use is refused before it starts', async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    const { port } = squatter.address() as { port: number };
    try {
      await expect(startKafka({ listen: { host: '127.0.0.1', port } })).rejects.toThrow(
        `port ${port} on 127.0.0.1 is in use; stop what listens there, or choose another port.`,
      );
    } finally {
      squatter.close();
    }
  });

  test('without its jars says how to get them', async () => {
    const started = withVariable('XDG_CACHE_HOME', folder, () => startKafka({ listen }));
    await expect(started).rejects.toThrow(/^The Kafka jars are not in .*: run bin\/setup\.$/);
  });

  test('without Java says how to get it', async () => {
    const started = withVariable('PATH', folder, () => startKafka({ listen }));
    await expect(started).rejects.toThrow(
      'Apache Kafka is not on this machine. It needs Java 17 or newer: run bin/setup.',
    );
  });

  test(
    'whose start is given up ends',
    async () => {
      const controller = new AbortController();
      const started = startKafka({ listen, signal: controller.signal });
      setTimeout(() => controller.abort(new Error('enough')), 200);
      await expect(started).rejects.toThrow('enough');
    },
    START_TIMEOUT_MS,
  );
});

describe('the class archive', () => {
  test(
    'can be made twice at once: whole, usable, and without drafts',
    async () => {
      const archive = join(folder, 'kafka.jsa');
      expect(await isUsableArchive(archive)).toBe(false);
      await Promise.all([makeClassArchive(archive), makeClassArchive(archive)]);
      expect(await isUsableArchive(archive)).toBe(true);
      expect(await readdir(folder)).toEqual(['kafka.jsa']);
    },
    2 * START_TIMEOUT_MS,
  );

  test(
    'of another Java is not used, and does not keep the broker from starting',
    async () => {
      const archive = join(folder, 'foreign.jsa');
      await writeFile(archive, 'not an archive');
      expect(await isUsableArchive(archive)).toBe(false);
      const broker = await startKafka({ listen, archiveOptions: [`-XX:SharedArchiveFile=${archive}`] });
      await probe(broker.address, PROBE_TIMEOUT_MS);
      await broker.close();
    },
    START_TIMEOUT_MS,
  );
});
