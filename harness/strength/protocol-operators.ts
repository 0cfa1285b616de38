import type { ProtocolName } from '../../contracts/architecture.ts';
import type { Side } from '../../contracts/contract.ts';
import type { ObservedMessage } from '../../contracts/conversation.ts';
import { type HttpResponse, isHttpFault, isHttpResponse } from '../../contracts/messages/http.ts';
import { bodyKind } from '../../contracts/messages/http-body.ts';
import type { Wire } from './field-operators.ts';
import type { Segments } from './paths.ts';

/** A message changed in a way that only its protocol knows; each of the paths may be named first. */
export interface ProtocolBreak {
  operator: string;
  at: Segments;
  paths: readonly string[];
  content: unknown;
}

/** A message that nothing asks for. */
export interface StrayMessage {
  operator: string;
  content: unknown;
}

/** What the generic operators cannot know of a protocol. */
export interface ProtocolOperators {
  wire(content: unknown): Wire;
  breaks(content: unknown): ProtocolBreak[];
  /** What a side might send besides, after the messages seen. */
  strays(messages: readonly ObservedMessage[], side: Side): StrayMessage[];
}

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});

/** Each header once more with the value that it has, in the form that the protocol's parser gives to two. */
function doubledHeaders(content: unknown, twice: (value: unknown, name: string) => unknown): ProtocolBreak[] {
  const { headers, ...rest } = fieldsOf(content);
  return Object.entries(fieldsOf(headers)).flatMap(([name, value]) => {
    const double = twice(value, name);
    if (double === undefined) return [];
    const path = /^[A-Za-z_][A-Za-z0-9_-]*$/.test(name) ? `$.headers.${name}` : `$.headers['${name}']`;
    const changed = { ...rest, headers: { ...fieldsOf(headers), [name]: double } };
    return [{ operator: 'header doubled', at: ['headers', name], paths: [path], content: changed }];
  });
}

const onText = (double: (text: string) => unknown) => (value: unknown) =>
  typeof value === 'string' ? double(value) : undefined;

function httpWire(content: unknown): Wire {
  const { headers } = fieldsOf(content);
  const type = fieldsOf(headers)['content-type'];
  const json = bodyKind(typeof type === 'string' ? type : undefined) === 'json';
  return { textual: ['$.method', '$.path', '$.query.*', '$.headers.*', ...(json ? [] : ['$.body'])] };
}

function httpBreaks(content: unknown): ProtocolBreak[] {
  if (isHttpFault(content)) {
    const answer: HttpResponse = { status: 200, headers: {} };
    const operator = content.fault === 'tls' ? 'certificate accepted' : 'answered after all';
    return [{ operator, at: ['fault'], paths: ['$.fault'], content: answer }];
  }
  // Several values of one header are one text in logical form.
  const doubled = doubledHeaders(
    content,
    onText((text) => `${text}, ${text}`),
  );
  if (!isHttpResponse(content)) return doubled;
  const noResponse = { operator: 'no response', at: ['status'], paths: ['$.status'], content: { fault: 'closed' } };
  return [noResponse, ...doubled];
}

const http: ProtocolOperators = { wire: httpWire, breaks: httpBreaks, strays: () => [] };

/** May stand only once, so our parser refuses a second one before any contract does (RFC 3261, section 20). */
const onceInSip = ['call-id', 'content-type'];

const sip: ProtocolOperators = {
  wire: () => ({ textual: ['$'] }),
  breaks: (content) =>
    doubledHeaders(content, (value, name) => {
      if (onceInSip.includes(name)) return undefined;
      if (typeof value === 'string') return [value, value];
      return Array.isArray(value) ? [...value, ...value] : undefined;
    }),
  strays: () => [],
};

const redis: ProtocolOperators = {
  wire: () => ({
    textual: [
      '$.command',
      '$.key',
      '$.keys',
      '$.args',
      '$.id',
      '$.to',
      '$.holds.key',
      '$.holds.type',
      '$.holds.value[*].id',
    ],
    textOrJson: ['$.fields.*', '$.value', '$.holds.value', '$.holds.value.*', '$.holds.value[*].fields.*'],
  }),
  breaks: (content) => {
    const { to, error } = fieldsOf(content);
    if (to === undefined || error !== null) return [];
    const refused = { to, reply: null, error: 'ERR' };
    return [{ operator: 'reply is an error', at: ['error'], paths: ['$.error', '$.reply'], content: refused }];
  },
  strays: (messages, side) => {
    const keys = messages.flatMap(({ from, content }) => {
      const { key } = fieldsOf(content);
      return from === 'source' && side === 'source' && typeof key === 'string' ? [key] : [];
    });
    return [...new Set(keys)].flatMap((key) => [
      { operator: 'time to live set', content: { command: 'PEXPIRE', args: [key, '60000'] } },
      { operator: 'key deleted', content: { command: 'DEL', keys: [key] } },
    ]);
  },
};

const kafka: ProtocolOperators = {
  wire: () => ({ textual: ['$.topic', '$.key', '$.headers'] }),
  breaks: (content) =>
    doubledHeaders(
      content,
      onText((text) => [text, text]),
    ),
  strays: (messages, side) => {
    const record = messages.find(({ from }) => from === 'source')?.content;
    if (side === 'source' || record === undefined) return [];
    const { topic } = fieldsOf(record);
    return [
      { operator: 'record refused', content: { error: 'NOT_ENOUGH_REPLICAS', code: 19, topic } },
      {
        operator: 'record not delivered',
        content: { readersGet: null, acknowledged: record, difference: 'readers get nothing' },
      },
    ];
  },
};

const postgres: ProtocolOperators = {
  wire: () => ({
    textual: ['$.role', '$.verb', '$.isolation', '$.table', '$.columns', '$.orderBy', '$.sqlstate', '$.command'],
  }),
  breaks: (content) => {
    const { sqlstate, command } = fieldsOf(content);
    const failed = { sqlstate: '40001', ...(command === undefined ? {} : { command }) };
    if (sqlstate === '00000') {
      return [{ operator: 'statement fails', at: ['sqlstate'], paths: ['$.sqlstate'], content: failed }];
    }
    if (sqlstate === undefined) return [];
    const done = { ...fieldsOf(content), sqlstate: '00000' };
    return [{ operator: 'statement succeeds', at: ['sqlstate'], paths: ['$.sqlstate'], content: done }];
  },
  strays: (_, side) =>
    side === 'source'
      ? [{ operator: 'statement added', content: { role: 't100', verb: 'DELETE', table: 'cfg.cfg_person', where: {} } }]
      : [],
};

const tcp: ProtocolOperators = {
  wire: () => ({ textual: ['$.name'] }),
  breaks: () => [],
  strays: (_, side) => [
    {
      operator: 'message that nothing asks for',
      content: { name: side === 'source' ? 'RequestUnknown' : 'EventUnknown', referenceId: 99, attributes: {} },
    },
  ],
};

/** The table by protocol. A connection of a known protocol needs nothing more to be measured. */
export const protocolOperators: Readonly<Record<ProtocolName, ProtocolOperators>> = {
  TCP: tcp,
  HTTP: http,
  HTTPS: http,
  Redis: redis,
  Kafka: kafka,
  Postgres: postgres,
  'SIP/TCP': sip,
  'SIP/UDP': sip,
};
