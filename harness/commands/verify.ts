import { type Connection, connections, type SystemName } from '../../contracts/architecture.ts';
import type { Contract, Side } from '../../contracts/contract.ts';
import { portOf, rowOf } from '../../contracts/parts.ts';
import type { Address } from '../../mocks/adapter.ts';
import { adapterFor, canAttach, serviceMock } from '../../mocks/registry.ts';
import { parseAddress } from '../address.ts';
import { sentenceOf, UsageError } from '../errors.ts';
import { prepareReportFolder, writeReports } from '../report/files.ts';
import { verifyJson } from '../report/json.ts';
import { standardsText } from '../report/standards.ts';
import { coverageText, failuresText, holesText, runTable, skippedText, totalsText } from '../report/text.ts';
import { numbersOf, parseAsked, parseSystem, partName, select } from '../selection.ts';
import { execSource } from '../verify/exec-source.ts';
import { requireAll } from '../verify/require.ts';
import { type Run, type RunOptions, verify as run, sideTitle, unproven } from '../verify/run.ts';
import { noStates, stateChangeUrl } from '../verify/state-change.ts';
import { adapterOptions } from './codec.ts';
import type { CommandContext, ExitCode } from './context.ts';
import { startNote } from './start-note.ts';

export interface VerifyOptions {
  service?: string;
  at?: string;
  states?: string;
  exec?: string;
  external?: string[];
  codec?: string;
  source?: boolean;
  destination?: boolean;
  json?: boolean;
  report?: string;
  /** `all`: what was not exercised, connections without a contract and strays fail the run. */
  require?: string;
}

function sidesAskedFor({ source, destination, at, exec }: VerifyOptions): Side[] {
  if (source && !destination) return ['source'];
  if (destination && !source) return ['destination'];
  if (source && destination) return ['destination', 'source'];
  if (exec !== undefined) return ['source'];
  return at === undefined ? ['destination', 'source'] : ['destination'];
}

function checkCombination(options: VerifyOptions, sides: readonly Side[]): void {
  if (options.at !== undefined && sides.includes('source')) {
    throw new UsageError('--at names a destination under test; use --exec to exercise a source under test');
  }
  if (options.exec !== undefined && sides.includes('destination')) {
    throw new UsageError('--exec exercises a source under test; use --at to name a destination under test');
  }
  if (options.states !== undefined && options.at === undefined) {
    throw new UsageError('--states sets the provider states of a destination under test; name it with --at');
  }
}

/** With one side under test the service named must stand on that side, else on either. */
function standsOnSide(
  { dials, listens }: Connection,
  service: SystemName | undefined,
  options: VerifyOptions,
): boolean {
  if (service === undefined) return true;
  if (options.at !== undefined || (options.destination && !options.source)) return listens === service;
  if (options.exec !== undefined || (options.source && !options.destination)) return dials === service;
  return dials === service || listens === service;
}

function onSide(contracts: readonly Contract[], service: SystemName | undefined, options: VerifyOptions): Contract[] {
  const left = contracts.filter((contract) => standsOnSide(rowOf(contract), service, options));
  if (left.length === 0) throw new UsageError(`no contract has ${service} on the side that is asked for`);
  return left;
}

/** Servers of the user's to use instead of starting them, `redis=redis://127.0.0.1:6379`. */
function externalServers(words: readonly string[] = []): Map<SystemName, Address> {
  return new Map(
    words.map((word) => {
      const [name = '', address] = word.split(/=(.*)/s);
      const system = parseSystem(name);
      const row = connections.find(({ listens }) => listens === system);
      if (row === undefined || address === undefined) {
        throw new UsageError(`--external "${word}": expected a service and its address, redis=redis://127.0.0.1:6379`);
      }
      return [system, parseAddress(address, row.protocol)];
    }),
  );
}

/** Where a contract's source has to dial. */
function endOf(contract: Contract): string {
  const { listens, protocol } = rowOf(contract);
  const port = portOf(contract);
  return `${listens}${port === undefined ? '' : ` at port ${port}`} over ${protocol}`;
}

async function underTest(contracts: readonly Contract[], options: VerifyOptions, signal: AbortSignal) {
  const external = externalServers(options.external);
  if (options.at === undefined) return { external };
  const ends = new Set(contracts.map(endOf));
  if (ends.size > 1) {
    throw new UsageError(
      `--at is one address, but these connections end at ${[...ends].join(', ')}; choose with --service, by number, or a part of a connection (${contracts.map((contract) => `${contract.connection}.${partName(contract)}`).join(', ')})`,
    );
  }
  const { protocol, listens } = rowOf(contracts[0] as Contract);
  const at = parseAddress(options.at, protocol);
  const adapter = await adapterFor(protocol);
  const service = await serviceMock(contracts[0] as Contract);
  // A real Redis, Kafka, PostgreSQL or object storage has its states set through its own protocol, at its own address.
  if (service !== undefined && canAttach(adapter, service)) return { external: external.set(listens, at) };
  const setState = options.states === undefined ? noStates : stateChangeUrl(options.states, signal);
  return { foreign: { at, setState } };
}

function printRun(outcome: Run, options: VerifyOptions, context: CommandContext): void {
  if (options.json) {
    context.print(JSON.stringify(verifyJson(outcome), null, 2));
    return;
  }
  if (outcome.reason !== undefined) context.note(`voxpact: ${outcome.reason}`);
  context.print(runTable(outcome, context.contracted(), context));
  const texts = [
    ...[skippedText(outcome), coverageText(outcome), standardsText(outcome)],
    ...[failuresText(outcome, context), holesText(outcome)],
  ];
  for (const text of texts) if (text !== '') context.print(`\n${text}`);
  context.print(`\n${totalsText(outcome, context)}`);
}

function withoutContract(contracted: readonly number[]): number[] {
  return connections.map(({ number }) => number).filter((number) => !contracted.includes(number));
}

/** 0 only for what was proven: a run that only skipped is an error. */
export function exitCodeOf({ verdict }: Pick<Run, 'verdict'>): ExitCode {
  if (verdict === 'passed') return 0;
  return verdict === 'failed' ? 1 : 2;
}

/** `voxpact verify`: plays and judges the interactions asked for, prints the table and writes the reports. */
export async function verify(words: string[], options: VerifyOptions, context: CommandContext): Promise<ExitCode> {
  const { report } = options;
  if (report !== undefined) await prepareReportFolder(report);
  try {
    return await verifyAndReport(words, options, context);
  } catch (error) {
    // The sentence goes to the user in any case; a report that cannot be written either adds nothing to it.
    if (report !== undefined) await writeReports(unproven(sentenceOf(error)), report).catch(() => {});
    throw error;
  }
}

async function verifyAndReport(words: string[], options: VerifyOptions, context: CommandContext): Promise<ExitCode> {
  const sides = sidesAskedFor(options);
  checkCombination(options, sides);
  const service = options.service === undefined ? undefined : parseSystem(options.service);
  const asked = words.map(parseAsked);
  const loaded = await context.contracts(numbersOf(asked) ?? context.contracted(service && [service]));
  const contracts = onSide(select(loaded, { asked, ...(service && { service }) }), service, options);
  const request: RunOptions = {
    contracts,
    sides,
    signal: context.signal,
    adapterOptions: await adapterOptions(contracts, options),
    ...(options.exec === undefined ? {} : { exercise: execSource(options.exec, context.signal) }),
    ...(await underTest(contracts, options, context.signal)),
    onProgress: startNote(context),
    onResult: (contract, side, { description }, { verdict, durationMs }) => {
      if (verdict === 'failed' || verdict === 'error') {
        context.note(`${verdict}: ${sideTitle(contract, side)}, "${description}" after ${durationMs} ms`);
      }
    },
  };
  const finished = { ...(await run(request)), withoutContract: withoutContract(context.contracted()) };
  const rows = connections.filter(
    (row) =>
      (asked.length === 0 || asked.some(({ number }) => number === row.number)) &&
      (standsOnSide(row, service, options) || contracts.some(({ connection }) => connection === row.number)),
  );
  const outcome = options.require === undefined ? finished : requireAll(finished, rows);
  // The table is worth having even where the reports cannot be written; a second JSON document would not be.
  if (!options.json) printRun(outcome, options, context);
  if (options.report !== undefined) await writeReports(outcome, options.report);
  if (options.json) printRun(outcome, options, context);
  return exitCodeOf(outcome);
}
