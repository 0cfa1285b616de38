import type { HttpFault, HttpResponse } from '../../../contracts/messages/http.ts';
import { answerRequest, type RequestBody } from '../voice-sip-cluster-service/requests.ts';
import { answerBy } from './answer.ts';
import { type FrontEndWorld, ownerOf } from './world.ts';

/** A request that could be read. */
export interface ReceivedRequest {
  name: string;
  tenantUuid: string;
  body: RequestBody;
}

/** How long a repeated request gets the answer of the first one. */
const repetitionMs = 60_000;

/** Answers a request as it was answered within the last minute, or passes it to a node. @param nowMs since 1970 */
export function answerOnce(request: ReceivedRequest, world: FrontEndWorld, nowMs: number): HttpResponse {
  const key = keyOf(request);
  const recent = [...world.answered].filter(([, { atMs }]) => nowMs - atMs < repetitionMs);
  const before = new Map(recent);
  const reply = before.get(key)?.reply ?? forward(request, world);
  // A node that is not there has done nothing, so the request may be repeated at once.
  world.answered = before.has(key) || reply.status === 503 ? before : before.set(key, { reply, atMs: nowMs });
  return reply;
}

/** Nothing in a request says who sent it; what it is about tells the same reference id of two sources apart. */
function keyOf({ name, tenantUuid, body: { referenceId, thisDn, callUuid } }: ReceivedRequest): string {
  return [tenantUuid, name, thisDn, callUuid, referenceId].join(' ');
}

/** Passes a request to the node that it names or that owns its call; where that node does not know it, to the owner, once. */
function forward(request: ReceivedRequest, world: FrontEndWorld): HttpResponse {
  const { referenceId, callUuid, sipNodeId } = request.body;
  const owner = ownerOf(world, callUuid);
  const [anyNode = ''] = world.nodes.keys();
  const first = sipNodeId !== undefined && world.nodes.has(sipNodeId) ? sipNodeId : (owner ?? anyNode);
  const answer = ask(first, request, world);
  const isElsewhere = 'status' in answer && answer.status === 404 && owner !== undefined && owner !== first;
  return isElsewhere
    ? answerBy(ask(owner, request, world), { referenceId, sipNodeId: owner })
    : answerBy(answer, { referenceId, sipNodeId: first });
}

function ask(
  sipNodeId: string,
  { name, tenantUuid, body }: ReceivedRequest,
  world: FrontEndWorld,
): HttpResponse | HttpFault {
  const node = world.nodes.get(sipNodeId);
  if (node === undefined) return { fault: 'refused' };
  return world.nodesDelay ? { fault: 'timeout' } : answerRequest(name, body, tenantUuid, node);
}
