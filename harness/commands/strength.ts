import { strengthJson } from '../report/strength-json.ts';
import {
  freeText,
  isStrong,
  nearMissText,
  refusalsText,
  strengthTable,
  strengthTotals,
  survivorsText,
} from '../report/strength-text.ts';
import { numbersOf, parseAsked, select } from '../selection.ts';
import type { Strength } from '../strength/measure.ts';
import { measureStrength } from '../strength/run.ts';
import type { CommandContext, ExitCode } from './context.ts';
import { startNote } from './start-note.ts';

export interface StrengthCommandOptions {
  json?: boolean;
  nearMiss?: boolean;
}

function printText(strengths: readonly Strength[], nearMiss: boolean, context: CommandContext): void {
  context.print(strengthTable(strengths, context));
  const parts = [survivorsText(strengths), refusalsText(strengths), freeText(strengths)];
  if (nearMiss) parts.push(nearMissText(strengths, context));
  for (const part of parts) if (part !== '') context.print(`\n${part}`);
  context.print(`\n${strengthTotals(strengths)}`);
}

/**
 * `voxpact strength`: breaks what a kept contract exchanges, one way at a time, and counts what the judge sees.
 * @returns 0 when every break is seen and every tolerant change borne, else 1
 */
export async function strength(
  words: string[],
  { json, nearMiss = false }: StrengthCommandOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const asked = words.map(parseAsked);
  const contracts = select(await context.contracts(numbersOf(asked)), { asked });
  const strengths = await measureStrength({ contracts, signal: context.signal, onProgress: startNote(context) });
  if (json) context.print(JSON.stringify(strengthJson(strengths, { nearMiss }), null, 2));
  else printText(strengths, nearMiss, context);
  return isStrong(strengths) ? 0 : 1;
}
