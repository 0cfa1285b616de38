import { arrayContaining, regex } from '../matchers.ts';
import { retriedCall } from './sip-calls.ts';
import { type SipStep, type SipWire, sipSteps } from './sip-dialog.ts';
import type { Headers } from './sip-parts.ts';
import { exchange } from './sip-within.ts';

/** Sessions that end unless they are refreshed (RFC 4028). No time passes: they are refreshed as soon as they are up. */

/** Asks for a session of a length, in seconds (RFC 4028, section 7.1). */
const sessionOf = (seconds: number): Headers => ({
  'session-expires': regex(`^${seconds}(;.*)?$`, `${seconds};refresher=uac`),
});

/** What a 2xx has agreed to: no less than 90 seconds, and who refreshes (RFC 4028, sections 4 and 9). */
const agreedSession: Headers = {
  'session-expires': regex('^(9\\d|[1-9]\\d{2,});refresher=ua[cs](;.*)?$', '1800;refresher=uac'),
};

/** A call whose caller refreshes the session by UPDATE (RFC 4028, section 7.4; RFC 3311). */
export function refreshedCall(wire: SipWire, number: string, seconds: number): SipStep[] {
  const { acknowledge, answered, invite, ringing, trying } = sipSteps(wire);
  const refresh = {
    number: 2,
    headers: { 'session-expires': regex(`^${seconds};refresher=uac$`, `${seconds};refresher=uac`) },
  };
  return [
    invite(number, { headers: { supported: arrayContaining('timer') } }),
    trying(),
    ringing(),
    answered({ headers: agreedSession }),
    acknowledge(),
    ...exchange(wire, 'caller', 'UPDATE', refresh, { headers: agreedSession }),
    ...exchange(wire, 'caller', 'BYE', { number: 3 }),
  ];
}

/** A call whose session is too short for the other end, and long enough when tried again (RFC 4028, section 7.3). */
export function lengthenedCall(wire: SipWire, number: string, { short, least }: { short: number; least: number }) {
  const refusal = { status: 422, reason: 'Session Interval Too Small', headers: { 'min-se': String(least) } };
  return retriedCall(wire, number, refusal, {
    first: { headers: sessionOf(short) },
    again: { headers: { ...sessionOf(least), 'min-se': String(least) } },
    answered: agreedSession,
  });
}
