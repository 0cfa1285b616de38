import { connectionTitle } from '../../contracts/architecture.ts';
import type { Contract, Interaction, Side } from '../../contracts/contract.ts';
import { judge, type ObservedMessage } from '../../contracts/conversation.ts';
import { rowOf } from '../../contracts/parts.ts';
import type { Observed } from '../../mocks/adapter.ts';
import type { Destination } from '../peers/destinations.ts';
import { tryInteraction } from '../verify/interaction.ts';
import { since } from '../verify/sides.ts';

/** What a source and a destination that keep the contract exchanged, as one side's judge sees it. */
export interface Baseline {
  interaction: Interaction;
  /** The side whose messages are broken, one way at a time. */
  side: Side;
  messages: readonly ObservedMessage[];
  /** What the provider states gave. */
  values: Readonly<Record<string, string>>;
}

/** An interaction that could not be had on the wire, or broke its contract though nobody had broken it. */
export class BaselineError extends Error {
  override name = 'BaselineError';
}

interface Seen {
  values: Baseline['values'];
  /** By the one who played the source. */
  played: Observed;
  /** By the destination. */
  recorded: Observed;
}

/** The sides of an interaction that can be judged. */
export function judgedSides({ only }: Interaction): Side[] {
  return only === undefined ? ['destination', 'source'] : [only.side];
}

async function playOnce(
  { adapter, server }: Destination,
  contract: Contract,
  interaction: Interaction,
  signal: AbortSignal,
): Promise<Seen> {
  const [side = 'destination'] = judgedSides(interaction);
  let seen: Seen | undefined;
  const { verdict, reason, mismatches } = await tryInteraction({
    contract,
    interaction,
    side,
    profile: adapter.profile,
    setState: (state) => server.setState(state),
    signal,
    run: async (values) => {
      await server.settled();
      const before = server.exchanges().at(-1)?.id ?? 0;
      const played = await adapter.play({ contract, interaction, values }, server.address, signal);
      await server.settled();
      seen = { values, played, recorded: since(server, before) };
      return side === 'destination' || played.failure !== undefined ? played : seen.recorded;
    },
  });
  if (verdict === 'passed' && seen !== undefined) return seen;
  throw new BaselineError(reason ?? mismatches[0]?.message ?? 'nothing was exchanged');
}

function checked(baseline: Baseline, observed: Observed, destination: Destination): Baseline {
  const { interaction, side, messages, values } = baseline;
  if (observed.failure !== undefined) throw observed.failure;
  const [mismatch] = judge(interaction, messages, destination.adapter.profile, side, values);
  if (mismatch !== undefined) throw new BaselineError(mismatch.message);
  return baseline;
}

/**
 * Plays an interaction once on the real wire, between the harness's own source and the destination given.
 * @returns a record for each side that can be judged; both keep the contract
 * @throws {BaselineError} naming connection and interaction when it could not be had; then nothing can be said of its strength
 */
export async function baselines(
  destination: Destination,
  contract: Contract,
  interaction: Interaction,
  signal: AbortSignal,
): Promise<Baseline[]> {
  try {
    const { values, played, recorded } = await playOnce(destination, contract, interaction, signal);
    return judgedSides(interaction).map((side) => {
      const observed = side === 'destination' ? played : recorded;
      return checked({ interaction, side, messages: observed.messages, values }, observed, destination);
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const where = `${connectionTitle(rowOf(contract))}, "${interaction.description}"`;
    throw new BaselineError(`${where}: no record of a kept contract could be had: ${reason}`, { cause });
  }
}
