import type { Side } from '../../../contracts/contract.ts';
import type { ObservedMessage } from '../../../contracts/conversation.ts';
import { isSipRequest, type SipMessage } from '../../../contracts/messages/sip.ts';
import { type RecordedMessage, withoutRetransmissions } from './dedupe.ts';
import { parseSip, syntaxError } from './message.ts';
import { withoutExtraProgress } from './progress.ts';
import { inSequence } from './sequence.ts';
import type { SipTransport } from './transport.ts';

/** What the messages of one dialog come to; the failure is the first message that RFC 3261 forbids. */
export interface ObservedDialog {
  messages: ObservedMessage[];
  failure?: Error;
}

/**
 * Reads the messages of one dialog into logical form: without retransmissions and the progress that nobody asks for, on UDP in the
 * order in which they may have been sent.
 * @param asked the statuses of progress that the judge knows of; all when absent
 */
export function observe(
  recorded: readonly RecordedMessage[],
  transport: SipTransport,
  asked?: readonly number[],
): ObservedDialog {
  const read: ObservedMessage[] = [];
  let failure: Error | undefined;
  for (const { from, bytes, atMs } of withoutRetransmissions(recorded, transport)) {
    const parsed = parseSip(bytes, transport);
    failure ??= syntaxError(parsed);
    if (parsed.content !== undefined) read.push({ from, content: parsed.content, atMs });
  }
  const highest = new Map<Side, number>();
  const messages = withoutExtraProgress(transport === 'UDP' ? inSequence(read) : read, asked).map((message) => ({
    ...message,
    content: counted(message.content as SipMessage, message.from, highest),
  }));
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
