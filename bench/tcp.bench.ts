import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { tabulate } from '../harness/report/text.ts';
import type { Load, LoadOrder } from './tcp/load.ts';
import { installPeers, mountebank } from './tcp/peers.ts';

/**
 * Requests per second of the Tenant Service's mock (decoding, contract match, answer, record) against a bare node:net server
 * that reads and writes the same frames with the same codec, against a byte echo that reads nothing and, with `--peers`,
 * against mountebank; every server in a process of its own, the load in another, and every byte of every answer compared.
 * The figures to quote are the ratios: each is taken within a round, in which every target has its turn, and the median of
 * the rounds is printed. `--json` prints JSON. It fails when a ratio is below what is asked of it.
 */
const connections = 32;
const rounds = 5;
const warmUpMs = 300;
const measureMs = 1_500;
const readyTimeoutMs = 60_000;
const host = '127.0.0.1';

/** How requests come: how many are in flight on a connection, and whether each write ends within a frame. */
const ways = {
  'depth 1': { depth: 1, split: false },
  'depth 16': { depth: 16, split: false },
  'depth 16, split': { depth: 16, split: true },
} as const;
type Way = keyof typeof ways;
const wayNames = Object.keys(ways) as Way[];

/** What the mock must reach, times the target's requests per second. */
const asked: Readonly<Record<string, number>> = {
  'bare, depth 1': 0.8,
  'bare, depth 16': 0.8,
  'bare, depth 16, split': 0.8,
  'mountebank, depth 1': 6,
};

/** One server. */
interface Target {
  name: string;
  process: ChildProcess;
  port: number;
  session: boolean;
  right: LoadOrder['right'];
}

/** One server under one kind of load. */
interface Cell {
  target: Target;
  way: Way;
  loads: (Load & { cpuMicros: number })[];
  /** How many connections got a wrong answer, or none at all. */
  wrong: number;
}

const median = (figures: readonly number[]) => figures.toSorted((a, b) => a - b)[figures.length >> 1] ?? Number.NaN;
const file = (name: string) => join(import.meta.dirname, 'tcp', name);

async function startOwn(name: string): Promise<Target> {
  const child = fork(file('serve.ts'), [name]);
  const [port] = (await once(child, 'message')) as [number];
  return { name, process: child, port, session: true, right: name === 'echo' ? 'request' : 'answer' };
}

async function startMountebank(): Promise<Target> {
  const launched = await mountebank();
  const until = performance.now() + readyTimeoutMs;
  while (!(await accepts(launched.port))) {
    if (performance.now() > until) throw new Error(`mountebank does not listen within ${readyTimeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { name: 'mountebank', ...launched, session: false, right: 'answer' };
}

function accepts(port: number): Promise<boolean> {
  const socket = connect({ host, port });
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  }).then((is) => {
    socket.destroy();
    return is === true;
  });
}

/** User and system time that a process has taken so far, where the kernel tells it in its ticks of 10 ms. */
function cpuMicrosOf({ pid }: ChildProcess): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  } catch {
    return Number.NaN;
  }
}

async function measure({ target, way }: Cell, loader: ChildProcess): Promise<Cell['loads'][number]> {
  const { port, session, right, process } = target;
  const before = cpuMicrosOf(process);
  loader.send({ port, session, right, ...ways[way], connections, warmUpMs, measureMs } satisfies LoadOrder);
  const [load] = (await once(loader, 'message')) as [Load];
  return { ...load, cpuMicros: (cpuMicrosOf(process) - before) / load.answers };
}

/** Every cell once per round; each round begins with another one. The first round warms all up and does not count. */
async function runRounds(cells: readonly Cell[]): Promise<void> {
  const loader = fork(file('load.ts'));
  loader.once('exit', (code) => code && process.exit(code));
  for (let round = 0; round <= rounds; round += 1) {
    const first = Math.floor((round * cells.length) / (rounds + 1));
    for (const cell of [...cells.slice(first), ...cells.slice(0, first)]) {
      if (cell.wrong > 0) continue;
      const load = await measure(cell, loader);
      cell.wrong += load.answers === 0 ? connections : load.wrong;
      if (round > 0) cell.loads.push(load);
    }
    process.stderr.write(`round ${round} of ${rounds}\n`);
  }
  loader.disconnect();
}

/** What a cell has come to: `ratio` is the mock's requests per second over the target's. */
function summary({ target: { name }, way, loads }: Cell, cells: readonly Cell[]) {
  const mock = cells.find((each) => each.target.name === 'mock' && each.way === way);
  const ratios = loads.map(({ perSecond }, round) => (mock?.loads[round]?.perSecond ?? Number.NaN) / perSecond);
  const of = (figure: 'perSecond' | 'p99Ms' | 'cpuMicros') => median(loads.map((load) => load[figure]));
  const [perSecond, p99Ms, cpuMicros] = [of('perSecond'), of('p99Ms'), of('cpuMicros')];
  const atLeast = asked[`${name}, ${way}`];
  return { target: name, way, perSecond, p99Ms, cpuMicros, ratio: median(ratios), atLeast };
}

const { values: flags } = parseArgs({ options: { peers: { type: 'boolean' }, json: { type: 'boolean' } } });
const targets: Target[] = [];
for (const name of ['mock', 'bare', 'echo']) targets.push(await startOwn(name));
if (flags.peers) {
  installPeers();
  targets.push(await startMountebank());
}
const cells = wayNames.flatMap((way) => targets.map((target): Cell => ({ target, way, loads: [], wrong: 0 })));
await runRounds(cells);
for (const target of targets) target.process.kill();

const rows = cells.filter(({ wrong }) => wrong === 0).map((cell) => summary(cell, cells));
const notRight = cells.filter(({ wrong }) => wrong > 0).map(({ target: { name }, way }) => ({ target: name, way }));
if (flags.json) {
  console.log(JSON.stringify({ connections, rounds, rows, notRight }, null, 2));
} else {
  const head = ['target', 'requests', 'requests/s', 'p99 ms', 'CPU µs', 'ratio', 'at least'];
  const lines = rows.map((row) => [
    row.target,
    row.way,
    Math.round(row.perSecond).toLocaleString('en'),
    row.p99Ms.toFixed(1),
    row.cpuMicros.toFixed(1),
    row.ratio.toFixed(2),
    String(row.atLeast ?? ''),
  ]);
  console.log(tabulate(head, lines, { terminal: process.stdout.isTTY === true }));
  console.log(
    `${connections} connections, medians of ${rounds} rounds. Ratio: the mock's requests/s over the target's.`,
  );
  for (const { target, way } of notRight) console.log(`${target} gives wrong answers, or none, at ${way}`);
}
const missed = rows.some(({ ratio, atLeast = 0 }) => !(ratio >= atLeast));
if (missed || notRight.some(({ target }) => target !== 'mountebank')) process.exitCode = 1;
