import { arrayContaining, bind, bound, integer, regex, type Template } from '../matchers.ts';
import type { Sdp } from '../messages/sip.ts';
import { answeredCall } from './sip-calls.ts';
import { type InviteOptions, type SipStep, type SipWire, sipSteps } from './sip-dialog.ts';
import { type Headers, names, recordedRoute, route, sameRecordedRoute, sipParts } from './sip-parts.ts';
import {
  answer,
  holdAnswer,
  holdOffer,
  movedAnswer,
  movedOffer,
  nowhereAnswer,
  nowhereOffer,
  resumeAnswer,
  resumeOffer,
} from './sip-session.ts';
import { type End, exchange, refusedReinvite, reinvite, within } from './sip-within.ts';

/** Flows within a dialog that several connections have. Unless it says otherwise, each ends with the caller's BYE. */

/** @param number the CSeq number of the example */
const released = (wire: SipWire, number: number): SipStep[] => exchange(wire, 'caller', 'BYE', { number });

/** A call through a proxy that stays on the route: it adds itself to the answers, and later requests go through it. */
export function routedCall(wire: SipWire, number: string, options: InviteOptions = {}): SipStep[] {
  const steps = sipSteps(wire);
  return [
    steps.invite(number, options),
    steps.trying(),
    steps.ringing({ optional: true }, recordedRoute),
    steps.answered({ headers: recordedRoute }),
    steps.acknowledge({ headers: route }),
    steps.bye(route),
    steps.released(),
  ];
}

/**
 * A call from outside that a proxy passes on and whose route it stays on; who was called releases it, by that route. It has no id
 * yet: a carrier gives none, and a proxy none of its own.
 */
export function forwardedCall(wire: SipWire, number: string): SipStep[] {
  const { acknowledge, answered, invite, ringing, trying } = sipSteps(wire);
  const { forwardedVia } = sipParts(wire);
  return [
    invite(number, { anonymous: true, headers: { ...forwardedVia('INVITE'), ...recordedRoute } }),
    trying(),
    ringing({ optional: true }, sameRecordedRoute),
    answered({ headers: sameRecordedRoute }),
    acknowledge(),
    ...exchange(wire, 'callee', 'BYE', { number: 1, first: true, headers: route }),
  ];
}

/** A call that begins with an announcement. */
export function announcedCall(wire: SipWire, number: string): SipStep[] {
  const steps = sipSteps(wire);
  return [
    steps.invite(number),
    steps.trying(),
    steps.progress(),
    steps.ringing(),
    steps.answered(),
    steps.acknowledge(),
    ...released(wire, 2),
  ];
}

const rseq = 'the RSeq';

/** A call whose announcement is acknowledged before the call is answered (RFC 3262, sections 3 to 5). */
export function confirmedCall(wire: SipWire, number: string): SipStep[] {
  const steps = sipSteps(wire);
  const rack: Headers = {
    rack: { rseq: bound(rseq, 1), cseq: bound(names.cseq('INVITE'), 1), method: 'INVITE' },
  };
  return [
    steps.invite(number, { headers: { supported: arrayContaining('100rel') } }),
    steps.trying(),
    steps.progress({ require: arrayContaining('100rel'), rseq: bind(rseq, integer(1)) }),
    ...exchange(wire, 'caller', 'PRACK', { number: 2, early: true, headers: rack }),
    steps.answeredBefore(),
    steps.acknowledge(),
    ...released(wire, 3),
  ];
}

/** A call whose answer is of a certain kind. */
export function answeredWith(wire: SipWire, number: string, sdp: Template<Sdp>): SipStep[] {
  const steps = sipSteps(wire);
  return [
    steps.invite(number),
    steps.trying(),
    steps.ringing(),
    steps.answered({ sdp }),
    steps.acknowledge(),
    ...released(wire, 2),
  ];
}

/** Hold and retrieve by re-INVITE (RFC 3264, section 8.4), by one end. */
export function heldCall(wire: SipWire, number: string, holding: End): SipStep[] {
  const start = holding === 'caller' ? { number: 2 } : ({ number: 1, first: true } as const);
  const hold = { as: 're-INVITE', sdp: holdOffer, ...start };
  const resume = { as: 'second re-INVITE', sdp: resumeOffer, number: start.number + 1 };
  return [
    ...answeredCall(wire, number),
    ...reinvite(wire, holding, hold, { sdp: holdAnswer }),
    ...reinvite(wire, holding, resume, { sdp: resumeAnswer }),
    ...released(wire, holding === 'caller' ? 4 : 2),
  ];
}

/** Hold as before RFC 3264, by an address that nothing may be sent to. */
export function heldByAddress(wire: SipWire, number: string): SipStep[] {
  const hold = { as: 're-INVITE', sdp: nowhereOffer, number: 2 };
  return [
    ...answeredCall(wire, number),
    ...reinvite(wire, 'caller', hold, { sdp: nowhereAnswer }),
    ...released(wire, 3),
  ];
}

/** The caller replaces its description by that of another party, as a back-to-back user agent transfers a call. */
export function movedCall(wire: SipWire, number: string, headers: Headers): SipStep[] {
  const move = { as: 're-INVITE', sdp: movedOffer, number: 2, headers };
  return [...answeredCall(wire, number), ...reinvite(wire, 'caller', move, { sdp: movedAnswer }), ...released(wire, 3)];
}

/** A change that the other end cannot take; the call goes on as it was. */
export function rigidCall(wire: SipWire, number: string, sdp: Template<Sdp>): SipStep[] {
  const change = { as: 're-INVITE', sdp, number: 2 };
  const refusal = { status: 488, reason: 'Not Acceptable Here' };
  return [...answeredCall(wire, number), ...refusedReinvite(wire, 'caller', change, refusal), ...released(wire, 3)];
}

/** Both ends change the session at once; neither change is made (RFC 3261, section 14.2). */
export function glare(wire: SipWire, number: string): SipStep[] {
  const caller = within(wire, 'caller');
  const callee = within(wire, 'callee');
  const [own, other] = ["the caller's re-INVITE", "the callee's re-INVITE"] as const;
  return [
    ...answeredCall(wire, number),
    caller.request('INVITE', { as: own, sdp: movedOffer, number: 2 }),
    callee.request('INVITE', { as: other, sdp: movedOffer, number: 1, first: true }),
    callee.response(491, 'Request Pending', 'INVITE', { as: other }),
    caller.response(491, 'Request Pending', 'INVITE', { as: own }),
    callee.acknowledgeRefusal(other),
    caller.acknowledgeRefusal(own),
    ...released(wire, 3),
  ];
}

/** A call that the other end releases. */
export function releasedByCallee(wire: SipWire, number: string, headers: Headers = {}): SipStep[] {
  return [...answeredCall(wire, number), ...exchange(wire, 'callee', 'BYE', { number: 1, first: true, headers })];
}

/** A call that is released twice: the second time there is no such dialog (RFC 3261, section 15.1.2). */
export function releasedTwice(wire: SipWire, number: string, headers: Headers): SipStep[] {
  const { request, response } = within(wire, 'caller');
  return [
    ...answeredCall(wire, number),
    ...exchange(wire, 'caller', 'BYE', { number: 2, headers }),
    request('BYE', { as: 'second BYE', number: 3 }),
    response(481, 'Call/Transaction Does Not Exist', 'BYE', { as: 'second BYE' }),
  ];
}

/** The endpoint is told while it rings to answer by itself. */
const talk: Headers = { event: 'talk', 'subscription-state': regex('^active(;.*)?$', 'active') };

/** A call that the endpoint answers when it is told to, with an offer in the INVITE, or in the 200 where that had none. */
export function talkingCall(
  wire: SipWire,
  number: string,
  { delayed, headers = {} }: { delayed?: true; headers?: Headers } = {},
): SipStep[] {
  const steps = sipSteps(wire);
  const invite: InviteOptions = delayed ? { sdp: undefined } : {};
  return [
    steps.invite(number, invite),
    steps.trying(),
    steps.ringing({}),
    ...exchange(wire, 'caller', 'NOTIFY', { number: 2, early: true, headers: { ...talk, ...headers } }),
    ...(delayed
      ? [steps.answered({ sdp: resumeOffer }), steps.acknowledge({ sdp: answer })]
      : [steps.answered(), steps.acknowledge()]),
    ...released(wire, 3),
  ];
}
