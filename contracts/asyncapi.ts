import { systemSlug } from './architecture.ts';
import type { Contract } from './contract.ts';
import { anyOf } from './documents/merge.ts';
import { kafkaMessages, type Message, type Messages, redisMessages } from './documents/messages.ts';
import { documentVersion, exampleName, inOrder, license, type Omitted, sourceOf } from './documents/source.ts';
import type { Json } from './matchers.ts';
import { portOf, rowOf } from './parts.ts';

type Part = { [field: string]: Json };

/** An AsyncAPI document, as far as we write it. Source: AsyncAPI Specification 3.0. */
export interface AsyncApiDocument {
  asyncapi: '3.0.0';
  info: { title: string; version: string; description: string; license: Json };
  defaultContentType: 'application/json';
  servers: Part;
  channels: { [name: string]: Part };
  operations: Part;
  'x-voxpact': { omitted: readonly Omitted[] };
}

/** What is told of one kind of channels. */
interface Kind {
  title: string;
  description: string;
  /** The protocol as AsyncAPI names it. */
  protocol: 'kafka' | 'redis';
  isOf(contract: Contract): boolean;
  messagesOf(contract: Contract): Messages;
}

const kinds: Readonly<Record<string, Kind>> = {
  'kafka.json': {
    title: 'Kafka topics',
    description:
      'The records that the services write to Kafka and read from it. A key is text with a colon after the tenant; the order of records is kept within one key.',
    protocol: 'kafka',
    isOf: (contract) => rowOf(contract).protocol === 'Kafka',
    messagesOf: kafkaMessages,
  },
  'redis-streams.json': {
    title: 'Redis streams',
    description:
      'The entries that the services append to streams of Redis (XADD) and read from them. All fields of an entry are text; objects and lists are JSON in it.',
    protocol: 'redis',
    isOf: (contract) => rowOf(contract).protocol === 'Redis',
    messagesOf: redisMessages,
  },
};

/**
 * Writes the contracts of Kafka and of the streams of Redis as AsyncAPI documents, one for each of the two, in an order that
 * depends on the contracts alone. A topic or a stream is a channel; what the system that opens a connection sends to a channel
 * or receives from it is an operation. What a document does not show is said in its `x-voxpact` with the reason.
 * @returns documents by file name
 * @throws {ContractError} when a contract's connection is not in the table
 */
export function toAsyncApi(contracts: readonly Contract[]): Map<string, AsyncApiDocument> {
  const sorted = inOrder(contracts);
  const documents = Object.entries(kinds).map(([name, kind]) => {
    const own = sorted.filter(kind.isOf);
    return [name, own.length === 0 ? [] : [documentOf(kind, own)]] as const;
  });
  return new Map(documents.flatMap(([name, made]) => made.map((document) => [name, document] as const)));
}

function documentOf(kind: Kind, contracts: readonly Contract[]): AsyncApiDocument {
  const all = contracts.map(kind.messagesOf);
  const messages = all.flatMap((each) => each.messages);
  const operations = Map.groupBy(messages, operationName);
  return {
    asyncapi: '3.0.0',
    info: {
      title: kind.title,
      version: documentVersion,
      description: kind.description,
      license,
    },
    defaultContentType: 'application/json',
    servers: serversOf(kind, contracts),
    channels: byName(Map.groupBy(messages, channelName), channelOf),
    operations: byName(operations, operationOf),
    'x-voxpact': { omitted: all.flatMap(({ omitted }) => omitted) },
  };
}

function byName<T>(groups: ReadonlyMap<string, readonly Message[]>, make: (messages: readonly Message[]) => T) {
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([name, messages]) => [name, make(messages)]));
}

/** The ports of the connections table, on a host that stands for any. */
function serversOf({ protocol }: Kind, contracts: readonly Contract[]): Part {
  const ports = [...new Set(contracts.flatMap((contract) => portOf(contract) ?? []))];
  const description = 'The port is that of the connections table.';
  return Object.fromEntries(
    ports.map((port) => [`${protocol}-${port}`, { host: `${protocol}.example:${port}`, protocol, description }]),
  );
}

function channelName({ address }: Message): string {
  return systemSlug(address.template.replace(/\{\w+\}/g, ''));
}

function channelOf(messages: readonly Message[]): Part {
  const addresses = messages.map(({ address }) => address);
  const tags = [...new Set(addresses.flatMap(({ values }) => values.tenantHashTag ?? []))];
  return {
    address: addresses[0]?.template ?? '',
    ...(tags.length === 0 ? {} : { parameters: { tenantHashTag: { description: hashTag, examples: tags } } }),
    messages: byName(Map.groupBy(messages, messageName), messageOf),
  };
}

const hashTag = 'The UUID of the tenant in braces, which keeps the keys of a tenant together in a cluster of Redis.';

function messageName({ name }: Message): string {
  return name.replace(/[^\w.-]+/g, '-');
}

function messageOf(messages: readonly Message[]): Part {
  const [first] = messages as [Message];
  const headers = messages.flatMap((each) => each.headers ?? []);
  const keys = messages.flatMap((each) => each.key ?? []);
  const withoutHeaders = headers.length < messages.length ? [{ type: 'object' }] : [];
  return {
    name: first.name,
    ...(headers.length === 0 ? {} : { headers: anyOf([...headers.map(({ schema }) => schema), ...withoutHeaders]) }),
    payload: anyOf(messages.map(({ payload }) => payload.schema)),
    ...(keys.length === 0 ? {} : { bindings: { kafka: { key: anyOf(keys.map(({ schema }) => schema)) } } }),
    examples: examplesOf(messages),
    'x-voxpact': sourceOf(messages),
  };
}

/** One of each, by the interaction that has it first. */
function examplesOf(messages: readonly Message[]): Json[] {
  const shown = messages.map((message) => {
    const { headers, payload, interaction } = message;
    const content = { ...(headers === undefined ? {} : { headers: headers.example }), payload: payload.example };
    return { content, example: { name: exampleName(message), summary: interaction.description, ...content } };
  });
  const first = new Map(shown.toReversed().map(({ content, example }) => [JSON.stringify(content), example]));
  return [...first.values()].toReversed() as Json[];
}

function operationName(message: Message): string {
  const { contract, action } = message;
  const part = contract.part === undefined ? '' : `-${contract.part.name}`;
  const verb = action === 'send' ? 'sends-to' : 'receives-from';
  return `${String(contract.connection).padStart(2, '0')}${part}-${verb}-${channelName(message)}`;
}

function operationOf(messages: readonly Message[]): Part {
  const [first] = messages as [Message];
  const channel = `#/channels/${channelName(first)}`;
  const names = [...new Set(messages.map(messageName))].sort();
  const groups = [...new Set(messages.flatMap(({ group }) => group ?? []))];
  return {
    action: first.action,
    title: first.system,
    channel: { $ref: channel },
    messages: names.map((name) => ({ $ref: `${channel}/messages/${name}` })),
    ...(groups.length === 0 ? {} : { bindings: { kafka: { groupId: { type: 'string', enum: groups } } } }),
    'x-voxpact': sourceOf(messages),
  };
}
