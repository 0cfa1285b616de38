import { accessSync, constants, lstatSync, mkdirSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kernelProcess } from './kernel.ts';

/*
 * Where run data lies: <base>/voxpact-<uid>/<harness pid>-<start time>/ holds the run directories of one harness, and one
 * empty file `process-<pid>-<start time>` for each process that it started. The names alone say what must be undone, so a
 * record cannot be half written.
 */

/** Containers often get 64 MiB of /dev/shm, which one PostgreSQL would fill. */
const ENOUGH_BYTES = 256 * 1024 * 1024;
/** Others may pass through, so that a server under another user (PostgreSQL) reaches its data, but not look around. */
const PASSAGE_MODE = 0o711;

/** A process together with the time it started, as `<pid>-<start time>`. */
export interface Identity {
  pid: number;
  startTime: string;
}

/** This process; the start time is `unknown` on machines without /proc. */
export function ownIdentity(): Identity {
  return { pid: process.pid, startTime: kernelProcess(process.pid)?.startTime ?? 'unknown' };
}

export function identityText({ pid, startTime }: Identity): string {
  return `${pid}-${startTime}`;
}

/** Reads `<pid>-<start time>`; undefined for any other text. */
export function parseIdentity(text: string): Identity | undefined {
  const [, pid, startTime] = /^(\d+)-(\d+)$/.exec(text) ?? [];
  return pid === undefined || startTime === undefined ? undefined : { pid: Number(pid), startTime };
}

const RECORD_PREFIX = 'process-';

/** The name of the file that records a started process. */
export function recordName(identity: Identity): string {
  return RECORD_PREFIX + identityText(identity);
}

/** The process that a file of a harness folder records; undefined when the file is no record. */
export function parseRecordName(name: string): Identity | undefined {
  return name.startsWith(RECORD_PREFIX) ? parseIdentity(name.slice(RECORD_PREFIX.length)) : undefined;
}

/** The folders that may hold harness folders of this user, best first. */
export function rootFolders(): string[] {
  const name = `voxpact-${process.getuid?.() ?? 'user'}`;
  return [...new Set(['/dev/shm', tmpdir()])].map((base) => join(base, name));
}

/** The folder of this harness, made when it is not there, in memory where there is room. */
export function harnessFolder(): string {
  const [memory, disk] = rootFolders();
  const root = memory !== undefined && (disk === undefined || hasRoom('/dev/shm')) ? memory : disk;
  if (root === undefined) throw new Error('There is no folder for run data.');
  mkdirSync(root, { recursive: true, mode: PASSAGE_MODE });
  const { uid } = lstatSync(root);
  if (process.getuid !== undefined && uid !== process.getuid()) {
    throw new Error(`${root} belongs to user ${uid}, not to this user: remove it.`);
  }
  const folder = join(root, identityText(ownIdentity()));
  mkdirSync(folder, { recursive: true, mode: PASSAGE_MODE });
  return folder;
}

function hasRoom(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize >= ENOUGH_BYTES;
  } catch {
    return false;
  }
}
