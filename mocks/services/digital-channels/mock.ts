import { states } from '../../../contracts/common/digital-channels.ts';
import type { HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import { changed, without } from '../../common/changed.ts';
import { noUpstream, refuse } from '../../common/http-replies.ts';
import type { HttpServiceMock } from '../../protocols/http/service.ts';
import { channelOf, uploadMedia } from './media.ts';
import { aboutSession, isSessionPath } from './sessions.ts';
import { type ChannelsWorld, chatWith, createWorld } from './world.ts';

/** Digital Channels (Nexus): chat sessions with their messages, and uploaded media. */
const digitalChannels: HttpServiceMock<ChannelsWorld> = {
  system: 'Digital Channels',
  notModelled: [
    'whether a signature fits its body: any of the right form is let in until the secret is rotated',
    'the contact center of a session: any x-ccid finds it',
    'the start of a session, and what customer and agent say in it',
    'reading media back, and the webhooks that tell a messaging channel of new messages',
  ],
  createWorld,
  respond,
  states: {
    [states.sessionOpen.name]: (world, { sessionId, messageId, laterMessageId, clientMessageId }) => {
      const chat = chatWith({
        messageId: String(messageId),
        laterMessageId: String(laterMessageId),
        clientMessageId: String(clientMessageId),
      });
      return changed(world, { sessions: new Map(world.sessions).set(String(sessionId), chat) });
    },
    [states.sessionClosed.name]: (world, { sessionId }) =>
      changed(world, { sessions: without(world.sessions, String(sessionId)) }),
    [states.channelExists.name]: (world, { channelId }) =>
      changed(world, { channels: new Set(world.channels).add(String(channelId)) }),
    [states.keyUnknown.name]: (world, { apiKey }) =>
      changed(world, { unknownKeys: new Set(world.unknownKeys).add(String(apiKey)) }),
    [states.secretRotated.name]: (world) => changed(world, { knowsSecret: false }),
    [states.down.name]: (world) => changed(world, { condition: 'down' }),
  },
};

function respond(request: HttpRequest, world: ChannelsWorld): HttpResponse {
  if (world.condition === 'down') return noUpstream();
  const { method, path } = request;
  if (isSessionPath(path)) return aboutSession(request, world);
  const channelId = channelOf(path);
  if (method === 'POST' && channelId !== undefined) return uploadMedia(channelId, request, world);
  return refuse(404, `${method} ${path} is not a route`);
}

export default digitalChannels;
