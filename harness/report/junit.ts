import junitReportBuilder, { type Builder } from 'junit-report-builder';
import type { Side } from '../../contracts/contract.ts';
import type { Hole } from '../verify/require.ts';
import { type ConnectionResult, type Run, sideTitle } from '../verify/run.ts';
import type { SideResult } from '../verify/verdict.ts';
import { explain } from './explain.ts';

// The package's types describe a namespace, what it exports to ESM is the builder itself.
const junit = junitReportBuilder as unknown as Builder;

function addSide(builder: Builder, result: ConnectionResult, side: Side, part: SideResult) {
  const name = sideTitle(result.contract, side);
  const suite = builder.testSuite().name(name);
  const explanations = new Map(
    explain({ contract: result.contract, [side]: part }).map((each) => [each.where, each] as const),
  );
  const textOf = (description?: string) => {
    const where = description === undefined ? name : `${name}, "${description}"`;
    const explanation = explanations.get(where);
    return [...(explanation?.sentences ?? []), `Fix: ${explanation?.fix ?? ''}`].join('\n');
  };
  if (part.interactions.length === 0) {
    suite
      .testCase()
      .className(name)
      .name('connection')
      .error(part.reason ?? 'no interaction was run', 'error', textOf());
  }
  for (const { title, message } of part.strays ?? []) {
    suite.testCase().className(name).name(`between the interactions: ${title}`).failure(message, 'contract');
  }
  for (const { description, verdict, reason, mismatches, durationMs } of part.interactions) {
    const testCase = suite
      .testCase()
      .className(name)
      .name(description)
      .time(durationMs / 1000);
    if (verdict === 'failed')
      testCase.failure(mismatches[0]?.message ?? 'failed', 'contract').stacktrace(textOf(description));
    if (verdict === 'error') testCase.error(reason ?? 'error', 'harness', textOf(description));
    if (verdict === 'skipped') testCase.skipped().standardOutput(reason ?? '');
  }
}

function addHoles(builder: Builder, holes: readonly Hole[]): void {
  const name = 'voxpact verify --require all';
  const suite = builder.testSuite().name(name);
  for (const { message } of holes) suite.testCase().className(name).name(message).failure(message, 'contract');
  if (holes.length === 0) suite.testCase().className(name).name('nothing is missing');
}

/** A run as JUnit XML: a suite for each side of each connection, a case for each interaction. */
export function junitXml(run: Run): string {
  const builder = junit.newBuilder();
  if (run.reason !== undefined) {
    builder.testSuite().name('voxpact').testCase().className('voxpact').name('run').error(run.reason, 'harness');
  }
  for (const result of run.connections) {
    if (result.destination) addSide(builder, result, 'destination', result.destination);
    if (result.source) addSide(builder, result, 'source', result.source);
  }
  if (run.holes !== undefined) addHoles(builder, run.holes);
  return builder.build();
}
