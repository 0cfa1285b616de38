import { readFileSync } from 'node:fs';

/** The nearest package.json above this file: one folder up in the repository, two in the built package. */
function packageJson(): { version: string } {
  const candidates = ['../package.json', '../../package.json'].map((path) => new URL(path, import.meta.url));
  for (const candidate of candidates) {
    try {
      return JSON.parse(readFileSync(candidate, 'utf8')) as { version: string };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  throw new Error('package.json is missing from the package');
}

/** The package's version. */
export const version: string = packageJson().version;
