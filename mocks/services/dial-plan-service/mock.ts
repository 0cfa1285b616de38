import { setTimeout as delay } from 'node:timers/promises';
import { finalStatuses, states } from '../../../contracts/common/dial-plan-service.ts';
import { dialect } from '../../../contracts/dialect.ts';
import type { HttpBody, HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import type { StateHandler } from '../../adapter.ts';
import { changed } from '../../common/changed.ts';
import { noUpstream, refuse } from '../../common/http-replies.ts';
import type { HttpServiceMock, RespondContext } from '../../protocols/http/service.ts';
import { instructionFor, type Leg } from './routing.ts';
import { createWorld, type DialPlanWorld, type Dn, readyDn } from './world.ts';

const { tenant: planPath, heartbeat: heartbeatPath, operations } = dialect.http.dialPlanService;
const json = { 'content-type': 'application/json; charset=utf-8' };
const legFields = ['id', 'operation', 'callUuid', 'from', 'to', 'direction', 'sipDomain'];

/** A DN that is as ready as can be, but for what is said of it. */
const dnIs =
  (change: Partial<Dn> = {}): StateHandler<DialPlanWorld> =>
  (world, { number }) =>
    changed(world, { dns: new Map(world.dns).set(String(number), { ...readyDn, ...change }) });

/** Dial Plan Service: routing instructions from DNs, route points, outbound rules and the states of agents. */
const dialPlanService: HttpServiceMock<DialPlanWorld> = {
  system: 'Dial Plan Service',
  notModelled: [
    'calling profiles, partitions and route lists',
    'that connections are kept alive: an answer is the same on a new one',
  ],
  createWorld,
  respond,
  states: {
    [states.dnRegistered.name]: dnIs(),
    [states.voicemailEnabled.name]: dnIs({ voicemailEnabled: true }),
    [states.agentNotReady.name]: dnIs({ rejectWhenNotReady: true, agentReady: false }),
    [states.routePointExists.name]: (world, { number, dialled }) =>
      changed(world, { routePoints: new Map(world.routePoints).set(String(dialled), String(number)) }),
    [states.outboundRuleExists.name]: (world, { pattern, prefix, trunk }) =>
      changed(world, { rules: [{ pattern: String(pattern), prefix: String(prefix), trunk: String(trunk) }] }),
    [states.up.name]: (world) => changed(world, { condition: 'up' }),
    [states.redisLost.name]: (world) => changed(world, { condition: 'redis lost' }),
    [states.throws.name]: (world) => changed(world, { condition: 'failing' }),
    [states.down.name]: (world) => changed(world, { condition: 'down' }),
    [states.slow.name]: (world, { delayMs }) => changed(world, { delayMs: Number(delayMs) }),
    ...Object.fromEntries(finalStatuses.map((status) => [states.answers(status).name, answersStatus])),
  },
};

function answersStatus(world: DialPlanWorld, { status }: Parameters<StateHandler<DialPlanWorld>>[1]) {
  return changed(world, { answersStatus: Number(status) });
}

async function respond(request: HttpRequest, world: DialPlanWorld, { signal }: RespondContext): Promise<HttpResponse> {
  if (world.condition === 'down') return noUpstream();
  if (world.delayMs > 0) await delay(world.delayMs, undefined, { signal });
  if (world.condition === 'redis lost') return refuse(503, 'redis is not connected');
  const { method, path, body } = request;
  if (method === 'GET' && path === heartbeatPath(world.tenantUuid)) return { status: 200 };
  if (method !== 'POST' || path !== planPath(world.tenantUuid)) return refuse(404, `${method} ${path} is not a route`);
  if (world.answersStatus !== undefined) return refuse(world.answersStatus, 'so the state says');
  return world.condition === 'failing' ? refuse(500, 'the dial plan failed') : route(body, world);
}

function route(body: HttpBody | undefined, world: DialPlanWorld): HttpResponse {
  if (!isLeg(body)) return refuse(400, `a request has ${legFields.join(', ')}, each a text`);
  if (!Object.values<string>(operations).includes(body.operation)) return refuse(501, `no operation ${body.operation}`);
  const instructions = [instructionFor(body, world)];
  return { status: 200, headers: json, body: { id: body.id, result: 'ok', instructions } };
}

function isLeg(body: unknown): body is Leg {
  if (typeof body !== 'object' || body === null) return false;
  const fields = body as Readonly<Record<string, unknown>>;
  return legFields.every((field) => typeof fields[field] === 'string');
}

export default dialPlanService;
