import { existsSync } from 'node:fs';
import { type ProtocolName, systemSlug } from '../contracts/architecture.ts';
import type { Contract } from '../contracts/contract.ts';
import { rowOf } from '../contracts/parts.ts';
import type { Attachable, Carries, Dials, ProtocolAdapter, Relays, Respells, ServiceMock } from './adapter.ts';

/** The folder of each of the table's protocols below `mocks/protocols`. */
const protocolFolders: Readonly<Record<ProtocolName, string>> = {
  TCP: 'tcp',
  HTTP: 'http',
  HTTPS: 'http',
  Redis: 'redis',
  Kafka: 'kafka',
  Postgres: 'postgres',
  'SIP/TCP': 'sip',
  'SIP/UDP': 'sip',
};

/** The wires on which a system can be asked to open connections; their adapters have {@link Dials}. */
const dialledFolders: readonly string[] = ['sip'];

const fileEnding = import.meta.url.slice(-3);

/** What may be chosen about adapters. A wire that has no such choice takes no notice. */
export interface AdapterOptions {
  /** Path of the module that says how logical messages become bytes, from the working directory. */
  codec?: string;
}

type Adapter = ProtocolAdapter & Partial<Attachable & Respells & Carries & Relays & Dials>;

/**
 * The adapter of a protocol; loaded when first asked for, so that nobody waits for a wire that is not used.
 * @throws what the wire throws when it cannot be had with these options
 */
export async function adapterFor(protocol: ProtocolName, options: AdapterOptions = {}): Promise<Adapter> {
  const module = (await import(
    new URL(`./protocols/${protocolFolders[protocol]}/adapter${fileEnding}`, import.meta.url).href
  )) as { adapter: Adapter; adapterWith?(options: AdapterOptions): Promise<Adapter> };
  return (await module.adapterWith?.(options)) ?? module.adapter;
}

/** Whether the source of a contract can be asked to open its connections. */
export function isDialled(contract: Contract): boolean {
  return dialledFolders.includes(protocolFolders[rowOf(contract).protocol]);
}

/** Whether a mock that speaks one protocol speaks the other, too. */
export function isSameWire(one: ProtocolName, other: ProtocolName): boolean {
  return protocolFolders[one] === protocolFolders[other];
}

/** Whether a running server of the system can be watched, instead of one that is started. */
export function canAttach(adapter: Adapter, service: ServiceMock): adapter is ProtocolAdapter & Attachable {
  return adapter.attach !== undefined && (adapter.attaches?.(service) ?? true);
}

/** Whether the mock of a system can stand between others, and send on what it is asked. */
export function canRelay(adapter: Adapter, service: ServiceMock): adapter is ProtocolAdapter & Relays {
  return adapter.relays?.(service) ?? false;
}

/**
 * Where the mock lies that stands in for the destination of a contract: `mock.ts` in the system's folder. A system that is
 * several kinds of server has more than one there: `mock.<part>.ts` comes first, then `mock.<wire>.ts` (`mock.http.ts`).
 */
export function mockFile(contract: Contract): URL | undefined {
  const { listens, protocol } = rowOf(contract);
  const names = [contract.part?.name, protocolFolders[protocol]].filter((name) => name !== undefined);
  return [...names.map((name) => `mock.${name}`), 'mock']
    .map((name) => new URL(`./services/${systemSlug(listens)}/${name}${fileEnding}`, import.meta.url))
    .find((file) => existsSync(file));
}

/** The mock that stands in for the destination of a contract, or undefined when there is none. */
export async function serviceMock(contract: Contract): Promise<ServiceMock | undefined> {
  const file = mockFile(contract);
  if (file === undefined) return undefined;
  const module = (await import(file.href)) as { default: ServiceMock };
  return module.default;
}
