import type { Side } from '../../../contracts/contract.ts';
import type { ObservedMessage } from '../../../contracts/conversation.ts';
import { isSipRequest, type SipMessage } from '../../../contracts/messages/sip.ts';
import { type RecordedMessage, withoutRetransmissions } from './dedupe.ts';
import { parseSip, syntaxError } from './message.ts';
import type { SipTransport } from './transport.ts';

/** What the messages of one dialog come to; the failure is the first message that RFC 3261 forbids. */
export interface ObservedDialog {
  messages: ObservedMessage[];
  failure?: Error;
}

/** Reads the messages of one dialog into logical form, retransmissions left out. */
export function observe(recorded: readonly RecordedMessage[], transport: SipTransport): ObservedDialog {
  const messages: ObservedMessage[] = [];
  const highest = new Map<Side, number>();
  let failure: Error | undefined;
  for (const { from, bytes, atMs } of withoutRetransmissions(recorded, transport)) {
    const parsed = parseSip(bytes, transport);
    failure ??= syntaxError(parsed);
    if (parsed.content !== undefined) messages.push({ from, content: counted(parsed.content, from, highest), atMs });
  }
  return failure === undefined ? { messages } : { messages, failure };
}

/** Notes how far a request's number rose; ACK and CANCEL repeat the INVITE's (RFC 3261, sections 12.2.1.1 and 9.1). */
function counted(content: SipMessage, from: Side, highest: Map<Side, number>): SipMessage {
  const cseq = content.headers.cseq;
  if (!isSipRequest(content) || cseq === undefined) return content;
  const before = highest.get(from);
  if (content.method !== 'ACK' && content.method !== 'CANCEL') highest.set(from, Math.max(before ?? 0, cseq.number));
  const place = before === undefined ? { first: true as const } : { increment: cseq.number - before };
  return { ...content, headers: { ...content.headers, cseq: { ...cseq, ...place } } };
}
