import type { Contract } from '../../contracts/contract.ts';
import { sentenceOf } from '../errors.ts';
import { type Destination, Destinations, type StartProgress } from '../peers/destinations.ts';
import { type Baseline, BaselineError, baselines } from './baseline.ts';
import { measureContract, type Strength } from './measure.ts';

export interface StrengthOptions {
  contracts: readonly Contract[];
  signal: AbortSignal;
  onProgress?: (progress: StartProgress) => void;
}

interface Recorded {
  contract: Contract;
  adapter: Destination['adapter'];
  baselines: Baseline[];
}

/** Connections that end at one server share its state, so they take turns; servers run side by side. */
async function recordAll(
  destinations: Destinations,
  signal: AbortSignal,
  onError: (sentence: string) => void,
): Promise<Recorded[]> {
  const byServer = await Promise.all(
    destinations.up.map(async (destination) => {
      const recorded: Recorded[] = [];
      for (const contract of destination.contracts) {
        const records: Baseline[] = [];
        for (const interaction of contract.interactions) {
          try {
            records.push(...(await baselines(destination, contract, interaction, signal)));
          } catch (error) {
            onError(sentenceOf(error));
          }
        }
        recorded.push({ contract, adapter: destination.adapter, baselines: records });
      }
      return recorded;
    }),
  );
  return byServer.flat();
}

/**
 * Measures how much a green verdict of each contract is worth. The destinations are started for it and stopped after it.
 * @returns one measure for each contract, by number
 * @throws {BaselineError} naming every destination and interaction that could not be had: what was not measured is not strong
 */
export async function measureStrength({ contracts, signal, onProgress }: StrengthOptions): Promise<Strength[]> {
  const destinations = await Destinations.start({ contracts, signal, ...(onProgress && { onProgress }) });
  const errors = destinations.absent.map(({ system, reason }) => `${system} could not be had: ${reason}`);
  let recorded: Recorded[];
  try {
    recorded = await recordAll(destinations, signal, (sentence) => errors.push(sentence));
  } finally {
    await destinations.close();
  }
  if (signal.aborted) throw new BaselineError('interrupted before everything was measured');
  if (errors.length > 0) throw new BaselineError(errors.join('\n'));
  // Only now: judging keeps the processor busy, and what is recorded above must come in time.
  const strengths: Strength[] = [];
  for (const { contract, adapter, baselines: records } of recorded) {
    strengths.push(await measureContract(contract, records, adapter));
  }
  return strengths.sort((a, b) => a.contract.connection - b.contract.connection);
}
