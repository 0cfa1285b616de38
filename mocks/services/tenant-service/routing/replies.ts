import { dialect } from '../../../../contracts/dialect.ts';
import type { Json } from '../../../../contracts/matchers.ts';
import type { HttpRequest, HttpResponse } from '../../../../contracts/messages/http.ts';
import { refuse } from '../../../common/http-replies.ts';
import { type RoutedCall, type RoutingWorld, virtualCallId } from './world.ts';

const routes = dialect.http.universalRouting;

const headers = { 'content-type': 'application/json; charset=utf-8' };
const secondsPerCall = 14;

/** Answers a request of the web API while URS is up. */
export function reply({ method, path, query = {} }: HttpRequest, world: RoutingWorld): HttpResponse {
  const [, , , connId = '', , queue = ''] = path.split('/');
  if (method === 'GET' && path === routes.heartbeat) return ok({});
  if (method === 'POST' && path === routes.start) return start(query.strategy, world);
  if (method === 'GET' && path === routes.queueOf(connId, queue)) return position(connId, queue, world);
  if (method === 'GET' && path === routes.query(connId)) return waitOf(connId, world);
  if (method === 'POST' && path === routes.stop(connId)) return stop(connId, world);
  return refuse(404, `${method} ${path} is not a route`);
}

function start(strategy: string | string[] | undefined, world: RoutingWorld): HttpResponse {
  if (typeof strategy !== 'string' || !world.strategies.includes(strategy)) {
    return refuse(404, 'there is no such strategy');
  }
  const connId = virtualCallId(world.callsStarted);
  world.callsStarted += 1;
  world.calls = [...world.calls, { connId, queue: undefined }];
  return ok({ connid: connId });
}

function stop(connId: string, world: RoutingWorld): HttpResponse {
  if (placeOf(connId, world.calls) === undefined) return noSuchCall();
  world.calls = world.calls.filter((each) => each.connId !== connId);
  return ok({});
}

/** Of a whole queue, the place behind its last call. A name that ends with `.GQ` is a group, which is a queue here too. */
function position(connId: string, queue: string, { calls }: RoutingWorld): HttpResponse {
  const waiting = calls.filter((each) => each.queue === queue);
  const pos = connId === routes.wholeQueue ? waiting.length : placeOf(connId, waiting);
  return pos === undefined ? noSuchCall() : ok({ pos, ewt: pos * secondsPerCall });
}

function waitOf(connId: string, { calls }: RoutingWorld): HttpResponse {
  const queue = calls.find((each) => each.connId === connId)?.queue;
  const waiting = calls.filter((each) => each.queue === queue);
  const pos = placeOf(connId, waiting);
  return pos === undefined ? noSuchCall() : ok({ ewt: pos * secondsPerCall });
}

function placeOf(connId: string, waiting: readonly RoutedCall[]): number | undefined {
  const at = waiting.findIndex((each) => each.connId === connId);
  return at < 0 ? undefined : at + 1;
}

function noSuchCall(): HttpResponse {
  return refuse(404, 'URS knows no such call');
}

function ok(body: Json): HttpResponse {
  return { status: 200, headers, body };
}
