import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { tabulate } from '../harness/report/text.ts';
import type { SipTransport } from '../mocks/protocols/sip/transport.ts';
import { bareScenario, loadScenario } from './sip/call.ts';
import { type Load, load, startUas } from './sip/sipp.ts';

/**
 * Calls per second through a SIP mock (one SIPp that tells all interactions of a contract apart and logs every message; a record
 * of the last calls is read from the log) against a bare SIPp that answers the same call (100, 180 and 200, then 200 to the BYE) by
 * its own means and keeps nothing, which is the fair one; and against SIPp's own `-sn uas`, which sends no 100. The load is a SIPp
 * that plays the source of an interaction of the contract, 200 calls in flight. The figures to quote are the ratios: each is taken
 * within a round, in which every target has its turn, and the median of the rounds is printed. CPU time per call is that of the
 * SIPp, and for the mock also of the process that keeps its log small; where others use the machine, its ratio is the steadier one.
 * `--json` prints JSON. It fails when a ratio is below what is asked of it, when a call fails or a message is sent again, and when
 * the record does not hold the last calls whole.
 */
const inFlight = 200;
const callsOfARun = 20_000;
const atMostSeconds = 10;
const rounds = 5;
/** What a record holds at most. */
const recordedCalls = 1_000;

/** What the mock must reach, times the target's calls per second. */
const asked: Readonly<Record<string, number>> = { bare: 0.8 };

const transports = ['UDP', 'TCP'] as const;

/** One destination. */
interface Target {
  name: string;
  transport: SipTransport;
  process: ChildProcess;
  port: number;
  loads: (Load & { cpuMicros: number })[];
  /** What was not right, in words. */
  wrong: string[];
}

const median = (figures: readonly number[]) => figures.toSorted((a, b) => a - b)[figures.length >> 1] ?? Number.NaN;
const sum = (figures: readonly number[]) => figures.reduce((total, each) => total + each, 0);

async function start(name: string, transport: SipTransport): Promise<Target> {
  const launched = await (name === 'mock' ? startMock(transport) : startUas(transport, scenarios[name]?.(transport)));
  return { name, transport, ...launched, loads: [], wrong: [] };
}

const scenarios: Readonly<Record<string, (transport: SipTransport) => string>> = { bare: bareScenario };

async function startMock(transport: SipTransport): Promise<{ process: ChildProcess; port: number }> {
  const child = fork(join(import.meta.dirname, 'sip', 'serve.ts'), [transport]);
  const [port] = (await once(child, 'message')) as [number];
  return { process: child, port };
}

/** User and system time that a process and its children have taken so far, where the kernel tells it in its ticks of 10 ms. */
function cpuMicrosOf({ pid }: ChildProcess): number {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
    return sum([String(pid), ...children].map(ticksOf)) * 10_000;
  } catch {
    return Number.NaN;
  }
}

function ticksOf(pid: string): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

async function measure(target: Target): Promise<Target['loads'][number]> {
  const { transport, port, process } = target;
  const before = cpuMicrosOf(process);
  const order = { transport, port, scenario: loadScenario(transport), calls: callsOfARun, inFlight, atMostSeconds };
  const result = await load(order);
  return { ...result, cpuMicros: (cpuMicrosOf(process) - before) / result.calls };
}

/** Asks the mock for its record, which it reads only then; that is no part of what is measured. */
async function checkRecord({ process, wrong }: Target): Promise<void> {
  process.send('report');
  const [{ calls, whole }] = (await once(process, 'message')) as [{ calls: number; whole: number }];
  if (calls !== recordedCalls || whole < calls) wrong.push(`its record holds ${calls} calls, ${whole} of them whole`);
}

/** Every target once per round; each round begins with another one. The first round warms all up and does not count. */
async function runRounds(targets: readonly Target[]): Promise<void> {
  for (let round = 0; round <= rounds; round += 1) {
    const first = Math.floor((round * targets.length) / (rounds + 1));
    for (const target of [...targets.slice(first), ...targets.slice(0, first)]) {
      const result = await measure(target);
      const { failed, retransmitted } = result;
      if (failed + retransmitted > 0) target.wrong.push(`${failed} calls failed, ${retransmitted} messages sent again`);
      if (round > 0) target.loads.push(result);
    }
    process.stderr.write(`round ${round} of ${rounds}\n`);
  }
}

/** What a target has come to: `ratio` is the mock's calls per second over the target's, `cpuRatio` the target's CPU over the mock's. */
function summary({ name, transport, loads }: Target, targets: readonly Target[]) {
  const mock = targets.find((each) => each.name === 'mock' && each.transport === transport);
  const ofMock = (round: number) => mock?.loads[round] ?? { perSecond: Number.NaN, cpuMicros: Number.NaN };
  const ratio = median(loads.map(({ perSecond }, round) => ofMock(round).perSecond / perSecond));
  const cpuRatio = median(loads.map(({ cpuMicros }, round) => cpuMicros / ofMock(round).cpuMicros));
  const perSecond = median(loads.map((each) => each.perSecond));
  const cpuMicros = median(loads.map((each) => each.cpuMicros));
  return { transport, target: name, perSecond, cpuMicros, ratio, cpuRatio, atLeast: asked[name] };
}

const { values: flags } = parseArgs({ options: { json: { type: 'boolean' } } });
const targets: Target[] = [];
for (const transport of transports)
  for (const name of ['mock', 'bare', 'uas']) targets.push(await start(name, transport));
await runRounds(targets);
for (const target of targets) if (target.name === 'mock') await checkRecord(target);
for (const { process } of targets) process.kill();

const rows = targets.map((target) => summary(target, targets));
const notRight = targets.flatMap(({ transport, name, wrong }) =>
  wrong.map((what) => ({ transport, target: name, what })),
);
if (flags.json) {
  console.log(JSON.stringify({ inFlight, callsOfARun, rounds, rows, notRight }, null, 2));
} else {
  const head = ['transport', 'target', 'calls/s', 'CPU µs', 'ratio', 'CPU ratio', 'at least'];
  const lines = rows.map((row) => [
    row.transport,
    row.target,
    Math.round(row.perSecond).toLocaleString('en'),
    row.cpuMicros.toFixed(1),
    row.ratio.toFixed(2),
    row.cpuRatio.toFixed(2),
    String(row.atLeast ?? ''),
  ]);
  console.log(tabulate(head, lines, { terminal: process.stdout.isTTY === true }));
  console.log(`${inFlight} calls in flight, medians of ${rounds} rounds. Ratio: the mock's calls/s over the target's;`);
  console.log("CPU ratio: the target's CPU time per call over the mock's.");
  for (const { transport, target, what } of notRight) console.log(`${target} over ${transport}: ${what}`);
}
const missed = rows.some(({ ratio, atLeast = 0 }) => !(ratio >= atLeast));
if (missed || notRight.length > 0) process.exitCode = 1;
