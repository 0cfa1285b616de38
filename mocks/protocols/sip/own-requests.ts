import type { Side } from '../../../contracts/contract.ts';
import type { SipHeaders, SipRequest } from '../../../contracts/messages/sip.ts';
import type { OwnRequests } from './moves.ts';
import { keywords, localContact } from './render.ts';
import type { SipTransport } from './transport.ts';

export interface IdentifiersOptions {
  side: Side;
  transport: SipTransport;
  /** A name that no other transaction or dialog has. */
  uniqueName: () => string;
}

/** Puts the running call's own identifiers in place of a template's examples, once for each. */
class Identifiers {
  protected readonly options: IdentifiersOptions;
  readonly #issued = new Set<string>();

  constructor(options: IdentifiersOptions) {
    this.options = options;
  }

  /** What every request of this side has of its own. */
  protected common({ headers: example, ...rest }: SipRequest): SipRequest {
    const { side, transport } = this.options;
    const { via, contact } = example;
    const headers: SipHeaders = { ...example, 'call-id': keywords.callId };
    if (via !== undefined) {
      headers.via = { ...via, sentBy: keywords.localAddress, branch: this.own(via.branch, 'z9hG4bK') };
    }
    if (contact !== undefined) headers.contact = [{ uri: localContact(side, transport) }];
    if (headers['record-route'] !== undefined) headers['record-route'] = [{ uri: keywords.ownRoute }];
    return { ...rest, headers };
  }

  /** Keeps an identifier of this call, which a `bound` has put there; replaces an example. */
  protected own(current: string | undefined, prefix: string): string {
    if (current !== undefined && this.#issued.has(current)) return current;
    const fresh = `${prefix}${this.options.uniqueName()}`;
    this.#issued.add(fresh);
    return fresh;
  }
}

/** Requests of the side that opens the dialog. */
export class OpeningRequests extends Identifiers implements OwnRequests {
  request(example: SipRequest): SipRequest {
    const { from } = example.headers;
    const request = this.common(example);
    if (from !== undefined) request.headers.from = { ...from, tag: this.own(from.tag, '') };
    return request;
  }
}

/** Requests of the side that was called, within the dialog that the other side has opened. */
export class AnsweringRequests extends Identifiers implements OwnRequests {
  request(example: SipRequest): SipRequest {
    const request = this.common(example);
    const from = { uri: keywords.calledParty, tag: keywords.localTag };
    const headers = { ...request.headers, from, to: { uri: keywords.callingParty } };
    return { ...request, requestUri: keywords.callerTarget, headers };
  }
}
