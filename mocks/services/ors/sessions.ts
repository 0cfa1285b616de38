import { sessionsPath } from '../../../contracts/common/ors.ts';
import { dialect } from '../../../contracts/dialect.ts';
import type { Json } from '../../../contracts/matchers.ts';
import type { HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import { formatFields } from '../../../contracts/messages/http-body.ts';
import { without } from '../../common/changed.ts';
import { done, ownedBy, refuse } from './replies.ts';
import type { OrsWorld, Session } from './world.ts';

const { events, requests } = dialect.http.ors;

type Fields = Readonly<Record<string, Json>>;

/** Answers a request about one session, or leads to the node that owns it. */
export function aboutSession(request: HttpRequest, world: OrsWorld): HttpResponse {
  const { method, path, query = {} } = request;
  const [sessionId = '', action, name = ''] = path.slice(sessionsPath.length + 1).split('/');
  const owner = world.elsewhere.get(sessionId);
  const fields = formatFields(query);
  if (owner !== undefined) return ownedBy(owner, fields === '' ? path : `${path}?${fields}`);
  const session = world.sessions.get(sessionId);
  if (session === undefined) return refuse(404, `session ${sessionId} not found`);
  switch (`${method} ${action}`) {
    case 'GET query':
      return done(sessionId, world, snapshot(sessionId, session));
    case 'POST event':
      return sendEvent(name, request, sessionId, session, world);
    case 'POST request':
      return ask(name, sessionId, session, world);
    case 'POST terminate':
      return terminate(sessionId, world);
    default:
      return refuse(404, `${method} ${path} is not a route`);
  }
}

function snapshot(sessionId: string, { startedAt, states, data, ixnIds }: Session): Json {
  return { sessionId, state: 'active', states: [...states], startedAt, data: { ...data }, ixnIds: [...ixnIds] };
}

/** Takes an event. That it was delivered is acknowledged, whether or not the application does anything with it. */
function sendEvent(
  name: string,
  { query = {}, body = {} }: HttpRequest,
  sessionId: string,
  session: Session,
  world: OrsWorld,
): HttpResponse {
  if (!isFields(body)) return refuse(400, 'the body is not a JSON object');
  const fields = { ...query, ...body };
  if (isStale(name, fields, session)) return refuse(409, `session ${sessionId} does not wait for this dialog`);
  world.sessions = new Map(world.sessions).set(sessionId, afterEvent(name, fields, session));
  return done(sessionId, world);
}

function isFields(body: Json): body is Fields {
  return typeof body === 'object' && body !== null && !Array.isArray(body);
}

function isStale(name: string, { requestid }: Fields, { awaitedDialog }: Session): boolean {
  const isDialog = name === events.dialogStart || name === events.dialogDone;
  return isDialog && (awaitedDialog === undefined || requestid !== awaitedDialog);
}

function afterEvent(name: string, fields: Fields, session: Session): Session {
  switch (name) {
    case events.cancel:
      return { ...session, states: ['cancelled'] };
    case events.update:
      return { ...session, data: { ...session.data, priority: Number(fields.priority) } };
    case events.dialogDone: {
      const { awaitedDialog: _, ...rest } = session;
      return rest;
    }
    default:
      return session;
  }
}

function ask(name: string, sessionId: string, { data }: Session, world: OrsWorld): HttpResponse {
  const { position, eta } = data;
  if (name !== requests.queuePosition || position === undefined || eta === undefined) {
    return refuse(404, `session ${sessionId} knows no request ${name}`);
  }
  return done(sessionId, world, { _position: position, _eta: eta });
}

/** Ends a session at once, and with it what is known of its calls. */
function terminate(sessionId: string, world: OrsWorld): HttpResponse {
  world.sessions = without(world.sessions, sessionId);
  world.calls = new Map([...world.calls].filter(([, call]) => call.sessionId !== sessionId));
  return done(sessionId, world);
}
