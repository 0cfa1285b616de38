import type { Contract } from '../../contracts/contract.ts';
import { rowOf } from '../../contracts/parts.ts';
import { type AdapterOptions, adapterFor } from '../../mocks/registry.ts';
import { UsageError } from '../errors.ts';

/**
 * What `--codec` asks of the adapters. The codec is loaded here once, so that a bad one is said before anything starts.
 * @throws {UsageError} when none of the contracts is about TCP; what the TCP adapter throws when the codec cannot be had
 */
export async function adapterOptions(
  contracts: readonly Contract[],
  { codec }: { codec?: string },
): Promise<AdapterOptions> {
  if (codec === undefined) return {};
  if (!contracts.some((contract) => rowOf(contract).protocol === 'TCP')) {
    throw new UsageError('--codec is for TCP messages, and none of the connections asked for is TCP; leave it out');
  }
  await adapterFor('TCP', { codec });
  return { codec };
}
