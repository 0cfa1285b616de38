import type { Address } from '../../adapter.ts';
import { assertFree, freePort } from '../../ports.ts';
import { runDirectory, type ServerProcess, startProcess } from '../../process.ts';
import { classArchiveOptions, classPath } from './class-archive.ts';
import { probe } from './client.ts';
import { formatStorage, type PlainUser } from './storage.ts';

/** A cold start without the class archive takes 4 s on two busy cores; the rest is for machines under load. */
const READY_TIMEOUT_MS = 60_000;
const PROBE_TIMEOUT_MS = 2_000;

/** Says what a user was not let do, and that a login was refused, see `denials.ts`; of all else only errors. */
const LOG_OPTIONS = [
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=error',
  '-Dorg.slf4j.simpleLogger.log.kafka.authorizer.logger=info',
  '-Dorg.slf4j.simpleLogger.log.org.apache.kafka.common.network.Selector=info',
];

/** Quick to start rather than quick in the long run: no concurrent collector, no second compiler. */
const JVM_OPTIONS = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData', '-Xshare:auto'];

/** A running Kafka broker of our own. */
export interface KafkaBroker {
  /** Where the harness comes in, and whoever else may do everything. */
  address: Address;
  process: ServerProcess;
  /** Stops it and removes its data. Closing twice is allowed. */
  close(): Promise<void>;
}

export interface BrokerOptions {
  /** Port 0 takes any free port. */
  listen: Address;
  /** The port where services log in; any free one when absent. */
  loginPort?: number;
  /** Who may log in by PLAIN; nobody when absent. */
  users?: readonly PlainUser[];
  /** Settings of the broker beside the usual ones, or in the place of them; none when absent. */
  settings?: Readonly<Record<string, string>>;
  signal?: AbortSignal;
  /** For the Java virtual machine; the class archive is used when absent. */
  archiveOptions?: readonly string[];
  /** How it is asked to end, and for how long; at once when absent, as its data is thrown away. */
  stop?: { signal: NodeJS.Signals; timeoutMs: number };
}

/**
 * Starts Apache Kafka, broker and controller in one process, with its data in memory. It is ready when a client gets its
 * metadata. Topics are not created by writing to them. Beside the harness's own listener it has one where users log in;
 * there are none yet.
 * @throws Error with one sentence when Java or the jars are missing, the port is in use, or the broker does not start
 */
export async function startKafka(options: BrokerOptions): Promise<KafkaBroker> {
  const { listen, signal, users = [], settings = {}, archiveOptions = classArchiveOptions() } = options;
  const stop = options.stop ?? { signal: 'SIGKILL', timeoutMs: 1 };
  const jars = classPath();
  await assertFree(listen);
  const address = { host: listen.host, port: listen.port === 0 ? await freePort(listen.host) : listen.port };
  const login = { host: listen.host, port: options.loginPort ?? (await freePort(listen.host)) };
  await assertFree(login);
  const controllerPort = await freePort(listen.host);
  const directory = await runDirectory('kafka');
  try {
    const ports = { port: address.port, loginPort: login.port, controllerPort };
    const file = await formatStorage({ host: address.host, ...ports, users, settings, directory: directory.path });
    const process = await startProcess({
      name: 'Apache Kafka',
      command: 'java',
      // It unpacks the native code of its codecs when it first needs them, and would leave it in the system's temporary folder.
      args: [
        ...[...JVM_OPTIONS, `-Djava.io.tmpdir=${directory.path}`, ...archiveOptions, ...LOG_OPTIONS],
        ...['-cp', jars, 'kafka.Kafka', file],
      ],
      cwd: directory.path,
      ready: () => probe(address, PROBE_TIMEOUT_MS),
      readyTimeoutMs: READY_TIMEOUT_MS,
      stopSignal: stop.signal,
      stopTimeoutMs: stop.timeoutMs,
      missing: 'It needs Java 17 or newer: run bin/setup.',
      ...(signal === undefined ? {} : { signal }),
    });
    return {
      address,
      process,
      async close() {
        await process.stop();
        await directory.remove();
      },
    };
  } catch (error) {
    await directory.remove();
    throw error;
  }
}
