import { states } from '../../../contracts/common/frontend-service.ts';
import { requests } from '../../../contracts/common/tlib-request.ts';
import { dialect } from '../../../contracts/dialect.ts';
import type { HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import { world as fixture } from '../../../contracts/world.ts';
import type { StateHandler, StateSet } from '../../adapter.ts';
import { noUpstream, refuse } from '../../common/http-replies.ts';
import type { HttpServiceMock } from '../../protocols/http/service.ts';
import { notReady, ready } from '../voice-sip-cluster-service/replies.ts';
import { isRequest, isRequestBody } from '../voice-sip-cluster-service/requests.ts';
import {
  type Call,
  type SipNodeWorld,
  waitingCall,
  withCall,
  withoutCall,
} from '../voice-sip-cluster-service/world.ts';
import { answerOnce } from './forward.ts';
import { createWorld, type FrontEndWorld } from './world.ts';

const { ofTenant, ready: readyPath } = dialect.http.tlibRequests;
const requestPath = new RegExp(`^${ofTenant('([^/]+)')}/([^/]+)$`);

/** Changes copies of the nodes, so that the undo puts everything back, with what was asked since. */
function changed(
  world: FrontEndWorld,
  change: Partial<FrontEndWorld> = {},
  nodeChange: (node: SipNodeWorld, id: string) => Partial<SipNodeWorld> = () => ({}),
): Partial<StateSet> {
  const before = { ...world };
  const nodes = new Map([...world.nodes].map(([id, node]) => [id, { ...node, ...nodeChange(node, id) }]));
  Object.assign(world, { nodes, ...change });
  return { undo: async () => void Object.assign(world, before) };
}

/** A call at one node and at no other. */
const callIs =
  (phase: Call['phase']): StateHandler<FrontEndWorld> =>
  (world, { callUuid, dn, sipNodeId }) =>
    changed(world, {}, (node, id) =>
      id === sipNodeId
        ? withCall(node, String(callUuid), { ...waitingCall(String(dn)), phase })
        : withoutCall(node, String(callUuid)),
    );

/** A call that waits, and was then routed by a request of its own. */
const routeAnswered: StateHandler<FrontEndWorld> = async (world, params) => {
  const set = await callIs('waiting')(world, params);
  const body = {
    referenceId: Number(params.referenceId),
    thisDn: String(params.dn),
    callUuid: String(params.callUuid),
    attributes: { destination: String(params.destination), routeType: 'default' },
  };
  answerOnce({ name: requests.routeCall.name, tenantUuid: fixture.tenant.uuid, body }, world, Date.now());
  return set;
};

/** FrontEnd Service: passes each request to the SIP node that owns the call, and each answer back. */
const frontEndService: HttpServiceMock<FrontEndWorld> = {
  system: 'FrontEnd Service',
  notModelled: [
    'the five seconds before a 504: the answer comes at once',
    'who sends a request: equal reference ids of two sources are told apart by tenant, request, DN and call',
    'the events that follow a request, and what is sent to Kafka (connection 48)',
  ],
  createWorld,
  respond,
  states: {
    [states.callWaits.name]: callIs('waiting'),
    [states.callExists.name]: callIs('waiting'),
    [states.alreadyRouted.name]: callIs('routed'),
    [states.noCall.name]: (world, { callUuid }) => changed(world, {}, (node) => withoutCall(node, String(callUuid))),
    [states.routeAnswered.name]: routeAnswered,
    [states.dnRegistered.name]: (world, { dn }) =>
      changed(world, {}, ({ registeredDns }) => ({ registeredDns: new Set(registeredDns).add(String(dn)) })),
    [states.agentLoggedIn.name]: (world, { dn }) =>
      changed(world, {}, ({ agents }) => ({ agents: new Map(agents).set(String(dn), false) })),
    [states.noSipNode.name]: (world) => changed(world, { nodes: new Map() }),
    [states.sipNodeDelays.name]: (world) => changed(world, { nodesDelay: true }),
    [states.up.name]: (world) => changed(world, { condition: 'up' }),
    [states.down.name]: (world) => changed(world, { condition: 'down' }),
  },
};

function respond({ method, path, body }: HttpRequest, world: FrontEndWorld): HttpResponse {
  if (world.condition === 'down') return noUpstream();
  if (method === 'GET' && path === readyPath) return world.nodes.size === 0 ? notReady('sip nodes') : ready();
  const [, tenantUuid, name] = requestPath.exec(path) ?? [];
  if (method !== 'POST' || tenantUuid === undefined || name === undefined) {
    return refuse(404, `${method} ${path} is not a route`);
  }
  if (!isRequest(name)) return refuse(400, `${name} is not a request`);
  if (!isRequestBody(body)) return refuse(400, 'a request has referenceId, thisDn and attributes');
  return answerOnce({ name, tenantUuid, body }, world, Date.now());
}

export default frontEndService;
