import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { env } from 'node:process';
import { runDirectory, type ServerProcess, startProcess } from '../../../process.ts';
import { ScenarioControl } from '../control.ts';
import { nodesList, type ProxyPlan } from './config.ts';

/** How to get Kamailio, for errors. */
const KAMAILIO_MISSING = "Run bin/setup, or install Debian's package kamailio.";
const READY_TIMEOUT_MS = 20_000;
/** What reaches it before its workers are up may go unanswered, so a probe is not waited for long. */
const PROBE_TIMEOUT_MS = 2_000;
/** Debian puts it where the PATH of a plain user does not look. */
const SBIN = '/usr/sbin';
/** What all its processes share, and what each has of its own, in MiB. */
const memory = { shared: '64', own: '8' };

export interface KamailioOptions {
  plan: Omit<ProxyPlan, 'control' | 'nodesFile'>;
  /** The nodes that it asks whether they are in service. */
  nodes: readonly { host: string; port: number }[];
  config(plan: ProxyPlan): string;
  /** The program; `kamailio` when absent. */
  command?: string;
  signal?: AbortSignal | undefined;
}

/** A Kamailio that runs. */
export interface Kamailio {
  process: ServerProcess;
  /** Makes it refuse new calls, as one whose limit of dialogs is reached, or take them again. */
  limit(on: boolean): Promise<void>;
  /** Tells it at which port of its own address the source is called from now on. */
  lookForSource(port: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts a Kamailio with a configuration and a directory of its own.
 * @throws Error with one sentence when it is missing or does not start; the signal's reason when aborted
 */
export async function startKamailio(options: KamailioOptions): Promise<Kamailio> {
  const { plan, nodes, config, command = 'kamailio', signal } = options;
  const control = new ScenarioControl(`harness-${randomBytes(8).toString('hex')}`, 'TCP');
  const directory = await runDirectory('kamailio');
  const files = { config: `${directory.path}/kamailio.cfg`, nodes: `${directory.path}/nodes.list` };
  try {
    await writeFile(files.nodes, nodesList(nodes));
    await writeFile(files.config, config({ ...plan, nodesFile: files.nodes, control: control.name }));
    const process = await startProcess({
      name: 'kamailio',
      command,
      args: ['-f', files.config, '-DD', '-E', '-m', memory.shared, '-M', memory.own, '-Y', directory.path],
      env: { PATH: `${env.PATH ?? ''}:${SBIN}` },
      cwd: directory.path,
      ready: (_process, ready) =>
        control.request('sync', plan, AbortSignal.any([ready, AbortSignal.timeout(PROBE_TIMEOUT_MS)])),
      readyTimeoutMs: READY_TIMEOUT_MS,
      // In good order it takes two seconds, and it has nothing to lose.
      stopSignal: 'SIGKILL',
      missing: KAMAILIO_MISSING,
      ...(signal === undefined ? {} : { signal }),
    });
    return {
      process,
      lookForSource: (port) => control.request(`source-${port}`, plan),
      limit: (on) => control.request(`limited-${on ? 1 : 0}`, plan),
      close: async () => {
        await process.stop();
        await directory.remove();
      },
    };
  } catch (error) {
    await directory.remove();
    throw error;
  }
}
