import type { Connection } from '../../contracts/architecture.ts';
import type { Contract } from '../../contracts/contract.ts';
import { wholeConnections } from '../../contracts/parts.ts';
import { type ConnectionResult, connectionVerdict, type Run, sidesOf } from '../verify/run.ts';
import type { SideResult, Verdict } from '../verify/verdict.ts';
import { coverageOf, timesExercised } from './coverage.ts';
import { type RunStandard, standardsOf } from './standards.ts';
import type { StoredReport } from './stored.ts';
import { wholeResults } from './whole.ts';

/** How many of something ended how. */
export type Counts = Record<Verdict, number>;

/** Counts verdicts. */
export function count(results: readonly { verdict: Verdict }[]): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0, error: 0 };
  for (const { verdict } of results) counts[verdict] += 1;
  return counts;
}

/** How many interactions rest on which basis, and how many are negative. */
export function contractCounts(contract: Contract | undefined) {
  const basis = { documented: 0, inferred: 0, assumed: 0 };
  for (const interaction of contract?.interactions ?? []) basis[interaction.basis.kind] += 1;
  return {
    interactions: contract?.interactions.length ?? 0,
    negative: contract?.interactions.filter(({ negative }) => negative).length ?? 0,
    basis,
  };
}

/**
 * `voxpact list --json`, version 1: every row of the table, those without contract with zero interactions; with a report,
 * what its run exercised.
 */
export function listJson(rows: readonly Connection[], contracts: readonly Contract[], report?: StoredReport) {
  const whole = wholeConnections(contracts);
  return {
    schema: 'voxpact/list/1',
    ...(report === undefined ? {} : { run: { startedAt: report.startedAt, verdict: report.verdict } }),
    connections: rows.map(({ number, source, destination, protocol, port }) => {
      const contract = whole.find(({ connection }) => connection === number);
      const counts = contractCounts(contract);
      const place = { number, source, destination, protocol, ports: port.ports };
      return report === undefined
        ? { ...place, ...counts }
        : { ...place, ...counts, exercised: exercised(contract, report) };
    }),
  };
}

function exercised(contract: Contract | undefined, report: StoredReport) {
  return (contract?.interactions ?? []).map((interaction) => {
    const times = Object.entries(report.times(contract as Contract, interaction));
    const counted = times.filter(([, count]) => typeof count === 'number');
    return { description: interaction.description, ...Object.fromEntries(counted) };
  });
}

function sideJson({ verdict, reason, interactions, strays }: SideResult) {
  return {
    verdict,
    ...(reason === undefined ? {} : { reason }),
    interactions: interactions.map((interaction) => ({
      description: interaction.description,
      verdict: interaction.verdict,
      ...(interaction.reason === undefined ? {} : { reason: interaction.reason }),
      mismatches: interaction.mismatches.map(({ step, title, path, rule, expected, got, message }) => ({
        step,
        title,
        path,
        rule,
        expected,
        got,
        message,
      })),
      exercised: timesExercised(interaction),
      unreached: interaction.unreached,
      durationMs: interaction.durationMs,
    })),
    ...(strays === undefined ? {} : { strays }),
  };
}

function connectionJson({ contract, destination, source }: ConnectionResult) {
  return {
    number: contract.connection,
    ...(destination === undefined ? {} : { destination: sideJson(destination) }),
    ...(source === undefined ? {} : { source: sideJson(source) }),
  };
}

function standardJson({ name, messages, rules, broken }: RunStandard) {
  return {
    name,
    messages,
    rules,
    withoutOccasion: rules.filter(({ occasions }) => occasions === 0).map(({ id }) => id),
    broken: broken.map(({ rule, ...where }) => ({ rule: rule.id, section: rule.section, level: rule.level, ...where })),
  };
}

/** `voxpact verify --json`, version 1; also what `report.json` holds. */
export function verifyJson(run: Run) {
  const standards = standardsOf(run);
  const sides = run.connections.flatMap(sidesOf);
  const whole = wholeResults(run.connections);
  return {
    schema: 'voxpact/verify/1',
    startedAt: run.startedAt,
    durationMs: run.durationMs,
    verdict: run.verdict,
    ...(run.reason === undefined ? {} : { reason: run.reason }),
    totals: {
      connections: count(whole.map((result) => ({ verdict: connectionVerdict(result) }))),
      interactions: count(sides.flatMap(({ interactions }) => interactions)),
    },
    coverage: coverageOf(run),
    ...(run.holes === undefined ? {} : { holes: run.holes }),
    ...(standards.length === 0 ? {} : { standards: standards.map(standardJson) }),
    connections: whole.map(connectionJson),
  };
}
