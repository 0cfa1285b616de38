import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { results } from './verifier.ts';

const verifyTimeoutMs = 20_000;

/**
 * Runs the official command `pact verifier` on a pact file.
 * @param at the provider's URL
 * @param states its state-change URL
 * @returns the verdicts by description
 */
export async function verifyByCommand(file: string, at: string, states: string): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'voxpact-verifier-'));
  const report = join(folder, 'report.json');
  const verifier = createRequire(import.meta.url).resolve('@pact-foundation/pact-cli/bin/pact-verifier.js');
  const { hostname, port } = new URL(at);
  try {
    const provider = ['--transport', 'http', '--hostname', hostname, '--port', port];
    const options = [...provider, '--state-change-url', states, '--state-change-teardown', '--file', file];
    await execa(process.execPath, [verifier, ...options, '--json', report], {
      timeout: verifyTimeoutMs,
      reject: false,
    });
    return results(await readFile(report, 'utf8'));
  } finally {
    await rm(folder, { recursive: true });
  }
}
