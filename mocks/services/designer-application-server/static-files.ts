import type { HttpRequest, HttpResponse } from '../../../contracts/messages/http.ts';
import { page } from './pages.ts';
import { type DesignerWorld, etagOf, type StaticFile } from './world.ts';

const maxAgeSeconds = 60;

/** Serves a file of a workspace as nginx does: whole, or as not modified to who has it. The query makes no difference. */
export function getFile({ path, headers = {} }: HttpRequest, world: DesignerWorld): HttpResponse {
  const file = world.files.get(path);
  if (file === undefined) return page(404, 'Not Found');
  const etag = etagOf(file);
  const cacheable = { etag, 'cache-control': `max-age=${maxAgeSeconds}` };
  if (isKnown(headers['if-none-match'], etag)) return { status: 304, headers: cacheable };
  return { status: 200, headers: { ...cacheable, ...contentHeaders(file) }, body: file.body };
}

/** Compares weakly, as is right here: a proxy on the way may have made a tag weak (RFC 9110, section 13.1.2). */
function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  const tags = ifNoneMatch?.split(',').map((tag) => tag.trim().replace(/^W\//, '')) ?? [];
  return tags.includes(etag) || tags.includes('*');
}

function contentHeaders({ contentType, modifiedMs }: StaticFile): Record<string, string> {
  return { 'content-type': contentType, 'last-modified': new Date(modifiedMs).toUTCString() };
}
