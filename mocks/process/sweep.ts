import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { eventually, groupMembers, isAlive, signalTo, startedWith, wasStartedWith } from './kernel.ts';
import { type Identity, identityText, ownIdentity, parseIdentity, parseRecordName, rootFolders } from './layout.ts';
import { registry } from './registry.ts';

/** The environment variable by which a forked child is known when its leader is gone. */
export const OWNER_VARIABLE = 'VOXPACT_HARNESS';

const TERM_TIMEOUT_MS = 2_000;
const KILL_TIMEOUT_MS = 2_000;

/** Sweeps once in the life of this process: before the first start of anything. */
export function sweepOnce(): Promise<number> {
  const all = registry();
  all.sweep ??= sweepStale();
  return all.sweep;
}

/**
 * Ends the processes and removes the directories that harnesses left which are no longer alive (kill -9, power cut).
 * Live harnesses are never touched, nor a process whose pid was recycled: each is known by pid and start time.
 * @returns how many harnesses were cleaned up after.
 */
export async function sweepStale(): Promise<number> {
  // Without /proc the dead cannot be told from the living.
  if (ownIdentity().startTime === 'unknown') return 0;
  const swept = await Promise.all(staleFolders().map(sweepFolder));
  return swept.filter(Boolean).length;
}

interface StaleFolder {
  path: string;
  owner: Identity;
}

function staleFolders(): StaleFolder[] {
  return rootFolders().flatMap((root) =>
    entries(root)
      .map((name) => ({ path: join(root, name), owner: parseIdentity(name) }))
      .filter((folder): folder is StaleFolder => folder.owner !== undefined)
      .filter(({ owner }) => !isAlive(owner.pid, owner.startTime)),
  );
}

async function sweepFolder({ path, owner }: StaleFolder): Promise<boolean> {
  const recorded = entries(path)
    .map(parseRecordName)
    .filter((identity) => identity !== undefined);
  // Whom the harness had started, but not yet recorded when it was killed, is known by the mark alone.
  const mark = `${OWNER_VARIABLE}=${identityText(owner)}`;
  const leftovers = () => [...recorded.flatMap((leader) => leftoversOf(leader, mark)), ...startedWith(mark)];
  const gone = () => leftovers().length === 0;
  // SIGTERM first: PostgreSQL frees its shared memory only then.
  for (const { pid } of leftovers()) signalTo(pid, 'SIGTERM');
  if (!(await eventually(gone, TERM_TIMEOUT_MS))) {
    for (const { pid } of leftovers()) signalTo(pid, 'SIGKILL');
    if (!(await eventually(gone, KILL_TIMEOUT_MS))) return false;
  }
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 3 });
    return true;
  } catch {
    // Another harness may be sweeping the same folder; whatever is left is found by the next sweep.
    return false;
  }
}

/** What still runs of a recorded process: its group while it lives, else the forks that carry the owner's mark. */
function leftoversOf(leader: Identity, mark: string): Identity[] {
  const members = groupMembers(leader.pid);
  if (isAlive(leader.pid, leader.startTime)) return members;
  return members.filter(({ pid }) => wasStartedWith(pid, mark));
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
