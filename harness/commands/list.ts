import { connections } from '../../contracts/architecture.ts';
import { loadContracts } from '../../contracts/catalogue.ts';
import { listJson } from '../report/json.ts';
import { listText } from '../report/text.ts';
import type { CommandContext, ExitCode } from './context.ts';

/** `voxpact list`: the 60 rows and what is contracted of each. */
export async function list(options: { json?: boolean }, context: CommandContext): Promise<ExitCode> {
  const contracts = await loadContracts();
  if (options.json) context.print(JSON.stringify(listJson(connections, contracts), null, 2));
  else context.print(listText(connections, contracts, context));
  return 0;
}
