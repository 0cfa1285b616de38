import type { Connection, ProtocolName, SystemName } from '../../contracts/architecture.ts';
import type { Contract } from '../../contracts/contract.ts';
import { portOf, rowOf } from '../../contracts/parts.ts';
import {
  type Address,
  type Attachable,
  type Carries,
  type End,
  type MockServer,
  OtherKindError,
  type ProtocolAdapter,
  type Relays,
  type Respells,
  type ServeOptions,
  type ServiceMock,
} from '../../mocks/adapter.ts';
import {
  type AdapterOptions,
  adapterFor,
  canAttach,
  canRelay,
  isSameWire,
  mockFile,
  serviceMock,
} from '../../mocks/registry.ts';
import { sentenceOf } from '../errors.ts';

/** A destination that is up: a mock, a real server that was started, or one that was there already. */
export interface Destination {
  system: SystemName;
  protocol: ProtocolName;
  adapter: ProtocolAdapter & Partial<Attachable & Respells & Carries & Relays>;
  contracts: readonly Contract[];
  server: MockServer;
}

/** A destination that could not be had. */
export interface AbsentDestination {
  system: SystemName;
  protocol: ProtocolName;
  contracts: readonly Contract[];
  reason: string;
  /** What runs at its address is of another kind, so its contracts do not apply. */
  otherKind?: true;
}

export interface StartProgress {
  system: SystemName;
  protocol: ProtocolName;
  state: 'starting' | 'ready' | 'failed';
  /** Milliseconds since the start of this destination. */
  elapsedMs: number;
  detail?: string;
}

export interface StartOptions {
  contracts: readonly Contract[];
  /** Running servers to watch instead of starting one, by system. */
  external?: ReadonlyMap<SystemName, Address>;
  adapterOptions?: AdapterOptions;
  /**
   * Whether the ports of one mock share what it knows, as those of a real service do. A verification keeps them apart, since
   * it sets provider states on them side by side.
   */
  sharesWorlds?: boolean;
  /**
   * Whether a mock that can stand between others sends on to those of the run, as a real service does. A verification has it play
   * them itself, so that each connection is judged alone.
   */
  relays?: boolean;
  /** Contracts whose connections the destinations may be asked to open, each of the system that is its source. */
  dials?: readonly Contract[];
  /** Where to listen; any free loopback port when absent. */
  listenAt?: (row: Connection, contract: Contract) => Address;
  signal: AbortSignal;
  onProgress?: (progress: StartProgress) => void;
}

interface Group {
  system: SystemName;
  protocol: ProtocolName;
  contracts: Contract[];
}

/** One destination serves all connections that end at the same port of the same system, over the same protocol. */
function groups(contracts: readonly Contract[]): Group[] {
  const byListener = new Map<string, Group>();
  for (const contract of contracts) {
    const { listens: system, protocol } = rowOf(contract);
    const key = [mockFile(contract)?.href ?? system, protocol, portOf(contract)].join(' ');
    const group = byListener.get(key) ?? { system, protocol, contracts: [] };
    group.contracts.push(contract);
    byListener.set(key, group);
  }
  return [...byListener.values()];
}

type WorldOf = (system: SystemName) => unknown;

/**
 * What the mocks of a run know, one world a mock, made when it is first asked for; a mock whose world is not its own to share makes
 * one itself.
 */
class Worlds {
  readonly #services: readonly ServiceMock[];
  readonly #worlds = new Map<ServiceMock, unknown>();

  constructor(services: readonly ServiceMock[]) {
    this.#services = services;
  }

  of(service: ServiceMock): unknown {
    const { createWorld } = service as ServiceMock & { createWorld?(worldOf: WorldOf): unknown };
    if (!this.#worlds.has(service))
      this.#worlds.set(
        service,
        createWorld?.((system) => this.#ofSystem(system)),
      );
    return this.#worlds.get(service);
  }

  #ofSystem(system: SystemName): unknown {
    const service = this.#services.find((each) => each.system === system);
    return service && this.of(service);
  }
}

/** The running destinations of the connections that a system opens with an adapter. */
type Ends = (system: SystemName, adapter: Destination['adapter']) => Promise<End[]>;

async function start(group: Group, options: StartOptions, worlds: Worlds, endsOf: Ends): Promise<Destination> {
  const { system, protocol, contracts } = group;
  const { external, signal, listenAt, adapterOptions, dials = [] } = options;
  const first = contracts[0] as Contract;
  const [adapter, service] = await Promise.all([adapterFor(protocol, adapterOptions), serviceMock(first)]);
  if (service === undefined) throw new Error(`there is no mock of ${system}`);
  const at = external?.get(system);
  if (at !== undefined) {
    if (!canAttach(adapter, service)) {
      throw new Error(`${system} cannot be used at an address: only Redis, Kafka, PostgreSQL and object storage can`);
    }
    return { system, protocol, adapter, contracts, server: await adapter.attach({ contracts, service, at, signal }) };
  }
  const listen = listenAt?.(rowOf(first), first) ?? { host: '127.0.0.1', port: 0 };
  const world = options.sharesWorlds ? { world: worlds.of(service) } : {};
  const dialled = dials.filter((contract) => {
    const row = rowOf(contract);
    return row.dials === system && isSameWire(row.protocol, protocol);
  });
  const serving: ServeOptions = { contracts, service, listen, signal, dials: dialled, ...world };
  const server =
    options.relays && canRelay(adapter, service)
      ? await serveBetween(adapter, serving, await endsOf(system, adapter))
      : await adapter.serve(serving);
  return { system, protocol, adapter, contracts, server };
}

/** Alone, even who can stand between others plays them itself. */
function serveBetween(adapter: ProtocolAdapter & Relays, options: ServeOptions, ends: End[]): Promise<MockServer> {
  return ends.length > 0 ? adapter.serveBetween({ ...options, ends }) : adapter.serve(options);
}

/** All destinations of a run. */
export class Destinations {
  readonly up: readonly Destination[];
  readonly absent: readonly AbsentDestination[];

  private constructor(up: readonly Destination[], absent: readonly AbsentDestination[]) {
    this.up = up;
    this.absent = absent;
  }

  /** Starts the destinations of the contracts in parallel. One that fails is listed as absent; the others go on. */
  static async start(options: StartOptions): Promise<Destinations> {
    const up: Destination[] = [];
    const absent: AbsentDestination[] = [];
    const all = groups(options.contracts);
    const services = await Promise.all(all.map(({ contracts }) => serviceMock(contracts[0] as Contract)));
    const worlds = new Worlds(services.filter((service) => service !== undefined));
    const startOne = async (group: Group): Promise<Destination | undefined> => {
      const { system, protocol, contracts } = group;
      const startedAt = performance.now();
      const tell = (state: StartProgress['state'], detail?: string) =>
        options.onProgress?.({
          system,
          protocol,
          state,
          elapsedMs: Math.round(performance.now() - startedAt),
          ...(detail === undefined ? {} : { detail }),
        });
      tell('starting');
      try {
        const destination = await start(group, options, worlds, endsOf);
        up.push(destination);
        tell('ready');
        return destination;
      } catch (error) {
        const reason = sentenceOf(error);
        const otherKind = error instanceof OtherKindError ? ({ otherKind: true } as const) : {};
        absent.push({ system, protocol, contracts, reason, ...otherKind });
        tell('failed', reason);
        return undefined;
      }
    };
    const starting = new Map<Group, Promise<Destination | undefined>>();
    const endsOf: Ends = async (system, adapter) => {
      const isEnd = (contract: Contract) => rowOf(contract).dials === system;
      const groupsOfEnds = all.filter(({ contracts }) => contracts.some(isEnd));
      const destinations = await Promise.all(groupsOfEnds.map((group) => starting.get(group)));
      return destinations
        .filter((destination) => destination !== undefined)
        .filter((destination) => destination.adapter === adapter)
        .flatMap(({ contracts, server }) =>
          contracts.filter(isEnd).map((contract) => ({ contract, at: server.address })),
        );
    };
    for (const group of all) starting.set(group, startOne(group));
    await Promise.all(starting.values());
    // Whichever was ready first, they are told in the order of their contracts.
    const place = ({ contracts }: { contracts: readonly Contract[] }) =>
      all.findIndex((group) => group.contracts === contracts);
    const inOrder = <T extends { contracts: readonly Contract[] }>(some: T[]) =>
      some.sort((a, b) => place(a) - place(b));
    return new Destinations(inOrder(up), inOrder(absent));
  }

  /** Stops everything that was started. */
  async close(): Promise<void> {
    const results = await Promise.allSettled(this.up.map(({ server }) => server.close()));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
}
