import { regex } from '../matchers.ts';
import { answeredCall } from './sip-calls.ts';
import type { SipStep, SipWire } from './sip-dialog.ts';
import type { Headers } from './sip-parts.ts';
import { sipDomain } from './sip-parts.ts';
import { type End, exchange, within } from './sip-within.ts';

/** Calls that one end hands over (RFC 3515). */

/** What a REFER says, and how the one who was asked tells how it went (RFC 3515, section 2.4). */
export const referTo = {
  blind: (number: string): Headers => ({
    'refer-to': regex(`^<sips?:${number}@[^>?]+>$`, `<sip:${number}@${sipDomain}>`),
  }),
  attended: (number: string): Headers => ({
    'refer-to': regex(
      `^<sips?:${number}@[^>?]+\\?(.*&)?Replaces=[^&>]+%3Bto-tag%3D[^&>]+%3Bfrom-tag%3D[^&>]+(&.*)?>$`,
      `<sip:${number}@${sipDomain}?Replaces=call-2%40127.0.0.1%3Bto-tag%3Dtwo%3Bfrom-tag%3Done>`,
    ),
  }),
};

const fragment = (status: string, example: string) => regex(`(?m)^SIP/2\\.0 ${status} .*$`, `${example}\r\n`);

const progressOf = (state: string, example: string): Headers => ({
  event: regex('^refer(;id=\\d+)?$', 'refer'),
  'subscription-state': regex(state, example),
  'content-type': 'message/sipfrag',
});

/**
 * A REFER that is accepted, and the two NOTIFYs that tell how it goes.
 * @param asking who sends the REFER
 */
export function referral(wire: SipWire, asking: End, headers: Headers, numbers: { own: number; other: number }) {
  const { request, response } = within(wire, asking);
  const other: End = asking === 'caller' ? 'callee' : 'caller';
  const refer = asking === 'caller' ? { number: numbers.own } : ({ number: numbers.own, first: true } as const);
  const notify = other === 'callee' ? ({ number: numbers.other, first: true } as const) : { number: numbers.other };
  return [
    request('REFER', { ...refer, headers }),
    response(202, 'Accepted', 'REFER'),
    ...exchange(wire, other, 'NOTIFY', {
      ...notify,
      as: 'NOTIFY',
      headers: progressOf('^active(;.*)?$', 'active;expires=60'),
      body: fragment('100', 'SIP/2.0 100 Trying'),
    }),
    ...exchange(wire, other, 'NOTIFY', {
      as: 'second NOTIFY',
      number: numbers.other + 1,
      headers: progressOf('^terminated(;.*)?$', 'terminated;reason=noresource'),
      body: fragment('200', 'SIP/2.0 200 OK'),
    }),
  ];
}

/** A call that the caller hands over. */
export function referredCall(wire: SipWire, number: string, headers: Headers): SipStep[] {
  return [
    ...answeredCall(wire, number),
    ...referral(wire, 'caller', headers, { own: 2, other: 1 }),
    ...exchange(wire, 'caller', 'BYE', { number: 3 }),
  ];
}

/** A call that cannot be handed over by REFER; it goes on. */
export function unreferredCall(
  wire: SipWire,
  number: string,
  headers: Headers,
  refusal: { status: number; reason: string; headers: Headers },
): SipStep[] {
  const { request, response } = within(wire, 'caller');
  return [
    ...answeredCall(wire, number),
    request('REFER', { number: 2, headers }),
    response(refusal.status, refusal.reason, 'REFER', { headers: refusal.headers }),
    ...exchange(wire, 'caller', 'BYE', { number: 3 }),
  ];
}
