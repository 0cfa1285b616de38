import { randomBytes } from 'node:crypto';
import type { HttpResponse } from '../../../contracts/messages/http.ts';
import { refuse } from '../../common/http-replies.ts';
import { ok, unknownCall, unknownDn, wrongState } from './replies.ts';
import { type Call, type SipNodeWorld, waitingCall, withCall, withoutCall } from './world.ts';

/** The body of every request. */
export interface RequestBody {
  referenceId: number;
  thisDn: string;
  callUuid?: string;
  sipNodeId?: string;
  attributes: Readonly<Record<string, unknown>>;
}

/** Whether a body that came can be read as a request. */
export function isRequestBody(body: unknown): body is RequestBody {
  if (typeof body !== 'object' || body === null) return false;
  const { referenceId, thisDn, callUuid, attributes } = body as Partial<Record<keyof RequestBody, unknown>>;
  return (
    Number.isInteger(referenceId) &&
    typeof thisDn === 'string' &&
    (callUuid === undefined || typeof callUuid === 'string') &&
    typeof attributes === 'object' &&
    attributes !== null
  );
}

/** Does what is asked and returns what the answer has besides, or refuses. */
type Act = (body: RequestBody, world: SipNodeWorld, tenantUuid: string) => { callUuid?: string } | HttpResponse;

/** The call after a request; a text says why the switch refuses. */
type Change = (call: Call, body: RequestBody) => Call | 'ended' | { refused: string };

const requests: ReadonlyMap<string, Act> = new Map([
  ['RequestRouteCall', ofCall((call) => (isWaiting(call) ? { ...call, phase: 'routed' } : notWaiting))],
  ['RequestApplyTreatment', ofCall(applyTreatment)],
  ['RequestUpdateUserData', ofCall(updateUserData)],
  ['RequestReleaseCall', ofCall(() => 'ended')],
  ['RequestMakeCall', makeCall],
  ['RequestAgentReady', agentBecomes(true)],
  ['RequestAgentNotReady', agentBecomes(false)],
]);

/** Whether a node has a request of that name. */
export function isRequest(name: string): boolean {
  return requests.has(name);
}

/** What a node does about a request, and its answer. */
export function answerRequest(name: string, body: unknown, tenantUuid: string, world: SipNodeWorld): HttpResponse {
  const act = requests.get(name);
  if (act === undefined) return refuse(400, `${name} is not a request`);
  if (!isRequestBody(body)) return refuse(400, 'a request has referenceId, thisDn and attributes');
  const done = act(body, world, tenantUuid);
  return 'status' in done ? done : ok({ referenceId: body.referenceId, accepted: true, ...done });
}

const notWaiting = { refused: 'the call does not wait on a route point' };

function isWaiting({ phase }: Call): boolean {
  return phase === 'waiting';
}

function ofCall(change: Change): Act {
  return (body, world, tenantUuid) => {
    const { callUuid } = body;
    if (callUuid === undefined) return refuse(400, 'a request about a call has callUuid');
    const call = world.calls.get(callUuid);
    if (call?.tenantUuid !== tenantUuid) return unknownCall(callUuid);
    const after = call.phase === 'releasing' ? { refused: 'the call is being released' } : change(call, body);
    if (after === 'ended') Object.assign(world, withoutCall(world, callUuid));
    else if ('refused' in after) return wrongState(after.refused);
    else Object.assign(world, withCall(world, callUuid, after));
    return {};
  };
}

function applyTreatment(call: Call, { attributes }: RequestBody): ReturnType<Change> {
  return isWaiting(call) ? { ...call, treatment: String(attributes.type) } : notWaiting;
}

/** Data with a name that is there already takes its place. */
function updateUserData(call: Call, { attributes }: Pick<RequestBody, 'attributes'>): Call {
  return { ...call, userData: { ...call.userData, ...(attributes.userData as object | undefined) } };
}

function makeCall({ thisDn, attributes }: RequestBody, world: SipNodeWorld, tenantUuid: string): ReturnType<Act> {
  if (!world.registeredDns.has(thisDn)) return unknownDn(thisDn);
  const callUuid = newCallUuid();
  const call = updateUserData({ ...waitingCall(thisDn), tenantUuid, phase: 'routed' }, { attributes });
  Object.assign(world, withCall(world, callUuid, call));
  return { callUuid };
}

/** 32 digits of base 32. */
function newCallUuid(): string {
  return [...randomBytes(32)].map((byte) => (byte % 32).toString(32).toUpperCase()).join('');
}

function agentBecomes(isReady: boolean): Act {
  return ({ thisDn }, world) => {
    if (!world.agents.has(thisDn)) return wrongState(`no agent is logged in on ${thisDn}`);
    world.agents = new Map(world.agents).set(thisDn, isReady);
    return {};
  };
}
