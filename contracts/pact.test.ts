import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type Connection, connectionByNumber } from './architecture.ts';
import { loadContracts } from './catalogue.ts';
import { assumed, type Contract, destination, type Interaction, source, state } from './contract.ts';
import { bind, bound, eachLike, fromState, integer, like, regex } from './matchers.ts';
import { formatPact, pacticipants, toPact } from './pact.ts';

const basis = assumed('a test');
const contract = (connection: number, ...interactions: Partial<Interaction>[]): Contract => ({
  connection,
  interactions: interactions.map((each) => ({ description: 'it', basis, given: [], steps: [], ...each })),
});
const only = (contract: Contract) => {
  const [file] = [...toPact([contract]).values()];
  if (file === undefined) throw new RangeError('no file');
  return file;
};

test('the committed files are those that the contracts give; "npm run pacts" writes them', async () => {
  const folder = new URL('./pacts/', import.meta.url);
  const files = toPact(await loadContracts());
  expect(readdirSync(folder).sort()).toEqual([...files.keys()]);
  const stale = [...files].filter(([name, file]) => readFileSync(new URL(name, folder), 'utf8') !== formatPact(file));
  expect(stale.map(([name]) => name)).toEqual([]);
  expect(files.size).toBeGreaterThan(1);
});

test('the same contracts in another order give the same files', async () => {
  const contracts = await loadContracts();
  const text = (files: ReturnType<typeof toPact>) => [...files].map(([name, file]) => name + formatPact(file));
  expect(text(toPact([...contracts].reverse()))).toEqual(text(toPact(contracts)));
});

describe('who is consumer and who is provider', () => {
  const row = connectionByNumber(50) as Connection;
  const names = (...steps: Interaction['steps']) => pacticipants(row, { description: 'x', basis, given: [], steps });

  test('whoever is answered relies on the answer', () => {
    expect(names(source({ a: 1 }), destination({ b: 1 }))).toEqual({
      consumer: 'Voice SIP Cluster Service',
      provider: 'Kafka',
    });
  });

  test('a message that nobody answers is provided by its maker', () => {
    expect(names(source({ a: 1 }))).toEqual({ consumer: 'Kafka', provider: 'Voice SIP Cluster Service' });
  });
});

describe('an HTTP interaction', () => {
  test('has its rules and generators where Pact looks for them', () => {
    const file = only(
      contract(26, {
        given: [state('there is one', { id: 7 })],
        steps: [
          source({
            method: 'PUT',
            path: fromState('path', '/a/7'),
            query: { q: regex('^x$', 'x') },
            headers: { 'content-type': 'application/json', 'if-match': fromState('etag', '"1"') },
            body: { list: eachLike({ id: integer(1) }) },
          }),
          destination({ status: 200, headers: like({ etag: '"1"' }) }),
        ],
      }),
    );
    const [interaction] = file.interactions;
    expect(interaction).toMatchObject({ type: 'Synchronous/HTTP', providerStates: [{ params: { id: 7 } }] });
    expect(interaction?.request).toEqual({
      method: 'PUT',
      path: '/a/7',
      query: { q: ['x'] },
      headers: { 'content-type': ['application/json'], 'if-match': ['"1"'] },
      body: { content: { list: [{ id: 1 }] }, contentType: 'application/json', encoded: false },
      matchingRules: {
        path: { combine: 'AND', matchers: [{ match: 'type' }] },
        query: { q: { combine: 'AND', matchers: [{ match: 'regex', regex: '^x$' }] } },
        header: { 'if-match': { combine: 'AND', matchers: [{ match: 'type' }] } },
        body: {
          '$.list': { combine: 'AND', matchers: [{ match: 'type', min: 1 }] },
          '$.list[*].id': { combine: 'AND', matchers: [{ match: 'integer' }] },
        },
      },
      generators: {
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Pact's own expression
        path: { type: 'ProviderState', expression: '${path}' },
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Pact's own expression
        header: { 'if-match': { type: 'ProviderState', expression: '${etag}' } },
      },
    });
    expect(interaction?.response).toEqual({
      status: 200,
      headers: { etag: ['"1"'] },
      matchingRules: { header: { etag: { combine: 'AND', matchers: [{ match: 'type' }] } } },
    });
  });

  test('is left out with the reason where there is no response', () => {
    const file = only(
      contract(44, { steps: [source({ method: 'GET', path: '/' }), destination({ fault: 'timeout' })] }),
    );
    expect(file.interactions).toEqual([]);
    expect(file.metadata.voxpact.omitted).toEqual([
      { connection: 44, description: 'it', reason: 'Pact has no word for a request that gets no response' },
    ]);
  });

  test.each([
    ['a tunnel through a proxy', { method: 'CONNECT', path: 'customer.example:443' }],
    ['the certificate of a client', { method: 'GET', path: '/', clientCertificate: 'das' }],
  ])('is left out with the reason where it needs %s', (what, request) => {
    const file = only(contract(44, { steps: [source(request), destination({ status: 200 })] }));
    expect(file.interactions).toEqual([]);
    expect(file.metadata.voxpact.omitted.map(({ reason }) => reason)).toEqual([`Pact has no word for ${what}`]);
  });
});

test('matchers in a binary body are left out, and it is said', () => {
  const file = only(
    contract(24, {
      steps: [
        source({ method: 'GET', path: '/' }),
        destination({ status: 200, headers: { 'content-type': 'audio/wav' }, body: regex('^UklGR.*$', 'UklGRg==') }),
      ],
    }),
  );
  expect(file.interactions[0]?.response).toEqual({
    status: 200,
    headers: { 'content-type': ['audio/wav'] },
    body: { content: 'UklGRg==', contentType: 'audio/wav', encoded: 'base64' },
  });
  expect(file.metadata.voxpact.omitted[0]?.reason).toContain('with a body of fixed bytes');
});

test('a matcher for the text of an XML body is one of plain text, as Pact would look for it among the elements', () => {
  const headers = { 'content-type': regex('^application/xml(;.*)?$', 'application/xml') };
  const answers = [regex('<a>.*</a>', '<a>1</a>'), '<a>1</a>'].map((body) => ({
    steps: [source({ method: 'GET', path: '/' }), destination({ status: 200, headers, body })],
  }));
  const bodies = only(contract(24, ...answers)).interactions.map(({ response }) => response);
  expect(bodies).toMatchObject([
    { headers: { 'content-type': ['application/xml'] }, body: { content: '<a>1</a>', contentType: 'text/plain' } },
    { headers: { 'content-type': ['application/xml'] }, body: { content: '<a>1</a>', contentType: 'application/xml' } },
  ]);
});

describe('messages of other wires', () => {
  test('an answered one is a Synchronous/Messages interaction with the whole conversation', () => {
    const file = only(
      contract(3, {
        steps: [
          source({ name: 'Request', referenceId: bind('id', integer(5)) }),
          destination({ name: 'Event', referenceId: bound('id', 5) }, { repeat: true }),
          destination({ name: 'End' }),
        ],
      }),
    );
    const [interaction] = file.interactions;
    expect(interaction?.type).toBe('Synchronous/Messages');
    expect(interaction?.request).toEqual({
      contents: { content: { name: 'Request', referenceId: 5 }, contentType: 'application/json', encoded: false },
      metadata: { from: 'source' },
      matchingRules: { body: { '$.referenceId': { combine: 'AND', matchers: [{ match: 'integer' }] } } },
    });
    expect(interaction?.response).toMatchObject([
      {
        metadata: { from: 'destination', repeat: true },
        matchingRules: { body: { '$.referenceId': { combine: 'AND', matchers: [{ match: 'type' }] } } },
      },
      { contents: { content: { name: 'End' } } },
    ]);
  });

  test('each one that nobody answers is an Asynchronous/Messages interaction; what is forbidden is said to be left out', () => {
    const file = only(contract(50, { steps: [source({ n: 1 }), source({ n: 2 })], forbidden: [source({ n: 3 })] }));
    expect(file.interactions.map(({ type, description }) => [type, description])).toEqual([
      ['Asynchronous/Messages', 'it (message 1 of 2)'],
      ['Asynchronous/Messages', 'it (message 2 of 2)'],
    ]);
    expect(file.metadata.voxpact.omitted[0]?.reason).toContain('without its forbidden messages');
  });
});

test('a connection that the table does not have is refused', () => {
  expect(() => toPact([contract(61)])).toThrow('connection 61 is not in the connections table');
});
