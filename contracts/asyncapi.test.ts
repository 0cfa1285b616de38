import { readdirSync, readFileSync } from 'node:fs';
import { Parser } from '@asyncapi/parser';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { type AsyncApiDocument, toAsyncApi } from './asyncapi.ts';
import { loadContracts } from './catalogue.ts';
import { assumed, type Contract, destination, type Interaction, source } from './contract.ts';
import { type Break, breaksBelow, broken, isRefused } from './documents/fixtures/breaks.ts';
import { formatDocument } from './documents/format.ts';
import type { Schema } from './documents/schema.ts';
import { bind, integer, type Json, regex, string } from './matchers.ts';
import { type Compiled, compile } from './matching.ts';
import { redisProfile, xadd } from './messages/redis.ts';
import { xread } from './messages/redis-streams.ts';
import { rowOf } from './parts.ts';
import { world } from './world.ts';

interface Message {
  payload: Schema;
  headers?: Schema;
  bindings?: { kafka: { key: Schema } };
  examples: { name: string; payload: Json; headers?: Json }[];
}
interface Channel {
  address: string;
  parameters?: Record<string, { examples: string[] }>;
  messages: Record<string, Message>;
}
interface Source {
  connection: number;
  description: string;
}
interface Operation {
  action: string;
  title: string;
  channel: { $ref: string };
  messages: { $ref: string }[];
  bindings?: Json;
  'x-voxpact': { interactions: Source[] };
}

const contracts = await loadContracts();
const documents = toAsyncApi(contracts);
const channelsOf = ({ channels }: AsyncApiDocument) => channels as unknown as Record<string, Channel>;
const operationsOf = ({ operations }: AsyncApiDocument) => operations as unknown as Record<string, Operation>;

const basis = assumed('a test');

function contract(connection: number, ...interactions: Partial<Interaction>[]): Contract {
  return {
    connection,
    interactions: interactions.map((each) => ({ description: 'it', basis, given: [], steps: [], ...each })),
  };
}

function only(...of: Contract[]): AsyncApiDocument {
  const [document] = toAsyncApi(of).values();
  if (document === undefined) throw new RangeError('no document');
  return document;
}

test('the committed files are those that the contracts give; "npm run documents" writes them', () => {
  const folder = new URL('./asyncapi/', import.meta.url);
  expect(readdirSync(folder).sort()).toEqual([...documents.keys()]);
  const stale = [...documents].filter(
    ([name, each]) => readFileSync(new URL(name, folder), 'utf8') !== formatDocument(each),
  );
  expect(stale.map(([name]) => name)).toEqual([]);
  expect(documents.size).toBe(2);
});

test('the same contracts in another order give the same files', () => {
  const written = (files: ReturnType<typeof toAsyncApi>) =>
    [...files].map(([name, file]) => name + formatDocument(file));
  expect(written(toAsyncApi([...contracts].reverse()))).toEqual(written(documents));
});

describe('the official parser', () => {
  const parser = new Parser();

  async function problems(document: object): Promise<string[]> {
    const diagnostics = await parser.validate(JSON.stringify(document));
    // It would like the newest version; 3.0 is what most tools read.
    return diagnostics
      .filter(({ code }) => code !== 'asyncapi-latest-version')
      .map(({ code, message }) => `${code}: ${message}`);
  }

  test.each([...documents])('accepts %s', async (_name, document) => {
    expect(await problems(document)).toEqual([]);
  });

  const breaks: [what: string, (document: AsyncApiDocument) => void][] = [
    ['an operation on no channel', (document) => Reflect.deleteProperty(document.channels, 'voice-callthread')],
    [
      'a payload of a kind that there is not',
      (document) => {
        for (const message of Object.values(channelsOf(document)['voice-callthread']?.messages ?? {}))
          message.payload = { type: 'text' };
      },
    ],
    [
      'an action that there is not',
      (document) => Object.values(operationsOf(document)).map((each) => Object.assign(each, { action: 'write' })),
    ],
  ];
  const record = { topic: 'voice-callthread', key: { tenant: 't', subject: 's' }, value: { id: 'EventRinging' } };
  const small = () => only(contract(50, { steps: [source(record)] }));
  test('accepts a small document', async () => {
    expect(await problems(small())).toEqual([]);
  });

  test.each(breaks)('refuses it with %s', async (_what, breakIt) => {
    const document = small();
    breakIt(document);
    expect(await problems(document)).not.toEqual([]);
  });
});

const ajv = new Ajv2020({ strict: false });
// JSON Schema leaves it to the reader to look into JSON text; here it has to fit.
ajv.removeKeyword('contentSchema');
ajv.addKeyword({
  keyword: 'contentSchema',
  type: 'string',
  compile(schema: Schema) {
    const validate = ajv.compile(schema);
    return (text: string) => {
      try {
        return validate(JSON.parse(text));
      } catch {
        return false;
      }
    };
  },
});

/** One message of a contract at its place in a document: a record, or the fields of an entry. */
interface Placed {
  title: string;
  message: Message;
  /** The contract's template of the whole step, and where the message stands in it. */
  compiled: Compiled;
  path: readonly (string | number)[];
  content: Record<string, Json>;
  fits(content: Record<string, Json>): boolean;
}

function messageIn(document: AsyncApiDocument, address: string, name: string): Message | undefined {
  const channel = Object.values(channelsOf(document)).find(({ address: template, parameters = {} }) =>
    (parameters.tenantHashTag?.examples ?? ['']).some((tag) => template.replace('{tenantHashTag}', tag) === address),
  );
  return channel?.messages[name];
}

function isOmitted(document: AsyncApiDocument, { connection }: Contract, { description }: Interaction): boolean {
  return document['x-voxpact'].omitted.some(
    (each) => each.connection === connection && each.description === description,
  );
}

const valid = (schema: Schema | undefined, value: Json | undefined) =>
  schema === undefined || ajv.validate(schema, value);

function placedRecords(document: AsyncApiDocument, contract: Contract, interaction: Interaction): Placed[] {
  return interaction.steps.flatMap(({ content }) => {
    const compiled = compile(content);
    const record = compiled.example as Record<string, Json>;
    if (record.value === undefined || record.topic === undefined) return [];
    const { id = 'record' } = (record.value ?? {}) as Record<string, string>;
    const message = messageIn(document, String(record.topic), id);
    const title = `${contract.connection} ${interaction.description}, ${record.topic} ${id}`;
    if (message === undefined) throw new RangeError(`${title} is in no channel`);
    const fits = ({ key, value, headers }: Record<string, Json>) =>
      valid(message.bindings?.kafka.key, keyText(key)) &&
      valid(message.payload, payloadOf(value)) &&
      (headers === undefined || valid(message.headers, headers));
    return [{ title, message, compiled, path: [], content: record, fits }];
  });
}

function keyText(key: Json | undefined): Json {
  const { tenant, subject } = (key ?? {}) as Record<string, Json>;
  return tenant === undefined ? (key ?? null) : `${tenant}:${subject}`;
}

function payloadOf(value: Json | undefined): Json {
  const { $text, $bytes } = (value ?? {}) as Record<string, Json>;
  return $text ?? $bytes ?? value ?? null;
}

function placedEntries(document: AsyncApiDocument, contract: Contract, interaction: Interaction): Placed[] {
  return interaction.steps.flatMap(({ content }) => {
    const compiled = compile(content);
    const { command, key, to, reply } = compiled.example as Record<string, Json>;
    const [asked = '', asker = ''] = String(to).split(' ');
    const found =
      command === 'XADD' && key !== undefined
        ? [{ address: String(key), path: ['fields'] }]
        : /^X(READ|READGROUP|CLAIM|AUTOCLAIM)$/.test(asked)
          ? fieldPaths(reply, ['reply']).map((path) => ({ address: asker, path }))
          : [];
    return found.map(({ address, path }) => {
      const fields = path.reduce<Json>(
        (value, at) => (value as Record<string, Json>)[at] ?? null,
        compiled.example,
      ) as Record<string, Json>;
      const title = `${contract.connection} ${interaction.description}, ${address} ${fields.id}`;
      const message = messageIn(document, address, String(fields.id));
      if (message === undefined) throw new RangeError(`${title} is in no channel`);
      return {
        title,
        message,
        compiled,
        path,
        content: fields,
        fits: (each) => valid(message.payload, onTheWire(each)),
      };
    });
  });
}

function fieldPaths(value: Json | undefined, path: (string | number)[]): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [];
  if ('id' in value && 'fields' in value) return value.fields === null ? [] : [[...path, 'fields']];
  return Object.entries(value).flatMap(([at, each]) =>
    fieldPaths(each, [...path, Array.isArray(value) ? Number(at) : at]),
  );
}

function onTheWire(fields: Record<string, Json>): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}

function placedIn(name: string, protocol: string, placedOf: typeof placedRecords): Placed[] {
  const document = documents.get(name) as AsyncApiDocument;
  return contracts
    .filter((each) => rowOf(each).protocol === protocol)
    .flatMap((each) =>
      each.interactions
        .filter((one) => !isOmitted(document, each, one))
        .flatMap((one) => placedOf(document, each, one)),
    );
}

/** What can be broken in a record: its key is one text, whose parts a document cannot tell apart. */
function breaksOfRecord({ value = null, headers = {} }: Record<string, Json>): Break[] {
  return [...breaksBelow(value, ['value']), ...breaksBelow(headers, ['headers'])];
}

/** What can be broken in an entry: a field may be missing, or the JSON in it broken. All fields are text, whatever they hold. */
function breaksOfEntry(fields: Record<string, Json>): Break[] {
  return Object.entries(fields).flatMap(([name, value]) => [
    { path: [name], value: undefined },
    ...breaksBelow(value, [name]),
  ]);
}

/** A break within a message as one within the whole step. */
function within({ path }: Placed, at: Break): Break {
  return { ...at, path: [...path, ...at.path] };
}

describe.each([
  ['kafka.json', 'Kafka', placedRecords, breaksOfRecord],
  ['redis-streams.json', 'Redis', placedEntries, breaksOfEntry],
] as const)('every message of %s', (name, protocol, placedOf, breaks) => {
  const placed = placedIn(name, protocol, placedOf);

  test('has examples in its document that fit', () => {
    const messages = Object.values(channelsOf(documents.get(name) as AsyncApiDocument)).flatMap((channel) =>
      Object.values(channel.messages),
    );
    const examples = messages.flatMap((message) => message.examples.map((example) => ({ message, example })));
    const wrong = examples.filter(
      ({ message, example: { payload, headers } }) =>
        !valid(message.payload, payload) || (headers !== undefined && !valid(message.headers, headers)),
    );
    expect(examples.length).toBeGreaterThan(0);
    expect(wrong.map(({ example }) => example.name)).toEqual([]);
  });

  test('fits its document with its example', () => {
    expect(placed.length).toBeGreaterThan(0);
    expect(placed.filter(({ fits, content }) => !fits(content)).map(({ title }) => title)).toEqual([]);
  });

  test('does not fit with an example that no interaction at its place allows', () => {
    const known = placed.map(
      (one) => [JSON.stringify([one.compiled.example, one.compiled.rules, one.path]), one] as const,
    );
    const different = [...new Map(known).values()];
    const byMessage = Map.groupBy(different, ({ message }) => message);
    const results = different.flatMap((one) => {
      const rivals = byMessage.get(one.message) ?? [];
      return breaks(one.content)
        .filter((at) => rivals.every((each) => isRefused(each.compiled, [], within(each, at))))
        .map((at) => ({
          what: `${one.title}: ${JSON.stringify(at)}`,
          fits: one.fits(broken(one.content, at) as Placed['content']),
        }));
    });
    expect(results.filter(({ fits }) => fits).map(({ what }) => what)).toEqual([]);
    expect(results.length).toBeGreaterThan(different.length);
  });

  test('names its interaction', () => {
    const document = documents.get(name) as AsyncApiDocument;
    const named = Object.values(operationsOf(document)).flatMap((operation) =>
      operation['x-voxpact'].interactions.map(({ connection, description }) => `${connection} ${description}`),
    );
    expect(
      placed.filter(({ title }) => !named.some((each) => title.startsWith(each))).map(({ title }) => title),
    ).toEqual([]);
  });
});

describe('a topic', () => {
  const record = (id: string, more: Record<string, unknown> = {}) => ({
    topic: 'voice-agentrequest',
    key: { tenant: bind('tenant', regex('^[0-9a-f-]{36}$', world.tenant.uuid)), subject: '7001' },
    value: { id, at: integer(5) },
    ...more,
  });

  test('is a channel, with a message for each event, which systems send and receive', () => {
    const document = only(
      contract(48, { description: 'asked', steps: [source(record('Login')), destination({ acknowledged: true })] }),
      contract(55, { description: 'done', steps: [destination({ group: 'agents', ...record('Login') })] }),
    );
    expect(document.channels['voice-agentrequest']).toMatchObject({
      address: 'voice-agentrequest',
      messages: {
        Login: {
          name: 'Login',
          payload: {
            type: 'object',
            properties: { id: { const: 'Login' }, at: { type: 'integer' } },
            required: ['id', 'at'],
          },
          bindings: {
            kafka: {
              key: { type: 'string', pattern: '^(?:[0-9a-f-]{36}):.*$', examples: [`${world.tenant.uuid}:7001`] },
            },
          },
          examples: [{ name: '48-asked', summary: 'asked', payload: { id: 'Login', at: 5 } }],
        },
      },
    });
    const channel = '#/channels/voice-agentrequest';
    expect(operationsOf(document)).toMatchObject({
      '48-sends-to-voice-agentrequest': {
        action: 'send',
        title: 'FrontEnd Service',
        channel: { $ref: channel },
        messages: [{ $ref: `${channel}/messages/Login` }],
        'x-voxpact': {
          connections: [48],
          interactions: [{ connection: 48, description: 'asked', basis: 'assumed: a test' }],
        },
      },
      '55-receives-from-voice-agentrequest': {
        action: 'receive',
        title: 'Agent State Service',
        bindings: { kafka: { groupId: { type: 'string', enum: ['agents'] } } },
      },
    });
  });

  test('may hold headers, and values that are no JSON', () => {
    const document = only(
      contract(48, {
        steps: [source(record('Login', { headers: { 'event-id': string('1') } })), source(record('Login'))],
      }),
      contract(50, {
        steps: [
          source({ topic: 'a', key: null, value: { $text: 'no JSON' } }),
          source({ topic: 'b', key: 'k', value: { $bytes: 'AAE=' } }),
        ],
      }),
    );
    const channels = channelsOf(document);
    expect(channels['voice-agentrequest']?.messages.Login?.headers).toEqual({
      anyOf: [
        { type: 'object', properties: { 'event-id': { type: 'string', examples: ['1'] } }, required: ['event-id'] },
        { type: 'object' },
      ],
    });
    expect(channels.a?.messages.record).toMatchObject({
      payload: { const: 'no JSON' },
      bindings: { kafka: { key: { const: null } } },
    });
    expect(channels.b?.messages.record?.payload).toEqual({ const: 'AAE=', contentEncoding: 'base64' });
  });

  test('has no record that the broker refuses, nor one that a reader has to bear', () => {
    const refused = {
      description: 'refused',
      steps: [source(record('Login')), destination({ error: 'X', code: 3, topic: 'voice-agentrequest' })],
    };
    const borne = {
      description: 'borne',
      negative: true as const,
      steps: [destination({ group: 'agents', ...record('Nonsense') })],
    };
    const document = only(contract(48, refused), contract(55, borne));
    expect(document.channels).toEqual({});
    expect(document['x-voxpact'].omitted.map(({ description, reason }) => [description, reason])).toEqual([
      ['refused', 'the server refuses the message, so it is never in the channel'],
      ['borne', 'what a reader is given in a negative interaction is no promise of those who write'],
    ]);
  });
});

describe('a stream', () => {
  const key = `tenant:{${world.tenant.uuid}}:events`;
  const fields = { id: 'EventRinging', seq: regex('^[0-9]+$', '1'), body: { at: integer(5) } };
  const append = xadd(key, 1_000, fields as never);
  const read = xread(key, { id: '1-0', count: null, blockMs: null });
  const title = (sent: unknown) => redisProfile.title(sent);

  test('is a channel, with the hash tag of the tenant as a parameter and JSON inside of text', () => {
    const entries = [
      { id: '1-1', fields },
      { id: '1-2', fields: null },
    ];
    const document = only(
      contract(40, {
        description: 'rings',
        steps: [source(append), destination({ to: title(append), reply: '1-1', error: null })],
      }),
      contract(14, { steps: [source(read), destination({ to: title(read), reply: entries, error: null })] }),
    );
    expect(channelsOf(document)['tenant-events']).toMatchObject({
      address: 'tenant:{tenantHashTag}:events',
      parameters: { tenantHashTag: { examples: [`{${world.tenant.uuid}}`] } },
      messages: {
        EventRinging: {
          payload: {
            type: 'object',
            properties: {
              id: { const: 'EventRinging' },
              seq: { type: 'string', pattern: '^[0-9]+$' },
              body: {
                type: 'string',
                contentMediaType: 'application/json',
                contentSchema: { type: 'object', properties: { at: { type: 'integer' } }, required: ['at'] },
              },
            },
          },
          examples: [{ payload: { id: 'EventRinging', seq: '1', body: '{"at":5}' } }],
        },
      },
    });
    expect(
      Object.entries(operationsOf(document)).map(([name, { action, title: system }]) => [name, action, system]),
    ).toEqual([
      ['14-receives-from-tenant-events', 'receive', 'Tenant Service'],
      ['40-sends-to-tenant-events', 'send', 'Voice SIP Cluster Service'],
    ]);
  });

  test('has no entry that the server refuses; other commands are no messages', () => {
    const count = { command: 'XLEN', key };
    const document = only(
      contract(40, {
        steps: [
          source(append),
          destination({ to: title(append), reply: null, error: 'NOPERM' }),
          source(count),
          destination({ to: title(count), reply: 1, error: null }),
        ],
      }),
    );
    expect(document.channels).toEqual({});
    expect(document['x-voxpact'].omitted.map(({ reason }) => reason)).toEqual([
      'the server refuses the message, so it is never in the channel',
    ]);
  });
});

test('a connection that the table does not have is refused', () => {
  expect(() => toAsyncApi([contract(61)])).toThrow('connection 61 is not in the connections table');
});
