import { readFileSync } from 'node:fs';
import { Eta } from 'eta';
import { connections } from '../../contracts/architecture.ts';
import { connectionVerdict, type Run } from '../verify/run.ts';
import { coverageOf, timesExercised } from './coverage.ts';
import { explain, ladderOf } from './explain.ts';
import { contractCounts, verifyJson } from './json.ts';
import { ladderSvg } from './ladder.ts';
import { brokenText, standardsOf } from './standards.ts';
import { wholeResults } from './whole.ts';

const template = new URL('./report.eta', import.meta.url);

/** A run as one HTML page that needs nothing else: all 60 rows, the verdicts, and what to do about the bad ones. */
export function htmlPage(run: Run): string {
  const results = wholeResults(run.connections);
  const rows = connections.map((row) => {
    const parts = run.connections.filter(({ contract }) => contract.connection === row.number);
    const result = results.find(({ contract }) => contract.connection === row.number);
    return {
      row,
      result,
      verdict: result === undefined ? undefined : connectionVerdict(result),
      counts: contractCounts(result?.contract),
      sides: [
        ['destination', result?.destination],
        ['source', result?.source],
      ],
      explanations: parts.flatMap(explain),
    };
  });
  return new Eta({ autoTrim: false }).renderString(readFileSync(template, 'utf8'), {
    run,
    rows,
    json: verifyJson(run),
    coverage: coverageOf(run),
    standards: standardsOf(run),
    brokenText,
    ladderOf,
    ladderSvg,
    timesExercised,
  });
}
