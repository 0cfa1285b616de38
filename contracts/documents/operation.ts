import { STATUS_CODES } from 'node:http';
import { systemSlug } from '../architecture.ts';
import type { Json } from '../matchers.ts';
import { isArray } from '../matching/values.ts';
import { contentOf, type Sample } from './content.ts';
import type { Exchange } from './exchanges.ts';
import { namedHeaders, parametersOf } from './parameters.ts';
import { below, type Place } from './schema.ts';
import { schemesOf } from './security.ts';
import { sourceOf } from './source.ts';

type Part = { [field: string]: Json };

/** One operation of a document: all exchanges of one method and one path. At least one of them has a request. */
export function operationOf(exchanges: readonly Exchange[]): Part {
  const asked = exchanges.filter(({ request }) => request !== undefined);
  const requests = asked.flatMap(({ request }) => request ?? []);
  const [first] = asked.filter(({ interaction }) => interaction.negative === undefined).concat(asked) as [Exchange];
  const parameters = parametersOf(exchanges, requests);
  const security = securityOf(requests);
  return {
    operationId: systemSlug(`${first.method} ${first.path.template}`),
    summary: first.interaction.description,
    ...(security === undefined ? {} : { security }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...requestBodyOf(asked),
    responses: responsesOf(exchanges),
    'x-voxpact': sourceOf(exchanges),
  };
}

/** What each request proves itself by; undefined where none does. */
function securityOf(requests: readonly Place[]): Json[] | undefined {
  const schemes = [...new Set(requests.map((request) => schemesOf(request).join(' ')))].sort().reverse();
  if (schemes.every((names) => names === '')) return undefined;
  return schemes.map((names) => Object.fromEntries(names === '' ? [] : names.split(' ').map((name) => [name, []])));
}

function sample(exchange: Exchange, message: Place): Sample {
  return { name: exchange.name, summary: exchange.interaction.description, message };
}

function requestBodyOf(exchanges: readonly Exchange[]): Part {
  const samples = exchanges.flatMap((exchange) => (exchange.request ? [sample(exchange, exchange.request)] : []));
  const content = contentOf(samples);
  if (content === undefined) return {};
  const required = samples.every(({ message }) => below(message, 'body') !== undefined);
  return { requestBody: { required, content } };
}

/** A response counts for every status that it stands for: a tool looks for the exact status first, then for its class. */
function responsesOf(exchanges: readonly Exchange[]): Part {
  const all = exchanges.map((exchange) => ({ exchange, statuses: statusesOf(exchange.response) }));
  const keys = [...new Set(all.flatMap(({ statuses }) => statuses))].sort();
  const answered = (key: string) =>
    all.filter(({ statuses }) => statuses.some((each) => isCovered(key, each))).map(({ exchange }) => exchange);
  return Object.fromEntries(keys.map((key) => [key, responseOf(key, answered(key))]));
}

function isCovered(status: string, by: string): boolean {
  return by === status || by === 'default' || by === `${status[0]}XX`;
}

function responseOf(status: string, exchanges: readonly Exchange[]): Part {
  const messages = exchanges.map(({ response }) => response);
  const headers = namedHeaders(messages).map(({ name, ...header }) => [name, header] as const);
  const content = contentOf(exchanges.map((exchange) => sample(exchange, exchange.response)));
  return {
    description: STATUS_CODES[status] ?? (status === 'default' ? 'Any other status' : `Any status ${status}`),
    ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }),
    ...(content === undefined ? {} : { content }),
  };
}

/** How OpenAPI writes the classes of statuses that a matcher may name. */
const classes: Readonly<Record<string, readonly string[]>> = {
  info: ['1XX'],
  success: ['2XX'],
  redirect: ['3XX'],
  clientError: ['4XX'],
  serverError: ['5XX'],
  nonError: ['1XX', '2XX', '3XX'],
  error: ['4XX', '5XX'],
};

/** The statuses for which a response stands. */
function statusesOf(response: Place): string[] {
  const { example, scope } = below(response, 'status') as Place;
  const [rule] = scope.rules;
  if (rule === undefined) return [String(example)];
  const { status } = rule.json;
  if (isArray(status)) return status.map(String);
  return [...(classes[String(status)] ?? ['default'])];
}
