import { readdirSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';

/** Version of the Kafka broker, from `jars/pom.xml`, the one place that names it. */
export function kafkaVersion(): string {
  const pom = readFileSync(join(import.meta.dirname, 'jars', 'pom.xml'), 'utf8');
  const version = /<kafka\.version>([^<]+)<\/kafka\.version>/.exec(pom)?.[1];
  if (version === undefined) throw new Error('jars/pom.xml has no property kafka.version.');
  return version;
}

/**
 * The folder that holds the jars of the Kafka broker and nothing else, put there by `bin/setup`.
 * @throws Error with one sentence saying how to get them when they are not there.
 */
export function kafkaJars(): string {
  // bin/setup computes the same path, and there as here an empty variable is as good as none.
  const cache = process.env.XDG_CACHE_HOME || join(process.env.HOME || userInfo().homedir, '.cache');
  const directory = join(cache, 'voxpact', `kafka-${kafkaVersion()}`);
  if (!holdsJars(directory)) throw new Error(`The Kafka jars are not in ${directory}: run bin/setup.`);
  return directory;
}

function holdsJars(directory: string): boolean {
  try {
    return readdirSync(directory).some((name) => name.startsWith('kafka_') && name.endsWith('.jar'));
  } catch {
    return false;
  }
}
