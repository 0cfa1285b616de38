import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Config, createConfig, lintFromString } from '@redocly/openapi-core';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { systemSlug } from './architecture.ts';
import { loadContracts } from './catalogue.ts';
import { assumed, type Contract, destination, type Interaction, source } from './contract.ts';
import { type Break, breaksBelow, breaksOf, broken, isRefused } from './documents/fixtures/breaks.ts';
import { formatDocument } from './documents/format.ts';
import { escaped } from './documents/pattern.ts';
import type { Schema } from './documents/schema.ts';
import { integer, type Json, regex, statusCode, string } from './matchers.ts';
import { type Compiled, compile } from './matching.ts';
import { type HttpPart, type HttpRequest, type HttpResponse, httpProfile, isHttpFault } from './messages/http.ts';
import { bodyKind } from './messages/http-body.ts';
import { type OpenApiDocument, toOpenApi } from './openapi.ts';
import { rowOf } from './parts.ts';
import { world } from './world.ts';

const contracts = await loadContracts();
const documents = toOpenApi(contracts);

interface MediaType {
  schema?: Schema;
  encoding?: Json;
  examples?: Record<string, { value: Json }>;
  'x-voxpact'?: { base64: Schema };
}
interface Field {
  name: string;
  in: string;
  required: boolean;
  schema: Schema;
}
interface Operation {
  operationId: string;
  servers?: { url: string }[];
  security?: Record<string, []>[];
  parameters?: Field[];
  requestBody?: { required: boolean; content: Record<string, MediaType> };
  responses: Record<
    string,
    { headers?: Record<string, Omit<Field, 'name' | 'in'>>; content?: Record<string, MediaType> }
  >;
  'x-voxpact': { connections: number[]; interactions: { description: string; basis: string }[] };
}

const json = { 'content-type': 'application/json' };
const basis = assumed('a test');

function contract(connection: number, ...interactions: Partial<Interaction>[]): Contract {
  return {
    connection,
    interactions: interactions.map((each) => ({ description: 'it', basis, given: [], steps: [], ...each })),
  };
}

function only(...of: Contract[]): OpenApiDocument {
  const [document] = toOpenApi(of).values();
  if (document === undefined) throw new RangeError('no document');
  return document;
}

test('the committed files are those that the contracts give; "npm run documents" writes them', () => {
  const folder = new URL('./openapi/', import.meta.url);
  expect(readdirSync(folder).sort()).toEqual([...documents.keys()]);
  const stale = [...documents].filter(
    ([name, each]) => readFileSync(new URL(name, folder), 'utf8') !== formatDocument(each),
  );
  expect(stale.map(([name]) => name)).toEqual([]);
  expect(documents.size).toBeGreaterThan(1);
});

test('the same contracts in another order give the same files', () => {
  const written = (files: ReturnType<typeof toOpenApi>) =>
    [...files].map(([name, file]) => name + formatDocument(file));
  expect(written(toOpenApi([...contracts].reverse()))).toEqual(written(documents));
});

test('a document has the version of the package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(new Set([...documents.values()].map(({ info }) => info.version))).toEqual(new Set([version]));
});

describe("Redocly's rules", () => {
  let config: Config;
  beforeAll(async () => {
    // A document shows the statuses that a contract is about, and no others.
    const rules = { 'operation-2xx-response': 'off', 'operation-4xx-response': 'off' } as const;
    config = await createConfig({ extends: ['recommended'], rules });
  });

  async function problems(document: object): Promise<string[]> {
    const found = await lintFromString({ source: JSON.stringify(document), absoluteRef: '/document.json', config });
    return found.map(({ ruleId, message, location }) => `${ruleId} ${location[0]?.pointer}: ${message}`);
  }

  test.each([...documents])('are kept by %s', async (_name, document) => {
    expect(await problems(document)).toEqual([]);
  });

  const path = `/tenants/${world.tenant.uuid}`;
  const steps = [
    source({ method: 'GET', path }),
    destination({ status: 200, headers: json, body: { id: integer(1) } }),
  ];
  const broken: [what: string, rule: string, (operation: Operation) => void][] = [
    [
      'a parameter without its place',
      'struct',
      (operation) => Reflect.deleteProperty(operation.parameters?.[0] ?? {}, 'in'),
    ],
    [
      'a path whose parameter is not declared',
      'path-parameters-defined',
      (operation) => Reflect.deleteProperty(operation, 'parameters'),
    ],
    [
      'an example that breaks its schema',
      'no-invalid-media-type-examples',
      (operation) => {
        const examples = operation.responses['200']?.content?.['application/json']?.examples ?? {};
        for (const example of Object.values(examples)) example.value = { id: 'one' };
      },
    ],
  ];
  test.each(broken)('are broken by %s', async (_what, rule, breakIt) => {
    const document = only(contract(26, { steps }));
    expect(await problems(document)).toEqual([]);
    breakIt(operationIn(document, 'get', path) as Operation);
    expect(await problems(document)).toContainEqual(expect.stringContaining(rule));
  });
});

/** The operation that a tool finds for a request: a path without parameters comes first (OpenAPI 3.1, Paths Object). */
function operationIn({ paths }: OpenApiDocument, method: string, path: string): Operation | undefined {
  const byTemplate = Object.keys(paths).find((template) => {
    const pattern = template
      .split(/\{\w+\}/)
      .map(escaped)
      .join('[^/]+');
    return new RegExp(`^${pattern}$`).test(path);
  });
  return paths[path in paths ? path : (byTemplate ?? '')]?.[method.toLowerCase()] as unknown as Operation | undefined;
}

const ajv = new Ajv2020({ strict: false });

function complaint(what: string, schema: Schema, value: unknown): string[] {
  return ajv.validate(schema, value) ? [] : [`${what} does not fit: ${JSON.stringify(value)}`];
}

type Message = HttpRequest | HttpResponse;

function mediaTypeOf({ headers }: Message): string {
  return (headers?.['content-type'] ?? 'text/plain').split(';')[0] ?? '';
}

/** A content type promises a body, but where the document says nothing of one, as for HEAD. */
function bodyComplaints(message: Message, content: Record<string, MediaType> = {}): string[] {
  const { body, headers } = message;
  const media = content[mediaTypeOf(message)];
  if (body === undefined) {
    const isPromised = headers?.['content-type'] !== undefined && Object.keys(media ?? {}).length > 0;
    return isPromised ? ['the body is missing'] : [];
  }
  if (media === undefined) return ['the media type is not there'];
  if (media['x-voxpact'] !== undefined) return complaint('the base64 text', media['x-voxpact'].base64, body);
  if (bodyKind(headers?.['content-type']) !== 'multipart') return complaint('the body', media.schema ?? {}, body);
  const parts = (body as unknown as HttpPart[]).map(({ name, body: content }) => [name, content]);
  return complaint('the parts', media.schema ?? {}, Object.fromEntries(parts));
}

function requestComplaints(operation: Operation, request: HttpRequest): string[] {
  const { query = {}, headers = {}, body } = request;
  const declared = operation.parameters ?? [];
  const unknown = Object.keys(query).filter(
    (name) => !declared.some((each) => each.in === 'query' && each.name === name),
  );
  const isAuthorizedAlways = operation.security?.every((schemes) => 'authorization' in schemes) === true;
  const needsAuthorization = isAuthorizedAlways && headers.authorization === undefined;
  const needsBody = operation.requestBody?.required === true && body === undefined;
  return [
    ...unknown.map((name) => `the query has ${name}`),
    ...declared.flatMap((each) =>
      each.in === 'path' ? [] : fieldComplaints(each, each.in === 'query' ? query[each.name] : headers[each.name]),
    ),
    ...(needsAuthorization ? ['the request has no authorization'] : []),
    ...(needsBody ? ['the request has no body'] : []),
    ...bodyComplaints(request, operation.requestBody?.content),
  ];
}

function fieldComplaints({ name, required, schema }: Omit<Field, 'in'>, value: Json | undefined): string[] {
  if (value === undefined) return required ? [`${name} is missing`] : [];
  return complaint(name, schema, value);
}

function responseComplaints(operation: Operation, response: HttpResponse): string[] {
  const {
    [response.status]: exact,
    [`${String(response.status)[0]}XX`]: ofClass,
    default: other,
  } = operation.responses;
  const documented = exact ?? ofClass ?? other;
  if (documented === undefined) return [`the status ${response.status} is not there`];
  const headers = Object.entries(documented.headers ?? {}).flatMap(([name, field]) =>
    fieldComplaints({ name, ...field }, response.headers?.[name]),
  );
  return [...headers, ...bodyComplaints(response, documented.content)];
}

/** One message of a contract at its place in a document. */
interface Placed {
  title: string;
  operation: Operation;
  side: 'source' | 'destination';
  compiled: Compiled;
  message: Message;
}

const complaintsOf = ({ operation, side }: Placed, message: Message) =>
  side === 'source'
    ? requestComplaints(operation, message as HttpRequest)
    : responseComplaints(operation, message as HttpResponse);

const isNeverSent = ({ negative, only }: Interaction) => negative === true && only?.side === 'destination';
const isShown = ({ steps }: Interaction) => !steps.some(({ content }) => isHttpFault(content));

function placedOf(contract: Contract, interaction: Interaction): Placed[] {
  const row = rowOf(contract);
  const document = documents.get(`${systemSlug(row.destination)}.json`) as OpenApiDocument;
  let operation: Operation | undefined;
  return interaction.steps.flatMap(({ from, content }) => {
    const compiled = compile(content);
    const message = compiled.example as unknown as Message;
    if ('method' in message) operation = operationIn(document, message.method, message.path);
    if (operation === undefined) return [];
    const title = `${row.number} ${interaction.description}, ${from}`;
    return from === 'source' && isNeverSent(interaction) ? [] : [{ title, operation, side: from, compiled, message }];
  });
}

const http = contracts.filter((each) => rowOf(each).protocol.startsWith('HTTP'));
const placed = http.flatMap((each) => each.interactions.filter(isShown).flatMap((one) => placedOf(each, one)));

describe('every interaction', () => {
  test('is in its document, or is said to be left out', () => {
    const all = http.flatMap((each) => each.interactions.map((one) => `${each.connection} ${one.description}`));
    const entries = [...documents.values()].flatMap(({ paths, 'x-voxpact': { omitted } }) => [
      ...omitted.map(({ connection, description }) => `${connection} ${description}`),
      ...Object.values(paths).flatMap((methods) =>
        Object.values(methods as unknown as Record<string, Operation>).flatMap((operation) =>
          operation['x-voxpact'].interactions.map(
            ({ description }, at) =>
              `${(operation['x-voxpact'].interactions as unknown as { connection: number }[])[at]?.connection} ${description}`,
          ),
        ),
      ),
    ]);
    expect(new Set(entries)).toEqual(new Set(all));
  });

  test('fits its document with its example', () => {
    expect(placed.length).toBeGreaterThan(0);
    expect(placed.flatMap((each) => complaintsOf(each, each.message).map((text) => `${each.title}: ${text}`))).toEqual(
      [],
    );
  });

  test('does not fit with an example that no interaction at its place allows', () => {
    const results = placed.flatMap(brokenResults);
    expect(results.filter(({ isRefused }) => !isRefused).map(({ what }) => what)).toEqual([]);
    const bodies = placed.filter(
      ({ message }) => bodyKind(message.headers?.['content-type']) === 'json' && message.body !== undefined,
    );
    const withRefused = new Set(results.map(({ title }) => title));
    expect(bodies.filter(({ title }) => !withRefused.has(title)).map(({ title }) => title)).toEqual([]);
    expect(bodies.length).toBeGreaterThan(0);
  });
});

/** OpenAPI has no place for what these headers hold. */
const unjudged = ['accept', 'authorization', 'content-type'];

/** What can be broken in a message. The parts of a multipart body are a list here and an object in a document. */
function breaksOfMessage(message: Message): Break[] {
  const { query = {} } = message as HttpRequest;
  const headers = Object.entries(message.headers ?? {}).filter(([name]) => !unjudged.includes(name));
  const isMultipart = mediaTypeOf(message).startsWith('multipart/');
  return [
    ...breaksBelow(query, ['query']),
    ...headers.flatMap(([name, value]) => breaksOf(value, ['headers', name])),
    ...(message.body === undefined || isMultipart ? [] : breaksOf(message.body, ['body'])),
  ];
}

function brokenResults(one: Placed): { title: string; what: string; isRefused: boolean }[] {
  const neighbours = placed.filter(({ operation, side }) => operation === one.operation && side === one.side);
  return breaksOfMessage(one.message).flatMap((at) => {
    const rivals = neighbours.filter((each) => isRival(one, each, at));
    if (!rivals.every(({ compiled, side }) => isRefused(compiled, httpProfile.strict[side], at))) return [];
    const message = broken(one.compiled.example, at) as unknown as Message;
    const what = `${one.title}: ${JSON.stringify(at)}`;
    return [{ title: one.title, what, isRefused: complaintsOf(one, message).length > 0 }];
  });
}

/** Whether a document has one schema for both at the break. */
function isRival(one: Placed, other: Placed, { path: [field] }: Break): boolean {
  const [a, b] = [one.message, other.message];
  if ('status' in a && 'status' in b && a.status !== b.status) return false;
  return field !== 'body' || (b.body !== undefined && mediaTypeOf(a) === mediaTypeOf(b));
}

describe('an operation', () => {
  const tenantPath = (uuid: string) => `/tenants/${uuid}/dn`;
  const get = (query: Record<string, string>, uuid: string = world.tenant.uuid) =>
    source({ method: 'GET', path: tenantPath(uuid), query });
  const answer = (body: Json, status = 200) => destination({ status, headers: json, body });

  test('is one for all interactions of a method and a path, with a parameter for each value of the world', () => {
    const document = only(
      contract(26, { description: 'one', steps: [get({ number: '12', all: 'yes' }), answer({ a: 1 })] }),
      contract(22, {
        description: 'two',
        steps: [get({ number: '13' }, world.otherTenant.uuid), answer({ b: 1 }, 404)],
      }),
    );
    expect(Object.keys(document.paths)).toEqual(['/tenants/{tenantUuid}/dn']);
    const operation = document.paths['/tenants/{tenantUuid}/dn']?.get;
    expect(operation).toMatchObject({
      operationId: 'get-tenants-tenantuuid-dn',
      summary: 'two',
      parameters: [
        {
          name: 'tenantUuid',
          in: 'path',
          required: true,
          schema: { examples: [world.otherTenant.uuid, world.tenant.uuid] },
        },
        { name: 'all', in: 'query', required: false, schema: { const: 'yes' } },
        { name: 'number', in: 'query', required: true, schema: { enum: ['13', '12'] } },
      ],
      responses: {
        200: { content: { 'application/json': { examples: { '26-one': { summary: 'one', value: { a: 1 } } } } } },
        404: { content: { 'application/json': { examples: { '22-two': { summary: 'two', value: { b: 1 } } } } } },
      },
      'x-voxpact': {
        connections: [22, 26],
        interactions: [
          { connection: 22, description: 'two', basis: 'assumed: a test' },
          { connection: 26, description: 'one', basis: 'assumed: a test' },
        ],
      },
    });
  });

  test('has alternatives where bodies differ', () => {
    const post = (body: Json) => source({ method: 'POST', path: '/a', headers: json, body });
    const document = only(
      contract(
        26,
        { steps: [post({ a: 1 }), answer({ ok: true })] },
        { description: 'more', steps: [post({ b: 1 }), answer({ ok: true })] },
      ),
    );
    const operation = operationIn(document, 'post', '/a') as Operation;
    expect(operation.requestBody?.content['application/json']?.schema).toEqual({
      anyOf: ['a', 'b'].map((name) => ({
        type: 'object',
        properties: { [name]: { const: 1 } },
        required: [name],
        additionalProperties: false,
      })),
    });
    expect(operation.responses['200']?.content?.['application/json']?.schema).toEqual({
      type: 'object',
      properties: { ok: { const: true } },
      required: ['ok'],
    });
  });

  test('has the servers of its own port where the provider has several', () => {
    const document = only(
      contract(10, { steps: [source({ method: 'GET', path: '/a' }), destination({ status: 200 })] }),
      contract(21, { steps: [source({ method: 'GET', path: '/b' }), destination({ status: 200 })] }),
    );
    expect(document.servers.map(({ url }) => url)).toEqual(['http://ors.example:9098', 'http://ors.example:11200']);
    expect(operationIn(document, 'get', '/b')?.servers?.map(({ url }) => url)).toEqual(['http://ors.example:11200']);
  });

  test('needs what every request proves itself by', () => {
    const ask = (path: string, headers: Record<string, string> = {}, more: object = {}) => [
      source({ method: 'GET', path, headers, ...more }),
      destination({ status: 200 }),
    ];
    const authorized = { authorization: 'Bearer a' };
    const document = only(
      contract(
        44,
        { description: '1', steps: ask('/always', authorized) },
        { description: '2', steps: ask('/now-and-then') },
        { description: '3', steps: ask('/now-and-then', authorized) },
        { description: '4', steps: ask('/never') },
        { description: '5', steps: ask('/twice', authorized, { clientCertificate: 'das' }) },
      ),
    );
    expect(document.components?.securitySchemes).toEqual({
      authorization: { type: 'apiKey', in: 'header', name: 'authorization' },
      clientCertificate: { type: 'mutualTLS' },
    });
    const security = (path: string) => operationIn(document, 'get', path)?.security;
    expect(security('/always')).toEqual([{ authorization: [] }]);
    expect(security('/now-and-then')).toEqual([{ authorization: [] }, {}]);
    expect(security('/never')).toBeUndefined();
    expect(security('/twice')).toEqual([{ authorization: [], clientCertificate: [] }]);
  });

  test('has a response for each status that a matcher allows', () => {
    const ask = (path: string, status: ReturnType<typeof statusCode>) => [
      source({ method: 'GET', path }),
      destination({ status }),
    ];
    const document = only(
      contract(
        44,
        { description: '1', steps: ask('/list', statusCode([401, 403], 401)) },
        { description: '2', steps: ask('/class', statusCode('error', 500)) },
        { description: '3', steps: ask('/any', integer(200)) },
        { description: '4', steps: ask('/both', statusCode('error', 500)) },
        {
          description: '5',
          steps: [source({ method: 'GET', path: '/both' }), destination({ status: 404, headers: json, body: {} })],
        },
      ),
    );
    expect(operationIn(document, 'get', '/both')?.responses).toMatchObject({
      404: { content: { 'application/json': { schema: { type: 'object' } } } },
      '4XX': { description: 'Any status 4XX' },
      '5XX': { description: 'Any status 5XX' },
    });
    const statuses = (path: string) => Object.keys(operationIn(document, 'get', path)?.responses ?? {});
    expect([statuses('/list'), statuses('/class'), statuses('/any')]).toEqual([
      ['401', '403'],
      ['4XX', '5XX'],
      ['default'],
    ]);
  });

  test('has a property for each part of a multipart body, and no schema for bytes', () => {
    const parts = [
      { name: 'note', contentType: 'text/plain', body: string('hello') },
      { name: 'file', filename: 'a.png', contentType: 'image/png', body: regex('^iVBO.*$', 'iVBORw==') },
    ];
    const post = source({
      method: 'POST',
      path: '/a',
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
      body: parts,
    });
    const wav = destination({
      status: 200,
      headers: { 'content-type': 'audio/wav' },
      body: regex('^UklGR.*$', 'UklGRg=='),
    });
    const operation = operationIn(only(contract(44, { steps: [post, wav] })), 'post', '/a');
    const file = {
      contentMediaType: 'image/png',
      'x-voxpact': { base64: expect.objectContaining({ pattern: '^iVBO.*$' }) },
    };
    expect(operation?.requestBody?.content['multipart/form-data']).toEqual({
      schema: {
        type: 'object',
        properties: { note: { type: 'string', examples: ['hello'] }, file },
        required: ['note', 'file'],
        additionalProperties: false,
      },
      encoding: { note: { contentType: 'text/plain' }, file: { contentType: 'image/png' } },
      examples: { '44-it': { summary: 'it', value: { note: 'hello', file: 'iVBORw==' } } },
    });
    expect(operation?.responses['200']?.content?.['audio/wav']).toEqual({
      'x-voxpact': { base64: { type: 'string', pattern: '^UklGR.*$', examples: ['UklGRg=='] } },
    });
  });
});

describe('what is left out', () => {
  const ask = source({ method: 'GET', path: '/a' });
  const refused = destination({ status: 400 });

  test('is an interaction without a response', () => {
    const document = only(contract(44, { steps: [ask, destination({ fault: 'timeout' })] }));
    expect(document.paths).toEqual({});
    expect(document['x-voxpact'].omitted).toEqual([
      { connection: 44, description: 'it', reason: 'OpenAPI has no word for a request that gets no response' },
    ]);
  });

  test('is the request that no source sends which keeps the contract', () => {
    const neverSent: Partial<Interaction> = { negative: true, only: { side: 'destination', reason: 'never sent' } };
    const bad = source({ method: 'GET', path: '/a', query: { bad: 'yes' } });
    const document = only(
      contract(
        44,
        { steps: [ask, destination({ status: 200 })] },
        { description: 'bad', steps: [bad, refused], ...neverSent },
      ),
    );
    const operation = operationIn(document, 'get', '/a');
    expect(operation?.parameters).toBeUndefined();
    expect(Object.keys(operation?.responses ?? {})).toEqual(['200', '400']);
    const alone = only(contract(44, { steps: [bad, refused], ...neverSent }));
    expect(alone.paths).toEqual({});
    expect(alone['x-voxpact'].omitted).toEqual([
      { connection: 44, description: 'it', reason: 'no caller that keeps its contract asks for it: never sent' },
    ]);
  });

  test('is a request with a method that OpenAPI does not have', () => {
    const connect = source({ method: 'CONNECT', path: 'customer.example:443' });
    const document = only(contract(44, { steps: [connect, destination({ status: 200 }), ask, refused] }));
    expect(Object.keys(document.paths)).toEqual(['/a']);
    expect(document['x-voxpact'].omitted).toEqual([
      { connection: 44, description: 'it', reason: 'in the document without its CONNECT: OpenAPI has no such method' },
    ]);
  });

  test('are forbidden messages, and it is said', () => {
    const document = only(contract(44, { steps: [ask, refused], forbidden: [refused] }));
    expect(document['x-voxpact'].omitted[0]?.reason).toContain('without its forbidden messages');
  });

  test('is nothing silently: a request without a response is refused', () => {
    expect(() => only(contract(44, { steps: [ask] }))).toThrow(
      'connection 44 Designer Application Server -> External/customer, "it": expected requests and responses in turns',
    );
  });
});

test('a connection that the table does not have is refused', () => {
  expect(() => toOpenApi([contract(61)])).toThrow('connection 61 is not in the connections table');
});
