import { isSipRequest, isSipResponse, type SipRequest, type SipResponse } from '../../../../contracts/messages/sip.ts';
import type { LoggedMessage } from '../log.ts';
import { parseSip } from '../message.ts';
import type { SipTransport } from '../transport.ts';

/** The final answer to a request of the caller. */
export interface FinalAnswer {
  status: number;
  reason: string;
}

/** Where a call stands by what the caller has sent and received. */
export class Story {
  /** Something was heard of the call: before that it cannot be given up (RFC 3261, section 9.1). */
  wasHeard = false;
  isRinging = false;
  /** Answered, and that acknowledged. */
  isUp = false;
  /** What refused the call. */
  refusal: FinalAnswer | undefined;
  /** Who has ended the dialog. */
  endedBy: 'caller' | 'callee' | undefined;
  /** Whether the end is answered. */
  isConfirmed = false;
  /** The direction that the other end has offered last. */
  offered = 'sendrecv';
  readonly #transport: SipTransport;
  readonly #answers = new Map<number, FinalAnswer>();
  readonly #acknowledged = new Set<number>();

  constructor(transport: SipTransport) {
    this.#transport = transport;
  }

  add({ direction, bytes }: LoggedMessage): void {
    const { content } = parseSip(bytes, this.#transport);
    if (isSipRequest(content)) {
      if (direction === 'sent') this.#sent(content);
      else this.#asked(content);
    }
    if (isSipResponse(content) && direction === 'received') this.#answered(content);
  }

  /** How a change was answered, once that is acknowledged. @param cseq the number of the re-INVITE */
  answerTo(cseq: number): FinalAnswer | undefined {
    return this.#acknowledged.has(cseq) ? this.#answers.get(cseq) : undefined;
  }

  #sent({ method, headers: { cseq } }: SipRequest): void {
    if (method === 'BYE') this.endedBy ??= 'caller';
    if (method !== 'ACK' || cseq === undefined) return;
    this.#acknowledged.add(cseq.number);
    if (cseq.number > 1) return;
    const answer = this.#answers.get(1);
    if (answer?.status === 200) this.isUp = true;
    else this.refusal = answer;
  }

  #asked({ method, sdp }: SipRequest): void {
    if (method === 'BYE') this.endedBy ??= 'callee';
    if (method === 'INVITE') this.offered = sdp?.media[0]?.direction ?? 'sendrecv';
  }

  #answered({ status, reason, headers: { cseq } }: SipResponse): void {
    this.wasHeard = true;
    if (cseq?.method === 'BYE' && status >= 200) this.isConfirmed = true;
    if (cseq?.method !== 'INVITE') return;
    if (status > 100 && status < 200 && cseq.number === 1) this.isRinging = true;
    if (status >= 200) this.#answers.set(cseq.number, { status, reason });
  }
}
