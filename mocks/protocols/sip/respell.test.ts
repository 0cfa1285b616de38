import { expect, test } from '@jest/globals';
import type { SipRequest } from '../../../contracts/messages/sip.ts';
import { respell } from './respell.ts';

const invite: SipRequest = {
  method: 'INVITE',
  requestUri: 'sip:1001@voice.example',
  headers: {
    via: {
      transport: 'TCP',
      sentBy: '10.0.0.1:5060',
      branch: 'z9hG4bKa',
      below: [{ transport: 'UDP', sentBy: '10.0.0.2' }],
    },
    from: { uri: 'sip:a@b', tag: '1' },
    to: { uri: 'sip:1001@voice.example' },
    'call-id': 'call@host',
    cseq: { number: 2, method: 'INVITE', increment: 1 },
    contact: [{ uri: 'sip:a@10.0.0.1' }],
    'record-route': [{ uri: 'sip:p1;lr' }, { uri: 'sip:p2;lr' }],
    'max-forwards': 70,
    'content-type': 'text/plain',
    'content-length': 5,
    allow: ['INVITE', 'ACK'],
  },
  body: 'hello',
};

test('every spelling of a request is the same request', async () => {
  const spellings = await respell(invite);
  expect(spellings.map(({ change }) => change)).toEqual([
    'compact header names',
    'header order',
    'header case',
    'space around the colon',
    'folded headers',
  ]);
  for (const { content } of spellings) expect(content).toEqual(invite);
});

test('a response has no increment to keep', async () => {
  const { body: _body, requestUri: _uri, method: _method, headers } = invite;
  const { 'content-type': _type, ...rest } = headers;
  const response = {
    status: 200,
    reason: 'OK',
    headers: { ...rest, cseq: { number: 2, method: 'INVITE' }, 'content-length': 0 },
  };
  for (const { content } of await respell(response)) expect(content).toEqual(response);
});

test('what is no message has no spelling', async () => {
  expect(await respell({ fault: 'x' })).toEqual([]);
});

test('a message that our parser refuses is not passed over', async () => {
  const broken = { ...invite, headers: { ...invite.headers, cseq: { number: 2, method: 'BYE' } } };
  await expect(respell(broken)).rejects.toThrow(/CSeq names BYE in a INVITE/);
});
