import { accessSync, constants, mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../errors.ts';
import type { Run } from '../verify/run.ts';
import { htmlPage } from './html.ts';
import { verifyJson } from './json.ts';
import { junitXml } from './junit.ts';

/**
 * Makes sure, before a long run, that its reports can be written.
 * @throws {UsageError} when the folder cannot be made or written to
 */
export function prepareReportFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw new UsageError(`the report folder ${folder} cannot be written to`, { cause });
  }
}

/** Writes `report.json`, `junit.xml` and `report.html` into the folder. */
export async function writeReports(run: Run, folder: string): Promise<void> {
  await Promise.all([
    writeFile(join(folder, 'report.json'), `${JSON.stringify(verifyJson(run), null, 2)}\n`),
    writeFile(join(folder, 'junit.xml'), junitXml(run)),
    writeFile(join(folder, 'report.html'), htmlPage(run)),
  ]);
}
