import { join } from 'node:path';
import { type JavaServer, jarFolder, jarVersion } from '../../jars.ts';

/** The jars of the Kafka broker, as `bin/setup` copies them. */
export const kafka: JavaServer = {
  name: 'Kafka',
  artifact: 'kafka',
  pom: join(import.meta.dirname, 'jars', 'pom.xml'),
};

/** Version of the Kafka broker, from `jars/pom.xml`, the one place that names it. */
export function kafkaVersion(): string {
  return jarVersion(kafka);
}

/**
 * The folder that holds the jars of the Kafka broker and nothing else, put there by `bin/setup`.
 * @throws Error with one sentence saying how to get them when they are not there
 */
export function kafkaJars(): string {
  return jarFolder(kafka);
}
