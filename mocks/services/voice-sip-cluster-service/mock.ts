import { setTimeout as delay } from 'node:timers/promises';
import { states } from '../../../contracts/common/sip-node.ts';
import { dialect } from '../../../contracts/dialect.ts';
import type { HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import { world as fixture } from '../../../contracts/world.ts';
import { changed } from '../../common/changed.ts';
import { noUpstream, refuse } from '../../common/http-replies.ts';
import type { HttpServiceMock, RespondContext } from '../../protocols/http/service.ts';
import { notReady, ready } from './replies.ts';
import { answerRequest } from './requests.ts';
import { createWorld, type SipNodeWorld, waitingCall, withCall, withoutCall } from './world.ts';

const { ofSipNode, ready: readyPath, retryAfterSeconds, tenantHeader } = dialect.http.tlibRequests;

/** Voice SIP Cluster Service: one SIP node, with its own calls and the agents of its tenant. */
const voiceSipClusterService: HttpServiceMock<SipNodeWorld> = {
  system: 'Voice SIP Cluster Service',
  notModelled: [
    `nodes other than ${fixture.sipNode.id}: a call of another node is unknown here`,
    'the events that follow a request (connections 40 and 49): an answer says that it was taken',
    'the end of a treatment, of a call in release and of a dialled call that nobody takes',
  ],
  createWorld,
  respond,
  states: {
    [states.ownsCall.name]: (world, { callUuid, dn }) =>
      changed(world, withCall(world, String(callUuid), waitingCall(String(dn)))),
    [states.callWaits.name]: (world, { callUuid, dn }) =>
      changed(world, withCall(world, String(callUuid), waitingCall(String(dn)))),
    [states.otherNodeOwnsCall.name]: (world, { callUuid }) => changed(world, withoutCall(world, String(callUuid))),
    [states.callReleasing.name]: (world, { callUuid, dn }) =>
      changed(world, withCall(world, String(callUuid), { ...waitingCall(String(dn)), phase: 'releasing' })),
    [states.dnRegistered.name]: (world, { dn }) =>
      changed(world, { registeredDns: new Set(world.registeredDns).add(String(dn)) }),
    [states.agentLoggedIn.name]: (world, { dn }) =>
      changed(world, { agents: new Map(world.agents).set(String(dn), false) }),
    [states.queueFull.name]: (world) => changed(world, { condition: 'queue full' }),
    [states.restarting.name]: (world) => changed(world, { condition: 'restarting' }),
    [states.delays.name]: (world, { delayMs }) => changed(world, { delayMs: Number(delayMs) }),
    [states.up.name]: (world) => changed(world, { condition: 'up' }),
    [states.down.name]: (world) => changed(world, { condition: 'down' }),
  },
};

async function respond(request: HttpRequest, world: SipNodeWorld, { signal }: RespondContext): Promise<HttpResponse> {
  if (world.condition === 'down') return noUpstream();
  if (world.delayMs > 0) await delay(world.delayMs, undefined, { signal });
  const { method, path, headers = {}, body } = request;
  if (method === 'GET' && path === readyPath)
    return world.condition === 'restarting' ? notReady('sip server') : ready();
  if (method !== 'POST' || !path.startsWith(`${ofSipNode}/`)) return refuse(404, `${method} ${path} is not a route`);
  if (world.condition === 'restarting') return refuse(503, 'SIP Server is restarting');
  if (world.condition === 'queue full') {
    return refuse(503, 'the queue is full', { 'retry-after': String(retryAfterSeconds) });
  }
  return answerRequest(path.slice(ofSipNode.length + 1), body, headers[tenantHeader] ?? '', world);
}

export default voiceSipClusterService;
