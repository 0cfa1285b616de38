import { type InviteOptions, type SipStep, type SipWire, sipSteps } from './sip-dialog.ts';
import type { Headers } from './sip-parts.ts';
import { exchange } from './sip-within.ts';

/** An answered call, up to the ACK. */
export function answeredCall(wire: SipWire, number: string, options: InviteOptions = {}): SipStep[] {
  const { acknowledge, answered, invite, ringing, trying } = sipSteps(wire);
  return [invite(number, options), trying(), ringing(), answered(), acknowledge()];
}

/** A call that is answered, then released by the caller. */
export function basicCall(wire: SipWire, number: string, options: InviteOptions = {}): SipStep[] {
  const { bye, released } = sipSteps(wire);
  return [...answeredCall(wire, number, options), bye(), released()];
}

/** What a refused call has otherwise than a plain one. */
export interface RefusalOptions {
  invite?: InviteOptions;
  /** Of the final response. */
  headers?: Headers;
}

/** A call that ends with a status from 300 on, before anything rings. */
export function refusedCall(
  wire: SipWire,
  number: string,
  status: number,
  reason: string,
  { invite = {}, headers = {} }: RefusalOptions = {},
): SipStep[] {
  const steps = sipSteps(wire);
  return [
    steps.invite(number, invite),
    steps.trying(),
    steps.refused(status, reason, headers),
    steps.acknowledgeRefusal(),
  ];
}

/** A call that whoever it rings at declines. */
export function declinedCall(
  wire: SipWire,
  number: string,
  status: number,
  reason: string,
  options: RefusalOptions = {},
): SipStep[] {
  const refused = refusedCall(wire, number, status, reason, options);
  return refused.toSpliced(2, 0, sipSteps(wire).ringing());
}

/**
 * A call that rings until time is up. It may be a proxy that gives up for the caller, and then the final response is its own, with
 * another To tag than that of the end that rang (RFC 3261, sections 16.8 and 8.2.6.2).
 */
export function unansweredCall(wire: SipWire, number: string, options: InviteOptions = {}): SipStep[] {
  const steps = sipSteps(wire);
  return [
    steps.invite(number, options),
    steps.trying(),
    steps.ringing(),
    steps.refusedApart(408, 'Request Timeout'),
    steps.acknowledgeRefusal({ apart: true }),
  ];
}

/** What is heard of a call before it is answered: that it rings, or an announcement. */
export type Before = 'ringing' | 'announcement';

/** A call that the caller gives up while it rings (RFC 3261, section 9). */
export function cancelledCall(
  wire: SipWire,
  number: string,
  before: Before = 'ringing',
  headers: Headers = {},
): SipStep[] {
  const steps = sipSteps(wire);
  return [
    steps.invite(number),
    steps.trying(),
    // A CANCEL may be sent only after a provisional response (section 9.1).
    before === 'ringing' ? steps.ringing({}) : steps.progress(),
    steps.cancel(headers),
    steps.cancelAccepted(),
    steps.refused(487, 'Request Terminated'),
    steps.acknowledgeRefusal(),
  ];
}

/** A call that is refused with what it lacks, and tried again with it (RFC 3261, sections 8.1.3.5 and 22). */
export function retriedCall(
  wire: SipWire,
  number: string,
  refusal: { status: number; reason: string; headers: Headers },
  invites: { first?: InviteOptions; again: InviteOptions; answered?: Headers },
): SipStep[] {
  const first = sipSteps(wire);
  const second = sipSteps(wire, 'second INVITE');
  return [
    first.invite(number, invites.first),
    first.trying(),
    first.refusedApart(refusal.status, refusal.reason, refusal.headers),
    first.acknowledgeRefusal({ apart: true }),
    second.invite(number, { ...invites.again, again: true }),
    second.trying(),
    second.ringing(),
    second.answered(invites.answered === undefined ? {} : { headers: invites.answered }),
    second.acknowledge(),
    ...exchange(wire, 'caller', 'BYE', { number: 3 }),
  ];
}

/** The question whether a peer is in service, and its answer (RFC 3261, section 11). */
export function liveness(wire: SipWire, headers: Headers = {}): SipStep[] {
  const { inService, options } = sipSteps(wire);
  return [options(headers), inService()];
}
