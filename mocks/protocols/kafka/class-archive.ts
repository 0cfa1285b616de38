import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { classPath as classPathOf } from '../../jars.ts';
import { kafka, kafkaJars } from './jars.ts';

const CHECK_TIMEOUT_MS = 10_000;

/**
 * The broker's classes as the Java virtual machine lays them out in memory (application class-data sharing); with it a
 * broker is up in half the time. It lies beside the folder of the jars. `prepare-class-archive.ts` makes it.
 * @throws Error when the jars are not there
 */
export function classArchive(): string {
  return `${kafkaJars()}.jsa`;
}

/** The option that uses the archive; none while nobody has made it. The machine itself refuses one that does not fit. */
export function classArchiveOptions(): string[] {
  const archive = classArchive();
  return existsSync(archive) ? [`-XX:SharedArchiveFile=${archive}`] : [];
}

/**
 * The broker's class path. Its order is fixed, as an archive fits one class path to the letter.
 * @throws Error when the jars are not there
 */
export function classPath(): string {
  return classPathOf(kafka);
}

/** Whether the Java on this machine takes the archive: one of another Java, or of other jars, is of no use. */
export async function isUsableArchive(file: string): Promise<boolean> {
  if (!existsSync(file)) return false;
  try {
    await promisify(execFile)('java', ['-Xshare:on', `-XX:SharedArchiveFile=${file}`, '-cp', classPath(), '-version'], {
      timeout: CHECK_TIMEOUT_MS,
    });
    return true;
  } catch {
    return false;
  }
}
