import { arrayContaining, integer, type Matcher, regex, string, type Template } from '../matchers.ts';
import type { Sdp, SdpCodec } from '../messages/sip.ts';

interface AudioOptions {
  /** May be any when absent. */
  direction?: Template<string>;
  connection?: Template<string>;
  /** How often the description was changed: the version that the origin of the example has. */
  version?: number;
}

/** The lines that RFC 4566 (section 5) asks for, and one audio stream as plain RTP (RFC 3551). */
function audio(codecs: Matcher<SdpCodec[]>, options: AudioOptions = {}): Template<Sdp> {
  const {
    direction = regex('^(sendrecv|sendonly|recvonly|inactive)$', 'sendrecv'),
    connection = regex('^IN IP[46] \\S+$', 'IN IP4 127.0.0.1'),
    version = 1,
  } = options;
  return {
    version: '0',
    origin: regex('^\\S+ \\d+ \\d+ IN IP[46] \\S+$', `- 1 ${version} IN IP4 127.0.0.1`),
    session: string('-'),
    timing: string('0 0'),
    media: [{ kind: 'audio', port: integer(16384), protocol: 'RTP/AVP', connection, direction, codecs }],
  };
}

const g711: Template<SdpCodec> = { payload: integer(0), name: regex('^pcm[ua]/8000(/1)?$', 'pcmu/8000') };
const telephoneEvent: Template<SdpCodec> = {
  payload: integer(101),
  name: 'telephone-event/8000',
  fmtp: regex('^0-1[56]$', '0-15'),
};
const bothCodecs = arrayContaining<SdpCodec>(g711, telephoneEvent);
const oneCodec = arrayContaining<SdpCodec>(g711);

/** Has both codecs. */
export const offer = audio(bothCodecs);

/** May leave the telephone events out (RFC 3264, section 6.1). */
export const answer = audio(oneCodec);

/** An answer that keeps the telephone events (RFC 4733). */
export const answerWithEvents = audio(bothCodecs);

/** Offers of a dialog that is up: hold, its end, and an address that nothing may be sent to (RFC 3264, section 8.4). */
export const holdOffer = audio(bothCodecs, { direction: regex('^(sendonly|inactive)$', 'sendonly'), version: 2 });
export const resumeOffer = audio(bothCodecs, { direction: 'sendrecv', version: 3 });
export const nowhereOffer = audio(bothCodecs, { connection: 'IN IP4 0.0.0.0', version: 2 });

/** A changed offer: the other party's description in place of the first one. */
export const movedOffer = audio(bothCodecs, { direction: 'sendrecv', version: 2 });

export const holdAnswer = audio(oneCodec, { direction: regex('^(recvonly|inactive)$', 'recvonly'), version: 2 });
export const resumeAnswer = audio(oneCodec, { direction: 'sendrecv', version: 3 });
export const nowhereAnswer = audio(oneCodec, { version: 2 });
export const movedAnswer = audio(oneCodec, { direction: 'sendrecv', version: 2 });
