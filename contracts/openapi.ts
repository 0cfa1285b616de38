import { systemSlug } from './architecture.ts';
import type { Contract } from './contract.ts';
import { type Exchange, exchangesOf, methods } from './documents/exchanges.ts';
import { operationOf } from './documents/operation.ts';
import { securitySchemes } from './documents/security.ts';
import { documentVersion, inOrder, license, type Omitted } from './documents/source.ts';
import type { Json } from './matchers.ts';
import { rowOf } from './parts.ts';

/** An OpenAPI document, as far as we write it. Source: OpenAPI Specification 3.1. */
export interface OpenApiDocument {
  openapi: '3.1.0';
  info: { title: string; version: string; description: string; license: Json };
  servers: { url: string; description: string }[];
  /** Nothing is needed but where an operation says so. */
  security: [];
  paths: { [path: string]: { [method: string]: Json } };
  components?: { securitySchemes: Json };
  'x-voxpact': { omitted: readonly Omitted[] };
}

/** What is known of one provider. */
interface Provider {
  name: string;
  exchanges: Exchange[];
  omitted: Omitted[];
}

/**
 * Writes the HTTP contracts as OpenAPI documents, one for each system that is asked, in an order that depends on the contracts
 * alone. Interactions of one method and path are one operation. What a document cannot express is left out, and said in its
 * `x-voxpact` with the reason.
 * @returns documents by file name
 * @throws {ContractError} when a contract's connection is not in the table, or a request has no response
 */
export function toOpenApi(contracts: readonly Contract[]): Map<string, OpenApiDocument> {
  const providers = new Map<string, Provider>();
  for (const contract of inOrder(contracts)) {
    const { protocol, destination: name } = rowOf(contract);
    if (protocol !== 'HTTP' && protocol !== 'HTTPS') continue;
    const provider = providers.get(name) ?? { name, exchanges: [], omitted: [] };
    providers.set(name, provider);
    const { exchanges, omitted } = exchangesOf(contract);
    provider.exchanges.push(...exchanges);
    provider.omitted.push(...omitted);
  }
  const documents = [...providers.values()].map((each) => [`${systemSlug(each.name)}.json`, documentOf(each)] as const);
  return new Map(documents.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function documentOf({ name, exchanges, omitted }: Provider): OpenApiDocument {
  const operations = [...Map.groupBy(exchanges, ({ method, path }) => `${path.template} ${method}`).values()];
  const described = operations.filter((operation) => operation.some(({ request }) => request !== undefined));
  const neverSent = operations.filter((operation) => !described.includes(operation)).flat();
  const servers = serversOf(exchanges);
  const paths = Map.groupBy(inMethodOrder(described), ([first]) => first?.path.template ?? '');
  return {
    openapi: '3.1.0',
    info: {
      title: name,
      version: documentVersion,
      description: `What the contracts of Voxpact promise of ${name}: the requests that its callers send, and what they rely on in its answers.`,
      license: { ...license, identifier: license.name },
    },
    servers,
    security: [],
    paths: Object.fromEntries(
      [...paths]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([path, all]) => [path, Object.fromEntries(all.map((each) => methodOf(each, servers.length > 1)))]),
    ),
    ...componentsOf(exchanges),
    'x-voxpact': { omitted: [...omitted, ...neverSent.map(neverSentOmitted)] },
  };
}

function inMethodOrder(operations: readonly Exchange[][]): Exchange[][] {
  const place = ([first]: readonly Exchange[]) => methods.indexOf(first?.method ?? '');
  return operations.toSorted((a, b) => place(a) - place(b));
}

/** @param ownServers true where not every operation is at every port of the provider */
function methodOf(exchanges: readonly Exchange[], ownServers: boolean): [string, Json] {
  const servers = ownServers ? { servers: serversOf(exchanges) as unknown as Json } : {};
  return [exchanges[0]?.method ?? '', { ...operationOf(exchanges), ...servers }];
}

/** The ports of the connections table, on a host that stands for any. */
function serversOf(exchanges: readonly Exchange[]): OpenApiDocument['servers'] {
  const addresses = exchanges.map(({ row, port }) => {
    const host = `${row.protocol.toLowerCase()}://${systemSlug(row.destination)}.example`;
    return port === undefined
      ? { url: host, description: 'The connections table prints no port.' }
      : { url: `${host}:${port}`, description: `Port ${port} is that of the connections table.` };
  });
  return [...new Map(addresses.map((address) => [address.url, address])).values()];
}

function componentsOf(exchanges: readonly Exchange[]): Pick<OpenApiDocument, 'components'> {
  const schemes = securitySchemes(exchanges.flatMap(({ request }) => (request === undefined ? [] : [request])));
  return Object.keys(schemes).length === 0 ? {} : { components: { securitySchemes: schemes } };
}

function neverSentOmitted({ connection, interaction }: Exchange): Omitted {
  const { description, only } = interaction;
  return { connection, description, reason: `no caller that keeps its contract asks for it: ${only?.reason}` };
}
