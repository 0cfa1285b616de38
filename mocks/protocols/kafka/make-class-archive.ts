import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { producerClient } from './client.ts';
import { Recorder } from './recorder.ts';
import { startKafka } from './server.ts';
import { Topics } from './topics.ts';

const DUMP_TIMEOUT_MS = 120_000;
const WORK_TIMEOUT_MS = 30_000;

/**
 * Makes the class archive by running a broker once and letting it write down, at its end, the classes it came to use. The
 * file appears whole or not at all, so any number of processes may do this at once: the last one to end wins.
 * @param file where to put it
 * @throws Error when the broker does not start or leaves no archive
 */
export async function makeClassArchive(file: string): Promise<void> {
  const draft = `${file}.${randomUUID()}`;
  try {
    const broker = await startKafka({
      listen: { host: '127.0.0.1', port: 0 },
      archiveOptions: [`-XX:ArchiveClassesAtExit=${draft}`],
      stop: { signal: 'SIGTERM', timeoutMs: DUMP_TIMEOUT_MS },
    });
    try {
      await work(broker.address);
    } finally {
      await broker.close();
    }
    if (!existsSync(draft)) {
      throw new Error(`The broker left no class archive when it ended. It said: ${broker.process.output()}`);
    }
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
}

/** What every run does first, so that its classes are in the archive too. */
async function work(at: { host: string; port: number }): Promise<void> {
  const topics = new Topics(at);
  const producer = producerClient(at, WORK_TIMEOUT_MS);
  const recorder = await Recorder.start(at);
  try {
    await topics.ensure('warm-up');
    await topics.configure('warm-up', 'max.message.bytes', '2048');
    await producer.send({ messages: [{ topic: 'warm-up', value: Buffer.from('{}') }] });
    await recorder.settled();
    await topics.remove('warm-up');
  } finally {
    await Promise.all([topics.close(), producer.close(), recorder.close()]);
  }
}
