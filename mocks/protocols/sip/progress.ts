import type { ObservedMessage } from '../../../contracts/conversation.ts';
import { equalJson } from '../../../contracts/matching/values.ts';
import { isSipRequest, isSipResponse, type SipRequest, type SipResponse } from '../../../contracts/messages/sip.ts';

/** What an INVITE may be told before its final response, as often as the other side likes (RFC 3261, section 21.1). */
export const progressStatuses: readonly number[] = [100, 180, 181, 182, 183];

/**
 * Leaves out the provisional responses that change nothing (RFC 3261, sections 12.1 and 13.3.1.1): one that comes again, one of a fork
 * that another one has won, and one of a kind that is not asked for. One that is wrong in itself stays, as does a reliable one.
 * @param asked the statuses that the judge knows of; all when absent
 */
export function withoutExtraProgress(
  messages: readonly ObservedMessage[],
  asked: readonly number[] = progressStatuses,
): ObservedMessage[] {
  const kept: ObservedMessage[] = [];
  for (const [index, message] of messages.entries()) {
    const { content, from } = message;
    const invite = isProgress(content) ? inviteOf(content, messages.slice(0, index)) : undefined;
    if (!isProgress(content) || invite === undefined || !isGood(content, invite)) {
      kept.push(message);
      continue;
    }
    const ofTransaction = (list: readonly ObservedMessage[]) =>
      list
        .filter((each) => each.from === from)
        .map((each) => each.content)
        .filter(isSipResponse)
        .filter(({ headers }) => equalJson(headers.cseq, content.headers.cseq));
    const isAgain = ofTransaction(kept).some((before) => before.status === content.status && sameTag(before, content));
    if (isAgain || !asked.includes(content.status) || isLostFork(content, ofTransaction(messages))) continue;
    kept.push(message);
  }
  return kept;
}

function isProgress(content: unknown): content is SipResponse {
  return isSipResponse(content) && content.status < 200 && content.headers.cseq?.method === 'INVITE';
}

function inviteOf(response: SipResponse, before: readonly ObservedMessage[]): SipRequest | undefined {
  return before
    .map(({ content }) => content)
    .filter(isSipRequest)
    .findLast(({ method, headers }) => method === 'INVITE' && headers.cseq?.number === response.headers.cseq?.number);
}

/** Whether it repeats what it has to, and names its dialog (RFC 3261, section 8.2.6.2). */
function isGood({ status, headers }: SipResponse, { headers: invited }: SipRequest): boolean {
  const repeats = (['via', 'from', 'call-id'] as const).every((name) => equalJson(headers[name], invited[name]));
  return repeats && headers.rseq === undefined && (status === 100 || headers.to?.tag !== undefined);
}

/** Whether the call was answered by another one of the ends that it was forked to, all of which had said so. */
function isLostFork(response: SipResponse, answers: readonly SipResponse[]): boolean {
  const won = answers.find(({ status }) => status >= 200 && status < 300);
  if (response.status === 100 || won === undefined || sameTag(won, response)) return false;
  return answers.some((each) => each.status > 100 && each.status < 200 && sameTag(won, each));
}

const sameTag = (a: SipResponse, b: SipResponse) => a.headers.to?.tag === b.headers.to?.tag;
