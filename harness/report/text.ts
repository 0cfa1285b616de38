import Table from 'cli-table3';
import pc from 'picocolors';
import { type Connection, connections } from '../../contracts/architecture.ts';
import type { Contract } from '../../contracts/contract.ts';
import { wholeConnections } from '../../contracts/parts.ts';
import { type ConnectionResult, type Run, sidesOf } from '../verify/run.ts';
import type { SideResult, Verdict } from '../verify/verdict.ts';
import { type Coverage, coverageOf, type Place, type Tally } from './coverage.ts';
import { explain } from './explain.ts';
import { contractCounts, verifyJson } from './json.ts';
import { ladderText } from './ladder.ts';
import { listedInteractions, type StoredReport } from './stored.ts';
import { wholeResults } from './whole.ts';

type Colors = ReturnType<typeof pc.createColors>;

/** How text is laid out: a table with colours on a terminal, plain lines with tabs in a pipe. */
export interface Layout {
  terminal: boolean;
}

function colorsOf({ terminal }: Layout): Colors {
  return pc.createColors(terminal && pc.isColorSupported);
}

function paint(verdict: Verdict, colors: Colors): string {
  const painters: Record<Verdict, (text: string) => string> = {
    passed: colors.green,
    failed: colors.red,
    error: colors.yellow,
    skipped: colors.gray,
  };
  return painters[verdict](verdict);
}

/** A head and rows in the layout. */
export function tabulate(head: string[], rows: string[][], layout: Layout): string {
  if (!layout.terminal) return [head, ...rows].map((cells) => cells.join('\t')).join('\n');
  const table = new Table({ head, style: { head: ['bold'], compact: true } });
  table.push(...rows);
  return table.toString();
}

/** `voxpact list`: the 60 rows with what their contracts hold; a row without contract says so. */
export function listText(rows: readonly Connection[], contracts: readonly Contract[], layout: Layout): string {
  const head = ['#', 'source', 'destination', 'protocol', 'port', 'interactions', 'negative', 'basis'];
  const whole = wholeConnections(contracts);
  const lines = rows.map((row) => {
    const contract = whole.find(({ connection }) => connection === row.number);
    const { interactions, negative, basis } = contractCounts(contract);
    const place = [String(row.number), row.source, row.destination, row.protocol, row.port.printed];
    if (contract === undefined) return [...place, 'no contract', '', ''];
    const bases = `${basis.documented} documented, ${basis.inferred} inferred, ${basis.assumed} assumed`;
    return [...place, String(interactions), String(negative), bases];
  });
  return tabulate(head, lines, layout);
}

/** `voxpact list --report`: one line an interaction, with how often the run exercised it on each side. */
export function exercisedText(
  rows: readonly Connection[],
  contracts: readonly Contract[],
  report: StoredReport,
  layout: Layout,
): string {
  const head = ['#', 'source', 'destination', 'interaction', 'as destination', 'as source'];
  const lines = listedInteractions(rows, contracts, report).map(({ row, interaction, times }) => {
    const place = [String(row.number), row.source, row.destination];
    if (interaction === undefined || times === undefined) return [...place, 'no contract', '', ''];
    const name = `${interaction.description}${interaction.negative ? ' (negative)' : ''}`;
    return [...place, name, String(times.destination), String(times.source)];
  });
  const { startedAt, verdict, reason } = report;
  const run = `times exercised in the run of ${startedAt}, which ended as ${verdict}${reason === undefined ? '' : `: ${reason}`}`;
  return `${tabulate(head, lines, layout)}\n\n${run}`;
}

function sideCell(side: SideResult | undefined, asked: boolean, colors: Colors): string {
  if (side === undefined) return asked ? '-' : '';
  const passed = side.interactions.filter(({ verdict }) => verdict === 'passed').length;
  const judged = side.interactions.filter(({ verdict }) => verdict !== 'skipped').length;
  return `${paint(side.verdict, colors)} ${passed}/${judged}`;
}

function rowText(row: Connection, result: ConnectionResult | undefined, contracted: boolean, colors: Colors): string[] {
  const place = [String(row.number), row.source, row.destination, row.protocol];
  if (result === undefined) return [...place, contracted ? 'not asked for' : colors.gray('no contract'), ''];
  return [...place, sideCell(result.destination, true, colors), sideCell(result.source, true, colors)];
}

/**
 * The table of a run: all 60 rows, those that were not verified said to be so.
 * @param contracted the connections that have a contract
 */
export function runTable(run: Run, contracted: readonly number[], layout: Layout): string {
  const colors = colorsOf(layout);
  const head = ['#', 'source', 'destination', 'protocol', 'as destination', 'as source'];
  const results = wholeResults(run.connections);
  const rows = connections.map((row) => {
    const result = results.find(({ contract }) => contract.connection === row.number);
    return rowText(row, result, contracted.includes(row.number), colors);
  });
  return tabulate(head, rows, layout);
}

/** What failed, interaction by interaction, each with its fix; empty when nothing did. */
export function failuresText(run: Run, layout: Layout): string {
  const colors = colorsOf(layout);
  return run.connections
    .flatMap(explain)
    .map(({ where, sentences, fix, ladder }) => {
      const said = [...sentences, `Fix: ${fix}`].map((each) => `  ${each.replaceAll('\n', '\n  ')}`);
      return [colors.bold(where), ...said, ...(ladder === undefined ? [] : [ladderText(ladder)])].join('\n');
    })
    .join('\n\n');
}

/** The interactions that only one side can be judged by, with the reason, so that no skip is silent. */
export function skippedText(run: Run): string {
  const sides = run.connections.flatMap(({ contract, destination, source }) => [
    ...(destination?.interactions ?? []).map((each) => ({ contract, side: 'destination', each })),
    ...(source?.interactions ?? []).map((each) => ({ contract, side: 'source', each })),
  ]);
  return sides
    .filter(({ each }) => each.verdict === 'skipped')
    .map(
      ({ contract, side, each }) =>
        `skipped: connection ${contract.connection}, ${side}, "${each.description}": ${each.reason}`,
    )
    .join('\n');
}

function placeText({ connection, side, interaction }: Place): string {
  return `connection ${connection}, ${side}, "${interaction}"`;
}

function tallyText({ exercised, total }: Tally, what: string): string {
  return `${exercised} of ${total} ${what}`;
}

/** What a run exercised, in one line, and before it a line for everything that it never reached. */
export function coverageText(run: Run): string {
  const coverage = coverageOf(run);
  const counts = [
    tallyText(coverage.interactions, 'interactions'),
    tallyText(coverage.negative, 'negative ones'),
    tallyText(coverage.oneSided, 'one-sided ones'),
    tallyText(coverage.optionalSteps, 'optional steps'),
  ];
  return [...unreachedLines(coverage), `exercised: ${counts.join(', ')}`].join('\n');
}

function unreachedLines({ neverExercised, neverSeen, withoutContract = [] }: Coverage): string[] {
  return [
    ...neverExercised.map((each) => `never exercised: ${placeText(each)}${each.negative ? ' (negative)' : ''}`),
    ...[...Map.groupBy(neverSeen, placeText)].map(([place, steps]) => {
      const titles = steps.map(({ step, title }) => `${step} ${title}`);
      return `never seen: ${place}: optional ${steps.length === 1 ? 'step' : 'steps'} ${titles.join(', ')}`;
    }),
    ...(withoutContract.length === 0
      ? []
      : [
          `no contract: ${withoutContract.length} of ${connections.length} connections (${withoutContract.join(', ')})`,
        ]),
  ];
}

/** What `--require all` misses, a sentence each; empty when nothing is missing or nothing was demanded. */
export function holesText({ holes = [] }: Run): string {
  return holes.map(({ message }) => `required: ${message}`).join('\n');
}

/** The last line of a run. */
export function totalsText(run: Run, layout: Layout): string {
  const { connections: connectionCounts, interactions } = verifyJson(run).totals;
  const results = wholeResults(run.connections);
  const sides = results.flatMap(sidesOf).length;
  const holes = connections.length - results.length;
  const words = [
    `${results.length} connections, ${sides} sides: ${connectionCounts.passed} passed`,
    `${connectionCounts.failed} failed`,
    `${connectionCounts.error} error`,
    `${holes} not verified`,
    `${interactions.passed} interactions passed, ${interactions.skipped} skipped`,
    ...(run.holes === undefined ? [] : [`${run.holes.length} of what is required missing`]),
    `${(run.durationMs / 1000).toFixed(1)} s`,
  ];
  return `${paint(run.verdict, colorsOf(layout))}: ${words.join(', ')}`;
}
