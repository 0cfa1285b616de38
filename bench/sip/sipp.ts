import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../mocks/ports.ts';
import { untilListening } from '../../mocks/protocols/sip/refusal.ts';
import { mediaArguments, parseStatistics } from '../../mocks/protocols/sip/sipp.ts';
import type { SipTransport } from '../../mocks/protocols/sip/transport.ts';

const host = '127.0.0.1';
const readyTimeoutMs = 5_000;

/** Both ends of every call have room for what waits. */
async function commonArguments(transport: SipTransport, port: number): Promise<string[]> {
  const control = await freePort();
  return [
    ...['-t', transport === 'UDP' ? 'u1' : 't1', '-i', host, '-p', String(port), '-buff_size', '4194304', '-nostdin'],
    ...[...mediaArguments(), '-ci', host, '-cp', String(control)],
  ];
}

/** Starts a SIPp that takes calls. @param scenario of SIPp's own when absent */
export async function startUas(
  transport: SipTransport,
  scenario?: string,
): Promise<{ process: ChildProcess; port: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'voxpact-bench-sip-'));
  const port = await freePort();
  if (scenario !== undefined) await writeFile(join(folder, 'scenario.xml'), scenario);
  const which = scenario === undefined ? ['-sn', 'uas'] : ['-sf', 'scenario.xml'];
  const args = [...which, ...(await commonArguments(transport, port)), '-default_behaviors', 'none'];
  const child = spawn('sipp', args, { cwd: folder, stdio: 'ignore' });
  process.once('exit', () => child.kill());
  await untilListening({ host, port }, transport, AbortSignal.timeout(readyTimeoutMs));
  await rm(folder, { recursive: true });
  return { process: child, port };
}

/** What a SIPp that has placed calls says of them. */
export interface Load {
  perSecond: number;
  calls: number;
  failed: number;
  retransmitted: number;
}

export interface LoadOrder {
  transport: SipTransport;
  port: number;
  scenario: string;
  calls: number;
  inFlight: number;
  /** After which no further call is placed. */
  atMostSeconds: number;
}

/** Places calls, as many at a time as are to be in flight. */
export async function load({ transport, port, scenario, calls, inFlight, atMostSeconds }: LoadOrder): Promise<Load> {
  const folder = await mkdtemp(join(tmpdir(), 'voxpact-bench-sip-'));
  await writeFile(join(folder, 'scenario.xml'), scenario);
  const args = [
    ...[`${host}:${port}`, '-sf', 'scenario.xml', ...(await commonArguments(transport, await freePort()))],
    ...['-r', '50000', '-l', String(inFlight), '-m', String(calls), '-timeout', `${atMostSeconds}s`],
    ...['-trace_stat', '-stf', 'statistics.csv', '-fd', '1'],
  ];
  await once(spawn('sipp', args, { cwd: folder, stdio: 'ignore' }), 'exit');
  const statistics = parseStatistics(await readFile(join(folder, 'statistics.csv'), 'utf8'));
  await rm(folder, { recursive: true });
  const column = (name: string) => statistics?.get(name) ?? '';
  const secondsOf = (name: string) => Number(column(name).split('\t').at(-1));
  const succeeded = Number(column('SuccessfulCall(C)'));
  return {
    perSecond: succeeded / (secondsOf('CurrentTime') - secondsOf('StartTime')),
    calls: succeeded,
    failed: Number(column('FailedCall(C)')),
    retransmitted: Number(column('Retransmissions(C)')),
  };
}
