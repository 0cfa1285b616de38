import { contractedNumbers, loadContracts } from '../contracts/catalogue.ts';
import type { CommandContext } from '../harness/commands/context.ts';

/** The contracts as users have them, but as if nobody had written one for connection `missing`. */
export function catalogueWithout(missing?: number): Pick<CommandContext, 'contracts' | 'contracted'> {
  const contracted: CommandContext['contracted'] = (systems) =>
    contractedNumbers(systems).filter((number) => number !== missing);
  return {
    contracted,
    contracts: (numbers = contracted()) => loadContracts(numbers.filter((number) => number !== missing)),
  };
}
