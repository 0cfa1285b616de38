import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { tabulate } from '../harness/report/text.ts';
import { cpuMicrosOf, inRounds, median, ratios, withSpread } from './figures.ts';
import { host, installPeers, mountebankPackage, untilUp } from './peers.ts';
import type { Load, LoadOrder } from './tcp/load.ts';
import { mountebank } from './tcp/peers.ts';

/**
 * Requests per second of the Tenant Service's mock (decoding, contract match, answer, record) against a bare node:net server
 * that reads each frame with the same codec, looks it up and writes the answer, against an echo of the bytes of the same frames,
 * which reads none, and, with `--peers`, against mountebank. Every server has a process of its own, a new one each time, as what
 * the compiler makes of one differs; the load has another, and every byte of every answer is compared. The figures to quote are
 * the ratios: each is taken within a round, in which every target has its turn, and the median of the rounds is printed with the
 * least and the most. `--rounds 3` is quicker and says less, `--json` prints JSON. It fails when a ratio is below what is asked of it.
 */
const connections = 32;
const warmUpMs = 1_000;
const measureMs = 1_500;

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
  'bare, depth 16': 0.6,
  'bare, depth 16, split': 0.6,
  'echo, depth 1': 0.8,
  'mountebank, depth 1': 6,
};

/** A kind of server. */
interface Target {
  name: string;
  start(): Promise<Started>;
  session: boolean;
  right: LoadOrder['right'];
}

interface Started {
  process: ChildProcess;
  port: number;
}

/** One server under one kind of load. */
interface Cell {
  target: Target;
  way: Way;
  loads: (Load & { cpuMicros: number })[];
  /** How many connections got a wrong answer, or none at all. */
  wrong: number;
}

const file = (name: string) => join(import.meta.dirname, 'tcp', name);

async function startOwn(name: string): Promise<Started> {
  const child = fork(file('serve.ts'), [name]);
  const [port] = (await once(child, 'message')) as [number];
  return { process: child, port };
}

async function startMountebank(): Promise<Started> {
  const launched = await mountebank();
  await untilUp('mountebank', () => accepts(launched.port));
  return launched;
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

async function measure({ target, way }: Cell, loader: ChildProcess): Promise<Cell['loads'][number]> {
  const { session, right } = target;
  const { port, process } = await target.start();
  const before = cpuMicrosOf(process);
  loader.send({ port, session, right, ...ways[way], connections, warmUpMs, measureMs } satisfies LoadOrder);
  const [load] = (await once(loader, 'message')) as [Load];
  const cpuMicros = (cpuMicrosOf(process) - before) / load.answers;
  process.kill();
  await once(process, 'exit');
  return { ...load, cpuMicros };
}

/** A target that gave a wrong answer is not asked any more. */
async function take(cell: Cell, counts: boolean, loader: ChildProcess): Promise<void> {
  if (cell.wrong > 0) return;
  const load = await measure(cell, loader);
  cell.wrong += load.answers === 0 ? connections : load.wrong;
  if (counts) cell.loads.push(load);
}

/** What a cell has come to: the ratios are what the mock has over what the target has. */
function summary({ target: { name }, way, loads }: Cell, cells: readonly Cell[]) {
  const mock = cells.find((each) => each.target.name === 'mock' && each.way === way);
  const of = (figure: 'perSecond' | 'p99Ms' | 'cpuMicros') => ({
    median: median(loads.map((load) => load[figure])),
    ratios: name === 'mock' ? [] : ratios(mock?.loads ?? [], loads, (load) => load[figure]),
  });
  const [perSecond, p99Ms, cpuMicros] = [of('perSecond'), of('p99Ms'), of('cpuMicros')];
  return { target: name, way, perSecond, p99Ms, cpuMicros, atLeast: asked[`${name}, ${way}`] };
}

const { values: flags } = parseArgs({
  options: { peers: { type: 'boolean' }, json: { type: 'boolean' }, rounds: { type: 'string', default: '5' } },
});
const rounds = Number(flags.rounds);
const targets: Target[] = ['mock', 'bare', 'echo'].map((name) => ({
  ...{ name, start: () => startOwn(name) },
  ...{ session: true, right: name === 'echo' ? 'request' : 'answer' },
}));
if (flags.peers) {
  installPeers([mountebankPackage]);
  targets.push({ name: 'mountebank', start: startMountebank, session: false, right: 'answer' });
}
const cells = wayNames.flatMap((way) => targets.map((target): Cell => ({ target, way, loads: [], wrong: 0 })));
const loader = fork(file('load.ts'));
loader.once('exit', (code) => code && process.exit(code));
await inRounds(cells, rounds, (cell, counts) => take(cell, counts, loader));
loader.disconnect();

const rows = cells.filter(({ wrong }) => wrong === 0).map((cell) => summary(cell, cells));
const notRight = cells.filter(({ wrong }) => wrong > 0).map(({ target: { name }, way }) => ({ target: name, way }));
if (flags.json) {
  console.log(JSON.stringify({ connections, rounds, rows, notRight }, null, 2));
} else {
  const head = ['target', 'requests', 'requests/s', 'p99 ms', 'CPU µs', 'ratio', 'CPU ratio', 'at least'];
  const lines = rows.map(({ target, way, perSecond, p99Ms, cpuMicros, atLeast }) => [
    target,
    way,
    Math.round(perSecond.median).toLocaleString('en'),
    p99Ms.median.toFixed(1),
    cpuMicros.median.toFixed(1),
    ...[perSecond, cpuMicros].map((each) => withSpread(each.ratios, 2)),
    String(atLeast ?? ''),
  ]);
  console.log(tabulate(head, lines, { terminal: process.stdout.isTTY === true }));
  console.log(
    `${connections} connections, medians of ${rounds} rounds. Ratio: what the mock has over what the target has;`,
  );
  console.log('median, least and most of the rounds.');
  console.log(
    'bare: node:net that reads each frame with the same codec, looks it up and writes the answer; it records nothing.',
  );
  console.log('echo: node:net that sends back the bytes of the same frames and reads none of them.');
  for (const { target, way } of notRight) console.log(`${target} gives wrong answers, or none, at ${way}`);
}
const missed = rows.some(({ perSecond, atLeast }) => atLeast !== undefined && !(median(perSecond.ratios) >= atLeast));
if (missed || notRight.some(({ target }) => target !== 'mountebank')) process.exitCode = 1;
