import { type Connection, type SystemName, systemSlug } from '../../contracts/architecture.ts';
import type { Contract } from '../../contracts/contract.ts';
import { rowOf } from '../../contracts/parts.ts';
import type { Address } from '../../mocks/adapter.ts';
import { isDialled } from '../../mocks/registry.ts';
import { formatAddress } from '../address.ts';
import { type Control, openControl } from '../control.ts';
import { UsageError } from '../errors.ts';
import { type Caller, startCallers } from '../peers/callers.ts';
import { Destinations } from '../peers/destinations.ts';
import { parseSystem } from '../selection.ts';
import { adapterOptions } from './codec.ts';
import type { CommandContext, ExitCode } from './context.ts';
import { logExchanges } from './exchange-log.ts';
import { startNote } from './start-note.ts';

export interface ServeCommandOptions {
  /** Where to listen: a loopback address unless told otherwise. */
  host: string;
  /** `documented` takes the table's ports, `ephemeral` any that are free. */
  ports: string;
  /** The module of the codec that TCP mocks speak; the default one when absent. */
  codec?: string;
}

/** The systems whose stand-in is the real software. */
const realSystems: readonly SystemName[] = [
  'Redis',
  'Kafka',
  'PostgreSQL',
  'Object storage',
  'Voice SIP Proxy Service',
  'WebRTC Media Service',
  'Session Border Controller',
];

function listenAt({ host, ports }: ServeCommandOptions): (row: Connection, contract: Contract) => Address {
  if (ports === 'ephemeral') return () => ({ host, port: 0 });
  if (ports !== 'documented') throw new UsageError(`--ports is documented or ephemeral, not "${ports}"`);
  return (row, contract) => ({ host, port: contract.port ?? row.port.ports[0] ?? 0 });
}

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    // Holds the process open: a SIP mock has no handle of its own in this process.
    const alive = setInterval(() => {}, 60_000);
    signal.addEventListener('abort', () => {
      clearInterval(alive);
      resolve();
    });
  });
}

/** @param at where it listens; `-` where it does not */
function line({ system, protocol, contracts }: Caller, at: string, control: Control): string {
  const numbers = contracts.map(({ connection, part }) =>
    part === undefined ? connection : `${connection}.${part.name}`,
  );
  return [systemSlug(system), at, `control ${control.url}`, protocol, `connections ${numbers.join(', ')}`].join('\t');
}

async function serveSystems(
  systems: readonly SystemName[],
  options: ServeCommandOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const all = await context.contracts(context.contracted(systems));
  const contracts = all.filter((contract) => systems.includes(rowOf(contract).listens));
  const dials = all.filter((contract) => isDialled(contract) && systems.includes(rowOf(contract).dials));
  const known = [
    ...contracts.map((contract) => rowOf(contract).listens),
    ...dials.map((contract) => rowOf(contract).dials),
  ];
  const without = systems.filter((system) => !known.includes(system));
  if (without.length > 0)
    throw new UsageError(`there is no contract that ends at ${without.join(', ')}; see "voxpact list"`);
  const { signal } = context;
  const destinations = await Destinations.start({
    contracts,
    signal,
    adapterOptions: await adapterOptions(contracts, options),
    listenAt: listenAt(options),
    sharesWorlds: true,
    relays: true,
    dials,
    onProgress: startNote(context),
  });
  const controls: Control[] = [];
  const callers: Caller[] = [];
  try {
    if (destinations.absent.length > 0) return 2;
    callers.push(...(await startCallers(dials, destinations.up)));
    for (const destination of destinations.up) {
      const ports = destinations.up.filter((each) => each !== destination && each.system === destination.system);
      const control = await openControl(
        destination.server,
        ports.map(({ server }) => server),
      );
      controls.push(control);
      context.print(line(destination, formatAddress(destination.server.address, destination.protocol), control));
    }
    for (const caller of callers) {
      const control = await openControl(caller.server);
      controls.push(control);
      context.print(line(caller, '-', control));
    }
    context.note('up; Ctrl-C stops everything');
    const stopLog = logExchanges([...destinations.up, ...callers], context.note);
    await untilAborted(signal);
    stopLog();
    return 0;
  } finally {
    await Promise.all(controls.map((control) => control.close()));
    await Promise.all(callers.map(({ server }) => server.close()));
    await destinations.close();
  }
}

/** `voxpact mock SERVICE...`: stands in for services until Ctrl-C. */
export function mock(words: string[], options: ServeCommandOptions, context: CommandContext): Promise<ExitCode> {
  return serveSystems(words.map(parseSystem), options, context);
}

/** `voxpact peers`: runs the real servers (Redis, Kafka, PostgreSQL, object storage, SIPp, Kamailio) until Ctrl-C. */
export function peers(options: ServeCommandOptions, context: CommandContext): Promise<ExitCode> {
  return serveSystems(realSystems, options, context);
}
