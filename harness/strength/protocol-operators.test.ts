import { describe, expect, test } from '@jest/globals';
import { formatSegments } from './paths.ts';
import { protocolOperators } from './protocol-operators.ts';

const breaksOf = (protocol: keyof typeof protocolOperators, content: unknown) =>
  protocolOperators[protocol]
    .breaks(content)
    .map(({ operator, at, content: broken }) => [operator, formatSegments(at), broken]);

describe('HTTP', () => {
  test('a response may not come at all, and a header may come twice', () => {
    expect(breaksOf('HTTP', { status: 200, headers: { etag: '"1"' } })).toEqual([
      ['no response', '$.status', { fault: 'closed' }],
      ['header doubled', '$.headers.etag', { status: 200, headers: { etag: '"1", "1"' } }],
    ]);
  });

  test('a certificate that is to be refused may be accepted', () => {
    expect(breaksOf('HTTPS', { fault: 'tls', detail: 'CERT_HAS_EXPIRED' })).toEqual([
      ['certificate accepted', '$.fault', { status: 200, headers: {} }],
    ]);
  });

  test('a body is text unless it is JSON', () => {
    const { wire } = protocolOperators.HTTP;
    expect(wire({ status: 200, headers: { 'content-type': 'text/html' } }).textual).toContain('$.body');
    expect(wire({ status: 200, headers: { 'content-type': 'application/json' } }).textual).not.toContain('$.body');
  });
});

test('SIP: a header that may come several times comes twice, one that may not does not', () => {
  const content = {
    method: 'INVITE',
    requestUri: 'sip:a',
    headers: { 'call-id': 'c', subject: 's', contact: [{ uri: 'u' }] },
  };
  expect(breaksOf('SIP/UDP', content).map(([operator, path]) => `${operator} ${path}`)).toEqual([
    'header doubled $.headers.subject',
    'header doubled $.headers.contact',
  ]);
});

describe('Redis', () => {
  test('a reply may be an error', () => {
    expect(breaksOf('Redis', { to: 'GET k', reply: 'v', error: null })).toEqual([
      ['reply is an error', '$.error', { to: 'GET k', reply: null, error: 'ERR' }],
    ]);
    expect(breaksOf('Redis', { to: 'GET k', reply: null, error: 'NOPERM' })).toEqual([]);
  });

  test('a key may be given a time to live, or be deleted', () => {
    const messages = [{ from: 'source', content: { command: 'INCR', key: 'k' }, atMs: 0 } as const];
    expect(protocolOperators.Redis.strays(messages, 'source')).toEqual([
      { operator: 'time to live set', content: { command: 'PEXPIRE', args: ['k', '60000'] } },
      { operator: 'key deleted', content: { command: 'DEL', keys: ['k'] } },
    ]);
    expect(protocolOperators.Redis.strays(messages, 'destination')).toEqual([]);
  });
});

test('Kafka: a header may come twice, and a broker may refuse or lose a record', () => {
  const record = { topic: 't', key: null, headers: { h: 'v' }, value: {} };
  expect(breaksOf('Kafka', record)).toEqual([
    ['header doubled', '$.headers.h', { ...record, headers: { h: ['v', 'v'] } }],
  ]);
  const operators = protocolOperators.Kafka.strays([{ from: 'source', content: record, atMs: 0 }], 'destination');
  expect(operators.map(({ operator }) => operator)).toEqual(['record refused', 'record not delivered']);
});

test('PostgreSQL: a statement may fail, one that is to fail may succeed, and one may be added', () => {
  expect(breaksOf('Postgres', { sqlstate: '00000', command: 'INSERT', rowCount: 1 })).toEqual([
    ['statement fails', '$.sqlstate', { sqlstate: '40001', command: 'INSERT' }],
  ]);
  expect(breaksOf('Postgres', { sqlstate: '23505', table: 't' })).toEqual([
    ['statement succeeds', '$.sqlstate', { sqlstate: '00000', table: 't' }],
  ]);
  expect(protocolOperators.Postgres.strays([], 'source')).toHaveLength(1);
});

test('TCP: a message that nothing asks for may come from either side', () => {
  const names = (['source', 'destination'] as const).map((side) => protocolOperators.TCP.strays([], side)[0]?.content);
  expect(names).toMatchObject([{ name: 'RequestUnknown' }, { name: 'EventUnknown' }]);
});
