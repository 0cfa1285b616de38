import { existsSync } from 'node:fs';
import { type ProtocolName, type SystemName, systemSlug } from '../contracts/architecture.ts';
import type { Attachable, ProtocolAdapter, ServiceMock } from './adapter.ts';

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

const fileEnding = import.meta.url.slice(-3);

/** The adapter of a protocol; loaded when first asked for, so that nobody waits for a wire that is not used. */
export async function adapterFor(protocol: ProtocolName): Promise<ProtocolAdapter & Partial<Attachable>> {
  const module = (await import(
    new URL(`./protocols/${protocolFolders[protocol]}/adapter${fileEnding}`, import.meta.url).href
  )) as { adapter: ProtocolAdapter & Partial<Attachable> };
  return module.adapter;
}

/** The mock of a system, or undefined when it has none. */
export async function serviceMock(system: SystemName): Promise<ServiceMock | undefined> {
  const file = new URL(`./services/${systemSlug(system)}/mock${fileEnding}`, import.meta.url);
  if (!existsSync(file)) return undefined;
  const module = (await import(file.href)) as { default: ServiceMock };
  return module.default;
}
