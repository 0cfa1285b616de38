import type { Contract, Interaction } from '../../contracts/contract.ts';
import {
  type Address,
  type Exchange,
  LostConnectionError,
  type MockServer,
  type Observed,
  type ProtocolAdapter,
} from '../../mocks/adapter.ts';
import { sentenceOf } from '../errors.ts';
import { type SetState, tryInteraction } from './interaction.ts';
import { checkStandard, faults, ownFault } from './standard.ts';
import { Interludes, KnownMessages } from './strays.ts';
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

/** All that a destination recorded since an exchange id, as one run of messages. */
export function since(server: Pick<MockServer, 'exchanges'>, id: number): Observed {
  const exchanges: Exchange[] = server.exchanges().filter((exchange) => exchange.id > id);
  const failure = exchanges.find((exchange) => exchange.failure !== undefined)?.failure;
  const messages = exchanges.flatMap((exchange) => exchange.messages);
  return failure === undefined ? { messages } : { messages, failure };
}

interface SourceOptions extends SideOptions {
  /** The destination that the source talks to. */
  server: MockServer;
  /** Where the source is told to dial, with its login. */
  at: Address;
  exercise: Exercise;
  /** All contracts of the destination, of which others may be exercised by the way; this one alone when absent. */
  served?: readonly Contract[];
}

/**
 * Verifies a source: the harness is the destination, has the source exercised, and judges what it sent. What it sends
 * between interactions is judged too: it fails when it is in none of them.
 */
export async function verifySource(options: SourceOptions): Promise<SideResult> {
  const { contract, adapter, server, at, exercise, signal, served = [contract] } = options;
  const known = new KnownMessages(served, adapter.profile);
  // A destination that does not settle now does not do so for the first interaction either, which says it.
  await server.settled().catch(() => {});
  const interludes = new Interludes(server);
  const result = await each(options, (interaction) =>
    tryInteraction({
      contract,
      interaction,
      side: 'source',
      profile: adapter.profile,
      known,
      setState: (state) => server.setState(state),
      signal,
      run: async (values) => {
        await server.settled();
        const before = interludes.begin();
        let trouble: unknown;
        try {
          await exercise(interaction, at, values);
        } catch (error) {
          trouble = error;
        }
        try {
          await server.settled();
        } catch (error) {
          if (!(error instanceof LostConnectionError)) throw error;
          trouble = error;
        }
        const observed = since(server, before);
        interludes.end();
        return { ...observed, trouble };
      },
    }),
  );
  return signal.aborted ? result : await withInterludes(result, options, known, interludes);
}

async function withInterludes(
  result: SideResult,
  { contract, adapter, server }: SourceOptions,
  known: KnownMessages,
  interludes: Interludes,
): Promise<SideResult> {
  const parts: (Pick<SideResult, 'verdict'> & Partial<SideResult>)[] = [];
  await server.settled().catch((error: unknown) => parts.push({ verdict: 'error', reason: sentenceOf(error) }));
  const exchanges = interludes.exchanges();
  const strays = known.strays(exchanges);
  if (strays.length > 0) parts.push({ verdict: 'failed', strays });
  const messages = exchanges.flatMap((exchange) => exchange.messages);
  const between = checkStandard(adapter.profile, { contract, messages, values: {} }, 'source');
  if (faults(between).length > 0) parts.push({ verdict: 'failed' });
  const own = ownFault(between);
  if (own !== undefined) parts.push({ verdict: 'error', reason: own });
  return Object.assign({}, result, ...parts, between && { between }, { verdict: combine([result, ...parts]) });
}
