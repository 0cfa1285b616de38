import { connectionTitle, type SystemName } from '../../contracts/architecture.ts';
import type { Contract, Interaction, Side } from '../../contracts/contract.ts';
import { rowOf } from '../../contracts/parts.ts';
import type { Address } from '../../mocks/adapter.ts';
import { type AdapterOptions, adapterFor } from '../../mocks/registry.ts';
import { type Destination, Destinations, type StartProgress } from '../peers/destinations.ts';
import type { SetState } from './interaction.ts';
import type { Hole } from './require.ts';
import { type Exercise, verifyDestination, verifySource } from './sides.ts';
import { combine, type InteractionResult, type SideResult, type Verdict } from './verdict.ts';

/** How one connection ended, on the sides that were asked for. */
export interface ConnectionResult {
  contract: Contract;
  destination?: SideResult;
  source?: SideResult;
}

/** A finished verification. */
export interface Run {
  /** ISO 8601, UTC. */
  startedAt: string;
  durationMs: number;
  verdict: Verdict;
  /** Why the run as a whole came to nothing. */
  reason?: string;
  connections: readonly ConnectionResult[];
  /** The numbers of the table's connections that no contract is written for; absent where nobody looked. */
  withoutContract?: readonly number[];
  /** What is missing from a complete proof; absent where none was asked for. */
  holes?: readonly Hole[];
}

/** A destination that is not ours: where it is, and how its provider states are set. */
export interface ForeignDestination {
  at: Address;
  setState: SetState;
}

export interface RunOptions {
  contracts: readonly Contract[];
  sides: readonly Side[];
  /** The destination under test, when it is not the harness's own; it stands in for the mock of every contract given. */
  foreign?: ForeignDestination;
  /** How the source under test is exercised; the harness's own source when absent. */
  exercise?: Exercise;
  /** Real servers to use instead of starting them. */
  external?: ReadonlyMap<SystemName, Address>;
  adapterOptions?: AdapterOptions;
  signal: AbortSignal;
  onProgress?: (progress: StartProgress) => void;
  onResult?: (contract: Contract, side: Side, interaction: Interaction, result: InteractionResult) => void;
}

/** A run that came to no verdict on any connection: it was asked for what cannot be, or it did not finish. */
export function unproven(reason: string): Run {
  return { startedAt: new Date().toISOString(), durationMs: 0, verdict: 'error', reason, connections: [] };
}

function withReason(verdict: Verdict, reason: string): SideResult {
  return { verdict, reason, interactions: [] };
}

/** The harness's own source: it plays the interaction by the contract. */
function ownSource(contract: Contract, { adapter }: Pick<Destination, 'adapter'>, signal: AbortSignal): Exercise {
  return async (interaction, at, values) => {
    const { failure } = await adapter.play({ contract, interaction, values }, at, signal);
    if (failure !== undefined) throw failure;
  };
}

/** A foreign source gets no other login than its own; the harness's own one looks at the server as well. */
function sourceUnderTest(contract: Contract, destination: Destination, { exercise, signal }: RunOptions) {
  const { server } = destination;
  if (exercise === undefined) return { exercise: ownSource(contract, destination, signal), at: server.address };
  return { exercise, at: server.addressFor?.(contract) ?? server.address };
}

/** One destination under test has one set of provider states, so its connections take turns. */
async function verifyForeign(foreign: ForeignDestination, options: RunOptions): Promise<ConnectionResult[]> {
  const results: ConnectionResult[] = [];
  for (const contract of options.contracts) {
    const adapter = await adapterFor(rowOf(contract).protocol, options.adapterOptions);
    const common = reporting(contract, 'destination', options);
    results.push({ contract, destination: await verifyDestination({ contract, adapter, ...foreign, ...common }) });
  }
  return results;
}

function reporting(contract: Contract, side: Side, { signal, onResult }: RunOptions) {
  return {
    signal,
    ...(onResult && {
      onResult: (interaction: Interaction, result: InteractionResult) => onResult(contract, side, interaction, result),
    }),
  };
}

async function verifyOwn(contract: Contract, destination: Destination, options: RunOptions): Promise<ConnectionResult> {
  const { adapter, server } = destination;
  const result: ConnectionResult = { contract };
  if (options.sides.includes('destination')) {
    const setState: SetState = (state) => server.setState(state);
    const common = reporting(contract, 'destination', options);
    result.destination = await verifyDestination({ contract, adapter, at: server.address, setState, ...common });
  }
  if (options.sides.includes('source')) {
    result.source = await verifySource({
      contract,
      adapter,
      server,
      served: destination.contracts,
      ...sourceUnderTest(contract, destination, options),
      ...reporting(contract, 'source', options),
    });
  }
  return result;
}

async function verifyWithOwnDestinations(options: RunOptions): Promise<ConnectionResult[]> {
  const destinations = await Destinations.start(options);
  try {
    // Connections that end at one server share its state, so they take turns; servers run side by side.
    const byServer = await Promise.all(
      destinations.up.map(async (destination) => {
        const results: ConnectionResult[] = [];
        for (const contract of destination.contracts) results.push(await verifyOwn(contract, destination, options));
        return results;
      }),
    );
    const unproven = destinations.absent.flatMap(({ contracts, reason, otherKind }) =>
      contracts.map((contract) => {
        const result: ConnectionResult = { contract };
        for (const side of options.sides) result[side] = withReason(otherKind ? 'skipped' : 'error', reason);
        return result;
      }),
    );
    return [...byServer.flat(), ...unproven];
  } finally {
    await destinations.close();
  }
}

/** The parts of a connection that were asked for. */
export function sidesOf(result: ConnectionResult): SideResult[] {
  return [result.destination, result.source].filter((side) => side !== undefined);
}

/** The verdict of a connection over the sides that were asked for. */
export function connectionVerdict(result: ConnectionResult): Verdict {
  return combine(sidesOf(result));
}

/**
 * Verifies the contracts on the sides asked for. Destinations that are not under test are started for it and stopped
 * after it. It never throws for what a peer does: that is a verdict.
 */
export async function verify(options: RunOptions): Promise<Run> {
  const startedAt = new Date().toISOString();
  const start = performance.now();
  const connections = await (options.foreign === undefined
    ? verifyWithOwnDestinations(options)
    : verifyForeign(options.foreign, options));
  connections.sort((a, b) => a.contract.connection - b.contract.connection);
  const verdict = combine(connections.map((result) => ({ verdict: connectionVerdict(result) })));
  return {
    startedAt,
    durationMs: Math.round(performance.now() - start),
    verdict: verdict === 'skipped' ? 'error' : verdict,
    ...whyNothing(verdict, connections),
    connections,
  };
}

/** To skip one interaction is all right; a run that did nothing else, or nothing at all, proved nothing. */
function whyNothing(verdict: Verdict, connections: readonly ConnectionResult[]): { reason?: string } {
  if (connections.length === 0) return { reason: 'nothing was asked for; nothing was proven' };
  if (verdict !== 'skipped') return {};
  return { reason: 'every interaction that was asked for was skipped; nothing was proven' };
}

/** The line that stands in front of everything said about one side of a contract. */
export function sideTitle(contract: Contract, side: Side): string {
  return `${connectionTitle(rowOf(contract))}, ${side}`;
}
