import { dialect } from '../../../contracts/dialect.ts';
import type { HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import { noUpstream } from '../../common/http-replies.ts';
import type { HttpServiceMock, WorldOf } from '../../protocols/http/service.ts';
import { StorageWorld } from '../object-storage/world.ts';
import { type AudioStore, AudioStoreError, memoryAudio } from './audio-store.ts';
import { blobAudio } from './blob-audio.ts';
import { refuse } from './replies.ts';
import { handlers } from './states.ts';
import { answerCall } from './telephone.ts';
import { answerWeb } from './web.ts';
import { createWorld, type VoicemailWorld } from './world.ts';

const { userMailboxes, adminMailboxes, profiles } = dialect.http.voicemail;
/** Where the routes of the web begin; all others are for the telephone. */
const webRoutes = [userMailboxes, adminMailboxes, profiles];

/**
 * Voicemail: its pages for the telephone and its API for the web, about the same mailboxes.
 * @param openAudio gives the store of one world's recordings; when absent, that of the object storage that runs beside it, or memory
 */
export function voicemail(openAudio: (worldOf?: WorldOf) => AudioStore = audioBeside): HttpServiceMock<VoicemailWorld> {
  return {
    system: 'Voicemail',
    notModelled: [
      'an object storage behind it, unless one runs beside it: recordings are in memory, mailboxes and messages always are',
      'the Config Service and Redis, which mailboxes come from: they are those of the fixture world',
      'GWS, which is not asked for a token: the fixture world knows the valid ones',
      'more than one tenant, group members, and the right to hear messages on the web by profile',
      'the removal of messages that have expired, notification by mail, and greetings',
      'who calls, beyond the token that the recordings want: the other pages trust the media platform',
      'the next message after one was saved, deleted or forwarded: the call ends there',
      'several ranges in one request, and If-Range',
    ],
    createWorld: (worldOf) => createWorld(openAudio(worldOf)),
    respond,
    states: handlers,
  };
}

function audioBeside(worldOf?: WorldOf): AudioStore {
  const storage = worldOf?.('Object storage');
  return storage instanceof StorageWorld ? blobAudio(() => storage.store()) : memoryAudio();
}

async function respond(request: HttpRequest, world: VoicemailWorld): Promise<HttpResponse> {
  if (world.condition === 'down') return noUpstream();
  const web = webRoutes.some((route) => request.path.startsWith(route));
  try {
    const reply = await (web ? answerWeb : answerCall)(request, world);
    return reply ?? refuse(404, `${request.method} ${request.path} is not a route`);
  } catch (error) {
    if (!(error instanceof AudioStoreError)) throw error;
    return web ? refuse(503, error.message) : { status: 503 };
  }
}

export default voicemail();
