import type { FreePart } from '../contract.ts';
import { sipStandard } from '../sip-rules.ts';
import type { MessageProfile } from './profile.ts';
import { isSipRequest, isSipResponse } from './sip.ts';

const lengthOnUdp: FreePart = {
  path: '$.headers.content-length',
  reason: 'a datagram has an end of its own, so only streams need it, where it is demanded (RFC 3261, section 20.14)',
};

/** Either side may send requests within a dialog, or open one. */
const free: readonly FreePart[] = [
  { path: '$.headers.cseq.increment', reason: 'the harness works it out of the numbers, which are demanded' },
  { path: '$.headers.cseq.first', reason: 'the harness works it out of the order, which is demanded' },
  lengthOnUdp,
  ...['accept', 'allow', 'supported', 'session-expires', 'min-se'].map((name) => ({
    path: `$.headers.${name}`,
    reason: 'it tells what the sender could do besides; nobody has to say so',
  })),
  { path: '$.headers.route', reason: 'the path that the other side has recorded; demanded where a dialog has one' },
];

/**
 * How SIP messages are compared: loosely, since unknown headers and parameters must be tolerated (RFC 3261, section 8.2.2).
 * Strict are only From, which later messages repeat, and To of a source's requests, because a To tag where no dialog exists is an
 * error (section 8.1.1.2).
 */
export const sipProfile: MessageProfile = {
  strict: { source: ['$.headers.from', '$.headers.to'], destination: ['$.headers.from'] },
  identity: {
    source: ['$.method', '$.requestUri', '$.status'],
    destination: ['$.status', '$.headers.cseq.method', '$.method'],
  },
  free: { source: free, destination: free },
  standard: sipStandard,
  title(content) {
    if (isSipRequest(content)) return `${content.method} ${content.requestUri}`;
    if (isSipResponse(content)) {
      const method = content.headers?.cseq?.method;
      return `${content.status}${content.reason ? ` ${content.reason}` : ''}${method ? ` (${method})` : ''}`;
    }
    return 'not a SIP message';
  },
  placeOf(content) {
    if (!isSipRequest(content) && !isSipResponse(content)) return {};
    const { 'call-id': callId, cseq } = content.headers;
    return {
      ...(callId === undefined ? {} : { dialog: `Call-ID ${callId}` }),
      ...(cseq === undefined ? {} : { number: `CSeq ${cseq.number}` }),
    };
  },
};
