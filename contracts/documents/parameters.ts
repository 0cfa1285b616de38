import type { Json } from '../matchers.ts';
import type { Exchange } from './exchanges.ts';
import { anyOf } from './merge.ts';
import { below, type Place, type Schema, schemaOf } from './schema.ts';

/** What several messages have under the names of one field (their headers, say). */
export interface Named {
  name: string;
  schema: Schema;
  /** Whether every message has it. */
  required: boolean;
}

/** The fields of messages by name, in the order of the names. */
export function namedFields(messages: readonly Place[], field: 'headers' | 'query'): Named[] {
  const holders = messages.map((message) => below(message, field));
  const names = new Set(holders.flatMap((holder) => Object.keys(holder?.example ?? {})));
  return [...names].sort().map((name) => {
    const places = holders.flatMap((holder) => (holder && below(holder, name)) ?? []);
    return { name, schema: anyOf(places.map(schemaOf)), required: places.length === messages.length };
  });
}

/** OpenAPI 3.1, Parameter Object: a parameter of such a name is ignored; their places are the media types and `security`. */
const elsewhere = new Set(['accept', 'content-type', 'authorization']);

/** The headers of messages that a document names one by one. */
export function namedHeaders(messages: readonly Place[]): Named[] {
  return namedFields(messages, 'headers').filter(({ name }) => !elsewhere.has(name));
}

/** The parameters of an operation. @param requests those that the operation describes */
export function parametersOf(exchanges: readonly Exchange[], requests: readonly Place[]): { [field: string]: Json }[] {
  const inPath = Object.keys(exchanges[0]?.path.values ?? {}).map((name) => {
    const seen = new Set(exchanges.flatMap(({ path }) => path.values[name] ?? []));
    return { name, in: 'path', required: true, schema: { type: 'string', examples: [...seen] } };
  });
  const named = (place: string, fields: readonly Named[]) =>
    fields.map(({ name, schema, required }) => ({ name, in: place, required, schema }));
  return [...inPath, ...named('query', namedFields(requests, 'query')), ...named('header', namedHeaders(requests))];
}
