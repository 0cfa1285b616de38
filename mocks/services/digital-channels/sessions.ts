import { randomUUID } from 'node:crypto';
import { dialect } from '../../../contracts/dialect.ts';
import type { Json } from '../../../contracts/matchers.ts';
import type { HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import { without } from '../../common/changed.ts';
import { refuse } from '../../common/http-replies.ts';
import { ok } from './replies.ts';
import type { ChannelsWorld, ChatSession, Message } from './world.ts';

const routes = dialect.http.digitalChannels;
const sessionsPath = routes.session('');

/** Whether a path is that of a session, or of something below one. */
export const isSessionPath = (path: string) => path.startsWith(sessionsPath);

/** Answers a request about one session; a closed one is not found. */
export function aboutSession(request: HttpRequest, world: ChannelsWorld): HttpResponse {
  const { method, path, headers = {} } = request;
  if (world.unknownKeys.has(headers['x-api-key'] ?? '')) return refuse(401, 'the api key is unknown');
  const [sessionId = '', below = ''] = path.slice(sessionsPath.length).split('/');
  const session = world.sessions.get(sessionId);
  if (session === undefined) return refuse(404, `chat session ${sessionId} not found`);
  switch (`${method} ${below}`) {
    case 'GET ':
      return readSession(sessionId, session);
    case `GET ${routes.messages}`:
      return readMessages(request, session);
    case `POST ${routes.messages}`:
      return addMessage(request, sessionId, session, world);
    case `POST ${routes.close}`:
      world.sessions = without(world.sessions, sessionId);
      return ok();
    default:
      return refuse(404, `${method} ${path} is not a route`);
  }
}

function readSession(sessionId: string, { channel, participants, userData }: ChatSession): HttpResponse {
  return ok({
    sessionId,
    state: 'open',
    channel,
    participants: participants.map((each) => ({ ...each })),
    userData: { ...userData },
  });
}

/** Reads the messages after one, or all where the one is not among them; no more than the limit. */
function readMessages({ query = {} }: HttpRequest, { messages }: ChatSession): HttpResponse {
  const after = messages.findIndex(({ messageId }) => messageId === query.after);
  const limit = query.limit === undefined ? messages.length : Number(query.limit);
  return ok({
    messages: messages
      .slice(after + 1, after + 1 + limit)
      .map(({ messageId, content }): Json => ({ messageId, ...content })),
  });
}

/** Adds a message; one that came before, by the client's own id, is not added again. */
function addMessage(
  { body }: HttpRequest,
  sessionId: string,
  session: ChatSession,
  world: ChannelsWorld,
): HttpResponse {
  const { clientMessageId, ...content } = body as Readonly<Record<string, Json>>;
  const own = typeof clientMessageId === 'string' ? { clientMessageId } : {};
  const known = session.messages.find(
    (each) => each.clientMessageId !== undefined && each.clientMessageId === own.clientMessageId,
  );
  if (known !== undefined) return ok({ messageId: known.messageId });
  const message: Message = { messageId: randomUUID(), ...own, content };
  world.sessions = new Map(world.sessions).set(sessionId, { ...session, messages: [...session.messages, message] });
  return ok({ messageId: message.messageId });
}
