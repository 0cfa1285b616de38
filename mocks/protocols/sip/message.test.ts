import { createRequire } from 'node:module';
import { describe, expect, test } from '@jest/globals';
import { isSipRequest, isSipResponse, type SipMessage } from '../../../contracts/messages/sip.ts';
import { parseSip, syntaxError } from './message.ts';
import type { SipTransport } from './transport.ts';
import { messageBytes } from './written.ts';

const lines = (...rows: string[]) => Buffer.from(rows.join('\r\n'));
const read = (bytes: Uint8Array, transport: SipTransport = 'TCP') => parseSip(bytes, transport);

const good = [
  'INVITE sip:1001@voice.example SIP/2.0',
  'Via: SIP/2.0/TCP 10.0.0.1:5060;branch=z9hG4bKa;rport',
  'Via: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKb;received=10.0.0.3;alias, SIP/2.0/UDP 10.0.0.4;branch=z9hG4bKc',
  'Max-Forwards: 69',
  'From: "A \\"quoted\\", name" <sip:a@b;user=phone>;tag=1',
  'To: <sip:1001@voice.example>',
  'Call-ID: call@host',
  'CSeq: 1 INVITE',
  'Contact: <sip:a@10.0.0.1;transport=tcp>;expires=60',
  'Allow: INVITE, ACK',
  'Allow: BYE',
  'Subject: a, b',
  'X-Genesys-CallUUID: 00FAVPM3BOBM3223H3CA9ATAES000001',
  'Content-Length: 0',
  '',
  '',
];

test('a request in logical form', () => {
  expect(read(lines(...good))).toEqual({
    violations: [],
    content: {
      method: 'INVITE',
      requestUri: 'sip:1001@voice.example',
      headers: {
        via: {
          transport: 'TCP',
          sentBy: '10.0.0.1:5060',
          branch: 'z9hG4bKa',
          below: [
            { transport: 'UDP', sentBy: '10.0.0.2', branch: 'z9hG4bKb', params: { alias: '' } },
            { transport: 'UDP', sentBy: '10.0.0.4', branch: 'z9hG4bKc' },
          ],
        },
        'max-forwards': 69,
        from: { uri: 'sip:a@b;user=phone', tag: '1' },
        to: { uri: 'sip:1001@voice.example' },
        'call-id': 'call@host',
        cseq: { number: 1, method: 'INVITE' },
        contact: [{ uri: 'sip:a@10.0.0.1;transport=tcp', params: { expires: '60' } }],
        allow: ['INVITE', 'ACK', 'BYE'],
        subject: 'a, b',
        'x-genesys-calluuid': '00FAVPM3BOBM3223H3CA9ATAES000001',
        'content-length': 0,
      },
    },
  });
});

describe('challenges, their answers and reliable responses', () => {
  const withRows = (...rows: string[]) => {
    const at = good.indexOf('Subject: a, b');
    return read(lines(...good.toSpliced(at, 1, ...rows)));
  };

  test('are split into their parts, without quotes', () => {
    const { content, violations } = withRows(
      'Proxy-Authorization: Digest username="a, b", realm="r", uri="sip:x@y;z=1", qop=auth, nc=00000001',
      'WWW-Authenticate: Digest realm="one", nonce="abc==", qop="auth,auth-int"',
      'WWW-Authenticate: Digest realm="two", nonce="", algorithm=SHA-256',
      'RSeq: 7',
      'RAck: 7 1 INVITE',
    );
    expect(violations).toEqual([]);
    expect(content?.headers).toMatchObject({
      'proxy-authorization': {
        scheme: 'Digest',
        params: { username: 'a, b', realm: 'r', uri: 'sip:x@y;z=1', qop: 'auth', nc: '00000001' },
      },
      'www-authenticate': [
        { scheme: 'Digest', params: { realm: 'one', nonce: 'abc==', qop: 'auth,auth-int' } },
        { scheme: 'Digest', params: { realm: 'two', nonce: '', algorithm: 'SHA-256' } },
      ],
      rseq: 7,
      rack: { rseq: 7, cseq: 1, method: 'INVITE' },
    });
  });

  test('are written as they were read', () => {
    const { content } = withRows(
      'Authorization: Digest username="a", realm="r", nc=00000001, qop=auth, algorithm=MD5',
      'Proxy-Authenticate: Digest realm="r", stale=true, qop="auth"',
      'RAck: 7 1 INVITE',
    );
    const text = messageBytes(content as SipMessage).toString();
    expect(text).toContain(
      '\r\nAuthorization: Digest username="a", realm="r", nc=00000001, qop=auth, algorithm=MD5\r\n',
    );
    expect(text).toContain('\r\nProxy-Authenticate: Digest realm="r", stale=true, qop="auth"\r\n');
    expect(text).toContain('\r\nRAck: 7 1 INVITE\r\n');
  });

  test.each([
    ['RSeq: one', 'RSeq "one" is not a whole number up to 4294967295'],
    ['RAck: 7 INVITE', 'RAck "7 INVITE" is not two numbers and a method'],
  ])('%s is no good header', (row, text) => {
    expect(withRows(row).violations.map((violation) => violation.text)).toEqual([text]);
  });
});

test('compact names, another order, folding and case make no difference', () => {
  const [start = '', ...headers] = good.slice(0, -2);
  const compact = headers
    .map((row) =>
      row
        .replace('Via:', 'v:')
        .replace('From:', 'F :')
        .replace('To:', 't:')
        .replace('Call-ID:', 'i:')
        .replace('Contact:', 'm:')
        .replace('Content-Length:', 'l:\t')
        .replace('Subject:', 's:')
        .replace('CSeq: 1', 'cSEQ: 1\r\n\t'),
    )
    .sort((a, b) => Number(a.startsWith('v:')) - Number(b.startsWith('v:')));
  expect(read(lines(start, ...compact, '', ''))).toEqual(read(lines(...good)));
});

test('parameters after an address without brackets are the header’s own', () => {
  const { content } = read(lines(...good.map((row) => row.replace(/^To: .*/, 'To: sip:1001@voice.example;tag=2'))));
  expect(content?.headers.to).toEqual({ uri: 'sip:1001@voice.example', tag: '2' });
});

test('a response with a session description', () => {
  const sdp = 'v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n';
  const head = ['SIP/2.0 200', 'CSeq: 1 INVITE', 'c: Application/SDP; x=y', `l: ${sdp.length}`, '', sdp];
  const { content, violations } = read(lines(...head));
  expect(violations).toEqual([]);
  expect(content).toMatchObject({ status: 200, reason: '', sdp: { version: '0', media: [{ kind: 'audio' }] } });
});

test('octets past Content-Length are ignored on UDP', () => {
  const bytes = lines('SIP/2.0 200 OK', 'Content-Type: text/plain', 'Content-Length: 2', '', 'hi there');
  expect(read(bytes, 'UDP')).toMatchObject({ violations: [], content: { body: 'hi' } });
});

test('octets are counted, not characters', () => {
  const bytes = lines('SIP/2.0 200 OK', 'Content-Type: text/plain', 'Content-Length: 2', '', 'é');
  expect(read(bytes)).toMatchObject({ violations: [], content: { body: 'é' } });
});

const changed = (from: string | RegExp, to: string) => lines(...good.join('\r\n').replace(from, to).split('\r\n'));

describe('what RFC 3261 forbids is named', () => {
  test.each<[string, Uint8Array, string]>([
    [
      'version',
      changed('SIP/2.0', 'SIP/7.0'),
      'INVITE is not a good SIP message: the version is SIP/7.0, not SIP/2.0 (RFC 3261, section 21.5.6)',
    ],
    [
      'brackets',
      changed('sip:1001@voice.example SIP', '<sip:1001@voice.example> SIP'),
      'the request line "INVITE <sip:1001@voice.example> SIP/2.0" has more than method, URI and version in it (RFC 3261, section 25.1)',
    ],
    [
      'spaces',
      changed('INVITE sip', 'INVITE  sip'),
      'has more than method, URI and version in it (RFC 3261, section 25.1)',
    ],
    ['CSeq method', changed('1 INVITE', '1 BYE'), 'CSeq names BYE in a INVITE (RFC 3261, section 8.1.1.5)'],
    [
      'CSeq number',
      changed('1 INVITE', '2147483648 INVITE'),
      'CSeq "2147483648 INVITE" is not a number below 2^31 and a method (RFC 3261, section 8.1.1.5)',
    ],
    [
      'double header',
      changed('Call-ID: call@host', 'Call-ID: a\r\ni: b'),
      'the header call-id stands 2 times, once is allowed (RFC 3261, section 20)',
    ],
    [
      'Max-Forwards',
      changed('Max-Forwards: 69', 'Max-Forwards: 256'),
      'Max-Forwards "256" is not a whole number up to 255 (RFC 3261, section 20)',
    ],
    [
      'negative length',
      changed('Length: 0', 'Length: -1'),
      'Content-Length "-1" is not a whole number up to 9007199254740991 (RFC 3261, section 20)',
    ],
    [
      'length',
      changed('Length: 0', 'Length: 5'),
      'Content-Length is 5, the body has 0 octets (RFC 3261, section 18.3)',
    ],
    [
      'body without type',
      lines('SIP/2.0 200 OK', 'Content-Length: 2', '', 'hi'),
      '200 is not a good SIP message: there is a body without Content-Type (RFC 3261, section 20.15)',
    ],
    ['status', lines('SIP/2.0 700 Odd', '', ''), 'there is no status 700 (RFC 3261, section 7.2)'],
    [
      'Via',
      changed('SIP/2.0/TCP 10.0.0.1:5060', '10.0.0.1'),
      'has no protocol, transport and host (RFC 3261, section 20.42)',
    ],
    ['header', changed('Subject: a, b', 'no header'), '"no header" is not a header (RFC 3261, section 7.3.1)'],
    [
      'line end',
      Buffer.from(good.join('\r\n').replace('\r\nVia', '\nVia')),
      'a line ends with LF instead of CRLF (RFC 3261, section 7)',
    ],
    [
      'end of headers',
      lines('SIP/2.0 200 OK', 'Content-Length: 0'),
      'no empty line ends the headers (RFC 3261, section 7)',
    ],
  ])('%s', (_name, bytes, text) => {
    expect(syntaxError(read(bytes))?.message).toContain(text);
  });

  test('bytes without a start line have no content', () => {
    const parsed = read(lines('What is this?', '', ''));
    expect(parsed.content).toBeUndefined();
    expect(syntaxError(parsed)?.message).toBe(
      'this is not a good SIP message: "What is this?" is neither a request line nor a status line (RFC 3261, section 7.1)',
    );
  });

  test('names that objects have by nature are plain headers', () => {
    const { content } = read(lines('SIP/2.0 200 OK', '__proto__: x', 'constructor: y', '', ''));
    expect(Object.entries(content?.headers ?? {})).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });
});

/** What npm's `sip` makes of a message; an implementation of its own, written by others. */
interface Oracle {
  parse(text: string): {
    method?: string;
    uri?: string;
    status?: number;
    headers: {
      via: { protocol: string; host: string; port?: number; params: Record<string, string | null> }[];
      from: { uri: string; params: Record<string, string> };
      to: { uri: string; params: Record<string, string> };
      'call-id': string;
      cseq: { seq: number; method: string };
      contact?: { uri: string }[];
    };
  };
}
const oracle = createRequire(import.meta.url)('sip') as Oracle;

function oracleView(text: string) {
  const { headers, ...start } = oracle.parse(text);
  return {
    start: start.method ?? start.status,
    vias: headers.via.map(({ protocol, host, port, params }) => [
      protocol,
      port ? `${host}:${port}` : host,
      params.branch,
    ]),
    from: [headers.from.uri, headers.from.params.tag],
    to: [headers.to.uri, headers.to.params.tag],
    callId: headers['call-id'],
    cseq: [headers.cseq.seq, headers.cseq.method],
    contacts: (headers.contact ?? []).map(({ uri }) => uri),
  };
}

function ourView(content: SipMessage) {
  const { via, from, to, cseq, contact = [] } = content.headers;
  const hops = via === undefined ? [] : [via, ...(via.below ?? [])];
  return {
    start: isSipRequest(content) ? content.method : isSipResponse(content) ? content.status : undefined,
    vias: hops.map(({ transport, sentBy, branch }) => [transport, sentBy, branch]),
    from: [from?.uri, from?.tag],
    to: [to?.uri, to?.tag],
    callId: content.headers['call-id'],
    cseq: [cseq?.number, cseq?.method],
    contacts: contact.map(({ uri }) => uri),
  };
}

test.each([
  ['a request', good],
  ['a response', ['SIP/2.0 486 Busy Here', ...good.slice(1)]],
  ['compact names', good.map((row) => row.replace(/^Via:/, 'v:').replace('From:', 'f:').replace('Call-ID:', 'i:'))],
  ['folded lines', good.map((row) => row.replace('CSeq: 1 ', 'CSeq: 1\r\n '))],
  [
    'addresses without brackets',
    good.map((row) => row.replace(/^From: .*/, 'From: sip:a@b;tag=9').replace(/^Contact.*/, 'Contact: sip:a@c')),
  ],
  ['several contacts', good.map((row) => row.replace(/^Contact: .*/, 'm: <sip:a@b>;q=1, "x, y" <sip:c@d>'))],
])('the npm package sip reads the same: %s', (_name, rows) => {
  const text = rows.join('\r\n');
  const { content, violations } = read(Buffer.from(text));
  expect(violations).toEqual([]);
  expect(ourView(content as SipMessage)).toEqual(oracleView(text));
});
