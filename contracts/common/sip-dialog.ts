import { destination, type Step, source } from '../contract.ts';
import { bind, bound, integer, string, type Template } from '../matchers.ts';
import type { Sdp, SipMessage } from '../messages/sip.ts';
import {
  agreed,
  calledParty,
  calledPartyUntagged,
  callIdHeader,
  callingParty,
  type Headers,
  names,
  newDialog,
  notBlank,
  type SipWire,
  sameCallId,
  sipDomain,
  sipParts,
  sipUri,
  targets,
  uriOf,
} from './sip-parts.ts';
import { answer, offer } from './sip-session.ts';

export type { SipWire } from './sip-parts.ts';

export type SipStep = Step<SipMessage>;

/** What an INVITE has otherwise than a plain call. */
export interface InviteOptions {
  /** A plain call to the user's URI when absent. */
  requestUri?: Template<string>;
  headers?: Headers;
  /** The session description; `undefined` for an INVITE without one. */
  sdp?: Template<Sdp> | undefined;
  /** Without the id of the call. */
  anonymous?: true;
  /** An INVITE that is tried again: a Call-ID and a From that have been there before (RFC 3261, section 8.1.3.5). */
  again?: true;
}

/** What a response has otherwise than the plain one. */
export interface ResponseOptions {
  headers?: Headers;
  sdp?: Template<Sdp>;
  optional?: true;
}

/** Of a refusal that does not come from who rang, or not from who answers in the end. */
const toTagOfRefusal = 'the To tag of the refusal';

/**
 * The steps that the dialogs of a SIP connection are made of. Each demands what the tables of RFC 3261 mark as mandatory for its message
 * (sections 8.1.1, 8.2.6.2, 9.1, 12.1.1, 12.2.1.1, 13.2.2.4, 17.1.1.3) and lets everything else vary.
 * @param transaction the name of the INVITE among those of one interaction
 */
export function sipSteps(wire: SipWire, transaction = 'INVITE') {
  const { echoed, freshVia, length, sameBranchVia } = sipParts(wire);
  const inviteCSeq = names.cseq(transaction);
  const content = (message: object) => message as Template<SipMessage>;
  const response = (
    status: number,
    reason: string,
    headers: Headers,
    { sdp, optional }: ResponseOptions = {},
  ): SipStep =>
    destination<SipMessage>(
      content({ status, reason: string(reason), headers, ...(sdp === undefined ? {} : { sdp }) }),
      optional === undefined ? {} : { optional },
    );
  /** To a request of the caller. */
  const reply = (method: string, as = method, number = names.cseq(as)): Headers => ({
    ...echoed(method, as, number),
    from: callingParty,
    ...length(integer(0)),
  });
  const tagged = (tag: Template<string>): Headers => ({ to: { uri: bound(names.to, `sip:peer@${sipDomain}`), tag } });
  const invited = reply('INVITE', transaction);
  const inviteReply: Headers = { ...invited, ...tagged(agreed(names.toTag, 'destination-1')) };
  const early = { contact: [{ uri: bind(names.earlyTarget, sipUri('sip:destination@127.0.0.1')) }] };

  return {
    /** A call to a dialled number, with an offer unless told otherwise. */
    invite: (number: string, options: InviteOptions = {}): SipStep => {
      const { requestUri = uriOf(number), headers = {}, anonymous, again } = options;
      const sdp = 'sdp' in options ? options.sdp : offer;
      return source<SipMessage>(
        content({
          method: 'INVITE',
          requestUri: again ? targets.asInvited : bind(names.requestUri, requestUri),
          headers: {
            ...freshVia(transaction),
            ...(again ? { from: callingParty, ...sameCallId, 'max-forwards': integer(70) } : newDialog),
            to: again ? calledPartyUntagged : { uri: bind(names.to, notBlank(`sip:${number}@${sipDomain}`)) },
            cseq: {
              number: bind(inviteCSeq, integer(again ? 2 : 1)),
              method: 'INVITE',
              ...(again ? { increment: 1 } : { first: true }),
            },
            contact: [{ uri: bind(names.callerTarget, sipUri('sip:source@127.0.0.1')) }],
            ...(sdp === undefined ? {} : { 'content-type': 'application/sdp' }),
            ...length(sdp === undefined ? 0 : integer(0)),
            ...(anonymous ? {} : callIdHeader),
            ...headers,
          },
          ...(sdp === undefined ? {} : { sdp }),
        }),
      );
    },
    /** Sent where nothing else is within 200 ms (section 17.2.1). */
    trying: (): SipStep => response(100, 'Trying', { ...invited, to: calledPartyUntagged }, { optional: true }),
    ringing: (options: { optional?: true } = { optional: true }, headers: Headers = {}): SipStep =>
      response(180, 'Ringing', { ...inviteReply, ...early, ...headers }, options),
    /** Early media (section 13.2.1). */
    progress: (headers: Headers = {}): SipStep =>
      response(
        183,
        'Session Progress',
        { ...inviteReply, ...early, 'content-type': 'application/sdp', ...headers },
        { sdp: answer },
      ),
    answered: ({ headers = {}, sdp = answer }: ResponseOptions = {}): SipStep =>
      response(
        200,
        'OK',
        {
          ...inviteReply,
          contact: [{ uri: bind(names.calleeTarget, sipUri('sip:destination@127.0.0.1')) }],
          'content-type': 'application/sdp',
          ...headers,
        },
        { sdp },
      ),
    /** The final response where a reliable 183 has brought the answer (RFC 3262, section 5). */
    answeredBefore: (): SipStep =>
      response(200, 'OK', {
        ...inviteReply,
        contact: [{ uri: bind(names.calleeTarget, sipUri('sip:destination@127.0.0.1')) }],
      }),
    /** A transaction of its own, to the remote target (sections 12.2.1.1 and 13.2.2.4). */
    acknowledge: ({ headers = {}, sdp }: { headers?: Headers; sdp?: Template<Sdp> } = {}): SipStep =>
      source<SipMessage>(
        content({
          method: 'ACK',
          requestUri: targets.callee,
          headers: {
            ...freshVia('ACK'),
            ...sameCallId,
            from: callingParty,
            to: calledParty,
            cseq: { number: bound(inviteCSeq, 1), method: 'ACK' },
            'max-forwards': integer(70),
            ...(sdp === undefined ? {} : { 'content-type': 'application/sdp' }),
            ...length(integer(0)),
            ...headers,
          },
          ...(sdp === undefined ? {} : { sdp }),
        }),
      ),
    bye: (headers: Headers = {}): SipStep =>
      source<SipMessage>(
        content({
          method: 'BYE',
          requestUri: targets.callee,
          headers: {
            ...freshVia('BYE'),
            ...sameCallId,
            from: callingParty,
            to: calledParty,
            cseq: { number: bind(names.cseq('BYE'), integer(2)), method: 'BYE', increment: 1 },
            'max-forwards': integer(70),
            ...length(integer(0)),
            ...headers,
          },
        }),
      ),
    released: (): SipStep => response(200, 'OK', { ...reply('BYE'), to: calledParty }),
    refused: (status: number, reason: string, headers: Headers = {}): SipStep =>
      response(status, reason, { ...inviteReply, ...headers }),
    /** A refusal with a To tag of its own: another server may send the other responses (sections 8.2.6.2, 16.8 and 8.1.3.5). */
    refusedApart: (status: number, reason: string, headers: Headers = {}): SipStep =>
      response(status, reason, {
        ...invited,
        ...tagged(bind(toTagOfRefusal, notBlank('refusal-1'))),
        ...headers,
      }),
    /** Part of the refused INVITE's transaction, without a body (section 17.1.1.3). */
    acknowledgeRefusal: ({ apart }: { apart?: true } = {}): SipStep =>
      source<SipMessage>(
        content({
          method: 'ACK',
          requestUri: targets.asInvited,
          headers: {
            ...sameBranchVia('ACK', transaction),
            ...sameCallId,
            from: callingParty,
            to: apart ? { ...calledPartyUntagged, tag: bound(toTagOfRefusal, 'refusal-1') } : calledParty,
            cseq: { number: bound(inviteCSeq, 1), method: 'ACK' },
            'max-forwards': integer(70),
            ...length(0),
          },
        }),
      ),
    cancel: (headers: Headers = {}): SipStep =>
      source<SipMessage>(
        content({
          method: 'CANCEL',
          requestUri: targets.asInvited,
          headers: {
            ...sameBranchVia('CANCEL', transaction),
            ...sameCallId,
            from: callingParty,
            to: calledPartyUntagged,
            cseq: { number: bound(inviteCSeq, 1), method: 'CANCEL' },
            'max-forwards': integer(70),
            ...length(0),
            ...headers,
          },
        }),
      ),
    cancelAccepted: (): SipStep =>
      response(200, 'OK', { ...reply('CANCEL', 'CANCEL', inviteCSeq), ...tagged(notBlank('destination-1')) }),
    options: (headers: Headers = {}): SipStep =>
      source<SipMessage>(
        content({
          method: 'OPTIONS',
          requestUri: sipUri(`sip:${sipDomain}`),
          headers: {
            ...freshVia('OPTIONS'),
            ...newDialog,
            to: { uri: bind(names.to, notBlank(`sip:${sipDomain}`)) },
            cseq: { number: bind(names.cseq('OPTIONS'), integer(1)), method: 'OPTIONS' },
            ...length(integer(0)),
            ...headers,
          },
        }),
      ),
    inService: (): SipStep =>
      response(200, 'OK', { ...reply('OPTIONS'), ...tagged(agreed(names.toTag, 'destination-1')) }),
  };
}
