import { ownedElsewhere, sessionsPath, states } from '../../../contracts/common/ors.ts';
import { dialect } from '../../../contracts/dialect.ts';
import type { HttpFault, HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import { world as fixture } from '../../../contracts/world.ts';
import type { StateHandler } from '../../adapter.ts';
import { changed, without } from '../../common/changed.ts';
import { noUpstream } from '../../common/http-replies.ts';
import type { HttpServiceMock } from '../../protocols/http/service.ts';
import { getCallData } from './call-data.ts';
import { cookieFor, refuse } from './replies.ts';
import { aboutSession } from './sessions.ts';
import { callData, createWorld, type OrsWorld, queuedCallback, type Session, selfService } from './world.ts';

type Handler = StateHandler<OrsWorld>;

const callsPath = dialect.http.ors.callData('');

const withSession = (world: OrsWorld, sessionId: string, session: Session) =>
  changed(world, { sessions: new Map(world.sessions).set(sessionId, session) });

const withoutSession: Handler = (world, { sessionId }) =>
  changed(world, { sessions: without(world.sessions, String(sessionId)) });

const awaitsDialog: Handler = (world, { sessionId, requestId }) =>
  withSession(world, String(sessionId), selfService(String(requestId)));

const elsewhere: Handler = (world, { sessionId, url }) =>
  changed(world, { elsewhere: new Map(world.elsewhere).set(String(sessionId), String(url)) });

/** ORS: sessions with their states and data, dialogs by request id, call data for GVP. One world behind both ports. */
const ors: HttpServiceMock<OrsWorld> = {
  system: 'ORS',
  notModelled: [
    'the start of a session: a callback is started by an entry in Redis, and no contract has the HTTP start',
    'a session between its end and its removal: one that has ended is gone at once',
    'what an application does with an event, but for those of the contracts',
    'the other nodes: a session of theirs is only led to',
  ],
  createWorld,
  respond,
  states: {
    [states.callbackQueued.name]: (world, { sessionId, callbackId }) =>
      withSession(world, String(sessionId), queuedCallback(String(callbackId))),
    [states.callbackRouted.name]: (world, { sessionId, callbackId, agentId }) => {
      const { data, ...queued } = queuedCallback(String(callbackId));
      return withSession(world, String(sessionId), {
        ...queued,
        states: ['routed'],
        data: { ...data, agentId: String(agentId) },
        ixnIds: [fixture.call.uuid],
      });
    },
    [states.callbackInCookie.name]: (world, { sessionId, callbackId }) => {
      const sessions = new Map(world.sessions).set(String(sessionId), queuedCallback(String(callbackId)));
      const values = { cookie: cookieFor(String(sessionId)) };
      return { ...changed(world, { sessions, setsCookies: true }), values };
    },
    [states.callbackNotStarted.name]: withoutSession,
    [states.noCallback.name]: withoutSession,
    [states.dialogEnded.name]: withoutSession,
    [ownedElsewhere(fixture.callback.sessionId).name]: elsewhere,
    [ownedElsewhere(fixture.orsSession.id).name]: elsewhere,
    [states.callInSession.name]: (world, { callUuid, sessionId }) => {
      const [call, session] = [String(callUuid), String(sessionId)];
      return changed(world, {
        calls: new Map(world.calls).set(call, callData(call, session)),
        sessions: new Map(world.sessions).set(session, selfService(fixture.dialog.requestId)),
      });
    },
    [states.noCall.name]: (world, { callUuid }) => changed(world, { calls: without(world.calls, String(callUuid)) }),
    [states.dialogAwaited.name]: awaitsDialog,
    [states.laterDialogAwaited.name]: awaitsDialog,
    [states.silent.name]: (world) => changed(world, { condition: 'silent' }),
    [states.down.name]: (world) => changed(world, { condition: 'down' }),
  },
};

function respond(request: HttpRequest, world: OrsWorld): HttpResponse | HttpFault {
  if (world.condition === 'down') return noUpstream();
  if (world.condition === 'silent') return { fault: 'timeout' };
  const { method, path } = request;
  if (path.startsWith(`${sessionsPath}/`)) return aboutSession(request, world);
  if (method === 'GET' && path.startsWith(callsPath)) {
    return getCallData(path.slice(callsPath.length), request, world);
  }
  return refuse(404, `${method} ${path} is not a route`);
}

export default ors;
