import { rmdirSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { runInThisContext } from 'node:vm';
import { signalGroup } from './kernel.ts';

/** A started process as the registry knows it. */
export interface Supervised {
  pid: number;
  /** The file that records it on disk. */
  record: string;
  stop(): Promise<void>;
}

interface Registry {
  processes: Map<number, Supervised>;
  directories: Set<string>;
  /** The one sweep of this process. */
  sweep?: Promise<number>;
  stopping?: Promise<void>;
  /** How long the program may take to end in good order, at its first signal. */
  graceMs?: number;
  grace?: NodeJS.Timeout;
}

type Host = NodeJS.Process & { [KEY]?: Registry };

const KEY: unique symbol = Symbol.for('voxpact.processes');
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * What this process has started. Jest gives every test file its own copy of `process`, whose events never fire, and its
 * own copy of this module; the registry hangs on the real `process`, which Node's own context still has, so that handlers
 * are installed once and work there too.
 */
export function registry(): Registry {
  const host: Host = runInThisContext('process');
  const existing = host[KEY];
  if (existing !== undefined) return existing;
  const created: Registry = { processes: new Map(), directories: new Set() };
  host[KEY] = created;
  host.on('exit', () => abandon(created));
  for (const signal of SIGNALS) {
    host.on(signal, () => {
      const code = 128 + constants.signals[signal];
      // A second signal means: now. The exit handler does what is left.
      if (created.stopping !== undefined) host.exit(code);
      const end = () => void stopEverything().finally(() => host.exit(code));
      if (created.graceMs === undefined || created.grace !== undefined) return end();
      // It does not hold up a program that has ended by then.
      created.grace = setTimeout(end, created.graceMs).unref();
    });
  }
  return created;
}

/**
 * Leaves the first SIGINT, SIGTERM or SIGHUP to the program, which ends what it has under way and tells of it. When that
 * takes longer than `graceMs`, and at a second signal, everything is ended here as without it.
 */
export function endInGoodOrder(graceMs: number): void {
  registry().graceMs = graceMs;
}

/** Stops every process that was started here, then removes every run directory. What fails to stop is killed at exit. */
export async function stopEverything(): Promise<void> {
  const all = registry();
  all.stopping ??= stopAll(all).finally(() => {
    delete all.stopping;
  });
  await all.stopping;
}

async function stopAll(all: Registry): Promise<void> {
  await Promise.allSettled([...all.processes.values()].map((supervised) => supervised.stop()));
  abandon(all);
}

/** What can still be done without waiting: kill and remove. */
function abandon(all: Registry): void {
  for (const { pid, record } of all.processes.values()) {
    signalGroup(pid, 'SIGKILL');
    forget(record);
  }
  all.processes.clear();
  for (const path of all.directories) {
    forget(path);
  }
  all.directories.clear();
}

/** Removes a record or a run directory, and the harness folder with the last of them. The next sweep takes what stays. */
export function forget(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 3 });
    rmdirSync(dirname(path));
  } catch {
    // Not empty yet: other records or directories of this harness are in it.
  }
}
