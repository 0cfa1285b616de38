import { basicCall, cancelledCall, declinedCall, liveness, refusedCall } from '../common/sip-calls.ts';
import { glare, heldCall, releasedByCallee, rigidCall, talkingCall } from '../common/sip-flows.ts';
import { callIdHeader, opensUntagged } from '../common/sip-parts.ts';
import { digest, freeAlgorithm, registerSteps } from '../common/sip-registration.ts';
import { movedOffer } from '../common/sip-session.ts';
import { assumed, destination, documented, type Interaction, inferred, type Step, state } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { fromState, notEmpty, regex } from '../matchers.ts';
import type { SipMessage } from '../messages/sip.ts';
import { mirrored } from '../mirrored.ts';
import { world } from '../world.ts';

const { dns, phoneLogin, registration } = world;
const { busy, offline, ringing, webrtc } = dns;
const { register, registered, refused, removed } = registerSteps('UDP');

/** What belongs to the browser's side of the gateway only (RFC 8839, section 5; RFC 8122, section 5; RFC 4145, section 4). */
const browserAttributes = ['candidate', 'ice-ufrag', 'ice-pwd', 'fingerprint', 'setup'];

/** No description that goes to the SIP side may carry one of them. */
const noBrowserAttributes: Step[] = browserAttributes.map((name) =>
  destination({ sdp: { media: [{ attributes: { [name]: notEmpty(['1 1 UDP 1 127.0.0.1 9 typ host']) } }] } }),
);

const { dn, expires } = { dn: webrtc.number, expires: registration.expires };
const hasSession = state('an agent has a browser session', { dn });
const credentials = digest.credentials('authorization', fromState('digestUser', phoneLogin.user));

/** A registration is sent by the service, and relayed by the proxy to whoever keeps registrations. */
const registering = (
  description: string,
  stateName: string,
  steps: Interaction<SipMessage>['steps'],
): Interaction<SipMessage> => ({
  description,
  basis: documented('RFC 3261, sections 10.2 and 10.3'),
  given: [state(stateName, { dn })],
  steps: mirrored(steps),
  forbidden: opensUntagged('REGISTER'),
});

/**
 * What the proxy sends is what the SIP Cluster gave it, so the call's X-Genesys-CallUUID is demanded here too: a proxy may not
 * drop a header that it does not know (RFC 3261, section 16.6).
 */
export default defineContract({
  connection: 57,
  port: 5070,
  interactions: [
    {
      description: 'a call is offered to a browser agent, answered and released',
      basis: inferred(
        'the WebRTC gateway faces SIP Server like a media gateway with plain RTP, so RFC 3261 (sections 12, 13, 15) holds ' +
          'and nothing of ICE or DTLS may show',
      ),
      given: [hasSession],
      steps: basicCall('UDP', webrtc.number),
      forbidden: noBrowserAttributes,
    },
    {
      description: 'an offer of more than 1300 octets reaches a browser agent',
      basis: inferred(
        'RFC 3261, section 18.1.1, would have such a request go over TCP, which the table does not have here; so it must ' +
          'be taken over UDP',
      ),
      given: [hasSession],
      steps: basicCall('UDP', webrtc.number, {
        headers: { 'user-to-user': regex('^[0-9a-f]{1300,}(;.*)?$', `${'56a390f3'.repeat(165)};encoding=hex`) },
      }),
    },
    {
      description: 'an agent answers by being told to talk',
      basis: inferred('public traces of a third-party MakeCall, where the endpoint is told by NOTIFY while it rings'),
      given: [state('an agent answers when it is told to talk', { dn: dns.talking.number })],
      steps: talkingCall('UDP', dns.talking.number, { headers: callIdHeader }),
    },
    {
      description: 'an agent is put on hold and taken back',
      basis: documented('RFC 3264, sections 8 and 8.4; RFC 3261, section 14'),
      given: [hasSession],
      steps: heldCall('UDP', webrtc.number, 'caller'),
    },
    {
      description: 'an agent puts the caller on hold and takes the call back',
      basis: documented('RFC 3264, sections 8 and 8.4; RFC 3261, sections 12.2.1.1 and 14'),
      given: [state('an agent holds the call and takes it back', { dn: dns.holding.number })],
      steps: heldCall('UDP', dns.holding.number, 'callee'),
    },
    {
      description: 'an agent releases the call',
      basis: documented('RFC 3261, sections 12.2.1.1 and 15.1.2'),
      given: [state('an agent answers and hangs up', { dn: dns.leaving.number })],
      steps: releasedByCallee('UDP', dns.leaving.number),
    },
    {
      description: 'OPTIONS is answered while the service is up',
      basis: documented('RFC 3261, sections 11.2 and 8.2.6.2'),
      given: [state('the service is up')],
      steps: liveness('UDP'),
    },
    registering('an agent is registered, registered again and removed', 'an agent comes, stays and goes', [
      register({ dn, expires, turn: 1 }),
      registered(1),
      register({ dn, expires, turn: 2 }),
      registered(2),
      register({ dn, expires: 0, turn: 3 }),
      removed(3),
    ]),
    {
      ...registering('a registration is tried again with a password', 'an agent registers with a password', [
        register({ dn, expires, turn: 1 }),
        refused(1, 401, 'Unauthorized', digest.challenge('www-authenticate', world.tenant.sipDomain)),
        register({ dn, expires, turn: 2, headers: credentials }),
        registered(2),
      ]),
      basis: documented('RFC 3261, sections 10.2.4 and 22.2; RFC 2617, section 3.2'),
      free: [freeAlgorithm('authorization')],
    },
    {
      ...registering(
        'a registration with a wrong password is refused with 403',
        'an agent registers with a wrong password',
        [
          register({ dn, expires, turn: 1 }),
          refused(1, 401, 'Unauthorized', digest.challenge('www-authenticate', world.tenant.sipDomain)),
          register({ dn, expires, turn: 2, headers: credentials }),
          refused(2, 403, 'Forbidden'),
        ],
      ),
      basis: assumed('403, which ends the attempts; RFC 3261, section 22.2, would also allow another 401'),
      free: [freeAlgorithm('authorization')],
      negative: true,
    },
    {
      ...registering('a registration of an unknown DN is refused with 404', 'an agent registers an unknown DN', [
        register({ dn: dns.unknown.number, expires, turn: 1 }),
        refused(1, 404, 'Not Found'),
      ]),
      basis: documented('RFC 3261, sections 10.3 (step 5) and 21.4.5; public traces of SIP Server'),
      given: [state('an agent registers an unknown DN', { dn: dns.unknown.number })],
      negative: true,
    },
    {
      ...registering(
        'a registration that is too brief is refused with 423 and made longer',
        'an agent registers too briefly',
        [
          register({ dn, expires: 30, turn: 1 }),
          refused(1, 423, 'Interval Too Brief', { 'min-expires': '60' }),
          register({ dn, expires: 60, turn: 2 }),
          registered(2),
        ],
      ),
      basis: documented('RFC 3261, sections 10.2.8 and 10.3 (step 7)'),
      negative: true,
    },
    {
      description: 'a call to an agent without a browser session is refused with 480',
      basis: assumed('480 and not 404, so that routing may try the agent again later'),
      given: [state('an agent has no browser session', { dn: offline.number })],
      steps: refusedCall('UDP', offline.number, 480, 'Temporarily Unavailable'),
      negative: true,
    },
    {
      description: 'a call that the agent rejects is refused with 486',
      basis: documented('RFC 3261, sections 16.6, 17.1.1.3 and 21.4.24'),
      given: [state('an agent rejects calls', { dn: busy.number })],
      steps: declinedCall('UDP', busy.number, 486, 'Busy Here'),
      negative: true,
    },
    {
      description: 'a call that the agent declines everywhere is refused with 603',
      basis: documented('RFC 3261, sections 16.7 and 21.6.2'),
      given: [state('an agent declines calls', { dn: dns.declining.number })],
      steps: declinedCall('UDP', dns.declining.number, 603, 'Decline'),
      negative: true,
    },
    {
      description: 'an offer without a common codec is refused with 488',
      basis: documented('RFC 3261, sections 13.3.1.3 and 21.4.26'),
      given: [state('an agent has no codec in common', { dn: dns.otherCodec.number })],
      steps: refusedCall('UDP', dns.otherCodec.number, 488, 'Not Acceptable Here'),
      negative: true,
    },
    {
      description: 'a change that the agent cannot take is refused with 488 and leaves the call as it was',
      basis: documented('RFC 3261, sections 14.1 and 14.2'),
      given: [state('an agent takes no change of the session', { dn: dns.rigid.number })],
      steps: rigidCall('UDP', dns.rigid.number, movedOffer),
      negative: true,
    },
    {
      description: 'changes of both ends at once are refused with 491',
      basis: documented('RFC 3261, sections 14.1, 14.2 and 21.4.27'),
      given: [state('an agent changes the session at the same time', { dn: dns.glaring.number })],
      steps: glare('UDP', dns.glaring.number),
      negative: true,
    },
    {
      description: 'a call that the agent does not answer is cancelled',
      basis: documented('RFC 3261, sections 9.1, 9.2, 16.6 and 17.1.1.3'),
      given: [state('an agent lets calls ring', { dn: ringing.number })],
      steps: cancelledCall('UDP', ringing.number),
      negative: true,
    },
    {
      description: 'a call that exceeds the capacity of the service is refused with 503',
      basis: documented('RFC 3261, sections 16.6 and 21.5.4'),
      given: [state('the capacity for calls is used up')],
      steps: refusedCall('UDP', webrtc.number, 503, 'Service Unavailable'),
      negative: true,
    },
  ],
});
