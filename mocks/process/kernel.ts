import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../error-code.ts';

/** What the kernel says of a process, from `/proc/<pid>/stat` (proc_pid_stat(5)). */
export interface KernelProcess {
  pid: number;
  /** Dead with all its threads, but not yet collected by its parent; it holds no port any more. */
  zombie: boolean;
  group: number;
  /** Clock ticks from boot to the start of the process: with the pid it names one process for good. */
  startTime: string;
}

/** @returns undefined when there is no such process, or no /proc on this machine. */
export function kernelProcess(pid: number): KernelProcess | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The second field, the command in brackets, may itself hold spaces and brackets: count from the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [status, , group] = fields;
  const [threads, startTime] = [fields[17], fields[19]];
  if (status === undefined || group === undefined || startTime === undefined) return undefined;
  const zombie = status === 'X' || (status === 'Z' && Number(threads) <= 1);
  return { pid, zombie, group: Number(group), startTime };
}

/** True when the process with this pid is the very one that started then, and it still runs. */
export function isAlive(pid: number, startTime: string): boolean {
  const found = kernelProcess(pid);
  return found !== undefined && !found.zombie && found.startTime === startTime;
}

/** The running processes of a process group. */
export function groupMembers(group: number): KernelProcess[] {
  return pids()
    .map(kernelProcess)
    .filter((found) => found !== undefined)
    .filter((found) => found.group === group && !found.zombie);
}

/** The running processes that were started with this `NAME=value` in their environment, this one excepted. */
export function startedWith(variable: string): KernelProcess[] {
  return pids()
    .filter((pid) => pid !== process.pid && wasStartedWith(pid, variable))
    .map(kernelProcess)
    .filter((found) => found !== undefined)
    .filter(({ zombie }) => !zombie);
}

/** True when the process was started with this `NAME=value` in its environment. */
export function wasStartedWith(pid: number, variable: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(variable);
  } catch {
    return false;
  }
}

/** Signals a whole process group. @returns false when nobody was there to get it. */
export function signalGroup(group: number, signal: NodeJS.Signals): boolean {
  return signalTo(-group, signal);
}

/** Signals one process, or a group when negative. @returns false when nobody was there to get it. */
export function signalTo(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false;
    throw error;
  }
}

/** Waits until the condition holds. @returns whether it did within the limit. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
  everyMs = 10,
): Promise<boolean> {
  const deadlineMs = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() >= deadlineMs) return false;
    await sleep(everyMs);
  }
  return true;
}

function pids(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}
