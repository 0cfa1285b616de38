import type { ObservedMessage } from '../../../contracts/conversation.ts';
import { isSipRequest, isSipResponse, type SipMessage, type SipResponse } from '../../../contracts/messages/sip.ts';
import { otherSide } from '../../../contracts/mirrored.ts';

/**
 * Puts the messages of a dialog into the order in which they may have been sent: datagrams overtake each other, and whoever keeps to
 * RFC 3261 takes them all the same. So there come
 * - a provisional response before the final one of its transaction, and 100 before all others (section 17.1.1.2);
 * - an ACK before the requests of its side that follow the final response (section 13.3.1.4: the 2xx is repeated until it comes);
 * - the answer to a request within an INVITE's transaction, a CANCEL say, before the final response to that (section 9.2).
 */
export function inSequence(messages: readonly ObservedMessage[]): ObservedMessage[] {
  const ordered: ObservedMessage[] = [];
  for (const message of messages) {
    const at = ordered.findIndex((other) => other.from === message.from && overtook(other, message, ordered));
    ordered.splice(at < 0 ? ordered.length : at, 0, message);
  }
  return ordered;
}

/** Whether a message of the same side that came before has overtaken this one. */
function overtook(other: ObservedMessage, late: ObservedMessage, ordered: readonly ObservedMessage[]): boolean {
  const [before, content] = [other.content as SipMessage, late.content as SipMessage];
  if (isSipRequest(content)) {
    if (content.method !== 'ACK' || !isSipRequest(before) || numberOf(before) <= numberOf(content)) return false;
    const final = ordered.findIndex(({ from, content: response }) => {
      const isOther = from === otherSide(late.from) && isSipResponse(response) && !isProvisional(response);
      return isOther && methodOf(response) === 'INVITE' && numberOf(response) === numberOf(content);
    });
    return final >= 0 && final < ordered.indexOf(other);
  }
  if (!isSipResponse(before)) return false;
  if (isProvisional(content)) {
    const isLast = !isProvisional(before) || (content.status === 100 && before.status > 100);
    return isLast && numberOf(before) === numberOf(content) && methodOf(before) === methodOf(content);
  }
  if (isProvisional(before) || methodOf(before) !== 'INVITE' || methodOf(content) === 'INVITE') return false;
  const asked = ordered.findIndex(({ from, content: request }) => {
    const isOther = from === otherSide(late.from) && isSipRequest(request);
    return isOther && request.method === methodOf(content) && numberOf(request) === numberOf(content);
  });
  return asked >= 0 && asked < ordered.indexOf(other);
}

const isProvisional = ({ status }: SipResponse) => status < 200;
const numberOf = ({ headers }: SipMessage) => headers.cseq?.number ?? 0;
const methodOf = ({ headers }: SipMessage) => headers.cseq?.method;
