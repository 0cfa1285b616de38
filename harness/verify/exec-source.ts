import { execa } from 'execa';
import type { Exercise } from './sides.ts';

/** How long an exec line may run for one interaction. */
const execTimeoutMs = 30_000;

/**
 * Exercises a source under test by a command line of its own, once for each interaction. The command finds in its
 * environment `VOXPACT_HOST` and `VOXPACT_PORT` to dial, `VOXPACT_INTERACTION`, and what the provider states gave as
 * `VOXPACT_STATE_<NAME>`; the harness judges what arrives.
 */
export function execSource(command: string, signal: AbortSignal): Exercise {
  return async (interaction, at, values) => {
    const env: Record<string, string> = {
      VOXPACT_HOST: at.host,
      VOXPACT_PORT: String(at.port),
      VOXPACT_INTERACTION: interaction.description,
      ...(at.user === undefined ? {} : { VOXPACT_USER: at.user }),
      ...(at.password === undefined ? {} : { VOXPACT_PASSWORD: at.password }),
      ...(at.ca === undefined ? {} : { VOXPACT_CA: at.ca }),
    };
    for (const [name, value] of Object.entries(values)) env[`VOXPACT_STATE_${name.toUpperCase()}`] = value;
    const result = await execa(command, {
      shell: true,
      env,
      reject: false,
      timeout: execTimeoutMs,
      cancelSignal: signal,
      stdin: 'ignore',
    });
    if (result.failed) {
      throw new Error(`the exec line ended badly for "${interaction.description}": ${result.shortMessage}`);
    }
  };
}
