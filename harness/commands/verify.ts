import type { SystemName } from '../../contracts/architecture.ts';
import { loadContracts } from '../../contracts/catalogue.ts';
import type { Contract, Side } from '../../contracts/contract.ts';
import { adapterFor, serviceMock } from '../../mocks/registry.ts';
import { parseAddress } from '../address.ts';
import { UsageError } from '../errors.ts';
import { rowOf } from '../peers/destinations.ts';
import { prepareReportFolder, writeReports } from '../report/files.ts';
import { verifyJson } from '../report/json.ts';
import { failuresText, runTable, skippedText, totalsText } from '../report/text.ts';
import { parseNumber, parseSystem, select } from '../selection.ts';
import { execSource } from '../verify/exec-source.ts';
import { type Run, type RunOptions, verify as run, sideTitle } from '../verify/run.ts';
import { noStates, stateChangeUrl } from '../verify/state-change.ts';
import type { CommandContext, ExitCode } from './context.ts';
import { startNote } from './start-note.ts';

export interface VerifyOptions {
  service?: string;
  at?: string;
  states?: string;
  exec?: string;
  source?: boolean;
  destination?: boolean;
  json?: boolean;
  report?: string;
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

/** With one side under test the service named must stand on that side. */
function onSide(contracts: readonly Contract[], service: SystemName | undefined, options: VerifyOptions): Contract[] {
  const fits = (contract: Contract) => {
    if (service === undefined) return true;
    if (options.at !== undefined || (options.destination && !options.source))
      return rowOf(contract).listens === service;
    if (options.exec !== undefined || (options.source && !options.destination))
      return rowOf(contract).dials === service;
    return true;
  };
  const left = contracts.filter(fits);
  if (left.length === 0) throw new UsageError(`no contract has ${service} on the side that is asked for`);
  return left;
}

async function underTest(contracts: readonly Contract[], options: VerifyOptions, signal: AbortSignal) {
  if (options.at === undefined) return {};
  const systems = new Set(contracts.map((contract) => `${rowOf(contract).listens} over ${rowOf(contract).protocol}`));
  if (systems.size > 1) {
    throw new UsageError(
      `--at is one address, but these connections end at ${[...systems].join(', ')}; choose with --service`,
    );
  }
  const { protocol, listens } = rowOf(contracts[0] as Contract);
  const at = parseAddress(options.at, protocol);
  const adapter = await adapterFor(protocol);
  // A real Redis, Kafka or PostgreSQL has its states set through its own protocol, at its own address.
  if (adapter.attach !== undefined && (await serviceMock(listens)) !== undefined)
    return { external: new Map([[listens, at]]) };
  const setState = options.states === undefined ? noStates : stateChangeUrl(options.states, signal);
  return { foreign: { at, setState } };
}

function printRun(outcome: Run, contracts: readonly Contract[], options: VerifyOptions, context: CommandContext): void {
  if (options.json) {
    context.print(JSON.stringify(verifyJson(outcome), null, 2));
    return;
  }
  context.print(runTable(outcome, contracts, context));
  for (const text of [skippedText(outcome), failuresText(outcome, context)])
    if (text !== '') context.print(`\n${text}`);
  context.print(`\n${totalsText(outcome, context)}`);
}

function exitCodeOf({ verdict }: Run): ExitCode {
  if (verdict === 'passed') return 0;
  return verdict === 'failed' ? 1 : 2;
}

/** `voxpact verify`: plays and judges the interactions asked for, prints the table and writes the reports. */
export async function verify(words: string[], options: VerifyOptions, context: CommandContext): Promise<ExitCode> {
  const sides = sidesAskedFor(options);
  checkCombination(options, sides);
  const service = options.service === undefined ? undefined : parseSystem(options.service);
  const numbers = words.map(parseNumber);
  const all = await loadContracts();
  const contracts = onSide(select(all, { numbers, ...(service && { service }) }), service, options);
  if (options.report !== undefined) prepareReportFolder(options.report);
  const request: RunOptions = {
    contracts,
    sides,
    signal: context.signal,
    ...(options.exec === undefined ? {} : { exercise: execSource(options.exec, context.signal) }),
    ...(await underTest(contracts, options, context.signal)),
    onProgress: startNote(context),
    onResult: (contract, side, { description }, { verdict, durationMs }) => {
      if (verdict === 'failed' || verdict === 'error') {
        context.note(`${verdict}: ${sideTitle(contract, side)}, "${description}" after ${durationMs} ms`);
      }
    },
  };
  const outcome = await run(request);
  if (options.report !== undefined) await writeReports(outcome, options.report);
  printRun(outcome, all, options, context);
  return exitCodeOf(outcome);
}
