import type { Contract, Interaction } from '../../contracts/contract.ts';
import type { Address, Exchange, MockServer, Observed, ProtocolAdapter } from '../../mocks/adapter.ts';
import { type SetState, tryInteraction } from './interaction.ts';
import { combine, type InteractionResult, type SideResult } from './verdict.ts';

/** Called after each interaction, for progress. */
export type OnResult = (interaction: Interaction, result: InteractionResult) => void;

/** Makes a source under test carry out an interaction against the address; resolves when it has done so. */
export type Exercise = (
  interaction: Interaction,
  at: Address,
  values: Readonly<Record<string, string>>,
) => Promise<void>;

interface SideOptions {
  contract: Contract;
  adapter: ProtocolAdapter;
  signal: AbortSignal;
  onResult?: OnResult;
}

async function each(
  { contract, onResult }: SideOptions,
  check: (interaction: Interaction) => Promise<InteractionResult>,
): Promise<SideResult> {
  const interactions: InteractionResult[] = [];
  for (const interaction of contract.interactions) {
    const result = await check(interaction);
    interactions.push(result);
    onResult?.(interaction, result);
  }
  return { verdict: combine(interactions), interactions };
}

/** Verifies a destination: the harness plays the source of every interaction and judges what came back. */
export function verifyDestination(options: SideOptions & { at: Address; setState: SetState }): Promise<SideResult> {
  const { contract, adapter, at, setState, signal } = options;
  return each(options, (interaction) =>
    tryInteraction({
      contract,
      interaction,
      side: 'destination',
      profile: adapter.profile,
      setState,
      signal,
      run: (values) => adapter.play({ contract, interaction, values }, at, signal),
    }),
  );
}

/** All that was recorded since an exchange id, as one run of messages. */
function since(server: MockServer, id: number): Observed {
  const exchanges: Exchange[] = server.exchanges().filter((exchange) => exchange.id > id);
  const failure = exchanges.find((exchange) => exchange.failure !== undefined)?.failure;
  const messages = exchanges.flatMap((exchange) => exchange.messages);
  return failure === undefined ? { messages } : { messages, failure };
}

/** Verifies a source: the harness is the destination, has the source exercised, and judges what it sent. */
export function verifySource(options: SideOptions & { server: MockServer; exercise: Exercise }): Promise<SideResult> {
  const { contract, adapter, server, exercise, signal } = options;
  return each(options, (interaction) =>
    tryInteraction({
      contract,
      interaction,
      side: 'source',
      profile: adapter.profile,
      setState: (state) => server.setState(state),
      signal,
      run: async (values) => {
        await server.settled();
        const before = server.exchanges().at(-1)?.id ?? 0;
        await exercise(interaction, server.address, values);
        await server.settled();
        return since(server, before);
      },
    }),
  );
}
