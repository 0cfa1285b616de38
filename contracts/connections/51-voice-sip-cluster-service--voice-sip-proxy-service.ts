import { basicCall, cancelledCall, declinedCall, liveness, refusedCall, unansweredCall } from '../common/sip-calls.ts';
import {
  forwardedCall,
  heldByAddress,
  heldCall,
  movedCall,
  releasedByCallee,
  releasedTwice,
  routedCall,
  talkingCall,
} from '../common/sip-flows.ts';
import { callIdHeader, opensUntagged, reason } from '../common/sip-parts.ts';
import { reconnectedCall } from '../common/sip-reconnected.ts';
import { referredCall, referTo } from '../common/sip-referral.ts';
import { lengthenedCall, refreshedCall } from '../common/sip-timers.ts';
import { lostDialog } from '../common/sip-within.ts';
import { assumed, documented, inferred, source, state } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { mirrored } from '../mirrored.ts';
import { world } from '../world.ts';

const { dns, sessions } = world;
const { answering, busy, ringing, unknown } = dns;
const classicFeatures = 'https://docs.genesys.com/Documentation/SIPS/latest/SIPProxyDeployment/Features';
const answers = state('a DN answers', { dn: answering.number });

export default defineContract({
  connection: 51,
  port: 5080,
  interactions: [
    {
      description: 'OPTIONS is answered while the proxy is in service',
      basis: documented('RFC 3261, sections 11.2 and 8.2.6.2'),
      given: [state('the proxy is in service')],
      steps: liveness('TCP'),
    },
    {
      description: 'the proxy asks a node whether it is in service',
      basis: documented(`${classicFeatures} (SIP Proxy 8.1, active out-of-service detection); RFC 3261, section 11`),
      given: [state('the proxy asks whether a node is in service')],
      steps: mirrored(liveness('TCP')),
      forbidden: opensUntagged('OPTIONS'),
    },
    {
      description: 'a call with an offer is answered and released',
      basis: documented(
        'RFC 3261, sections 12, 13, 15 and 18.3; X-Genesys-CallUUID: AudioCodes Mediant 800 manual, page 253',
      ),
      given: [answers],
      steps: basicCall('TCP', answering.number),
    },
    reconnectedCall(answering.number, answers),
    {
      description: 'requests of a dialog go through a proxy that stays on its route',
      basis: documented('RFC 3261, sections 12.1.2, 12.2.1.1 and 16.6 (step 4)'),
      given: [state('the proxy stays on the route to a DN', { dn: dns.routed.number })],
      steps: routedCall('TCP', dns.routed.number),
    },
    {
      description: 'a call from outside reaches a node, which releases it by the recorded route',
      basis: inferred(
        'the table says only who opens the connection; inbound calls and treatments need the other way round, where ' +
          'RFC 3261 holds (sections 12.1.1, 12.2.1.1 and 16.6)',
      ),
      given: [state('a caller dials a route point', { dn: dns.routePoint.number })],
      steps: mirrored(forwardedCall('TCP', dns.routePoint.number)),
      forbidden: opensUntagged('INVITE'),
    },
    {
      description: 'a call without an offer is answered by a phone that is told to talk',
      basis: inferred('public traces of a third-party MakeCall; RFC 3261, section 13.2.1, for the offer in the 200'),
      given: [state('a DN answers when it is told to talk', { dn: dns.talking.number })],
      steps: talkingCall('TCP', dns.talking.number, { delayed: true, headers: callIdHeader }),
    },
    {
      description: 'a party is put on hold and taken back',
      basis: documented('RFC 3264, sections 8 and 8.4; RFC 3261, section 14'),
      given: [answers],
      steps: heldCall('TCP', answering.number, 'caller'),
    },
    {
      description: 'a party is put on hold by an address that nothing goes to',
      basis: documented('RFC 3264, section 8.4, on the older way to hold'),
      given: [answers],
      steps: heldByAddress('TCP', answering.number),
    },
    {
      description: 'a call is handed over by REFER',
      basis: documented('RFC 3515, sections 2.4.1 to 2.4.7'),
      given: [answers],
      steps: referredCall('TCP', answering.number, referTo.blind(dns.routePoint.number)),
    },
    {
      description: 'a call is handed over by REFER after a consultation',
      basis: documented('RFC 3515, section 2.4; RFC 3891, section 3'),
      given: [answers],
      steps: referredCall('TCP', answering.number, referTo.attended(dns.agent.number)),
    },
    {
      description: 'a call is handed over by re-INVITE, without REFER',
      basis: inferred(
        'SIP Server is a back-to-back user agent, so it can join two calls without the help of their ends',
      ),
      given: [answers],
      steps: movedCall('TCP', answering.number, callIdHeader),
      forbidden: [source({ method: 'REFER' })],
    },
    {
      description: 'a session is refreshed',
      basis: documented('RFC 4028, sections 7 and 9; RFC 3311, section 5'),
      given: [state('a DN limits the time of its sessions', { dn: dns.timed.number })],
      steps: refreshedCall('TCP', dns.timed.number, sessions.usual),
    },
    {
      description: 'a session that is too short is refused with 422 and asked for again',
      basis: documented('RFC 4028, sections 6, 7.3 and 8.1'),
      given: [state('a DN wants long sessions', { dn: dns.longTimed.number, least: sessions.least })],
      steps: lengthenedCall('TCP', dns.longTimed.number, sessions),
      negative: true,
    },
    {
      description: 'a call is released by the other party',
      basis: documented('RFC 3261, sections 12.2.1.1 and 15.1.2'),
      given: [state('a DN answers and hangs up', { dn: dns.leaving.number })],
      steps: releasedByCallee('TCP', dns.leaving.number),
    },
    {
      description: 'a call that is released with a reason cannot be released again',
      basis: documented('RFC 3261, section 15.1.2; RFC 3326, section 2, for the reason'),
      given: [answers],
      steps: releasedTwice('TCP', answering.number, { ...reason, ...callIdHeader }),
      negative: true,
    },
    {
      description: 'a ringing call is cancelled',
      basis: documented('RFC 3261, sections 9.1, 9.2 and 17.1.1.3'),
      given: [state('a DN rings and is not answered', { dn: ringing.number })],
      steps: cancelledCall('TCP', ringing.number),
      negative: true,
    },
    {
      description: 'a call that nobody answers ends with 408',
      basis: documented('RFC 3261, sections 16.8, 8.2.6.2 and 21.4.9'),
      given: [state('a DN rings until time is up', { dn: dns.silent.number })],
      steps: unansweredCall('TCP', dns.silent.number),
      negative: true,
    },
    {
      description: 'a call to a number that no dial plan knows is refused with 404',
      basis: documented('RFC 3261, sections 21.4.5 and 17.1.1.3'),
      given: [state('a number is in no dial plan', { dn: unknown.number })],
      steps: refusedCall('TCP', unknown.number, 404, 'Not Found'),
      negative: true,
    },
    {
      description: 'a call to a DN that is not registered is refused with 480',
      basis: documented('RFC 3261, section 21.4.18'),
      given: [state('a DN is not registered', { dn: dns.offline.number })],
      steps: refusedCall('TCP', dns.offline.number, 480, 'Temporarily Unavailable'),
      negative: true,
    },
    {
      description: 'the busy of an endpoint is passed on as 486',
      basis: documented('RFC 3261, sections 16.7, 21.4.24 and 17.1.1.3'),
      given: [state('a DN is busy', { dn: busy.number })],
      steps: declinedCall('TCP', busy.number, 486, 'Busy Here'),
      negative: true,
    },
    {
      description: 'the refusal of an endpoint is passed on as 603',
      basis: documented('RFC 3261, sections 16.7 and 21.6.2'),
      given: [state('a DN declines calls', { dn: dns.declining.number })],
      steps: declinedCall('TCP', dns.declining.number, 603, 'Decline'),
      negative: true,
    },
    {
      description: 'a call that no target in service can take is refused with 503',
      basis: assumed(
        '503 from the proxy itself; RFC 3261, section 16.9, asks for a final response, and never for silence',
      ),
      given: [state('no target of a DN is in service', { dn: dns.unreachable.number })],
      steps: refusedCall('TCP', dns.unreachable.number, 503, 'Service Unavailable'),
      negative: true,
    },
    {
      description: 'a call that may go no further is refused with 483',
      basis: documented('RFC 3261, sections 16.3 (step 3) and 21.4.21'),
      given: [answers],
      steps: refusedCall('TCP', answering.number, 483, 'Too Many Hops', { invite: { headers: { 'max-forwards': 0 } } }),
      negative: true,
    },
    {
      description: 'a request of a dialog that is lost is refused with 481',
      basis: documented('RFC 3261, sections 12.2.2 and 21.4.19'),
      given: [state('the proxy is in service')],
      steps: lostDialog('TCP', 'INFO'),
      negative: true,
    },
    {
      description: 'a new call above the dialog rate limit is refused with 503',
      basis: documented(`${classicFeatures} (SIP Proxy 8.1, overload control)`),
      given: [state('the limit of new dialogs is reached')],
      steps: refusedCall('TCP', answering.number, 503, 'Service Unavailable'),
      negative: true,
    },
  ],
});
