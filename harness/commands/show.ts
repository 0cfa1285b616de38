import { rowOf } from '../../contracts/parts.ts';
import { serviceMock } from '../../mocks/registry.ts';
import { contractText } from '../report/contract-text.ts';
import { numbersOf, parseAsked, select } from '../selection.ts';
import type { CommandContext, ExitCode } from './context.ts';

/** `voxpact show 26`: what one connection promises, as a person reads it, a part after the other. */
export async function show(word: string, context: CommandContext): Promise<ExitCode> {
  const asked = [parseAsked(word)];
  for (const contract of select(await context.contracts(numbersOf(asked)), { asked })) {
    context.print(contractText(rowOf(contract), contract, await serviceMock(contract)));
  }
  return 0;
}
