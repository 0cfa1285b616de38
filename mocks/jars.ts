import { readdirSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';

/** A server in Java, whose jars `bin/setup` copies by a pom. */
export interface JavaServer {
  /** As a person knows it: `S3Proxy`. */
  name: string;
  /** What its own jar's name begins with, and the property of the pom that alone names its version: `s3proxy`. */
  artifact: string;
  pom: string;
}

/**
 * The server's version.
 * @throws Error when the pom does not name one
 */
export function jarVersion({ artifact, pom }: JavaServer): string {
  const version = new RegExp(`<${artifact}\\.version>([^<]+)</`).exec(readFileSync(pom, 'utf8'))?.[1];
  if (version === undefined) throw new Error(`${pom} has no property ${artifact}.version.`);
  return version;
}

/**
 * The folder that holds the jars of the server and nothing else, put there by `bin/setup`.
 * @throws Error with one sentence saying how to get them when they are not there
 */
export function jarFolder(server: JavaServer): string {
  // bin/setup computes the same path, and there as here an empty variable is as good as none.
  const cache = process.env.XDG_CACHE_HOME || join(process.env.HOME || userInfo().homedir, '.cache');
  const folder = join(cache, 'voxpact', `${server.artifact}-${jarVersion(server)}`);
  if (!jarsIn(folder).some((name) => name.startsWith(server.artifact))) {
    throw new Error(`The ${server.name} jars are not in ${folder}: run bin/setup.`);
  }
  return folder;
}

/**
 * The server's class path, in a fixed order.
 * @throws Error when the jars are not there
 */
export function classPath(server: JavaServer): string {
  const folder = jarFolder(server);
  return jarsIn(folder)
    .map((name) => join(folder, name))
    .join(':');
}

function jarsIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.jar'))
      .sort();
  } catch {
    return [];
  }
}
