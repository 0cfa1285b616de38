import { expect, test } from '@jest/globals';
import type { Sdp } from '../../../contracts/messages/sip.ts';
import { parseSdp, renderSdp } from './sdp.ts';

test('the offer of a media gateway', () => {
  const text = [
    'v=0',
    'o=- 5 6 IN IP4 10.0.0.1',
    's=call',
    'c=IN IP4 10.0.0.1',
    't=0 0',
    'a=recvonly',
    'm=audio 9000/2 RTP/AVP 8 101 18',
    'a=rtpmap:101 Telephone-Event/8000',
    'a=fmtp:101 0-15',
    'a=ptime:20',
    'a=__proto__:x',
    'm=video 0 RTP/AVP 31',
    'c=IN IP4 0.0.0.0',
    'a=inactive',
    '',
  ].join('\r\n');
  const attributes = Object.fromEntries([
    ['ptime', ['20']],
    ['__proto__', ['x']],
  ]);
  expect(parseSdp(text)).toEqual({
    version: '0',
    origin: '- 5 6 IN IP4 10.0.0.1',
    session: 'call',
    timing: '0 0',
    media: [
      {
        kind: 'audio',
        port: 9000,
        protocol: 'RTP/AVP',
        connection: 'IN IP4 10.0.0.1',
        direction: 'recvonly',
        codecs: [
          { payload: 8, name: 'pcma/8000' },
          { payload: 101, name: 'telephone-event/8000', fmtp: '0-15' },
          { payload: 18, name: 'g729/8000' },
        ],
        attributes,
      },
      {
        kind: 'video',
        port: 0,
        protocol: 'RTP/AVP',
        connection: 'IN IP4 0.0.0.0',
        direction: 'inactive',
        codecs: [{ payload: 31, name: 'unknown' }],
        attributes: {},
      },
    ],
  });
});

test('what is rendered reads the same', () => {
  const sdp: Sdp = {
    version: '0',
    origin: '- 1 1 IN IP4 127.0.0.1',
    session: '-',
    timing: '0 0',
    media: [
      {
        kind: 'audio',
        port: 16384,
        protocol: 'RTP/AVP',
        connection: 'IN IP4 127.0.0.1',
        direction: 'sendonly',
        codecs: [
          { payload: 0, name: 'pcmu/8000' },
          { payload: 101, name: 'telephone-event/8000', fmtp: '0-16' },
        ],
        attributes: { ptime: ['20'], mid: ['audio'], 'rtcp-mux': [''] },
      },
    ],
  };
  expect(parseSdp(renderSdp(sdp))).toEqual(sdp);
});

test('missing lines stay missing', () => {
  expect(parseSdp('m=audio 1 RTP/AVP 0\r\n')).toEqual({
    media: [
      {
        kind: 'audio',
        port: 1,
        protocol: 'RTP/AVP',
        direction: 'sendrecv',
        codecs: [{ payload: 0, name: 'pcmu/8000' }],
        attributes: {},
      },
    ],
  });
});
