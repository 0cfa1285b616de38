import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { assertFree } from '../../mocks/ports.ts';
import { isAlive, kernelProcess } from '../../mocks/process/kernel.ts';
import { rootFolders } from '../../mocks/process/layout.ts';
import { bin, inChild, inFolder, junitIn } from './run.ts';
import type { Aftermath, Situation } from './situation.ts';

/** How long anything here may take: a start under load, and an end. */
const patienceMs = 30_000;

async function until<T>(what: string, look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`${what} did not come within ${patienceMs} ms`);
    await sleep(20);
  }
}

/** Says who it is and where it would dial, and then never ends. */
const hangingLine = (folder: string) =>
  `echo "$$ $VOXPACT_PORT" > '${folder}/up.new'; mv '${folder}/up.new' '${folder}/up'; sleep 600`;

/** What a run that is under way is told, and what must be gone when it is over. */
interface Interruption {
  args: readonly string[];
  signal: NodeJS.Signals;
  /** Resolves when it is time for the signal. @returns what to wait for when the run is over */
  ready(folder: string, notes: () => string): Promise<() => Promise<unknown>>;
  /** What is done when the process has ended, before anything is looked for. */
  after?: () => Promise<unknown>;
}

/** Runs a verification and ends it by a signal; nothing of it may be left. */
function ended({ args, signal, ready, after }: Interruption): Promise<Aftermath> {
  return inFolder(async (folder) => {
    const command = [
      bin,
      'verify',
      ...args.map((each) => each.replaceAll('FOLDER', folder)),
      '--json',
      '--report',
      folder,
    ];
    const child = execa(process.execPath, command, { reject: false, stdin: 'ignore', timeout: 2 * patienceMs });
    let notes = '';
    child.stderr.on('data', (chunk) => {
      notes += String(chunk);
    });
    const tooEarly = child.then(() => Promise.reject(new Error(`it ended before it was told to: ${notes}`)));
    const gone = await Promise.race([ready(folder, () => notes), tooEarly]);
    tooEarly.catch(() => {});
    child.kill(signal);
    const { exitCode = 128 + 9, stdout, stderr } = await child;
    await after?.();
    await gone();
    await until('the end of its folder', () => (folders(child.pid).length === 0 ? true : undefined));
    return { exitCode, stdout, stderr, ...junitIn(folder) };
  });
}

/** What a harness has on disk: its records of processes, and their data. */
function folders(pid: number | undefined): string[] {
  const roots = rootFolders().filter((root) => existsSync(root));
  return roots.flatMap((root) => readdirSync(root)).filter((name) => name.startsWith(`${pid}-`));
}

async function hanging(folder: string): Promise<() => Promise<void>> {
  const file = join(folder, 'up');
  const [pid = 0, port = 0] = await until('the exec line', () =>
    existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ').map(Number) : undefined,
  );
  const startTime = kernelProcess(pid)?.startTime ?? '';
  return async () => {
    await until('the end of the exec line', () => (isAlive(pid, startTime) ? undefined : true));
    await until('a free port', () =>
      assertFree({ host: '127.0.0.1', port }).then(
        () => true,
        () => undefined,
      ),
    );
  };
}

const starting = async (_: string, notes: () => string) => {
  await until('the start', () => (notes().includes('starting') ? true : undefined));
  return async () => {};
};

const exercising = (number: number) => [String(number), '--exec', hangingLine('FOLDER')];

const interrupted = (name: string, interruption: Interruption, exitCode: Situation['exitCode']): Situation => ({
  name,
  happen: () => ended(interruption),
  exitCode,
  json: 'error',
  junit: 'error',
  sentence: 'voxpact: interrupted, everything that was started is stopped',
});

const during = (number: number, signal: NodeJS.Signals): Interruption => ({
  args: exercising(number),
  signal,
  ready: hanging,
});

/** Runs that somebody ends before their time. */
export const interrupts: readonly Situation[] = [
  interrupted('Ctrl-C in the middle of a run, HTTP', during(26, 'SIGINT'), 130),
  interrupted('Ctrl-C in the middle of a run, TCP', during(3, 'SIGINT'), 130),
  interrupted('Ctrl-C in the middle of a run, Redis', during(49, 'SIGINT'), 130),
  interrupted('Ctrl-C in the middle of a run, SIP', during(51, 'SIGINT'), 130),
  interrupted('Ctrl-C while Kafka starts', { args: ['50'], signal: 'SIGINT', ready: starting }, 130),
  interrupted('SIGTERM in the middle of a run, PostgreSQL', during(13, 'SIGTERM'), 143),
  interrupted('SIGHUP in the middle of a run, Redis', during(49, 'SIGHUP'), 129),
  {
    name: 'kill -9 in the middle of a run; the next start cleans up',
    happen: () =>
      ended({
        ...during(49, 'SIGKILL'),
        after: () => inChild(process.execPath, [bin, 'verify', '49', '--source']),
      }),
    exitCode: 137,
    json: undefined,
    junit: 'error',
    sentence: 'the run did not finish',
  },
];
