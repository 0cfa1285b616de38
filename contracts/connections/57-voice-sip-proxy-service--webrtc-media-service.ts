import { basicCall, cancelledCall, declinedCall, liveness, refusedCall } from '../common/sip-dialog.ts';
import { assumed, destination, documented, inferred, type Step, state } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { notEmpty } from '../matchers.ts';
import { world } from '../world.ts';

const { busy, offline, ringing, webrtc } = world.dns;

/** What belongs to the browser's side of the gateway only (RFC 8839, section 5; RFC 8122, section 5; RFC 4145, section 4). */
const browserAttributes = ['candidate', 'ice-ufrag', 'ice-pwd', 'fingerprint', 'setup'];

/** No description that goes to the SIP side may carry one of them. */
const noBrowserAttributes: Step[] = browserAttributes.map((name) =>
  destination({ sdp: { media: [{ attributes: { [name]: notEmpty(['1 1 UDP 1 127.0.0.1 9 typ host']) } }] } }),
);

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
      given: [state('an agent has a browser session', { dn: webrtc.number })],
      steps: basicCall('UDP', webrtc.number),
      forbidden: noBrowserAttributes,
    },
    {
      description: 'OPTIONS is answered while the service is up',
      basis: documented('RFC 3261, sections 11.2 and 8.2.6.2'),
      given: [state('the service is up')],
      steps: liveness('UDP'),
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
      basis: documented('RFC 3261, sections 16.6, 17.1.1.3 and 21.4.21'),
      given: [state('an agent rejects calls', { dn: busy.number })],
      steps: declinedCall('UDP', busy.number, 486, 'Busy Here'),
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
