import { classArchive, isUsableArchive } from './class-archive.ts';

// A script for bin/setup. What makes the archive is loaded only when there is something to make.
const archive = classArchive();
if (!(await isUsableArchive(archive))) {
  const { makeClassArchive } = await import('./make-class-archive.ts');
  await makeClassArchive(archive);
}
