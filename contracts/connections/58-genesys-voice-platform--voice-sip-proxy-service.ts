import { declinedCall, liveness, refusedCall, unansweredCall } from '../common/sip-calls.ts';
import { listedTwice, names, notBlank, opensUntagged } from '../common/sip-parts.ts';
import { referTo } from '../common/sip-referral.ts';
import {
  collectedDigits,
  gvpSession,
  ivrSession,
  ivrTransfer,
  lateEvent,
  malformedTreatment,
  outboundLeg,
  plainTreatment,
  scriptedTreatment,
  subscription,
  treatments,
} from '../common/sip-treatment.ts';
import { lostDialog } from '../common/sip-within.ts';
import { assumed, type Basis, documented, type Interaction, inferred, state } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { arrayContaining, bind, regex } from '../matchers.ts';
import type { SipMessage, SipParty } from '../messages/sip.ts';
import { mirrored } from '../mirrored.ts';
import { world } from '../world.ts';

const { dns, mediaEvents } = world;
const guide = 'https://docs.genesys.com/Documentation:GVP:GDG:HGWRMSS:9.0.x';
const sessions = 'https://docs.genesys.com/Documentation:GVP:GDG:HGWRMSM:9.0.x';
const { accepted, notified, refused, subscribe } = subscription('TCP');

/** What the proxy begins; the table says only who opens the connection. */
const begunByProxy = (
  description: string,
  stateName: string,
  method: string,
  steps: Interaction<SipMessage>['steps'],
  basis: Basis,
): Interaction<SipMessage> => ({
  description,
  basis,
  given: [state(stateName)],
  steps: mirrored(steps),
  forbidden: opensUntagged(method),
});

const anonymous = { anonymous: true, headers: gvpSession } as const;

/**
 * What the platform asks of the proxy, and what the proxy asks of the platform on behalf of the SIP Cluster. The port is that of the
 * guide's table; the platform's own guide has 5090 for its Resource Manager.
 */
export default defineContract({
  connection: 58,
  port: 5080,
  interactions: [
    {
      description: 'OPTIONS of the platform is answered while the proxy is in service',
      basis: documented('RFC 3261, sections 11.2 and 8.2.6.2'),
      given: [state('the proxy is in service')],
      steps: liveness('TCP', {
        from: bind<SipParty>(names.from, {
          uri: regex('^sips?:GVP@\\S+$', 'sip:GVP@10.0.0.7:5060'),
          tag: notBlank('source-1'),
        }),
      }),
    },
    begunByProxy(
      'a treatment is started by MSML and its end is told',
      'a call gets a treatment',
      'INVITE',
      scriptedTreatment('TCP'),
      documented(`RFC 5707 (MSML); ${sessions}, for X-Genesys-GVP-Session-ID; ${guide}, for gvp-tenant-id`),
    ),
    begunByProxy(
      'an announcement is played',
      'a call gets an announcement',
      'INVITE',
      plainTreatment('TCP', treatments.announcement),
      documented('RFC 4240, section 3'),
    ),
    begunByProxy(
      'a call takes part in a conference',
      'a call joins a conference',
      'INVITE',
      plainTreatment('TCP', treatments.conference),
      documented('RFC 4240, section 5'),
    ),
    begunByProxy(
      'a voice application runs to its end',
      'a call reaches a voice application',
      'INVITE',
      ivrSession('TCP', world.call.dnis),
      documented(`${guide}, for the profile by the dialled number; RFC 3261, section 15.1.2`),
    ),
    {
      description: 'the platform places a call',
      basis: documented('https://docs.genesys.com/Documentation/GVP/85/GDG/HGWMPC; RFC 3261, sections 12, 13 and 15'),
      given: [state('a DN answers', { dn: dns.answering.number })],
      steps: outboundLeg('TCP', dns.answering.number),
    },
    begunByProxy(
      'a voice application hands the caller over',
      'a voice application hands a call over',
      'INVITE',
      ivrTransfer('TCP', world.call.dnis, referTo.blind(dns.routePoint.number)),
      documented('RFC 3515, sections 2.4.1 to 2.4.7'),
    ),
    begunByProxy(
      'a voice application hands the caller over after a consultation',
      'a voice application hands a call over after a consultation',
      'INVITE',
      ivrTransfer('TCP', world.call.dnis, referTo.attended(dns.agent.number)),
      documented('RFC 3515, section 2.4; RFC 3891, section 3'),
    ),
    begunByProxy(
      'collected digits are told in their order',
      'a treatment collects digits',
      'INVITE',
      collectedDigits('TCP'),
      documented('RFC 5707 (MSML); RFC 6086 (INFO)'),
    ),
    begunByProxy(
      'the state of the media servers is subscribed to',
      'the state of the media servers is asked for',
      'SUBSCRIBE',
      [subscribe({ event: mediaEvents.status }), accepted(), ...notified(mediaEvents.status)],
      inferred('public traces of SIP Server name the event package; RFC 6665, section 4, holds for any'),
    ),
    {
      ...begunByProxy(
        'a subscription to an unknown package is refused with 489',
        'an unknown event package is asked for',
        'SUBSCRIBE',
        [
          subscribe({ event: mediaEvents.unknown }),
          refused(489, 'Bad Event', { 'allow-events': arrayContaining(mediaEvents.status) }),
        ],
        documented('RFC 6665, sections 4.2.1.1 and 8.3.2'),
      ),
      free: [listedTwice('allow-events')],
      negative: true,
    },
    {
      ...begunByProxy(
        'a treatment of an unknown tenant is refused with 404',
        'a treatment is asked for an unknown tenant',
        'INVITE',
        refusedCall('TCP', 'msml', 404, 'Not Found', { invite: { requestUri: treatments.msml } }),
        documented(`${guide} (without a profile and a default application)`),
      ),
      negative: true,
    },
    {
      ...begunByProxy(
        'a treatment without a free port is refused with 480',
        'a treatment is asked for while all ports are busy',
        'INVITE',
        refusedCall('TCP', 'msml', 480, 'Temporarily Unavailable', { invite: { requestUri: treatments.msml } }),
        assumed('480, so that the SIP Cluster may try again later; 503 would also do'),
      ),
      negative: true,
    },
    {
      ...begunByProxy(
        'a malformed MSML document is answered with an error and does not end the call',
        'a treatment is asked for with a malformed document',
        'INVITE',
        malformedTreatment('TCP'),
        assumed('200 to the INFO with an error in its result, rather than a refusal of the INFO'),
      ),
      negative: true,
    },
    {
      description: 'a call of the platform that nobody answers ends with 408',
      basis: inferred('the media server drops a call after 120 s without a final response, so one has to come before'),
      given: [state('a DN rings until time is up', { dn: dns.silent.number })],
      steps: unansweredCall('TCP', dns.silent.number, anonymous),
      negative: true,
    },
    {
      description: 'a call of the platform to a busy endpoint is refused with 486',
      basis: documented('RFC 3261, sections 16.7 and 21.4.24'),
      given: [state('a DN is busy', { dn: dns.busy.number })],
      steps: declinedCall('TCP', dns.busy.number, 486, 'Busy Here', { invite: anonymous }),
      negative: true,
    },
    {
      description: 'a call of the platform above the dialog rate limit is refused with 503',
      basis: documented(
        'https://docs.genesys.com/Documentation/SIPS/latest/SIPProxyDeployment/Features (SIP Proxy 8.1, overload control)',
      ),
      given: [state('the limit of new dialogs is reached')],
      steps: refusedCall('TCP', dns.answering.number, 503, 'Service Unavailable', { invite: anonymous }),
      negative: true,
    },
    {
      description: 'an event of a dialog that is gone is refused with 481',
      basis: documented('RFC 3261, section 12.2.2; RFC 6086 (INFO)'),
      given: [state('the proxy is in service')],
      steps: lostDialog('TCP', 'INFO', lateEvent),
      negative: true,
    },
  ],
});
