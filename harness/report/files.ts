import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../errors.ts';
import { type Run, unproven } from '../verify/run.ts';
import { verifyJson } from './json.ts';

/**
 * Makes sure, before a long run, that its reports can be written: until they are, the folder says that the run did not
 * finish, and not what an earlier run found.
 * @throws {UsageError} when the folder cannot be made or written to
 */
export async function prepareReportFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await writeAll(unproven('the run did not finish'), folder);
  } catch (cause) {
    throw new UsageError(`the report folder ${folder} cannot be written to`, { cause });
  }
}

/**
 * Writes `report.json`, `junit.xml` and `report.html` into the folder.
 * @throws Error when one of them cannot be written; none is left then
 */
export async function writeReports(run: Run, folder: string): Promise<void> {
  try {
    await writeAll(run, folder);
  } catch (cause) {
    throw new Error(`the reports could not be written to ${folder}`, { cause });
  }
}

async function writeAll(run: Run, folder: string): Promise<void> {
  // Loaded only where reports are asked for.
  const [{ htmlPage }, { junitXml }] = await Promise.all([import('./html.ts'), import('./junit.ts')]);
  const reports = [
    [join(folder, 'report.json'), `${JSON.stringify(verifyJson(run), null, 2)}\n`],
    [join(folder, 'junit.xml'), junitXml(run)],
    [join(folder, 'report.html'), htmlPage(run)],
  ] as const;
  const written = await Promise.allSettled(reports.map(([path, text]) => writeFile(path, text)));
  const failed = written.find((result) => result.status === 'rejected');
  if (failed === undefined) return;
  await Promise.allSettled(reports.map(([path]) => rm(path, { force: true })));
  throw failed.reason;
}
