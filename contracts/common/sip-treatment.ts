import { destination, source } from '../contract.ts';
import { bind, bound, integer, type Matcher, regex, string, type Template } from '../matchers.ts';
import type { SipMessage } from '../messages/sip.ts';
import { answeredCall } from './sip-calls.ts';
import { type SipStep, type SipWire, sipSteps } from './sip-dialog.ts';
import { callingParty, type Headers, names, newDialog, notBlank, sipParts, sipUri } from './sip-parts.ts';
import { referral } from './sip-referral.ts';
import { exchange, within } from './sip-within.ts';

/**
 * What the Genesys Voice Platform is called for, and does with the call. All of it is written from the caller's end, which is the
 * SIP Proxy: in a contract of the platform as the source it is mirrored.
 */

/** The domain of the platform. */
export const platformDomain = 'gvp.voice.example';
const tenant = 'gvp-tenant-id=t100';

/** The session that the platform's Resource Manager opens for a new INVITE. */
export const gvpSession: Headers = {
  'x-genesys-gvp-session-id': regex(
    '^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\\s*;\\s*gvp\\.rm\\.datanodes=\\d+(\\|\\d+)*(\\s*;.*)?$',
    '8A1E3C54-0F2B-4D6A-9C71-2B5D8E0F1A34;gvp.rm.datanodes=2|1',
  ),
};

/** Request-URIs by what is asked for; the tenant is named in each of them. */
export const treatments = {
  msml: regex('^sips?:msml@[^;]+;(.*;)?gvp-tenant-id=[^;]+(;.*)?$', `sip:msml@${platformDomain};${tenant}`),
  announcement: regex(
    '^sips?:annc@[^;]+;(.*;)?play=[^;]+(;.*)?$',
    `sip:annc@${platformDomain};play=http://media.voice.example/hold.wav;${tenant}`,
  ),
  conference: regex('^sips?:conf=[^@;]+@.+$', `sip:conf=ct-7f3a9c@${platformDomain};${tenant}`),
  ivr: (number: string) =>
    regex(`^sips?:${number}@[^;]+;(.*;)?gvp-tenant-id=[^;]+(;.*)?$`, `sip:${number}@${platformDomain};${tenant}`),
};

interface Msml {
  headers: Headers;
  body: Matcher<string>;
}

/** An MSML document with a certain part in it (RFC 5707). */
function msml(pattern: string, example: string): Msml {
  const document = `<?xml version="1.0" encoding="UTF-8"?><msml version="1.1">${example}</msml>\r\n`;
  return {
    headers: { 'content-type': regex('^application/(.+\\+)?msml\\+xml$', 'application/msml+xml') },
    body: regex(`(?m)^.*<msml[ >].*${pattern}.*</msml>\\s*$`, document),
  };
}

const started = '<dialogstart target="conn:1" name="1"><play><audio uri="file://hold.wav"/></play></dialogstart>';
const requests = {
  start: msml('<dialogstart[ >].*</dialogstart>', started),
  /** Without a target, which is a must. */
  malformed: msml('<dialogstart[ />]', '<dialogstart/>'),
};
const results = {
  done: msml('<result[ ]response="200".*', '<result response="200"/>'),
  refused: msml('<result[ ]response="4\\d\\d".*', '<result response="400"/>'),
};
const events = {
  exit: msml('<event[ ][^>]*name="msml\\.dialog\\.exit".*', '<event name="msml.dialog.exit" id="conn:1/dialog:1"/>'),
  digits: (digits: string) =>
    msml(
      `<event[ ][^>]*name="msml\\.dialog\\.exit".*<name>dtmf\\.digits</name>\\s*<value>${digits}</value>.*`,
      '<event name="msml.dialog.exit" id="conn:1/dialog:1"><name>dtmf.digits</name>' +
        `<value>${digits}</value><name>dtmf.end</name><value>dtmf.match</value></event>`,
    ),
};

/** A call that the platform takes for a treatment, up to the ACK. */
function treated(wire: SipWire, requestUri: Matcher<string>): SipStep[] {
  const { acknowledge, answered, invite, ringing, trying } = sipSteps(wire);
  return [invite('msml', { requestUri }), trying(), ringing(), answered({ headers: gvpSession }), acknowledge()];
}

const released = (wire: SipWire, number: number): SipStep[] => exchange(wire, 'caller', 'BYE', { number });

/** A treatment for as long as the caller wants it. */
export const plainTreatment = (wire: SipWire, requestUri: Matcher<string>): SipStep[] => [
  ...treated(wire, requestUri),
  ...released(wire, 2),
];

/** A treatment that is started by MSML, and whose end the platform tells. */
export const scriptedTreatment = (wire: SipWire): SipStep[] => [
  ...treated(wire, treatments.msml),
  ...exchange(wire, 'caller', 'INFO', { number: 2, ...requests.start }, results.done),
  ...exchange(wire, 'callee', 'INFO', { as: 'INFO of the platform', number: 1, first: true, ...events.exit }),
  ...released(wire, 3),
];

/** Digits that are collected, and told in the order in which they were pressed. */
export const collectedDigits = (wire: SipWire): SipStep[] => [
  ...treated(wire, treatments.msml),
  ...exchange(wire, 'caller', 'INFO', { number: 2, ...requests.start }, results.done),
  ...exchange(wire, 'callee', 'INFO', { as: 'first digits', number: 1, first: true, ...events.digits('1234') }),
  ...exchange(wire, 'callee', 'INFO', { as: 'second digits', number: 2, ...events.digits('56') }),
  ...released(wire, 3),
];

/** A document that is no good MSML; the dialog goes on. */
export const malformedTreatment = (wire: SipWire): SipStep[] => [
  ...treated(wire, treatments.msml),
  ...exchange(wire, 'caller', 'INFO', { number: 2, ...requests.malformed }, results.refused),
  ...released(wire, 3),
];

/** A voice application that runs to its end, which the platform says by BYE. */
export const ivrSession = (wire: SipWire, number: string): SipStep[] => [
  ...treated(wire, treatments.ivr(number)),
  ...exchange(wire, 'callee', 'BYE', { number: 1, first: true }),
];

/** A voice application that hands the caller over. */
export const ivrTransfer = (wire: SipWire, number: string, headers: Headers): SipStep[] => [
  ...treated(wire, treatments.ivr(number)),
  ...referral(wire, 'callee', headers, { own: 1, other: 2 }),
  ...exchange(wire, 'callee', 'BYE', { number: 2 }),
];

/** A call that the platform places itself. */
export const outboundLeg = (wire: SipWire, number: string): SipStep[] => [
  ...answeredCall(wire, number, { anonymous: true, headers: gvpSession }),
  ...released(wire, 2),
];

/** An event in a dialog that is gone (RFC 3261, section 12.2.2), as the platform sends it. */
export const lateEvent = events.exit;

interface Subscription {
  event: string;
  headers?: Headers;
}

/** A subscription, which opens a dialog of its own (RFC 6665, section 4). */
export function subscription(wire: SipWire) {
  const { echoed, freshVia, length } = sipParts(wire);
  const reply = (status: number, reason: string, headers: Headers): SipStep =>
    destination<SipMessage>({
      status,
      reason: string(reason),
      headers: {
        ...echoed('SUBSCRIBE', 'SUBSCRIBE', names.cseq('SUBSCRIBE')),
        from: callingParty,
        to: { uri: bound(names.to, `sip:GVP@${platformDomain}`), tag: bind(names.toTag, notBlank('destination-1')) },
        ...length(integer(0)),
        ...headers,
      },
    } as Template<SipMessage>);
  const notify = within(wire, 'callee');
  return {
    subscribe: ({ event, headers = {} }: Subscription): SipStep =>
      source<SipMessage>({
        method: 'SUBSCRIBE',
        requestUri: bind(names.requestUri, sipUri(`sip:GVP@${platformDomain}`)),
        headers: {
          ...freshVia('SUBSCRIBE'),
          ...newDialog,
          to: { uri: bind(names.to, notBlank(`sip:GVP@${platformDomain}`)) },
          cseq: { number: bind(names.cseq('SUBSCRIBE'), integer(1)), method: 'SUBSCRIBE' },
          contact: [{ uri: bind(names.callerTarget, sipUri('sip:source@127.0.0.1')) }],
          event,
          expires: regex('^[1-9]\\d*$', '600'),
          ...length(integer(0)),
          ...headers,
        },
      } as Template<SipMessage>),
    accepted: (): SipStep =>
      reply(200, 'OK', {
        contact: [{ uri: bind(names.calleeTarget, sipUri('sip:destination@127.0.0.1')) }],
        expires: regex('^[1-9]\\d*$', '600'),
      }),
    refused: (status: number, reason: string, headers: Headers): SipStep => reply(status, reason, headers),
    notified: (event: string): SipStep[] => [
      notify.request('NOTIFY', {
        number: 1,
        first: true,
        headers: { event, 'subscription-state': regex('^active(;.*)?$', 'active;expires=600') },
      }),
      notify.response(200, 'OK', 'NOTIFY'),
    ],
  };
}
