import junitReportBuilder, { type Builder } from 'junit-report-builder';
import type { Side } from '../../contracts/contract.ts';
import type { Hole } from '../verify/require.ts';
import { type ConnectionResult, type Run, sideTitle } from '../verify/run.ts';
import { faults } from '../verify/standard.ts';
import type { InteractionResult, SideResult } from '../verify/verdict.ts';
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
    const explanation =
      description === undefined
        ? (explanations.get(name) ?? explanations.get(`${name}, between the interactions`))
        : explanations.get(`${name}, "${description}"`);
    return [...(explanation?.sentences ?? []), `Fix: ${explanation?.fix ?? ''}`].join('\n');
  };
  // The trouble of a whole side: none of its interactions says it.
  if (part.interactions.length === 0 || (part.verdict === 'error' && part.reason !== undefined)) {
    suite
      .testCase()
      .className(name)
      .name('connection')
      .error(part.reason ?? 'no interaction was run', 'error', textOf());
  }
  for (const { title, message } of part.strays ?? []) {
    suite.testCase().className(name).name(`between the interactions: ${title}`).failure(message, 'contract');
  }
  for (const { rule, sentence } of faults(part.between)) {
    suite.testCase().className(name).name(`between the interactions: ${rule.id}`).failure(sentence, 'standard');
  }
  for (const result of part.interactions) {
    const { description, verdict, reason, durationMs } = result;
    const testCase = suite
      .testCase()
      .className(name)
      .name(description)
      .time(durationMs / 1000);
    if (verdict === 'failed') testCase.failure(...failureOf(result)).stacktrace(textOf(description));
    if (verdict === 'error') testCase.error(reason ?? 'error', 'harness', textOf(description));
    if (verdict === 'skipped') testCase.skipped().standardOutput(reason ?? '');
  }
}

/** The first thing that is wrong, and whether the contract or only the standard of the protocol asks for it. */
function failureOf({ mismatches, standard }: InteractionResult): [message: string, type: string] {
  const [mismatch] = mismatches;
  if (mismatch !== undefined) return [mismatch.message, 'contract'];
  return [faults(standard)[0]?.sentence ?? 'failed', 'standard'];
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
