import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SASL_MECHANISM } from './client.ts';

/** Names of one throw-away cluster of one node; Kafka wants 16 bytes in base64 for each. */
const CLUSTER_ID = id('voxpact-cluster-');
const DIRECTORY_ID = id('voxpact-storage-');
const NODE_ID = 1;

/** What differs between brokers that run at the same time. */
export interface StorageOptions {
  /** An empty folder that belongs to this broker alone. */
  directory: string;
  host: string;
  /** The harness's own listener, in plain text. */
  port: number;
  /** The listener for services, each with a login of its own. */
  loginPort: number;
  controllerPort: number;
  /** Who may log in by PLAIN. */
  users: readonly PlainUser[];
  /** What goes before the settings that are made here. */
  settings: Readonly<Record<string, string>>;
}

/** A user who is known from the start, with a password of letters and digits. */
export interface PlainUser {
  name: string;
  password: string;
}

/**
 * Writes what a broker needs before its first start: its settings, and the mark of formatted storage that otherwise takes
 * a run of Kafka's own storage tool, a second of Java. The metadata version is the release's own, as without a checkpoint
 * Kafka takes that.
 * @returns the path of the settings, to be given to the broker
 */
export async function formatStorage(options: StorageOptions): Promise<string> {
  const logs = join(options.directory, 'logs');
  await mkdir(logs, { recursive: true });
  await writeFile(
    join(logs, 'meta.properties'),
    properties({ version: 1, 'cluster.id': CLUSTER_ID, 'node.id': NODE_ID, 'directory.id': DIRECTORY_ID }),
  );
  const file = join(options.directory, 'server.properties');
  await writeFile(file, properties({ ...serverProperties(options, logs), ...options.settings }));
  return file;
}

function serverProperties({ host, port, loginPort, controllerPort, users }: StorageOptions, logs: string) {
  const listeners = `PLAINTEXT://${host}:${port},LOGIN://${host}:${loginPort}`;
  return {
    'process.roles': 'broker,controller',
    'node.id': NODE_ID,
    'controller.quorum.voters': `${NODE_ID}@${host}:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `${listeners},CONTROLLER://${host}:${controllerPort}`,
    'advertised.listeners': listeners,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,LOGIN:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT',
    'sasl.enabled.mechanisms': `${SASL_MECHANISM},PLAIN`,
    [`listener.name.login.${SASL_MECHANISM.toLowerCase()}.sasl.jaas.config`]:
      'org.apache.kafka.common.security.scram.ScramLoginModule required;',
    // For librdkafka before 2.6.1 (Debian 12), whose SCRAM repeats a nonce and is refused since Kafka 4.
    'listener.name.login.plain.sasl.jaas.config': plainLogins(users),
    'log.dirs': logs,
    // Topics must exist beforehand, as in the documented deployment: a record for a wrong topic is refused, not welcomed.
    'auto.create.topics.enable': false,
    // Who has a login may do what a rule allows; who comes in plain text is the harness, and the broker itself.
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': 'User:ANONYMOUS',
    'offsets.topic.num.partitions': 1,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    // Nobody else is going to join: a lone reader need not wait for others.
    'group.initial.rebalance.delay.ms': 0,
    'num.network.threads': 1,
    'num.io.threads': 2,
    'background.threads': 1,
    // It would take half of the heap for a compaction that no run lives long enough to need.
    'log.cleaner.enable': false,
    'log.index.size.max.bytes': 1_048_576,
  };
}

function plainLogins(users: readonly PlainUser[]): string {
  const logins = users.map(({ name, password }) => ` user_${name}="${password}"`);
  return `org.apache.kafka.common.security.plain.PlainLoginModule required${logins.join('')};`;
}

function properties(values: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

function id(sixteenBytes: string): string {
  return Buffer.from(sixteenBytes).toString('base64url');
}
