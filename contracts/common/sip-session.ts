import { arrayContaining, integer, type Matcher, regex, string, type Template } from '../matchers.ts';
import type { Sdp, SdpCodec } from '../messages/sip.ts';

/** The lines that RFC 4566 (section 5) asks for, and one audio stream as plain RTP (RFC 3551). */
function audio(codecs: Matcher<SdpCodec[]>): Template<Sdp> {
  return {
    version: '0',
    origin: regex('^\\S+ \\d+ \\d+ IN IP[46] \\S+$', '- 1 1 IN IP4 127.0.0.1'),
    session: string('-'),
    timing: string('0 0'),
    media: [
      {
        kind: 'audio',
        port: integer(16384),
        protocol: 'RTP/AVP',
        connection: regex('^IN IP[46] \\S+$', 'IN IP4 127.0.0.1'),
        direction: regex('^(sendrecv|sendonly|recvonly|inactive)$', 'sendrecv'),
        codecs,
      },
    ],
  };
}

const g711: Template<SdpCodec> = { payload: integer(0), name: regex('^pcm[ua]/8000(/1)?$', 'pcmu/8000') };
const telephoneEvent: Template<SdpCodec> = {
  payload: integer(101),
  name: 'telephone-event/8000',
  fmtp: regex('^0-1[56]$', '0-15'),
};

/** Has both codecs. */
export const offer = audio(arrayContaining<SdpCodec>(g711, telephoneEvent));

/** May leave the telephone events out (RFC 3264, section 6.1). */
export const answer = audio(arrayContaining<SdpCodec>(g711));
