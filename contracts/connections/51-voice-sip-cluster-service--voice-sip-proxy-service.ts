import { basicCall, cancelledCall, declinedCall, liveness, refusedCall } from '../common/sip-dialog.ts';
import { documented, state } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { world } from '../world.ts';

const { answering, busy, ringing, unknown } = world.dns;
const classicFeatures = 'https://docs.genesys.com/Documentation/SIPS/latest/SIPProxyDeployment/Features';

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
      description: 'a call with an offer is answered and released',
      basis: documented(
        'RFC 3261, sections 12, 13, 15 and 18.3; X-Genesys-CallUUID: AudioCodes Mediant 800 manual, page 253',
      ),
      given: [state('a DN answers', { dn: answering.number })],
      steps: basicCall('TCP', answering.number),
    },
    {
      description: 'a ringing call is cancelled',
      basis: documented('RFC 3261, sections 9.1, 9.2 and 17.1.1.3'),
      given: [state('a DN rings and is not answered', { dn: ringing.number })],
      steps: cancelledCall('TCP', ringing.number),
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
      description: 'the busy of an endpoint is passed on as 486',
      basis: documented('RFC 3261, sections 16.7, 21.4.21 and 17.1.1.3'),
      given: [state('a DN is busy', { dn: busy.number })],
      steps: declinedCall('TCP', busy.number, 486, 'Busy Here'),
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
