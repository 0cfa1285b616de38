import Table from 'cli-table3';
import pc from 'picocolors';
import { type Connection, connections } from '../../contracts/architecture.ts';
import type { Contract } from '../../contracts/contract.ts';
import { type ConnectionResult, type Run, sidesOf } from '../verify/run.ts';
import type { SideResult, Verdict } from '../verify/verdict.ts';
import { explain } from './explain.ts';
import { contractCounts, verifyJson } from './json.ts';

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

function tabulate(head: string[], rows: string[][], layout: Layout): string {
  if (!layout.terminal) return [head, ...rows].map((cells) => cells.join('\t')).join('\n');
  const table = new Table({ head, style: { head: ['bold'], compact: true } });
  table.push(...rows);
  return table.toString();
}

/** `voxpact list`: the 60 rows with what their contracts hold; a row without contract says so. */
export function listText(rows: readonly Connection[], contracts: readonly Contract[], layout: Layout): string {
  const head = ['#', 'source', 'destination', 'protocol', 'port', 'interactions', 'negative', 'basis'];
  const lines = rows.map((row) => {
    const contract = contracts.find(({ connection }) => connection === row.number);
    const { interactions, negative, basis } = contractCounts(contract);
    const place = [String(row.number), row.source, row.destination, row.protocol, row.port.printed];
    if (contract === undefined) return [...place, 'no contract', '', ''];
    const bases = `${basis.documented} documented, ${basis.inferred} inferred, ${basis.assumed} assumed`;
    return [...place, String(interactions), String(negative), bases];
  });
  return tabulate(head, lines, layout);
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

/** The table of a run: all 60 rows, those that were not verified said to be so. */
export function runTable(run: Run, contracts: readonly Contract[], layout: Layout): string {
  const colors = colorsOf(layout);
  const head = ['#', 'source', 'destination', 'protocol', 'as destination', 'as source'];
  const rows = connections.map((row) => {
    const result = run.connections.find(({ contract }) => contract.connection === row.number);
    const contracted = contracts.some(({ connection }) => connection === row.number);
    return rowText(row, result, contracted, colors);
  });
  return tabulate(head, rows, layout);
}

/** What failed, interaction by interaction, each with its fix; empty when nothing did. */
export function failuresText(run: Run, layout: Layout): string {
  const colors = colorsOf(layout);
  return run.connections
    .flatMap(explain)
    .map(({ where, sentences, fix }) =>
      [colors.bold(where), ...sentences.map((each) => `  ${each}`), `  Fix: ${fix}`].join('\n'),
    )
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

/** The last line of a run. */
export function totalsText(run: Run, layout: Layout): string {
  const { connections: connectionCounts, interactions } = verifyJson(run).totals;
  const sides = run.connections.flatMap(sidesOf).length;
  const holes = connections.length - run.connections.length;
  const words = [
    `${run.connections.length} connections, ${sides} sides: ${connectionCounts.passed} passed`,
    `${connectionCounts.failed} failed`,
    `${connectionCounts.error} error`,
    `${holes} not verified`,
    `${interactions.passed} interactions passed, ${interactions.skipped} skipped`,
    `${(run.durationMs / 1000).toFixed(1)} s`,
  ];
  return `${paint(run.verdict, colorsOf(layout))}: ${words.join(', ')}`;
}
