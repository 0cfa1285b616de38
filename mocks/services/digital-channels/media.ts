import type { HttpBody, HttpPart, HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import { isText } from '../../../contracts/messages/http-body.ts';
import { refuse } from '../../common/http-replies.ts';
import { ok } from './replies.ts';
import type { ChannelsWorld } from './world.ts';

const mediaPath = /^\/nexus\/v3\/channels\/([^/]+)\/media$/;

/** The channel of a path that media is uploaded to. */
export const channelOf = (path: string) => mediaPath.exec(path)?.[1];

/** Keeps an uploaded file. */
export function uploadMedia(channelId: string, { body }: HttpRequest, world: ChannelsWorld): HttpResponse {
  if (!world.knowsSecret) return refuse(401, 'the signature does not fit');
  if (!world.channels.has(channelId)) return refuse(404, `channel ${channelId} not found`);
  const file = fileOf(body);
  if (file === undefined) return refuse(400, 'the part file is missing');
  const { contentType: mimetype, filename = '' } = file;
  const media = { filename, mimetype, length: Buffer.byteLength(file.body, isText(mimetype) ? 'utf8' : 'base64') };
  const mediaId = `media-${world.media.size + 1}`;
  world.media = new Map(world.media).set(mediaId, media);
  return ok({ mediaId, url: `genesys://nexus/${mediaId}`, ...media });
}

/** The part of a multipart body that holds the file; a body that is not in parts has none. */
function fileOf(body: HttpBody | undefined): HttpPart | undefined {
  if (!Array.isArray(body)) return undefined;
  return (body as unknown as readonly HttpPart[]).find(({ name }) => name === 'file');
}
