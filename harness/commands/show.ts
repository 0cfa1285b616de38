import { connectionByNumber } from '../../contracts/architecture.ts';
import { loadContracts } from '../../contracts/catalogue.ts';
import { serviceMock } from '../../mocks/registry.ts';
import { contractText } from '../report/contract-text.ts';
import { parseNumber, select } from '../selection.ts';
import type { CommandContext, ExitCode } from './context.ts';

/** `voxpact show 26`: one contract as a person reads it. */
export async function show(word: string, context: CommandContext): Promise<ExitCode> {
  const number = parseNumber(word);
  const [contract] = select(await loadContracts(), { numbers: [number] });
  const row = connectionByNumber(number);
  if (contract === undefined || row === undefined) return 2;
  context.print(contractText(row, contract, await serviceMock(row.listens)));
  return 0;
}
