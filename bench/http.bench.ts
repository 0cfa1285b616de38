import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { tabulate } from '../harness/report/text.ts';
import type { Load, LoadOrder } from './http/load.ts';
import { installPeers, peers } from './http/peers.ts';
import { hits, misses, type Probe, stubs } from './http/stubs.ts';

/**
 * Requests per second and p99 of a listening HTTP mock (match, answer, record) against a bare node:http server with the same
 * routing work and, with `--peers`, against other mocks; every server in a process of its own, the load in another.
 * The figures to quote are the ratios: each is taken within a round, in which every target has its turn, and the median of
 * the rounds is printed. `--json` prints JSON. It fails when a ratio is below what is asked of it.
 */
const connections = 32;
const sizes = [20, 500];
const rounds = 15;
const warmUpMs = 200;
const measureMs = 600;
const readyTimeoutMs = 60_000;
const answerTimeoutMs = 10_000;

/** What the mock must reach, by target, stubs and request: times the target's requests per second; for the mock, times its own at 20. */
const asked: Readonly<Record<string, number>> = {
  'bare 20 GET': 0.8,
  'bare 20 POST': 0.8,
  'bare 500 GET': 0.8,
  'bare 500 POST': 0.8,
  'mock 500 GET': 0.9,
  'mock 500 POST': 0.9,
  'mountebank 20 GET': 10,
  'mountebank 20 POST': 35,
  'mountebank 500 GET': 160,
  'prism 20 GET': 8,
  'prism 20 POST': 6,
  'wiremock 20 GET': 5.5,
  'wiremock 20 POST': 4,
  'wiremock 500 GET': 15,
};

/** One server with its stubs. */
interface Target {
  name: string;
  size: number;
  process: ChildProcess;
  port: number;
  /** Which probes it answered wrong. */
  wrong: string[];
}

/** One server under one request. */
interface Cell {
  target: Target;
  probe: (typeof hits)[number];
  loads: (Load & { cpuMicros: number })[];
}

const median = (figures: readonly number[]) => figures.toSorted((a, b) => a - b)[figures.length >> 1] ?? Number.NaN;
const file = (name: string) => join(import.meta.dirname, 'http', name);

async function start(name: string, size: number): Promise<Target> {
  const launched = await (peers[name]?.(stubs(size)) ?? serveOwn(name, size));
  const { port } = launched;
  const until = performance.now() + readyTimeoutMs;
  while (!(await isUp(port))) {
    if (performance.now() > until) throw new Error(`${name} does not answer within ${readyTimeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const wrong: string[] = [];
  for (const probe of [...hits, ...misses]) if (!(await isRight(port, probe))) wrong.push(probe.name);
  return { name, size, ...launched, wrong };
}

async function serveOwn(kind: string, size: number): Promise<{ process: ChildProcess; port: number }> {
  const process = fork(file('serve.ts'), [kind, String(size)]);
  const [port] = (await once(process, 'message')) as [number];
  return { process, port };
}

const isUp = (port: number) => ask(port, hits[0] as Probe).then(Boolean, () => false);

function ask(port: number, { method, target, headers, body }: Probe): Promise<Response> {
  const signal = AbortSignal.timeout(answerTimeoutMs);
  return fetch(`http://127.0.0.1:${port}${target}`, {
    method,
    headers,
    signal,
    ...(body === undefined ? {} : { body }),
  });
}

async function isRight(port: number, probe: Probe): Promise<boolean> {
  const response = await ask(port, probe);
  const text = await response.text();
  return probe.right === undefined ? response.status !== 200 : response.status === 200 && text === probe.right;
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

async function measure({ target, probe }: Cell, loader: ChildProcess): Promise<Cell['loads'][number]> {
  const before = cpuMicrosOf(target.process);
  loader.send({ port: target.port, probe, connections, warmUpMs, measureMs } satisfies LoadOrder);
  const [load] = (await once(loader, 'message')) as [Load];
  return { ...load, cpuMicros: (cpuMicrosOf(target.process) - before) / load.answers };
}

/** Every cell once per round; each round begins with another one. The first round warms all up and does not count. */
async function runRounds(cells: readonly Cell[]): Promise<void> {
  const loader = fork(file('load.ts'));
  loader.once('exit', (code) => code && process.exit(code));
  for (let round = 0; round <= rounds; round += 1) {
    const first = Math.floor((round * cells.length) / (rounds + 1));
    for (const cell of [...cells.slice(first), ...cells.slice(0, first)]) {
      const load = await measure(cell, loader);
      if (load.wrong > 0) cell.target.wrong.push(`${load.wrong} of ${load.answers} ${cell.probe.name} under load`);
      if (round > 0) cell.loads.push(load);
    }
    process.stderr.write(`round ${round} of ${rounds}\n`);
  }
  loader.disconnect();
}

/** What a cell has come to; `ratio` is what `asked` speaks of. */
function summary(cell: Cell, cells: readonly Cell[]) {
  const { target, probe, loads } = cell;
  const { name, size } = target;
  const [mock] = cells.filter((each) => {
    return each.target.name === 'mock' && each.probe === probe && (name === 'mock' || each.target.size === size);
  });
  const ratios = loads.map(({ perSecond }, round) => {
    const ofMock = mock?.loads[round]?.perSecond ?? Number.NaN;
    return name === 'mock' ? perSecond / ofMock : ofMock / perSecond;
  });
  const of = (figure: 'perSecond' | 'p99Ms' | 'cpuMicros') => median(loads.map((load) => load[figure]));
  const [perSecond, p99Ms, cpuMicros] = [of('perSecond'), of('p99Ms'), of('cpuMicros')];
  const ratio = cell === mock ? undefined : median(ratios);
  const atLeast = asked[`${name} ${size} ${probe.name}`];
  return { request: probe.name, target: name, stubs: size, perSecond, p99Ms, cpuMicros, ratio, atLeast };
}

const { values: flags } = parseArgs({ options: { peers: { type: 'boolean' }, json: { type: 'boolean' } } });
if (flags.peers) installPeers();
const names = ['mock', 'bare', ...(flags.peers ? Object.keys(peers) : [])];
const targets: Target[] = [];
for (const name of names) for (const size of sizes) targets.push(await start(name, size));
const cells = hits.flatMap((probe) => targets.map((target): Cell => ({ target, probe, loads: [] })));
await runRounds(cells.filter(({ target }) => target.wrong.length === 0));
for (const target of targets) target.process.kill();

const rows = cells.filter(({ loads }) => loads.length > 0).map((cell) => summary(cell, cells));
const wrong = targets.filter((target) => target.wrong.length > 0);
if (flags.json) {
  const notRight = wrong.map(({ name, size, wrong: probes }) => ({ target: name, stubs: size, wrong: probes }));
  console.log(JSON.stringify({ connections, rounds, rows, notRight }, null, 2));
} else {
  const head = ['request', 'target', 'stubs', 'requests/s', 'p99 ms', 'CPU µs', 'ratio', 'at least'];
  const lines = rows.map((row) => [
    row.request,
    row.target,
    String(row.stubs),
    Math.round(row.perSecond).toLocaleString('en'),
    row.p99Ms.toFixed(1),
    row.cpuMicros.toFixed(1),
    row.ratio?.toFixed(2) ?? '',
    String(row.atLeast ?? ''),
  ]);
  console.log(tabulate(head, lines, { terminal: process.stdout.isTTY === true }));
  console.log(
    `${connections} connections, medians of ${rounds} rounds. Ratio: the mock's requests/s over the target's;`,
  );
  console.log("on the mock's own lines, its requests/s over those that it has with 20 stubs.");
  for (const { name, size, wrong: probes } of wrong) {
    console.log(`${name} with ${size} stubs answers wrong: ${probes.join(', ')}`);
  }
}
if (rows.some(({ ratio = 0, atLeast = 0 }) => !(ratio >= atLeast))) process.exitCode = 1;
