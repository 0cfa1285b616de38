import { describe, expect, test } from '@jest/globals';
import { isSipRequest } from '../../../contracts/messages/sip.ts';
import { parseSip, syntaxError } from './message.ts';
import type { SipTransport } from './transport.ts';

/**
 * Messages of the kinds that RFC 4475 collects, in words of our own: what a parser has to take though it looks wrong, and what it
 * has to refuse though most of it looks right.
 */
const headers: Readonly<Record<string, string>> = {
  Via: 'SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bKvox',
  'Max-Forwards': '70',
  From: '<sip:1001@voice.example>;tag=a1',
  To: '<sip:1002@voice.example>',
  'Call-ID': 'torture@192.0.2.1',
  CSeq: '7 OPTIONS',
  'Content-Length': '0',
};

const noChange = {};

function message(startLine: string, changes: Readonly<Record<string, string | undefined>>, body = ''): Buffer {
  const fields = Object.entries({ ...headers, ...changes }).filter(([, value]) => value !== undefined);
  return Buffer.from([startLine, ...fields.map(([name, value]) => `${name}: ${value}`), '', body].join('\r\n'));
}

const options = (changes: Readonly<Record<string, string | undefined>>, body = '') =>
  message('OPTIONS sip:1002@voice.example SIP/2.0', changes, body);
const line = (startLine: string) => message(startLine, noChange);

const tortuous = [
  'INVITE sip:1002@voice.example;unknown=param SIP/2.0',
  'TO :',
  ' sip:1002@voice.example ;   tag    = 77n',
  'fRoM   : "A \\\\\\""       <sip:1001@voice.example>',
  '  ;',
  '  tag = a1',
  'MaX-fOrWaRdS: 0068',
  'Call-ID: tortuous@192.0.2.1',
  'CSeq: 0009',
  '  INVITE',
  'Via  : SIP  /   2.0',
  ' /UDP',
  '    192.0.2.2;branch=z9hG4bKtop',
  's :',
  'X-New: something \u00fc unheard of',
  'X-Two: one',
  ' or more',
  'v:  SIP  / 2.0  / TCP     far.voice.example   ;',
  '  branch  =   z9hG4bKmiddle  ,',
  ' SIP  /    2.0   / UDP  192.0.2.111   ; branch=',
  ' z9hG4bKlast',
  'm:"A \\"\\"B" <sip:1001@voice.example> ; newparam =',
  '      newvalue ;',
  '  secondparam ; q = 0.33',
  'l: 0',
  '',
  '',
];

const boundary = 'unique-boundary';
const multipart = [`--${boundary}`, 'Content-Type: text/plain', '', 'Hello', `--${boundary}--`, ''].join('\r\n');

describe('is taken', () => {
  test('3.1.1.1: a short message with white space, folds and cases of all kinds', () => {
    const { content, violations } = parseSip(Buffer.from(tortuous.join('\r\n')), 'UDP');
    expect(violations).toEqual([]);
    expect(content).toMatchObject({
      requestUri: 'sip:1002@voice.example;unknown=param',
      headers: {
        via: {
          transport: 'UDP',
          sentBy: '192.0.2.2',
          branch: 'z9hG4bKtop',
          below: [
            { transport: 'TCP', sentBy: 'far.voice.example', branch: 'z9hG4bKmiddle' },
            { transport: 'UDP', sentBy: '192.0.2.111', branch: 'z9hG4bKlast' },
          ],
        },
        'max-forwards': 68,
        from: { uri: 'sip:1001@voice.example', tag: 'a1' },
        to: { uri: 'sip:1002@voice.example', tag: '77n' },
        cseq: { number: 9, method: 'INVITE' },
        contact: [{ uri: 'sip:1001@voice.example', params: { newparam: 'newvalue', secondparam: '', q: '0.33' } }],
        subject: '',
        'x-two': 'one or more',
      },
    });
  });

  test.each<[what: string, bytes: Buffer, seen: object]>([
    [
      '3.1.1.2: a method of all the characters that a token may have',
      message("!interesting-Method0123456789_*+`.%indeed'~ sip:1002@voice.example SIP/2.0", {
        CSeq: "7 !interesting-Method0123456789_*+`.%indeed'~",
      }),
      { method: "!interesting-Method0123456789_*+`.%indeed'~" },
    ],
    [
      '3.1.1.3: escapes in a URI, which stay as they are',
      message('OPTIONS sip:sips%3Auser%40example.com@voice.example SIP/2.0', { To: 'sip:%75se%72@voice.example' }),
      {
        requestUri: 'sip:sips%3Auser%40example.com@voice.example',
        headers: { to: { uri: 'sip:%75se%72@voice.example' } },
      },
    ],
    [
      '3.1.1.4: escaped nulls in a URI',
      options({ From: 'sip:null-%00-null@voice.example;tag=a1', Contact: '<sip:%00@192.0.2.1>' }),
      { headers: { from: { uri: 'sip:null-%00-null@voice.example' }, contact: [{ uri: 'sip:%00@192.0.2.1' }] } },
    ],
    [
      '3.1.1.5: a percent sign that escapes nothing',
      message('RE%47IST%45R sip:voice.example SIP/2.0', { CSeq: '7 RE%47IST%45R' }),
      { method: 'RE%47IST%45R' },
    ],
    [
      '3.1.1.6: no space before the bracket',
      options({ From: 'caller<sip:1001@voice.example>;tag=323' }),
      { headers: { from: { uri: 'sip:1001@voice.example', tag: '323' } } },
    ],
    [
      '3.1.1.7: long values',
      options({ From: `"${'long '.repeat(200)}"<sip:${'1'.repeat(900)}@voice.example>;p=${'v'.repeat(900)};tag=a1` }),
      { headers: { from: { uri: `sip:${'1'.repeat(900)}@voice.example`, tag: 'a1' } } },
    ],
    ['3.1.1.8: octets behind the message', options(noChange, 'INVITE sip:1@2 SIP/2.0\r\n\r\n'), { method: 'OPTIONS' }],
    [
      '3.1.1.9: semicolons in the user part',
      message('OPTIONS sip:user;par=u%40example.net@voice.example SIP/2.0', {
        Contact: '<sip:user;par=u%40example.net@192.0.2.1>',
      }),
      {
        requestUri: 'sip:user;par=u%40example.net@voice.example',
        headers: { contact: [{ uri: 'sip:user;par=u%40example.net@192.0.2.1' }] },
      },
    ],
    [
      '3.1.1.10: transports that nobody knows',
      options({ Via: 'SIP/2.0/UNKNOWN t1.example;branch=z9hG4bK1, SIP/2.0/TLS t2.example;branch=z9hG4bK2' }),
      { headers: { via: { transport: 'UNKNOWN', sentBy: 't1.example', below: [{ transport: 'TLS' }] } } },
    ],
    [
      '3.1.1.11: a body of several parts',
      options(
        {
          'Content-Type': `multipart/mixed;boundary=${boundary}`,
          'Content-Length': String(multipart.length),
        },
        multipart,
      ),
      { headers: { 'content-type': 'multipart/mixed' }, body: multipart },
    ],
    [
      '3.1.1.12: an unusual reason',
      line('SIP/2.0 200 = 2**3 * 5**2 \u043d\u043e \u0447\u0438\u0441\u043b\u043e'),
      { status: 200, reason: '= 2**3 * 5**2 \u043d\u043e \u0447\u0438\u0441\u043b\u043e' },
    ],
    ['3.1.1.13: no reason', line('SIP/2.0 100 '), { status: 100, reason: '' }],
    [
      '3.4.1: a request of the time before RFC 3261',
      message('OPTIONS sip:1002@voice.example SIP/2.0', {
        Via: 'SIP/2.0/UDP 192.0.2.1',
        'Max-Forwards': undefined,
        From: 'sip:1001@voice.example',
      }),
      { headers: { via: { sentBy: '192.0.2.1' }, from: { uri: 'sip:1001@voice.example' } } },
    ],
  ])('%s', (_, bytes, seen) => {
    const { content, violations } = parseSip(bytes, 'UDP');
    expect(violations).toEqual([]);
    expect(content).toMatchObject(seen);
  });
});

const huge = '36893488147419103232';

describe('is refused', () => {
  test.each<[what: string, bytes: Buffer, text: string, transport?: SipTransport]>([
    ['3.1.2.1: separators too many in Via', options({ Via: `${headers.Via};;,;,,` }), 'Via ";" has no protocol'],
    [
      '3.1.2.1: separators too many in Contact',
      options({ Contact: '"A" <sip:1001@192.0.2.1>;;;;' }),
      'contact "A" <sip:1001@192.0.2.1>;;;; has an empty parameter',
    ],
    ['3.1.2.2: a length that the body does not have', options({ 'Content-Length': '9999' }), 'Content-Length is 9999'],
    [
      '3.1.2.3: a negative length',
      options({ 'Content-Length': '-999' }),
      'Content-Length "-999" is not a whole number',
    ],
    ['3.1.2.4: a CSeq too large', options({ CSeq: `${huge} OPTIONS` }), `CSeq "${huge} OPTIONS" is not a number below`],
    ['3.1.2.4: Max-Forwards too large', options({ 'Max-Forwards': '300' }), 'Max-Forwards "300" is not a whole number'],
    [
      '3.1.2.4: Expires too large',
      options({ Expires: huge }),
      `expires "${huge}" does not begin with whole seconds up to 4294967295`,
    ],
    [
      '3.1.2.5: Retry-After too large',
      message('SIP/2.0 503 Service Unavailable', { 'Retry-After': huge }),
      `retry-after "${huge}" does not begin with whole seconds`,
    ],
    [
      '3.1.2.6: a quote without end',
      options({ To: '"Mr. J. User <sip:1002@voice.example>' }),
      'a quote that does not end',
    ],
    [
      '3.1.2.7: brackets around the request URI',
      line('OPTIONS <sip:1002@voice.example> SIP/2.0'),
      'more than method, URI',
    ],
    [
      '3.1.2.8: white space in the request URI',
      line('OPTIONS sip:1002@voice.example; lr SIP/2.0'),
      'more than method, URI',
    ],
    [
      '3.1.2.9: several spaces in the request line',
      line('OPTIONS  sip:1002@voice.example  SIP/2.0'),
      'more than method, URI',
    ],
    [
      '3.1.2.10: spaces behind the request line',
      line('OPTIONS sip:1002@voice.example SIP/2.0  '),
      'more than method, URI',
    ],
    ['3.1.2.16: a version of the future', line('OPTIONS sip:1002@voice.example SIP/7.0'), 'the version is SIP/7.0'],
    ['3.1.2.17: another method in CSeq', options({ CSeq: '7 INVITE' }), 'CSeq names INVITE in a OPTIONS'],
    [
      '3.1.2.18: another method in the CSeq of an unknown one',
      message('NEWMETHOD sip:1002@voice.example SIP/2.0', noChange),
      'CSeq names OPTIONS in a NEWMETHOD',
    ],
    ['3.1.2.19: a status too large', line('SIP/2.0 4294967301 better not'), 'there is no status 4294967301'],
    ['3.3.8: From more than once', options({ f: '<sip:1@2>;tag=b' }), 'the header from stands 2 times'],
    ['3.3.9: several lengths', options({ l: '5' }), 'the header content-length stands 2 times'],
    ['a length too small on TCP', options(noChange, 'behind'), 'Content-Length is 0, the body has 6 octets', 'TCP'],
  ])('%s', (_, bytes, text, transport = 'UDP') => {
    expect(syntaxError(parseSip(bytes, transport))?.message).toContain(text);
  });
});

test('what is refused can still be told apart, so that it is judged as the message that it is', () => {
  expect(isSipRequest(parseSip(options({ CSeq: `${huge} OPTIONS` }), 'UDP').content)).toBe(true);
});
