import { connections } from '../../contracts/architecture.ts';
import { listJson } from '../report/json.ts';
import { StoredReport } from '../report/stored.ts';
import { exercisedText, listText } from '../report/text.ts';
import type { CommandContext, ExitCode } from './context.ts';

export interface ListOptions {
  json?: boolean;
  /** The folder of an earlier run's reports. */
  report?: string;
}

/** `voxpact list`: the 60 rows and what is contracted of each; with a report, how often each interaction was exercised. */
export async function list({ json, report: folder }: ListOptions, context: CommandContext): Promise<ExitCode> {
  const contracts = await context.contracts();
  const report = folder === undefined ? undefined : StoredReport.read(folder);
  if (json) context.print(JSON.stringify(listJson(connections, contracts, report), null, 2));
  else if (report === undefined) context.print(listText(connections, contracts, context));
  else context.print(exercisedText(connections, contracts, report, context));
  return 0;
}
