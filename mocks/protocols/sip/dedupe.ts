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
 * on UDP any message may come again byte by byte (RFC 3261, section 17, timers A, E and G), but that a client may count the uses of
 * its credentials; on a stream nothing is repeated but a 2xx to INVITE that waits for its ACK (section 13.3.1.4), and that ACK.
 */
export function withoutRetransmissions(
  messages: readonly RecordedMessage[],
  transport: SipTransport,
): RecordedMessage[] {
  const seen = new Set<string>();
  const acknowledged = new Set<Side>();
  /** By the side that acknowledges: how many copies of a 2xx there were for which no ACK has come. */
  const unanswered = new Map<Side, number>();
  return messages.filter(({ from, bytes }) => {
    const text = bytes.toString('latin1').replace(/\r\n(?:proxy-)?authorization[ \t]*:.*(?=\r\n)/gi, '');
    const isAgain = seen.has(`${from} ${text}`);
    seen.add(`${from} ${text}`);
    if (transport === 'UDP') return !isAgain;
    if (text.startsWith('ACK ')) {
      acknowledged.add(from);
      const copies = unanswered.get(from) ?? 0;
      if (isAgain && copies > 0) unanswered.set(from, copies - 1);
      return !isAgain || copies === 0;
    }
    const isRepeated = isAgain && isInviteSuccess(text) && !acknowledged.has(otherSide(from));
    if (isRepeated) unanswered.set(otherSide(from), (unanswered.get(otherSide(from)) ?? 0) + 1);
    return !isRepeated;
  });
}

function isInviteSuccess(text: string): boolean {
  return /^SIP\/2\.0 2\d\d .*?\r\ncseq[ \t]*:[ \t]*\d+[ \t]+INVITE[ \t]*\r\n/is.test(text);
}
