import { basicCall, cancelledCall, declinedCall, liveness, refusedCall, retriedCall } from '../common/sip-calls.ts';
import {
  announcedCall,
  answeredWith,
  confirmedCall,
  heldCall,
  releasedByCallee,
  routedCall,
} from '../common/sip-flows.ts';
import { cause, listedTwice, opensUntagged, reason, sipDomain } from '../common/sip-parts.ts';
import { reconnectedCall } from '../common/sip-reconnected.ts';
import { referredCall, referTo, unreferredCall } from '../common/sip-referral.ts';
import { digest, freeAlgorithm } from '../common/sip-registration.ts';
import { answerWithEvents } from '../common/sip-session.ts';
import { lengthenedCall } from '../common/sip-timers.ts';
import { assumed, documented, type Interaction, inferred, state } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { arrayContaining, fromState, regex } from '../matchers.ts';
import type { SipMessage } from '../messages/sip.ts';
import { mirrored } from '../mirrored.ts';
import { world } from '../world.ts';

const { dns, pstn, sbc, sessions } = world;
const trunk = { trunk: dns.trunk.number };
const answers = state('a number of the public network answers', { ...trunk, dn: pstn.answering });

/** A call that the carrier refuses; the cause of the telephone network is kept. */
const carrierRefusal = (
  number: string,
  { state: name, status, reason: phrase, q850 }: { state: string; status: number; reason: string; q850: number },
): Interaction<SipMessage> => ({
  description: `${name} and the call is refused with ${status}`,
  basis: documented(`RFC 3261, section 21, on ${status}; RFC 3326, section 2, for the cause of the telephone network`),
  given: [state(name, { ...trunk, dn: number })],
  steps: refusedCall('TCP', number, status, phrase, { headers: cause(q850) }),
  negative: true,
});

/** Who calls and how the call came there, which the proxy may not change (RFC 3261, section 16.6). */
const fromCarrier = {
  'p-asserted-identity': regex('^<(sips?|tel):[^>]+>$', `<sip:${world.call.ani}@carrier.example>`),
  privacy: regex('^(none|id|header|session|user|critical)(;.*)?$', 'none'),
  'history-info': regex('^<sips?:[^>]+>;index=1(\\..*)?(,.*)?$', '<sip:+15550101@carrier.example>;index=1'),
  'user-to-user': regex('^[0-9A-Fa-f]+(;.*)?$', '56a390f3d2b7310023a2;encoding=hex'),
};

/**
 * The port of the Session Border Controller is set at the trunk DN, so no port stands here. What the proxy sends is what the SIP
 * Cluster gave it, the call's X-Genesys-CallUUID included (RFC 3261, section 16.6).
 */
export default defineContract({
  connection: 59,
  interactions: [
    {
      description: 'OPTIONS is answered while the trunk is up',
      basis: documented('RFC 3261, sections 11.2 and 8.2.6.2'),
      given: [state('the trunk is up', trunk)],
      steps: liveness('TCP'),
    },
    {
      description: 'a call to the public network is answered and released',
      basis: documented('RFC 3261, sections 12, 13, 15 and 18.3'),
      given: [answers],
      steps: basicCall('TCP', pstn.answering),
    },
    reconnectedCall(pstn.answering, answers),
    {
      description: 'a call to the public network begins with an announcement',
      basis: documented('RFC 3261, sections 13.2.1 and 21.1.5; RFC 3960, for early media'),
      given: [state('a number plays an announcement and answers', { ...trunk, dn: pstn.announcing })],
      steps: announcedCall('TCP', pstn.announcing),
    },
    {
      description: 'an announcement is acknowledged by PRACK',
      basis: documented('RFC 3262, sections 3, 4, 5 and 7'),
      given: [state('a number wants its announcement acknowledged', { ...trunk, dn: pstn.confirming })],
      steps: confirmedCall('TCP', pstn.confirming),
      free: [listedTwice('require')],
    },
    {
      description: 'a call of the public network reaches the proxy, which stays on its route',
      basis: inferred(
        'the table says only who opens the connection; an inbound call comes the other way, where RFC 3261 holds ' +
          '(sections 12.1.1, 12.2.1.1 and 16.6), with RFC 3325 for who calls',
      ),
      given: [state('a caller dials a number of the tenant', { ...trunk, did: world.call.dnis })],
      steps: mirrored(routedCall('TCP', world.call.dnis, { anonymous: true, headers: fromCarrier })),
      forbidden: opensUntagged('INVITE'),
    },
    {
      description: 'a call is tried again with what the trunk is asked for',
      basis: documented('RFC 3261, sections 22.1, 22.3 and 22.4; RFC 2617, section 3.2'),
      given: [state('the trunk is asked who it is', { ...trunk, dn: pstn.guarded })],
      steps: retriedCall(
        'TCP',
        pstn.guarded,
        {
          status: 407,
          reason: 'Proxy Authentication Required',
          headers: digest.challenge('proxy-authenticate', sipDomain),
        },
        { again: { headers: digest.credentials('proxy-authorization', fromState('digestUser', sbc.login.user)) } },
      ),
      free: [freeAlgorithm('proxy-authorization')],
      negative: true,
    },
    {
      description: 'the carrier is put on hold and taken back',
      basis: documented('RFC 3264, sections 8 and 8.4; RFC 3261, section 14'),
      given: [answers],
      steps: heldCall('TCP', pstn.answering, 'caller'),
    },
    {
      description: 'a call is handed over in the network',
      basis: documented('RFC 3515, sections 2.4.1 to 2.4.7'),
      given: [answers],
      steps: referredCall('TCP', pstn.answering, referTo.blind(dns.routePoint.number)),
    },
    {
      description: 'a call that the network does not hand over goes on',
      basis: documented('RFC 3261, section 21.4.6'),
      given: [state('a trunk permits no REFER', { ...trunk, dn: pstn.unreferable })],
      steps: unreferredCall('TCP', pstn.unreferable, referTo.blind(dns.routePoint.number), {
        status: 405,
        reason: 'Method Not Allowed',
        headers: { allow: arrayContaining('INVITE', 'ACK', 'BYE', 'CANCEL') },
      }),
      negative: true,
    },
    {
      description: 'a session that is too short for the carrier is refused with 422 and asked for again',
      basis: documented('RFC 4028, sections 6, 7.3 and 8.1'),
      given: [state('a carrier wants long sessions', { ...trunk, dn: pstn.longTimed, least: sessions.least })],
      steps: lengthenedCall('TCP', pstn.longTimed, sessions),
      negative: true,
    },
    {
      description: 'an answer keeps the telephone events of the offer',
      basis: documented('RFC 4733 (telephone events); RFC 3264, section 6.1'),
      given: [state('a number takes digits as telephone events', { ...trunk, dn: pstn.keyed })],
      steps: answeredWith('TCP', pstn.keyed, answerWithEvents),
    },
    {
      description: 'a call is released by the public network, with its cause',
      basis: documented('RFC 3261, section 15.1.2; RFC 3326, section 2'),
      given: [state('a number answers and hangs up', { ...trunk, dn: pstn.leaving })],
      steps: releasedByCallee('TCP', pstn.leaving, cause(16)),
    },
    {
      description: 'a caller gives up while an announcement is played',
      basis: documented('RFC 3261, sections 9.1, 9.2 and 17.1.1.3; RFC 3326, section 2'),
      given: [state('a number plays an announcement and does not answer', { ...trunk, dn: pstn.waiting })],
      steps: cancelledCall('TCP', pstn.waiting, 'announcement', reason),
      negative: true,
    },
    {
      description: 'the busy of the public network is passed on as 486',
      basis: documented('RFC 3261, section 21.4.24; RFC 3326, section 2, for the cause of the telephone network'),
      given: [state('a number is busy', { ...trunk, dn: pstn.busy })],
      steps: declinedCall('TCP', pstn.busy, 486, 'Busy Here', { headers: cause(17) }),
      negative: true,
    },
    carrierRefusal(pstn.unassigned, {
      state: 'a number is not assigned',
      ...{ status: 404, reason: 'Not Found', q850: 1 },
    }),
    carrierRefusal(pstn.incomplete, {
      state: 'a number is incomplete',
      ...{ status: 484, reason: 'Address Incomplete', q850: 28 },
    }),
    carrierRefusal(pstn.unavailable, {
      state: 'a subscriber is not available',
      ...{ status: 480, reason: 'Temporarily Unavailable', q850: 20 },
    }),
    carrierRefusal(pstn.declining, {
      state: 'a subscriber declines calls',
      ...{ status: 603, reason: 'Decline', q850: 21 },
    }),
    {
      description: 'a number that has moved is given with 302',
      basis: assumed('the redirect is handed to the SIP Cluster; RFC 3261, sections 8.1.3.4 and 21.3.3, leave it open'),
      given: [state('a number has moved', { ...trunk, dn: pstn.moved })],
      steps: refusedCall('TCP', pstn.moved, 302, 'Moved Temporarily', {
        headers: { contact: [{ uri: regex('^sips?:[^<> ]+$', `sip:${pstn.movedTo}@carrier.example`) }] },
      }),
      negative: true,
    },
    {
      description: 'a call is refused with 503 while the carrier is overloaded, which says when to try again',
      basis: documented('RFC 3261, sections 21.5.4 and 20.33'),
      given: [state('the carrier is overloaded', { ...trunk, retryAfterS: 30 })],
      steps: refusedCall('TCP', pstn.answering, 503, 'Service Unavailable', {
        headers: { 'retry-after': regex('^\\d+([ ;(].*)?$', '30') },
      }),
      negative: true,
    },
  ],
});
