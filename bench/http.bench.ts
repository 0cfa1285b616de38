import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { tabulate } from '../harness/report/text.ts';
import { cpuMicrosOf, inRounds, median, ratios, withSpread } from './figures.ts';
import type { Load, LoadOrder } from './http/load.ts';
import { peerPackages, peers } from './http/peers.ts';
import { hits, misses, type Probe, stubs } from './http/stubs.ts';
import { installPeers, type Launched, untilUp } from './peers.ts';

/**
 * Requests per second and p99 of a listening HTTP mock (match, answer, record) against a bare node:http server with the same
 * routing work and, with `--peers`, against other mocks; every server in a process of its own, the load in another.
 * The figures to quote are the ratios: each is taken within a round, in which every target has its turn, and the median of
 * the rounds is printed with the least and the most. `--rounds 3` is quicker and says less, `--json` prints JSON. It fails when
 * a ratio is not what is asked of it.
 */
const connections = 32;
const sizes = [20, 500];
const warmUpMs = 200;
const measureMs = 600;
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

/** The mock's p99 may be so many times bare's. */
const mostOfP99 = 1.5;

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

const file = (name: string) => join(import.meta.dirname, 'http', name);

async function start(name: string, size: number): Promise<Target> {
  const launched = await (peers[name]?.(stubs(size)) ?? serveOwn(name, size));
  const { port } = launched;
  await untilUp(name, () => isUp(port));
  const wrong: string[] = [];
  for (const probe of [...hits, ...misses]) if (!(await isRight(port, probe))) wrong.push(probe.name);
  return { name, size, ...launched, wrong };
}

async function serveOwn(kind: string, size: number): Promise<Launched> {
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

async function measure({ target, probe }: Cell, loader: ChildProcess): Promise<Cell['loads'][number]> {
  const before = cpuMicrosOf(target.process);
  loader.send({ port: target.port, probe, connections, warmUpMs, measureMs } satisfies LoadOrder);
  const [load] = (await once(loader, 'message')) as [Load];
  return { ...load, cpuMicros: (cpuMicrosOf(target.process) - before) / load.answers };
}

async function take(cell: Cell, counts: boolean, loader: ChildProcess): Promise<void> {
  const load = await measure(cell, loader);
  if (load.wrong > 0) cell.target.wrong.push(`${load.wrong} of ${load.answers} ${cell.probe.name} under load`);
  if (counts) cell.loads.push(load);
}

/** What a cell has come to; `asked` speaks of the ratios of requests per second. */
function summary(cell: Cell, cells: readonly Cell[]) {
  const { target, probe, loads } = cell;
  const { name, size } = target;
  const [mock] = cells.filter((each) => {
    return each.target.name === 'mock' && each.probe === probe && (name === 'mock' || each.target.size === size);
  });
  const ofMock = mock?.loads ?? [];
  const [left, right] = name === 'mock' ? [loads, ofMock] : [ofMock, loads];
  const of = (figure: 'perSecond' | 'p99Ms' | 'cpuMicros') => ({
    median: median(loads.map((load) => load[figure])),
    ratios: cell === mock ? [] : ratios(left, right, (load) => load[figure]),
  });
  return {
    request: probe.name,
    target: name,
    stubs: size,
    perSecond: of('perSecond'),
    p99Ms: of('p99Ms'),
    cpuMicros: of('cpuMicros'),
    atLeast: asked[`${name} ${size} ${probe.name}`],
    p99AtMost: name === 'bare' ? mostOfP99 : undefined,
  };
}

/** Whether a row has what is asked of it. */
function isReached({ perSecond, p99Ms, atLeast, p99AtMost }: ReturnType<typeof summary>): boolean {
  const isFast = atLeast === undefined || median(perSecond.ratios) >= atLeast;
  return isFast && (p99AtMost === undefined || median(p99Ms.ratios) <= p99AtMost);
}

const { values: flags } = parseArgs({
  options: { peers: { type: 'boolean' }, json: { type: 'boolean' }, rounds: { type: 'string', default: '15' } },
});
const rounds = Number(flags.rounds);
if (flags.peers) installPeers(peerPackages);
const names = ['mock', 'bare', ...(flags.peers ? Object.keys(peers) : [])];
const targets: Target[] = [];
for (const name of names) for (const size of sizes) targets.push(await start(name, size));
const cells = hits.flatMap((probe) => targets.map((target): Cell => ({ target, probe, loads: [] })));
const loader = fork(file('load.ts'));
loader.once('exit', (code) => code && process.exit(code));
const sound = cells.filter(({ target }) => target.wrong.length === 0);
await inRounds(sound, rounds, (cell, counts) => take(cell, counts, loader));
loader.disconnect();
for (const target of targets) target.process.kill();

const rows = cells.filter(({ loads }) => loads.length > 0).map((cell) => summary(cell, cells));
const wrong = targets.filter((target) => target.wrong.length > 0);
if (flags.json) {
  const notRight = wrong.map(({ name, size, wrong: probes }) => ({ target: name, stubs: size, wrong: probes }));
  console.log(JSON.stringify({ connections, rounds, rows, notRight }, null, 2));
} else {
  const head = [
    'request',
    'target',
    'stubs',
    'requests/s',
    'p99 ms',
    'CPU µs',
    'ratio',
    'p99 ratio',
    'CPU ratio',
    'asked',
  ];
  const lines = rows.map(({ request, target, stubs: count, perSecond, p99Ms, cpuMicros, atLeast, p99AtMost }) => [
    request,
    target,
    String(count),
    Math.round(perSecond.median).toLocaleString('en'),
    p99Ms.median.toFixed(1),
    cpuMicros.median.toFixed(1),
    ...[perSecond, p99Ms, cpuMicros].map((each) => withSpread(each.ratios, 2)),
    [atLeast && `>= ${atLeast}`, p99AtMost && `p99 <= ${p99AtMost}`].filter(Boolean).join(', '),
  ]);
  console.log(tabulate(head, lines, { terminal: process.stdout.isTTY === true }));
  console.log(
    `${connections} connections, medians of ${rounds} rounds. Ratio: what the mock has over what the target has,`,
  );
  console.log("on the mock's own lines over what it has with 20 stubs; median, least and most of the rounds.");
  console.log(
    'bare: node:http that looks stubs up by method and path, compares them and writes the answer; it records nothing.',
  );
  for (const { name, size, wrong: probes } of wrong) {
    console.log(`${name} with ${size} stubs answers wrong: ${probes.join(', ')}`);
  }
}
if (!rows.every(isReached)) process.exitCode = 1;
