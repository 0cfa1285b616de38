import { sidecarWithoutUpstream } from '../common/http-common.ts';
import { states } from '../common/sip-node.ts';
import {
  accepted,
  bases,
  type Exchange,
  laterVersion,
  notReady,
  post,
  probe,
  ready,
  refused,
  refusedByTlib,
  requests,
  type TlibRequest,
  unreadable,
  withUnknownAttribute,
} from '../common/tlib-request.ts';
import { assumed, type Basis, destination, documented, inferred, type ProviderState, source } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { regex, text } from '../matchers.ts';
import type { HttpMessage } from '../messages/http.ts';
import { world } from '../world.ts';

const { ofSipNode, retryAfterSeconds, tenantHeader } = dialect.http.tlibRequests;
const ofTenant = { [tenantHeader]: world.tenant.uuid };
const send = (request: TlibRequest) => source<HttpMessage>(post(request, ofSipNode, ofTenant));
const charts = 'Sample Helm charts of the voice microservices, metrics of the SIP node';
const passedOn = inferred(
  'what the FrontEnd Service takes it passes on under the same name; route and body are assumed',
);

/** A request that the node takes. */
function taken(
  description: string,
  basis: Basis,
  given: readonly ProviderState[],
  request: TlibRequest,
  more: Parameters<typeof accepted>[0] = {},
): Exchange {
  return { description, basis, given, steps: [send(request), accepted(more)] };
}

/** Something that goes wrong at the node. */
function failing(
  description: string,
  basis: Basis,
  given: readonly ProviderState[],
  steps: Exchange['steps'],
  more: Pick<Exchange, 'stepTimeoutMs'> = {},
): Exchange {
  return { description, negative: true, basis, given, steps, ...more };
}

/** Requests to the one SIP node that owns the call. What it answers is what the FrontEnd Service tells its own sources. */
export default defineContract<HttpMessage>({
  connection: 39,
  port: 11300,
  interactions: [
    taken('apply a treatment to a call', bases.documentedName, [states.ownsCall], requests.music),
    taken('attach data to a call', bases.documentedName, [states.ownsCall], requests.updateUserData),
    taken('route a call', bases.tlibName, [states.ownsCall, states.callWaits], requests.routeCall),
    taken('make a call', bases.assumed, [states.dnRegistered], requests.makeCall, {
      callUuid: text(regex('^[0-9A-V]{32}$', world.call.uuid)),
    }),
    taken('release a call', passedOn, [states.ownsCall], requests.releaseCall),
    taken('make an agent ready', passedOn, [states.agentLoggedIn], requests.agentReady),
    taken('make an agent not ready, with a reason', passedOn, [states.agentLoggedIn], requests.agentNotReady),
    {
      ...taken(
        'attach data, with an attribute that the node does not know',
        bases.tolerant,
        [states.ownsCall],
        withUnknownAttribute(requests.updateUserData),
      ),
      only: laterVersion,
    },
    {
      description: 'probe whether the node is ready',
      basis: documented(`${charts}: a health level, unhealthy below 2; the route is assumed`),
      given: [states.up],
      steps: [source<HttpMessage>(probe), ready],
    },
    failing(
      'attach data to a call of another node: asked once here, then there',
      assumed('a node knows its own calls only; the FrontEnd Service finds the node anew, once'),
      [states.otherNodeOwnsCall],
      [send(requests.updateUserData), refusedByTlib(404)],
    ),
    failing(
      'route a call that is being released',
      assumed('what the switch refuses is a 409 with the number and the words of TLib'),
      [states.callReleasing],
      [send(requests.routeCall), refusedByTlib(409)],
    ),
    failing(
      'attach data while the queue of the node is full',
      inferred('the node queues requests and shows how many; a queue that is full turns the next one away'),
      [states.queueFull],
      [
        send(requests.updateUserData),
        refused(503, 'the queue is full', { headers: { 'retry-after': String(retryAfterSeconds) } }),
      ],
    ),
    failing(
      'attach data while the SIP Server of the node restarts',
      documented(`${charts}: disconnections and restarts of SIP Server are counted; the status is inferred`),
      [states.restarting],
      [send(requests.updateUserData), refused(503, 'SIP Server is restarting')],
    ),
    failing(
      'probe whether the node is ready while its SIP Server restarts',
      inferred('the node can do nothing without SIP Server, and readiness is 503 when a hard dependency is gone'),
      [states.restarting],
      [source<HttpMessage>(probe), notReady('sip server')],
    ),
    failing(
      'attach data while the node is slower than the FrontEnd Service waits',
      assumed('the FrontEnd Service gives a node up that does not answer in time, and asks no second time'),
      [states.delays],
      [send(requests.updateUserData), destination<HttpMessage>({ fault: 'timeout' })],
      { stepTimeoutMs: 300 },
    ),
    unreadable(states.up, ofSipNode, ofTenant),
    sidecarWithoutUpstream(
      'attach data while the node is down',
      states.down,
      post(requests.updateUserData, ofSipNode, ofTenant),
    ),
    sidecarWithoutUpstream('probe whether the node is ready while it is down', states.down, probe),
  ],
});
