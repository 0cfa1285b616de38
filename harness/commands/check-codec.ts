import { checkCodec } from '../../mocks/protocols/tcp/conformance.ts';
import { loadCodec } from '../../mocks/protocols/tcp/load-codec.ts';
import { tabulate } from '../report/text.ts';
import type { CommandContext, ExitCode } from './context.ts';

export interface CheckCodecOptions {
  json?: boolean;
}

/**
 * `voxpact codec FILE`: tries a codec of TCP messages on everything that the contracts and a stream may ask of it.
 * @returns 0 when it keeps all that a codec promises, else 1
 */
export async function checkCodecFile(
  file: string,
  { json }: CheckCodecOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const findings = checkCodec(await loadCodec(file), await context.contracts());
  if (json) context.print(JSON.stringify({ schema: 'voxpact/codec/1', findings }, null, 2));
  else {
    const rows = findings.map(({ check, passed, message }) => [check, passed ? 'passed' : 'failed', message]);
    context.print(tabulate(['check', 'verdict', 'finding'], rows, context));
  }
  return findings.every(({ passed }) => passed) ? 0 : 1;
}
