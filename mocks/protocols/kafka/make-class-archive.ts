import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { producerClient } from './client.ts';
import { Logins } from './logins.ts';
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
  const topic = 'warm-up';
  const login = { user: 'warm-up', password: randomUUID() };
  const topics = new Topics(at);
  const logins = new Logins(at, WORK_TIMEOUT_MS);
  const recorder = await Recorder.start(at);
  try {
    await topics.ensure(topic);
    await topics.configure(topic, 'max.message.bytes', '2048');
    const rights = [{ operation: 'WRITE', resource: 'TOPIC', name: topic }] as const;
    await logins.open([{ name: login.user, password: login.password, rights }]);
    const producer = producerClient({ ...logins.require(), ...login }, WORK_TIMEOUT_MS);
    try {
      await producer.send({ messages: [{ topic, value: Buffer.from('{}') }] });
    } finally {
      await producer.close();
    }
    await recorder.settled();
    await topics.remove(topic);
  } finally {
    await Promise.all([topics.close(), logins.close(), recorder.close()]);
  }
}
