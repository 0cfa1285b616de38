import { assumed, type Basis, documented, inferred, type ProviderState, source, state } from '../contract.ts';
import { dialect } from '../dialect.ts';
import type { HttpMessage } from '../messages/http.ts';
import { world } from '../world.ts';
import { sidecarWithoutUpstream } from './http-common.ts';
import {
  accepted,
  bases,
  type Exchange,
  laterVersion,
  neverSent,
  notReady,
  post,
  probe,
  ready,
  referenceIdExample,
  refused,
  refusedByTlib,
  requests,
  type TlibRequest,
  unreadable,
  withUnknownAttribute,
} from './tlib-request.ts';

/** Pieces that the contracts of all who ask the FrontEnd Service share: what it takes, and everything that it refuses. */

const { call, dns, sipNode, tenant } = world;
const [agent] = world.persons;
const requestsPath = dialect.http.tlibRequests.ofTenant(tenant.uuid);
const send = (request: TlibRequest) => source<HttpMessage>(post(request, requestsPath));
const ofCall = { callUuid: call.uuid, dn: dns.routePoint.number, sipNodeId: sipNode.id };

/** The provider states, by what they say. */
export const states = {
  callWaits: state(`call ${call.uuid} waits on route point ${dns.routePoint.number}`, ofCall),
  callExists: state(`call ${call.uuid} exists`, ofCall),
  noCall: state(`no call ${call.uuid}`, { callUuid: call.uuid }),
  alreadyRouted: state(`call ${call.uuid} already routed`, ofCall),
  routeAnswered: state(`request ${referenceIdExample} has routed call ${call.uuid}`, {
    ...ofCall,
    referenceId: referenceIdExample,
    destination: dns.agent.number,
  }),
  dnRegistered: state(`DN ${dns.agent.number} registered`, { dn: dns.agent.number }),
  agentLoggedIn: state(`agent ${agent.employeeId} logged in on ${agent.dn}`, { dn: agent.dn }),
  noSipNode: state('no sip node is available'),
  sipNodeDelays: state('sip node delays'),
  up: state('frontend service is up'),
  down: state('frontend service is down'),
};

/** The limit of a request that the service itself gives up after five seconds. */
const beyondNodeTimeoutMs = 6_000;

/** A request that goes to the node of the fixture call and is taken there. */
export function taken(description: string, basis: Basis, given: ProviderState, request: TlibRequest): Exchange {
  return { description, basis, given: [given], steps: [send(request), accepted({ sipNodeId: sipNode.id })] };
}

/**
 * What every source of requests shares beside its own requests: probes, repetition, tolerance and all refusals.
 * @param does what the request does, as descriptions begin
 * @param request one about the fixture call
 */
export function commonExchanges(does: string, request: TlibRequest): Exchange[] {
  const refusal = (
    description: string,
    basis: Basis,
    given: ProviderState,
    steps: Exchange['steps'],
    more: Pick<Exchange, 'only' | 'stepTimeoutMs'> = {},
  ): Exchange => ({ description, negative: true, basis, given: [given], steps, ...more });
  return [
    {
      ...taken(
        `${does}, with an attribute that the service does not know`,
        bases.tolerant,
        states.callWaits,
        withUnknownAttribute(request),
      ),
      only: laterVersion,
    },
    {
      ...taken(`${does}, with the connection id of the call and its node`, bases.assumed, states.callWaits, {
        ...request,
        connId: call.connId,
        sipNodeId: sipNode.id,
      }),
      only: { side: 'destination', reason: 'a source may leave both out; the destination must bear either' },
    },
    {
      ...taken(
        'route a call with a reference id of the last 60 seconds: the first answer comes again',
        assumed('a request that is repeated within 60 s gets the answer of the first one and acts once'),
        states.routeAnswered,
        requests.routeCall,
      ),
      only: { side: 'destination', reason: 'when a source repeats a request is its own affair' },
    },
    {
      description: 'probe whether the service is ready',
      basis: assumed('sources probe the readiness every 10 s at a route of the kind that the other services have'),
      given: [states.up],
      steps: [source<HttpMessage>(probe), ready],
    },
    refusal(
      'probe whether the service is ready while no SIP node is available',
      inferred('the service can do nothing without a node, and readiness is 503 when a hard dependency is gone'),
      states.noSipNode,
      [source<HttpMessage>(probe), notReady('sip nodes')],
    ),
    refusal(
      `${does} that does not exist`,
      assumed('a call that no node owns is a 404 with the number and the words of TLib'),
      states.noCall,
      [send(request), refusedByTlib(404)],
    ),
    refusal(
      'route a call that is routed already',
      assumed('a request that the state of the call forbids is a 409 with the number and the words of TLib'),
      states.alreadyRouted,
      [send(requests.routeCall), refusedByTlib(409)],
    ),
    refusal(
      `${does} while no SIP node is available`,
      documented('Sample Helm charts of the voice microservices, alert on zero SIP nodes; the status is inferred'),
      states.noSipNode,
      [send(request), refused(503, 'no SIP node is available')],
    ),
    refusal(
      `${does} while its SIP node is slow`,
      assumed('the service waits for a node for 5 s and then answers 504'),
      states.sipNodeDelays,
      [send(request), refused(504, 'the SIP node did not answer in time')],
      { stepTimeoutMs: beyondNodeTimeoutMs },
    ),
    refusal(
      'ask for a request that TLib does not have',
      assumed('an unknown name is a 400'),
      states.up,
      [send(requests.noSuch), refused(400, 'RequestNoSuch is not a request')],
      { only: neverSent },
    ),
    unreadable(states.up, requestsPath),
    sidecarWithoutUpstream(`${does} while the service is down`, states.down, post(request, requestsPath)),
    sidecarWithoutUpstream('probe whether the service is ready while it is down', states.down, probe),
  ];
}
