import { destination, type Step, source } from '../contract.ts';
import { bind, bound, integer, string, type Template } from '../matchers.ts';
import type { Sdp, SipMessage } from '../messages/sip.ts';
import type { SipStep } from './sip-dialog.ts';
import {
  calledParty,
  callingParty,
  type Headers,
  names,
  newDialog,
  notBlank,
  type SipWire,
  sameCallId,
  sipParts,
  sipUri,
  targets,
} from './sip-parts.ts';

/** The end of a dialog that opened it, and the one that was called. */
export type End = 'caller' | 'callee';

/** What a message carries besides what every one of its kind has. */
export interface Carried {
  headers?: Headers;
  sdp?: Template<Sdp>;
  body?: Template<string>;
}

export interface RequestOptions extends Carried {
  /** Its name among the transactions of the dialog; its method when absent. */
  as?: string;
  /** The CSeq number of the example. */
  number: number;
  /** Set for the first request of its side, whose number may be any (RFC 3261, section 12.2.1.1). */
  first?: true;
  /** Set while the dialog is early (section 12.3). */
  early?: true;
}

/** Methods whose requests and 2xx say where their sender is reached (RFC 3261, section 12.2; RFC 3311, RFC 3515, RFC 6665). */
const targetRefreshing = { requests: ['INVITE', 'UPDATE', 'REFER', 'NOTIFY'], responses: ['INVITE', 'UPDATE'] };

/** Requests within a dialog and the answers to them (RFC 3261, section 12.2), by who asks. */
export function within(wire: SipWire, asking: End) {
  const { echoed, freshVia, length, sameBranchVia } = sipParts(wire);
  const [ask, reply] = asking === 'caller' ? [source, destination] : [destination, source];
  const step = (send: typeof source, content: object, options: Partial<Step> = {}): SipStep =>
    send<SipMessage>(content as Template<SipMessage>, options as Partial<SipStep>);
  const ends: Headers =
    asking === 'caller'
      ? { ...sameCallId, from: callingParty, to: calledParty }
      : { ...sameCallId, from: calledParty, to: callingParty };
  const targetOf = (early: boolean) => {
    if (asking === 'callee') return targets.caller;
    return early ? targets.calleeEarly : targets.callee;
  };
  /** Where the one who asks is reached from now on (section 12.2.1.2), and where the one who answers is. */
  const [ownTarget, otherTarget] =
    asking === 'caller' ? [names.callerTarget, names.calleeTarget] : [names.calleeTarget, names.callerTarget];
  const contact = (name: string): Headers => ({ contact: [{ uri: bind(name, sipUri('sip:end@127.0.0.1')) }] });
  const parts = ({ headers = {}, sdp, body }: Carried, own: Headers) => ({
    headers: { ...own, ...(sdp === undefined ? {} : { 'content-type': 'application/sdp' }), ...headers },
    ...(sdp === undefined ? {} : { sdp }),
    ...(body === undefined ? {} : { body }),
  });

  return {
    request: (method: string, { as = method, number, first, early, ...carried }: RequestOptions): SipStep =>
      step(ask, {
        method,
        requestUri: targetOf(early ?? false),
        ...parts(carried, {
          ...freshVia(as),
          ...ends,
          cseq: { number: bind(names.cseq(as), integer(number)), method, ...(first ? {} : { increment: 1 }) },
          'max-forwards': integer(70),
          ...(targetRefreshing.requests.includes(method) ? contact(ownTarget) : {}),
          ...length(integer(0)),
        }),
      }),
    response: (
      status: number,
      reason: string,
      method: string,
      { as = method, ...carried }: Carried & { as?: string } = {},
    ): SipStep =>
      step(reply, {
        status,
        reason: string(reason),
        ...parts(carried, {
          ...echoed(method, as, names.cseq(as)),
          ...ends,
          ...(targetRefreshing.responses.includes(method) && status < 300 ? contact(otherTarget) : {}),
          ...length(integer(0)),
        }),
      }),
    /** Sent where nothing else is within 200 ms (section 17.2.1). */
    trying: (as: string): SipStep =>
      step(
        reply,
        {
          status: 100,
          reason: string('Trying'),
          headers: { ...echoed('INVITE', as, names.cseq(as)), ...ends, ...length(integer(0)) },
        },
        { optional: true },
      ),
    /** Of an answered re-INVITE. */
    acknowledge: (as: string): SipStep =>
      step(ask, {
        method: 'ACK',
        requestUri: targetOf(false),
        headers: {
          ...freshVia(`ACK of the ${as}`),
          ...ends,
          cseq: { number: bound(names.cseq(as), 2), method: 'ACK' },
          'max-forwards': integer(70),
          ...length(integer(0)),
        },
      }),
    /** Of a refused re-INVITE: part of its transaction, without a body (section 17.1.1.3). */
    acknowledgeRefusal: (as: string): SipStep =>
      step(ask, {
        method: 'ACK',
        requestUri: targetOf(false),
        headers: {
          ...sameBranchVia(`ACK of the ${as}`, as),
          ...ends,
          cseq: { number: bound(names.cseq(as), 2), method: 'ACK' },
          'max-forwards': integer(70),
          ...length(0),
        },
      }),
  };
}

/** A request within a dialog that the other end has lost, or never had (RFC 3261, section 12.2.2). */
export function lostDialog(wire: SipWire, method: string, carried: Carried = {}): SipStep[] {
  const { freshVia, length } = sipParts(wire);
  const { headers = {}, body } = carried;
  const request = source<SipMessage>({
    method,
    requestUri: sipUri('sip:peer@127.0.0.1'),
    headers: {
      ...freshVia(method),
      ...newDialog,
      to: { uri: bind(names.to, notBlank('sip:peer@127.0.0.1')), tag: bind(names.toTag, notBlank('lost-1')) },
      cseq: { number: bind(names.cseq(method), integer(7)), method },
      ...length(integer(0)),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  } as Template<SipMessage>);
  return [request, within(wire, 'caller').response(481, 'Call/Transaction Does Not Exist', method)];
}

/** A request within a dialog and its 200. */
export function exchange(wire: SipWire, asking: End, method: string, options: RequestOptions, answer: Carried = {}) {
  const { request, response } = within(wire, asking);
  const as = options.as ?? method;
  return [request(method, options), response(200, 'OK', method, { as, ...answer })];
}

/** A re-INVITE that is taken (RFC 3261, section 14). */
export function reinvite(
  wire: SipWire,
  asking: End,
  options: RequestOptions & { as: string; sdp: Template<Sdp> },
  answer: Carried & { sdp: Template<Sdp> },
): SipStep[] {
  const { acknowledge, request, response, trying } = within(wire, asking);
  const { as } = options;
  return [request('INVITE', options), trying(as), response(200, 'OK', 'INVITE', { as, ...answer }), acknowledge(as)];
}

/** A re-INVITE that is refused and leaves the session as it was (RFC 3261, section 14.1). */
export function refusedReinvite(
  wire: SipWire,
  asking: End,
  options: RequestOptions & { as: string; sdp: Template<Sdp> },
  refusal: { status: number; reason: string; headers?: Headers },
): SipStep[] {
  const { acknowledgeRefusal, request, response, trying } = within(wire, asking);
  const { as } = options;
  const { status, reason, headers = {} } = refusal;
  return [
    request('INVITE', options),
    trying(as),
    response(status, reason, 'INVITE', { as, headers }),
    acknowledgeRefusal(as),
  ];
}
