import type { Side } from '../../../contracts/contract.ts';
import { otherSide } from '../../../contracts/mirrored.ts';
import type { SipTransport } from './transport.ts';

/** One message on a SIP connection, as bytes. */
export interface RecordedMessage {
  from: Side;
  bytes: Buffer;
  atMs: number;
}

/**
 * Leaves out what a transaction repeats by rule, so that only what was said is judged:
 * on UDP any message may come again byte by byte (RFC 3261, section 17, timers A, E and G);
 * on a stream nothing is repeated but a 2xx to INVITE that waits for its ACK (section 13.3.1.4).
 */
export function withoutRetransmissions(
  messages: readonly RecordedMessage[],
  transport: SipTransport,
): RecordedMessage[] {
  const seen = new Set<string>();
  const acknowledged = new Set<string>();
  return messages.filter(({ from, bytes }) => {
    const text = bytes.toString('latin1');
    if (text.startsWith('ACK ')) acknowledged.add(from);
    const key = `${from} ${text}`;
    const mayRepeat = transport === 'UDP' || (isInviteSuccess(text) && !acknowledged.has(otherSide(from)));
    if (mayRepeat && seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function isInviteSuccess(text: string): boolean {
  return /^SIP\/2\.0 2\d\d .*?\r\ncseq[ \t]*:[ \t]*\d+[ \t]+INVITE[ \t]*\r\n/is.test(text);
}
