import { dialledOutside, finalStatuses, outboundRule, states } from '../common/dial-plan-service.ts';
import { jsonType, sidecarWithoutUpstream } from '../common/http-common.ts';
import {
  assumed,
  type Basis,
  destination,
  documented,
  type FreePart,
  type Interaction,
  inferred,
  type ProviderState,
  source,
} from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { bind, bound, integer, type Json, regex, type Template, text } from '../matchers.ts';
import type { HttpMessage, HttpRequest } from '../messages/http.ts';
import { world } from '../world.ts';

type Exchange = Interaction<HttpMessage>;
type Content = Template<HttpMessage>;

const { tenant: planPath, heartbeat: heartbeatPath, operations } = dialect.http.dialPlanService;
const { call, dns, tenant } = world;
const json = { 'content-type': jsonType };
const idExample = 'xs-1';

const xsRequests = 'SIP Server Deployment Guide, XS requests';
const agentSetup = 'Agent Setup, voicemail (PEC-AS/Current/ManageCC/VoicemailAS)';
const bodyAssumed = (what: string): Basis =>
  assumed(`${what}; the body of a dial plan's request is not public, so a small JSON shape stands in`);

const onlyStatus: readonly FreePart[] = ['$.headers.content-type', '$.body'].map((path) => ({
  path,
  reason: 'the source acts on the status alone',
}));
const neverSent = { side: 'destination', reason: 'a source that keeps the contract never sends this' } as const;

/** What is asked about a leg of the fixture call: an internal one to the agent's DN, where nothing else is said. */
const leg = {
  id: bind('id', text(regex('^[^ ]+$', idExample))),
  operation: operations.route,
  callUuid: text(regex('^[0-9A-V]{32}$', call.uuid)),
  from: text(regex('^[+]?[0-9]+$', dns.secondAgent.number)),
  to: dns.agent.number,
  direction: 'internal',
  sipDomain: tenant.sipDomain,
};

const post = (body: { readonly [field: string]: Template<Json> } | string, path = planPath(tenant.uuid)): Content =>
  ({ method: 'POST', path, headers: json, body }) as Content;
const routeInternalCall = post(leg);
const heartbeat: HttpRequest = { method: 'GET', path: heartbeatPath(tenant.uuid) };

/** An answer that says what to do with the leg, under the id of the request. */
const instructed = (instruction: { readonly [field: string]: Template<Json> }): Content =>
  ({
    status: 200,
    headers: json,
    body: { id: bound('id', idExample), result: 'ok', instructions: [instruction] },
  }) as Content;
const dialAgent = instructed({ action: 'dial', target: dns.agent.number, type: 'dn', timeoutSec: integer(20) });

/** What was asked, and what is to be done with the leg. */
const exchange = (request: Content, answer: Content) => [
  source<HttpMessage>(request),
  destination<HttpMessage>(answer),
];

/** An error of which the source needs the status only. */
function refused(
  description: string,
  basis: Basis,
  given: ProviderState,
  request: Content,
  status: number,
  only: Pick<Exchange, 'only'> = {},
): Exchange {
  return {
    description,
    negative: true,
    basis,
    given: [given],
    ...only,
    free: onlyStatus,
    steps: exchange(request, { status }),
  };
}

/**
 * Routing instructions for each leg of a call. After a timeout and most errors a source asks once more at another address of
 * the dial plan and never at the same one, so that here each request comes once.
 */
export default defineContract<HttpMessage>({
  connection: 27,
  port: 8800,
  interactions: [
    {
      description: 'route an internal call to a DN',
      basis: bodyAssumed('a DN is rung for a time'),
      given: [states.dnRegistered],
      steps: exchange(routeInternalCall, dialAgent),
    },
    {
      description: 'route an inbound call of a trunk to its route point',
      basis: bodyAssumed('the number that was called leads to a route point'),
      given: [states.routePointExists],
      steps: exchange(
        post({ ...leg, from: text(regex('^[+]?[0-9]+$', call.ani)), to: call.dnis, direction: 'inbound' }),
        instructed({ action: 'dial', target: dns.routePoint.number, type: 'routepoint' }),
      ),
    },
    {
      description: 'route an outbound call to the trunk of its rule',
      basis: documented(
        'Feature Server 8.1.2, dial plan: the outbound rule whose pattern is closest; the body is assumed',
      ),
      given: [states.outboundRuleExists],
      steps: exchange(
        post({ ...leg, to: dialledOutside, direction: 'outbound' }),
        instructed({
          action: 'dial',
          target: outboundRule.trunk,
          type: 'trunk',
          number: world.customer.phone,
        }),
      ),
    },
    {
      description: 'forward an unanswered call to the voicemail of its DN',
      basis: documented(`${agentSetup}: option Voicemail_enabled; the body is assumed`),
      given: [states.voicemailEnabled],
      steps: exchange(
        post({ ...leg, operation: operations.forward, reason: 'noanswer' }),
        instructed({ action: 'voicemail', target: world.mailbox.number }),
      ),
    },
    {
      description: 'route a call to an agent who is not ready: the leg is to be rejected as busy',
      negative: true,
      basis: documented(`${agentSetup}: option Reject_call_notready; the body is assumed`),
      given: [states.agentNotReady],
      steps: exchange(routeInternalCall, instructed({ action: 'reject', sipCode: 486 })),
    },
    {
      description: 'route a call with a field that the service does not know',
      basis: assumed('unknown fields of a request are ignored, so that both sides can be deployed on their own'),
      given: [states.dnRegistered],
      only: { side: 'destination', reason: 'a source of today has no such field; the destination must bear it' },
      steps: exchange(post({ ...leg, addedInALaterVersion: true }), dialAgent),
    },
    {
      description: 'heartbeat',
      basis: documented(`${xsRequests}: an address is in service while its heartbeats get 200; the path is assumed`),
      given: [states.up],
      free: onlyStatus,
      steps: exchange(heartbeat, { status: 200 }),
    },
    refused(
      'route a call with a body that is no object',
      documented(`${xsRequests}: 400 for a bad format`),
      states.up,
      post('{"id":"xs-1","operation":'),
      400,
      { only: neverSent },
    ),
    refused(
      'ask at a path that the service does not have',
      documented(`${xsRequests}: 404 for an invalid API`),
      states.up,
      post(leg, `${planPath(tenant.uuid)}/no-such-api`),
      404,
      { only: neverSent },
    ),
    refused(
      'ask for an operation that the service does not have',
      documented(`${xsRequests}: 501 for an unsupported operation`),
      states.up,
      post({ ...leg, operation: 'teleport' }),
      501,
      { only: neverSent },
    ),
    ...finalStatuses.map((status) =>
      refused(
        `route a call and get ${status}: the caller gets a SIP 503, and nothing is asked again`,
        documented(`${xsRequests}: no retry after 400, 404 and 501, and the address stays in service`),
        states.answers(status),
        routeInternalCall,
        status,
        { only: { side: 'source', reason: 'a destination that keeps the contract does not refuse a good request' } },
      ),
    ),
    refused(
      'route a call while the service has lost Redis',
      documented(`${xsRequests}: 503 where a request cannot be served; what the source does then is in a draft only`),
      states.redisLost,
      routeInternalCall,
      503,
    ),
    refused(
      'heartbeat while the service has lost Redis: the address goes out of service',
      inferred('only a 200 brings an address back into service, and the aggregated health of the service covers Redis'),
      states.redisLost,
      heartbeat,
      503,
    ),
    refused(
      'route a call while the service fails: asked again elsewhere, once',
      documented("Sample Helm charts, dashboard of the SIP node: the dial plan's 500 errors are counted"),
      states.throws,
      routeInternalCall,
      500,
    ),
    {
      description: 'route a call while the service is slower than the source waits: asked again elsewhere, once',
      negative: true,
      basis: documented(`${xsRequests}: one retry at another address after a timeout`),
      given: [states.slow],
      stepTimeoutMs: 300,
      steps: exchange(routeInternalCall, { fault: 'timeout' }),
    },
    sidecarWithoutUpstream('route a call while the service is down', states.down, routeInternalCall),
    sidecarWithoutUpstream('heartbeat while the service is down', states.down, heartbeat),
  ],
});
