import { destination, type FreePart, type Step } from '../contract.ts';
import { dialect } from '../dialect.ts';
import { bind, bound, eachLike, integer, type Matcher, regex, type Template } from '../matchers.ts';
import type { SipHeaders, SipHop, SipParty, SipVia } from '../messages/sip.ts';
import { world } from '../world.ts';

/** What a SIP connection of the table runs on. Content-Length is a must only on a stream (RFC 3261, section 20.14). */
export type SipWire = 'TCP' | 'UDP';

export type Headers = Template<SipHeaders>;

/** What the messages of a dialog agree on, by names that read well in a mismatch: "the value bound to the To tag". */
export const names = {
  via: (transaction: string) => `the Via of the ${transaction}`,
  branch: (transaction: string) => `the branch of the ${transaction}`,
  cseq: (transaction: string) => `the CSeq of the ${transaction}`,
  requestUri: 'the Request-URI of the INVITE',
  /** Where the requests of the caller go: once the call is answered, and before. */
  calleeTarget: 'the Contact of the 200',
  earlyTarget: 'the Contact of the provisional response',
  /** Where the requests of the side that was called go. */
  callerTarget: 'the Contact of the INVITE',
  toTag: 'the To tag',
  to: 'the To of the request',
  from: 'the From of the dialog',
  callId: 'the Call-ID',
  route: 'the recorded route',
};

export const sipDomain = world.tenant.sipDomain;
const caller = `sip:${world.call.ani}@${sipDomain}`;
const callee = `sip:peer@${sipDomain}`;
const branch = 'z9hG4bK-1';

export const notBlank = (example: string) => regex('^\\S+$', example);
export const sipUri = (example: string) => regex('^sips?:[^<> ]+$', example);

/** A URI of a user, with nothing said of the host and the parameters. */
export const uriOf = (user: string) =>
  regex(`^sips?:${user.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}@.+$`, `sip:${user}@${sipDomain}`);

/**
 * A value that all messages must agree on, wherever it is seen first: a To tag may come with a 180, or only with the final
 * response (RFC 3261, section 8.2.6.2).
 */
export const agreed = (name: string, example: string): Matcher<string> => bind(name, bound(name, example));

/** A hop that stays on the route of a dialog and routes loosely (RFC 3261, sections 16.6 and 19.1.1). */
export const recordedRoute: Headers = {
  'record-route': [{ uri: bind(names.route, regex('^sips?:\\S+;lr(;\\S+)?$', 'sip:127.0.0.1;lr')) }],
};
const sameRoute = [{ uri: bound(names.route, 'sip:127.0.0.1;lr') }];
export const sameRecordedRoute: Headers = { 'record-route': sameRoute };
export const route: Headers = { route: sameRoute };

/** The id of the call, in the form of public traces. */
export const callIdHeader: Headers = {
  [dialect.sip.callUuid.header]: regex(dialect.sip.callUuid.pattern, world.call.uuid),
};

/** Why a request is sent (RFC 3326, section 2). */
export const reason: Headers = {
  reason: regex(
    '^(SIP\\s*;\\s*cause=[1-6]\\d\\d|Q\\.850\\s*;\\s*cause=([1-9]\\d?|1[01]\\d|12[0-7]))(\\s*;.*)?$',
    'SIP;cause=603;text="Decline"',
  ),
};

/**
 * A cause of the telephone network (RFC 3326, section 2; ITU-T Q.850). Which one a carrier gives for a status is its own affair.
 * @param example the cause that stands for any
 */
export const cause = (example: number): Headers => ({
  reason: regex('^Q\\.850\\s*;\\s*cause=([1-9]\\d?|1[01]\\d|12[0-7])(\\s*;.*)?$', `Q.850;cause=${example}`),
});

/** Of a header that is a list of names. */
export const listedTwice = (header: string): FreePart => ({
  path: `$.headers.${header}`,
  reason: 'a name that stands in the list twice says no more than once',
});

/** A dialog that the destination opens has no To tag at first (RFC 3261, section 8.1.1.2). */
export const opensUntagged = (method: string): Step[] => [
  destination({ method, headers: { to: { tag: notBlank('early-1') } } }),
];

/** From and Call-ID as the request that opened the dialog had them, and the two ends as later requests name them. */
export const sameCallId: Headers = { 'call-id': bound(names.callId, 'call-1@127.0.0.1') };
export const callingParty = bound<SipParty>(names.from, { uri: caller, tag: 'source-1' });
export const calledParty = { uri: bound(names.to, callee), tag: bound(names.toTag, 'destination-1') };
export const calledPartyUntagged = { uri: bound(names.to, callee) };

/** Request-URIs within a dialog, by who is asked (RFC 3261, section 12.2.1.1). */
export const targets = {
  callee: bound(names.calleeTarget, callee),
  calleeEarly: bound(names.earlyTarget, callee),
  caller: bound(names.callerTarget, caller),
  asInvited: bound(names.requestUri, callee),
};

/** What opens a dialog, or a transaction outside of one (RFC 3261, section 8.1.1). */
export const newDialog: Headers = {
  from: bind<SipParty>(names.from, { uri: notBlank(caller), tag: notBlank('source-1') }),
  'call-id': bind(names.callId, notBlank('call-1@127.0.0.1')),
  'max-forwards': integer(70),
};

/** The parts of headers that depend on the wire. */
export function sipParts(wire: SipWire) {
  const via = (transaction: string, value: Template<string>): Headers => ({
    via: bind<SipVia>(names.via(transaction), { transport: wire, sentBy: notBlank('127.0.0.1'), branch: value }),
  });
  return {
    length: (octets: Template<number>): Headers => (wire === 'TCP' ? { 'content-length': octets } : {}),
    freshVia: (transaction: string) => via(transaction, bind(names.branch(transaction), regex('^z9hG4bK.+$', branch))),
    /** Of a request that is passed on: the hops before stand below (RFC 3261, section 16.6). */
    forwardedVia: (transaction: string): Headers => ({
      via: bind<SipVia>(names.via(transaction), {
        transport: wire,
        sentBy: notBlank('127.0.0.1'),
        branch: bind(names.branch(transaction), regex('^z9hG4bK.+$', branch)),
        below: eachLike<SipHop>({
          transport: regex('^[A-Z]+$', 'TCP'),
          sentBy: notBlank('10.0.0.9:5060'),
          branch: regex('^z9hG4bK.+$', 'z9hG4bK-below'),
        }),
      }),
    }),
    /** CANCEL and the ACK of a refusal belong to the INVITE's transaction (RFC 3261, sections 9.1 and 17.1.1.3). */
    sameBranchVia: (transaction: string, of: string) => via(transaction, bound(names.branch(of), branch)),
    /** What a response copies from its request (RFC 3261, section 8.2.6.2), but for From and To. */
    echoed: (method: string, transaction: string, number: string): Headers => ({
      via: bound<SipVia>(names.via(transaction), { transport: wire, sentBy: '127.0.0.1', branch }),
      ...sameCallId,
      cseq: { number: bound(number, 1), method },
    }),
  };
}
