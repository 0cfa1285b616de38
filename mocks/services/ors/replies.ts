import type { Json } from '../../../contracts/matchers.ts';
import type { HttpResponse } from '../../../contracts/messages/http.ts';
import { refuse as refuseInEnvelope } from '../../common/http-replies.ts';
import type { OrsWorld } from './world.ts';

/** What this node calls itself. */
const node = 'node001';

const notStored = { 'cache-control': 'no-store' };

/** The cookie that names a session and this node. */
export function cookieFor(sessionId: string): string {
  return `ORSSESSIONID=${sessionId}.${node}`;
}

/** Success, of a request about a session. */
export function done(sessionId: string, world: OrsWorld, body?: Json): HttpResponse {
  return {
    status: 200,
    headers: {
      ...notStored,
      ...(world.setsCookies ? { 'set-cookie': cookieFor(sessionId) } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    },
    ...(body === undefined ? {} : { body }),
  };
}

/** A body that no cache may keep. */
export function unstored(contentType: string, body: Json): HttpResponse {
  return { status: 200, headers: { ...notStored, 'content-type': contentType }, body };
}

export function refuse(code: number, message: string): HttpResponse {
  return refuseInEnvelope(code, message, notStored);
}

/** Leads to the node that owns the session. */
export function ownedBy(url: string, target: string): HttpResponse {
  return { status: 307, headers: { ...notStored, location: `${url}${target}` } };
}
